"""Numbers seen against the rows that share a category: how far they lie from its mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from lepton_jupyter.preprocessing.column_key import ColumnKey, keys_from_arrays, keys_to_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows


@dataclass(frozen=True, slots=True)
class GroupStatistics:
    """Deviations of numbers from the mean of their group, plain or in the group's standard deviations.

    Parameters
    ----------
    groupings : tuple of ColumnKey
    statistics : ndarray of shape (n_statistics, 3)
        int64: place of the grouping, column of the number, and 1 where the deviation is divided by the group's
        standard deviation.
    moments : tuple of ndarray of shape (2, n_levels + 1)
        For each statistic mean and standard deviation of the number by group; the last is of all rows, for groups that
        training did not have.
    """

    kind: ClassVar[str] = "group statistics"
    groupings: tuple[ColumnKey, ...]
    statistics: NDArray[np.int64]
    moments: tuple[NDArray[np.float64], ...]

    @classmethod
    def learn(cls, rows: TrainingRows, groupings: Sequence[int], numbers: Sequence[int]) -> Self:
        """Learn the moments of every number in the groups of every grouping column.

        Parameters
        ----------
        rows : TrainingRows
        groupings, numbers : sequence of int
            Columns; one that is both is not seen against itself.
        """
        keys = tuple(ColumnKey.learn(rows.X, (column,)) for column in groupings)
        weights = np.ones(len(rows.X)) if rows.weights is None else rows.weights
        statistics, moments = [], []
        for grouping, key in enumerate(keys):
            codes = key.codes(rows.X)
            for number in numbers:
                if number != groupings[grouping]:
                    values = rows.X[:, number].astype(np.float64)
                    statistics += [(grouping, number, 0), (grouping, number, 1)]
                    moments += 2 * [_moments(codes, key.n_levels, values, weights)]
        return cls(keys, np.array(statistics, dtype=np.int64).reshape(-1, 3), tuple(moments))

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only."""
        return replace(
            self, statistics=self.statistics[places], moments=tuple(self.moments[each] for each in places.tolist())
        )

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of some rows, NaN where the number is missing."""
        made = np.empty((len(X), len(self.statistics)), dtype=np.float32)
        codes = {grouping: self.groupings[grouping].codes(X) for grouping in set(self.statistics[:, 0].tolist())}
        for place, (grouping, number, scaled) in enumerate(self.statistics):
            means, deviations = self.moments[place]
            made[:, place] = X[:, number] - means[codes[grouping]]
            if scaled:
                made[:, place] /= deviations[codes[grouping]]
        return made

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        moments = {f"moments_{place}": each for place, each in enumerate(self.moments)}
        return {**keys_to_arrays(self.groupings), "statistics": self.statistics, **moments}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        statistics = arrays["statistics"].astype(np.int64)
        moments = tuple(arrays[f"moments_{place}"].astype(np.float64) for place in range(len(statistics)))
        return cls(keys_from_arrays(arrays), statistics, moments)


def _moments(
    codes: NDArray[np.int64], n_levels: int, values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    codes, values, weights = codes[known], values[known], weights[known]
    overall = float(np.average(values, weights=weights))
    spread = max(float(np.sqrt(np.average((values - overall) ** 2, weights=weights))), 1e-12)
    total = np.bincount(codes, weights, minlength=n_levels + 1)
    found = total > 0
    means = np.full(n_levels + 1, overall)
    np.divide(np.bincount(codes, weights * values, minlength=n_levels + 1), total, out=means, where=found)
    squares = np.bincount(codes, weights * (values - means[codes]) ** 2, minlength=n_levels + 1)
    deviations = np.full(n_levels + 1, spread)
    np.sqrt(np.divide(squares, total, out=deviations**2, where=found), out=deviations)
    # A group of one value has no spread of its own.
    deviations[deviations < 1e-9 * spread] = spread
    return np.stack([means, deviations])
