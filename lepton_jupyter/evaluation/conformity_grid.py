"""Conformity scores of the rows of one fold, as a bounded grid of their quantiles: a summary, never the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Points of a grid at most; each then stands for a thousandth of the rows.
MOST_POINTS = 1001


@dataclass(frozen=True, slots=True, eq=False)
class ConformityGrid:
    """How many rows had a score of at most so much.

    Parameters
    ----------
    points : ndarray of shape (n_points,)
        Scores in rising order: of each row while there are few, else quantiles.
    n_rows : float
        Rows that the points stand for, all alike; fewer than there were where weights differ.

    Examples
    --------
    >>> grid = ConformityGrid.of(np.array([3.0, 1.0, 2.0]))
    >>> grid.count(np.array([2.0, 9.0])), grid.count_below(np.array([2.0]))
    (array([2., 3.]), array([1.]))
    """

    points: NDArray[np.float64]
    n_rows: float

    @classmethod
    def of(cls, scores: NDArray[Any], weights: NDArray[np.float64] | None = None, *, most: int = MOST_POINTS) -> Self:
        """Summarise scores.

        Parameters
        ----------
        scores : ndarray of shape (n_rows,)
        weights : ndarray of shape (n_rows,), optional
            How much each row counts. Rows then stand for ``(sum w)² / sum w²`` equal ones, as Kish counts them.
        most : int
            Points to keep at most.

        Returns
        -------
        grid : ConformityGrid
        """
        order = np.argsort(scores, kind="stable")
        points = np.asarray(scores, dtype=np.float64)[order]
        n_rows = float(len(points))
        if weights is not None and len(points):
            n_rows = float(weights.sum() ** 2 / (weights**2).sum())
        if len(points) and (weights is not None or len(points) > most):
            n_points = min(len(points), most)
            mass = np.ones(len(points)) if weights is None else weights[order].astype(np.float64)
            shares = (np.arange(n_points) + 0.5) / n_points
            # Each row fills the stretch of shares that its weight takes; a point is the row in whose stretch it falls.
            inner = points[np.minimum(np.searchsorted(mass.cumsum() / mass.sum(), shares), len(points) - 1)]
            # The extremes stand at both ends: what is asked beyond the grid is then answered with caution.
            points = np.concatenate([points[:1], inner[1:-1], points[-1:]]) if n_points > 2 else inner
        return cls(points, n_rows)

    def count(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows whose score is at most each value."""
        return self._rows(values, "right")

    def count_below(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows whose score is less than each value."""
        return self._rows(values, "left")

    def _rows(self, values: NDArray[np.float64], side: Any) -> NDArray[np.float64]:
        if not len(self.points):
            return np.zeros(np.shape(values))
        counts = np.searchsorted(self.points, values, side=side)
        return np.asarray(counts * (self.n_rows / len(self.points)), dtype=np.float64)

    def quantile(self, share: float) -> float:
        """Least score that at least this share of the rows does not exceed."""
        place = int(np.ceil(share * len(self.points) - 1e-9)) - 1
        return float(self.points[min(max(place, 0), len(self.points) - 1)])

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; six digits are more than a thousandth of the rows can tell."""
        return {"n_rows": self.n_rows, "points": [float(f"{point:.6g}") for point in self.points]}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        return cls(np.array(saved["points"], dtype=np.float64), float(saved["n_rows"]))
