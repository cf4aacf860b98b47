"""Quantiles of numbers, in parts that merge, with a bound on the error of every rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: Points a summary holds. A power of two: weights are then whole numbers of 1/2048, and their sums exact.
POINTS = 2_048


def _no_points() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class QuantileSummary:
    """Ascending points with weights that stand for the numbers of a part of a column.

    Up to 2,048 different values are held as they are, and every rank is exact. Beyond that, the values at 2,048 evenly
    spaced ranks stand for all: this moves no rank by more than 1/4096 of the count, whatever the values, and the
    bounds of parts that are merged add up (mergeable summaries of equal weights, [1]_). A tree of summaries seven
    levels high, such as of 20 million rows in ten thousand partitions, is therefore within 0.2 % of every rank.

    Nothing is drawn at random, unlike in KLL sketches, so that the same parts give the same bits in every process.

    Parameters
    ----------
    points : ndarray of float64 of shape (n_points,)
        Ascending, all different.
    weights : ndarray of float64 of shape (n_points,)
        How many values each stands for.
    rank_error : float
        No rank is off by more than so many values.

    References
    ----------
    .. [1] P. K. Agarwal, G. Cormode, Z. Huang, J. M. Phillips, Z. Wei, K. Yi. Mergeable summaries. ACM Transactions on
           Database Systems 38(4):26, 2013.

    Examples
    --------
    >>> summary = QuantileSummary.of_values([5.0, 1.0, 3.0, 3.0])
    >>> summary.quantile(0.5), summary.rank_error
    (3.0, 0.0)
    """

    points: NDArray[np.float64] = field(default_factory=_no_points)
    weights: NDArray[np.float64] = field(default_factory=_no_points)
    rank_error: float = 0.0

    @classmethod
    def of_values(cls, values: Iterable[float]) -> Self:
        """Of finite numbers."""
        return cls.of_counted(*np.unique(np.asarray(values, dtype=np.float64), return_counts=True))

    @classmethod
    def of_counted(cls, ordered: NDArray[np.float64], counts: NDArray[np.int64]) -> Self:
        """Of ascending different numbers and how often each occurs."""
        return cls._within_size(ordered, counts.astype(np.float64), 0.0)

    @classmethod
    def merged(cls, parts: Iterable[QuantileSummary]) -> Self:
        """Of all parts."""
        held = [part for part in parts if len(part.points)]
        if not held:
            return cls()
        error = float(sum(part.rank_error for part in held))
        points = np.concatenate([part.points for part in held])
        weights = np.concatenate([part.weights for part in held])
        order = np.argsort(points, kind="stable")
        points, weights = points[order], weights[order]
        first = np.concatenate([[True], points[1:] != points[:-1]])
        return cls._within_size(points[first], np.add.reduceat(weights, np.flatnonzero(first)), error)

    @classmethod
    def _within_size(cls, points: NDArray[np.float64], weights: NDArray[np.float64], error: float) -> Self:
        if len(points) <= POINTS:
            return cls(points, weights, error)
        reached = np.cumsum(weights)
        each = float(reached[-1]) / POINTS
        places = np.searchsorted(reached, (np.arange(POINTS) + 0.5) * each)
        kept, counts = np.unique(places, return_counts=True)
        return cls(points[kept], np.asarray(counts * each, dtype=np.float64), error + each / 2)

    @property
    def count(self) -> float:
        """How many values it stands for."""
        return float(self.weights.sum())

    def quantile(self, share: float) -> float:
        """The smallest value that at least `share` of all values do not exceed; NaN without values.

        Parameters
        ----------
        share : float from 0 to 1
        """
        return float(self.quantiles([share])[0])

    def quantiles(self, shares: Iterable[float]) -> NDArray[np.float64]:
        """Several of them."""
        wanted = np.asarray(tuple(shares), dtype=np.float64)
        if not len(self.points):
            return np.full(len(wanted), np.nan)
        reached = np.cumsum(self.weights)
        places = np.searchsorted(reached, wanted * reached[-1])
        return np.asarray(self.points[np.minimum(places, len(self.points) - 1)])

    def rank(self, value: float) -> float:
        """How many values are at most `value`, within `rank_error`."""
        return float(self.weights[: np.searchsorted(self.points, value, side="right")].sum())
