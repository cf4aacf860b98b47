"""What every source of a table can do, and how a table is made of it that fits into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.data.arrow_frames import to_frame
from lepton_jupyter.data.opened_table import OpenedTable
from lepton_jupyter.data.row_sample import RowSample
from lepton_jupyter.exceptions.source_errors import EmptyFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

#: What memory is called in sentences.
_UNITS = ("kB", "MB", "GB", "TB", "PB")


class TableSource(Protocol):
    """Rows that are somewhere else: in files, in a database, in the partitions of a Dask frame.

    Parameters
    ----------
    label : str
        What it is called; no secrets.
    notes : tuple of str
        What a person should know of how it is read; complete once it was read.
    """

    label: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how it is read."""
        ...

    def estimated_bytes(self) -> int | None:
        """Memory that all its rows would take as a pandas frame, roughly; None where nobody knows beforehand."""
        ...

    def read(self) -> pd.DataFrame:
        """All rows at once, the quickest way there is."""
        ...

    def batches(self) -> Iterator[pa.Table]:
        """All rows in their order, a bounded number at a time."""
        ...


def open_source(
    source: TableSource,
    *,
    limit_bytes: int,
    free_bytes: int | None = None,
    seed: int = 0,
    n_rows: int | None = None,
) -> OpenedTable:
    """The table of a source: whole, or a uniform sample of its rows if all would take more than `limit_bytes`.

    The source is read once; at no moment does more than the limit, half of it again and one batch lie in memory.

    Parameters
    ----------
    source : TableSource
    limit_bytes : int
        Most memory the frame may take.
    free_bytes : int, optional
        Free memory, for the sentence.
    seed : int, default=0
    n_rows : int, optional
        Draw as many rows, as an earlier run did, whatever the memory.

    Returns
    -------
    table : OpenedTable

    Raises
    ------
    EmptyFileError
        If there are no rows.
    """
    if n_rows is None:
        needed = source.estimated_bytes()
        if needed is not None and needed <= limit_bytes:
            frame = source.read()
            if not len(frame):
                raise EmptyFileError.from_header(source.label, frame.shape[1])
            return OpenedTable(frame, source.label, source.notes)
    sample = RowSample(limit_bytes=limit_bytes, seed=seed, n_rows=n_rows)
    for batch in source.batches():
        sample.add(batch)
    if not sample.n_seen and not sample.has_columns:
        raise EmptyFileError.from_nothing(source.label)
    frame = to_frame(sample.table())
    if not len(frame):
        raise EmptyFileError.from_header(source.label, frame.shape[1])
    if not sample.drawn:
        return OpenedTable(frame, source.label, source.notes)
    said = _sampling_note(sample, limit_bytes=limit_bytes, free_bytes=free_bytes, asked=n_rows is not None)
    return OpenedTable(frame, source.label, (*source.notes, said), n_drawn=len(frame))


def _sampling_note(sample: RowSample, *, limit_bytes: int, free_bytes: int | None, asked: bool) -> str:
    drawn = f"{sample.n_rows:,} of {sample.n_seen:,} rows were drawn at random"
    if asked:
        return f"{drawn}, the same as before."
    needed, most = _size(sample.bytes_seen), _size(limit_bytes)
    free = "" if free_bytes is None else f" of the {_size(free_bytes)} that are free"
    return f"{drawn}, since all would need {needed} of memory and a table may take {most}{free}."


def _size(n_bytes: float) -> str:
    value, unit = n_bytes / 1000, _UNITS[0]
    for unit in _UNITS:  # noqa: B007  the last unit reached is used
        if value < 1000:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
