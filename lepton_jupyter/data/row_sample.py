"""A uniform sample of the rows of a stream, in one pass and bounded memory.

Each row gets a key as it comes, and the rows with the smallest keys are kept: however the stream is cut into batches,
the same seed draws the same rows, and a smaller sample is a part of a larger one. So the number of rows need not be
known beforehand; it shrinks when the rows turn out to be large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.data.arrow_frames import in_memory_bytes, join_tables
from lepton_jupyter.data.draw_order import DrawOrder

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: How far the rows at hand may exceed the sample before those that have dropped out are let go.
_SLACK = 1.25


class RowSample:
    """Rows of a stream, drawn uniformly without replacement and kept in their order.

    Parameters
    ----------
    limit_bytes : int
        Most memory that the rows may take as a pandas frame. While all fit, all are kept.
    seed : int, default=0
    n_rows : int, optional
        How many rows to draw, whatever memory they take.
    stratum : str, optional
        Column of each of whose classes the same share is drawn.

    Attributes
    ----------
    n_seen : int
        Rows that came by.
    bytes_seen : int
        Memory that they all would take.

    References
    ----------
    .. [1] P. S. Efraimidis, P. G. Spirakis. Weighted random sampling with a reservoir. Information Processing Letters
           97(5):181-185, 2006 (with equal weights).

    Examples
    --------
    >>> import pyarrow as pa
    >>> sample = RowSample(limit_bytes=10**9, n_rows=3)
    >>> for start in range(0, 100, 20):
    ...     sample.add(pa.table({"row": range(start, start + 20)}))
    >>> sample.n_seen, sample.table().num_rows
    (100, 3)
    """

    def __init__(
        self, *, limit_bytes: int, seed: int = 0, n_rows: int | None = None, stratum: str | None = None
    ) -> None:
        self.n_seen = 0
        self.bytes_seen = 0
        self._limit_bytes = limit_bytes
        self._wished = n_rows
        self._order = DrawOrder(seed, stratum)
        self._most: int | None = n_rows  # None: all so far
        self._threshold = np.inf
        self._tables: list[pa.Table] = []
        self._keys: list[NDArray[np.float64]] = []
        self._schema: pa.Schema | None = None

    @property
    def drawn(self) -> bool:
        """Whether some rows were left out."""
        return self._most is not None and self.n_seen > self._most

    @property
    def has_columns(self) -> bool:
        """Whether any batch came by, be it without rows."""
        return self._schema is not None

    @property
    def n_rows(self) -> int:
        """Rows that are drawn so far."""
        return self.n_seen if self._most is None else min(int(self._most), self.n_seen)

    def add(self, batch: pa.Table) -> None:
        """Let the next rows of the stream come by."""
        self._schema = batch.schema if self._schema is None else self._schema
        if not batch.num_rows:
            return
        keys = self._order.keys(batch)
        self.n_seen += batch.num_rows
        self.bytes_seen += in_memory_bytes(batch)
        chosen = np.flatnonzero(keys < self._threshold)
        if len(chosen) < batch.num_rows:
            batch, keys = batch.take(chosen), keys[chosen]
        self._tables.append(batch)
        self._keys.append(keys)
        held = sum(map(len, self._keys))
        if self._most is None:
            if self.bytes_seen > self._limit_bytes:
                self._most = _rounded(held * self._limit_bytes / self.bytes_seen)
                self._prune()
        elif held > self._most * _SLACK:
            self._prune()
            self._shrink_to_limit()

    def table(self) -> pa.Table:
        """The rows that were drawn, in the order in which they came.

        Raises
        ------
        ValueError
            If no batch ever came.
        """
        if self._most is not None:
            self._prune()
            self._shrink_to_limit()
        if self._schema is None:
            message = "no batch came"
            raise ValueError(message)
        return join_tables(self._tables) if self._tables else self._schema.empty_table()

    def _shrink_to_limit(self) -> None:
        if self._wished is not None or self._most is None:
            return
        held = sum(map(in_memory_bytes, self._tables))
        if held > self._limit_bytes * _SLACK:  # the rows that came later are larger
            self._most = _rounded(self._most * self._limit_bytes / held)
            self._prune()

    def _prune(self) -> None:
        keys = np.concatenate(self._keys) if self._keys else np.empty(0)
        if self._most is None or len(keys) <= self._most:
            return
        # The rows at or above the threshold can never be drawn again, since the sample only loses rows to smaller keys.
        self._threshold = np.partition(keys, self._most)[self._most]
        kept = [np.flatnonzero(each < self._threshold) for each in self._keys]
        self._tables = [table.take(rows) for table, rows in zip(self._tables, kept, strict=True) if len(rows)]
        self._keys = [each[rows] for each, rows in zip(self._keys, kept, strict=True) if len(rows)]


def _rounded(n_rows: float) -> int:
    """A number of rows that is easily said: two leading digits, never more than `n_rows`."""
    whole = max(1, int(n_rows))
    step = int(10 ** max(0, len(str(whole)) - 2))
    return whole // step * step
