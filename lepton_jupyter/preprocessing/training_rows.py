"""The training part of a fold, as steps that see the target learn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """Rows of the tree view with their targets: all that a step inside a fold may see.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        float32, NaN where a value is missing.
    y : ndarray of shape (n_rows,)
        Values, or class codes 0 … n_classes-1.
    categorical : tuple of int
        Columns that hold category codes.
    n_classes : int
        0 for regression.
    weights : ndarray of shape (n_rows,), optional
    seed : int, default=0

    Examples
    --------
    >>> X = np.array([[1.0, 0.5], [2.0, 0.5], [3.0, np.nan]], np.float32)
    >>> rows = TrainingRows(X, np.array([0, 1, 2]), categorical=(), n_classes=3)
    >>> rows.whole_numbers(fewest=2)
    (0,)
    >>> rows.targets.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    X: NDArray[np.float32]
    y: NDArray[np.float64] | NDArray[np.int64]
    categorical: tuple[int, ...]
    n_classes: int
    weights: NDArray[np.float64] | None = None
    seed: int = 0

    @property
    def targets(self) -> NDArray[np.float64]:
        """Values in one column; for two classes the second's indicator, for more one indicator each."""
        if self.n_classes <= 2:
            return self.y.astype(np.float64)[:, None]
        return np.eye(self.n_classes)[self.y.astype(np.int64)]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Columns that hold no category codes and more than two different values."""
        return tuple(
            place
            for place in range(self.X.shape[1])
            if place not in self.categorical and len(_known_values(self.X[:, place])) > 2
        )

    def whole_numbers(self, *, fewest: int = 3, most: int = 5_000) -> tuple[int, ...]:
        """Columns of whole numbers, category codes left out, that have so many different values."""
        return tuple(
            place
            for place in range(self.X.shape[1])
            if place not in self.categorical and _counts_wholes(self.X[:, place], fewest, most)
        )

    def drawn(self, most: int) -> NDArray[np.int64]:
        """Places of at most so many of the rows, drawn by the seed, in random order."""
        return np.random.default_rng(self.seed).permutation(len(self.y))[:most]

    def sample(self, most: int) -> TrainingRows:
        """At most so many of the rows, drawn by the seed, in random order."""
        return self.taking(self.drawn(most))

    def taking(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> TrainingRows:
        """Some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], weights=weights)

    def beside(self, blocks: Sequence[NDArray[np.float32]]) -> TrainingRows:
        """The same with more columns on the right."""
        return replace(self, X=np.hstack([self.X, *blocks]))


def _known_values(values: NDArray[np.float32]) -> NDArray[np.float32]:
    different = np.unique(values)  # NaN once, at the end
    return different[~np.isnan(different)]


def _counts_wholes(values: NDArray[np.float32], fewest: int, most: int) -> bool:
    # Whether a number is whole is seen from a few: sorting all of them is saved where they are not.
    if (values[:50] != np.floor(values[:50])).sum() > np.isnan(values[:50]).sum():
        return False
    different = _known_values(values)
    return fewest <= len(different) <= most and bool((different == np.floor(different)).all())
