"""What every source of a table can do, and how a table is made of it that fits into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.data.arrow_frames import to_frame
from lepton_jupyter.data.opened_table import OpenedTable
from lepton_jupyter.data.row_sample import RowSample
from lepton_jupyter.events.run_events import SampleDrawn
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
    of_worker: bool = False,
    seed: int = 0,
    n_rows: int | None = None,
    stratum: str | None = None,
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
    of_worker : bool, default=False
        Whether that is all the memory of the smallest worker.
    seed : int, default=0
    n_rows : int, optional
        Draw as many rows, as an earlier run did, whatever the memory.
    stratum : str, optional
        Column of each of whose classes the same share is drawn, and a few rows of the rarest.

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
    sample = RowSample(limit_bytes=limit_bytes, seed=seed, n_rows=n_rows, stratum=stratum)
    for batch in source.batches():
        sample.add(batch)
    if not sample.n_seen and not sample.has_columns:
        raise EmptyFileError.from_nothing(source.label)
    frame = to_frame(sample.table())
    if not len(frame):
        raise EmptyFileError.from_header(source.label, frame.shape[1])
    if not sample.drawn:
        return OpenedTable(frame, source.label, source.notes)
    drawn = SampleDrawn(
        n_table_rows=sample.n_seen,
        n_rows=len(frame),
        reason="again" if n_rows is not None else "worker memory" if of_worker else "memory",
        table_bytes=sample.bytes_seen,
        limit_bytes=0 if n_rows is not None else limit_bytes,
        by_class=stratum is not None,
        seed=seed,
    )
    return OpenedTable(frame, source.label, (*source.notes, _sampling_note(drawn, free_bytes)), sample=drawn)


def _sampling_note(drawn: SampleDrawn, free_bytes: int | None) -> str:
    said = f"{drawn.n_rows:,} of {drawn.n_table_rows:,} rows were drawn at random"
    if drawn.reason == "again":
        return f"{said}, the same as before."
    needed, most = _size(drawn.table_bytes), _size(drawn.limit_bytes)
    whose = "the smallest worker has" if drawn.reason == "worker memory" else "are free"
    free = "" if free_bytes is None else f" of the {_size(free_bytes)} that {whose}"
    return f"{said}, since all would need {needed} of memory and a table may take {most}{free}."


def _size(n_bytes: float) -> str:
    value, unit = n_bytes / 1000, _UNITS[0]
    for unit in _UNITS:  # noqa: B007  the last unit reached is used
        if value < 1000:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
