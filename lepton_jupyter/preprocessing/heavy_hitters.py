"""The values of a column that are there most often, in parts that merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

#: Different values that are counted.
CAPACITY = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class HeavyHitters:
    """Counts of the commonest values of a part of a column.

    Up to 1,000 different values are counted exactly, however the column is parted. Of more, each count may be too low,
    by `error` at most, which is less than a thousandth of the rows: a value that is there more often is never missed
    (Misra and Gries [1]_, merged as in [2]_).

    Parameters
    ----------
    values : pyarrow.Array
        Different values, without order.
    counts : ndarray of int64 of shape (n_values,)
    error : int
        By how much a count may be too low, and how often a value may be there that is not listed.

    References
    ----------
    .. [1] J. Misra, D. Gries. Finding repeated elements. Science of Computer Programming 2(2):143-152, 1982.
    .. [2] P. K. Agarwal, G. Cormode, Z. Huang, J. M. Phillips, Z. Wei, K. Yi. Mergeable summaries. ACM Transactions on
           Database Systems 38(4):26, 2013.

    Examples
    --------
    >>> import pyarrow as pa
    >>> parts = [HeavyHitters.of_counted(pa.array(["a", "b"]), [2, 1]), HeavyHitters.of_counted(pa.array(["b"]), [3])]
    >>> HeavyHitters.merged(parts).commonest()
    [('b', 4), ('a', 2)]
    """

    values: pa.Array
    counts: NDArray[np.int64]
    error: int = 0

    @classmethod
    def of_counted(cls, values: pa.Array, counts: Any) -> Self:
        """Of different values and how often each occurs."""
        return cls._within_capacity(values, np.asarray(counts, dtype=np.int64), 0)

    @classmethod
    def merged(cls, parts: Iterable[HeavyHitters]) -> Self:
        """Of all parts, at least one."""
        import pyarrow as pa

        all_parts = tuple(parts)
        error = sum(part.error for part in all_parts)
        if len(all_parts) == 1:
            return cls(all_parts[0].values, all_parts[0].counts, error)
        coded = pa.concat_arrays([part.values for part in all_parts]).dictionary_encode()
        counts = np.zeros(len(coded.dictionary), dtype=np.int64)
        np.add.at(counts, np.asarray(coded.indices), np.concatenate([part.counts for part in all_parts]))
        return cls._within_capacity(coded.dictionary, counts, error)

    @classmethod
    def _within_capacity(cls, values: pa.Array, counts: NDArray[np.int64], error: int) -> Self:
        import pyarrow as pa

        if len(counts) <= CAPACITY:
            return cls(values, counts, error)
        if int(counts.max()) == 1:  # as of measurements: no value is commoner than another
            # Not slices: those carry all that they were cut from wherever they are sent.
            return cls(pa.array([], values.type), np.empty(0, dtype=np.int64), error + 1)
        # The largest count that finds no place is taken from all: what is left is at most `CAPACITY` values.
        taken = int(np.partition(counts, len(counts) - CAPACITY - 1)[len(counts) - CAPACITY - 1])
        kept = counts > taken
        return cls(values.filter(pa.array(kept)), counts[kept] - taken, error + taken)

    def commonest(self, limit: int | None = None) -> list[tuple[Any, int]]:
        """Values and their counts, the commonest first, of equal ones in their own order."""
        pairs = zip(self.values.to_pylist(), self.counts.tolist(), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def count_of(self, value: Any) -> int:
        """How often a value is there, at least."""
        import pyarrow as pa

        found = self.values.index(pa.scalar(value, type=self.values.type)).as_py()
        return 0 if found < 0 else int(self.counts[found])
