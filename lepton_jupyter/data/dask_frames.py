"""Dask DataFrames as sources: computed whole where they fit, else drawn from, partition by partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.arrow_frames import from_frame, in_memory_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa


def is_dask_frame(table: object) -> bool:
    """Whether a table is a Dask DataFrame; told by its type's name, so that Dask is not imported for it.

    Parameters
    ----------
    table : object

    Returns
    -------
    is_dask_frame : bool

    Examples
    --------
    >>> is_dask_frame([1, 2])
    False
    """
    return any(
        base.__name__ == "DataFrame" and base.__module__.partition(".")[0] in {"dask", "dask_expr"}
        for base in type(table).__mro__
    )


class DaskFrame:
    """The rows of a Dask DataFrame.

    Parameters
    ----------
    table : dask.dataframe.DataFrame
    label : str
    """

    notes: tuple[str, ...] = ()

    def __init__(self, table: Any, label: str = "table") -> None:
        self.label = label
        self._table = table

    def estimated_bytes(self) -> int | None:
        """Memory of all partitions, if they are like the first."""
        first = self._table.partitions[0].compute()
        if not len(first):  # as after a filter: it tells nothing of the others
            return None
        return int(in_memory_bytes(from_frame(first)) * self._table.npartitions)

    def read(self) -> pd.DataFrame:
        """All partitions at once, side by side."""
        frame: pd.DataFrame = self._table.compute()
        return frame

    def batches(self) -> Iterator[pa.Table]:
        """All rows, a partition at a time."""
        for place in range(self._table.npartitions):
            yield from_frame(self._table.partitions[place].compute())
