"""Differences, sums, ratios and products of two numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_OPERATIONS = (np.subtract, np.add, np.divide, np.multiply)


@dataclass(frozen=True, slots=True, eq=False)
class NumberPairs:
    """Columns made of two numbers each.

    A tree cuts one column at a time and needs many cuts for what one ratio says: boosters that are given the ratio
    reach the same loss with far fewer trees.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs, 3)
        int64: operation (difference, sum, ratio, product), first column, second column.

    Examples
    --------
    >>> pairs = NumberPairs(np.array([[2, 0, 1], [0, 1, 0]]))
    >>> pairs.columns(np.array([[6.0, 3.0], [1.0, 0.0]], np.float32)).tolist()
    [[2.0, -3.0], [nan, -1.0]]
    """

    kind: ClassVar[str] = "number pairs"
    pairs: NDArray[np.int64]

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Self:
        """All pairs of some columns."""
        # By place, so that a pair is the same in whatever order the columns are given.
        pairs = [
            (operation, first, second)
            for first, second in combinations(sorted(numbers), 2)
            for operation in range(len(_OPERATIONS))
        ]
        return cls(np.array(pairs, dtype=np.int64).reshape(-1, 3))

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only."""
        return replace(self, pairs=self.pairs[places])

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of some rows, NaN where a part is missing or the result is no number."""
        made = np.empty((len(X), len(self.pairs)), dtype=np.float32)
        with np.errstate(all="ignore"):  # what is no number becomes a missing value below
            for place, (operation, first, second) in enumerate(self.pairs):
                made[:, place] = _OPERATIONS[operation](X[:, first], X[:, second])
        made[~np.isfinite(made)] = np.nan
        return made

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        return {"pairs": self.pairs}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        return cls(arrays["pairs"].astype(np.int64))
