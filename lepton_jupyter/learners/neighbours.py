"""Nearest neighbours: weak alone, but its errors are unlike those of all others, which an ensemble likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.learners.array_learner import ArrayLearner
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.probabilities import clipped_probabilities
from lepton_jupyter.search.space import Choice, Integer, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

#: Neighbours that are looked up for every row, whatever number is used: trials with fewer need no new search.
MOST_NEIGHBOURS = 60
#: Rows searched between two looks at the deadline. Always the same, since the last bits of distances depend on it.
_ROWS_PER_SEARCH = 256

_Found = tuple["NDArray[np.float32]", "NDArray[np.int64]"]


class NeighboursModel:
    """The training rows, and how the targets of the nearest ones are averaged.

    Parameters
    ----------
    X : ndarray of shape (n_training_rows, n_columns)
    y : ndarray of shape (n_training_rows,)
        Values, or class codes.
    n_classes : int
        0 for regression.
    n_neighbors : int
    by_distance : bool
        Weight neighbours by the inverse of their distance.
    row_weights : ndarray of shape (n_training_rows,), optional
        How much the word of each row counts among the neighbours; which rows are the nearest does not depend on it.
    """

    n_iterations: int | None = None

    def __init__(
        self,
        X: NDArray[np.float32],
        y: NDArray[Any],
        *,
        n_classes: int,
        n_neighbors: int,
        by_distance: bool,
        row_weights: NDArray[np.float64] | None = None,
    ) -> None:
        self.X, self.y, self.n_classes, self.row_weights = X, y, n_classes, row_weights
        self.n_neighbors, self.by_distance = n_neighbors, by_distance
        self._index: Any = None
        self._known: tuple[NDArray[np.float32], _Found] | None = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Weighted mean of the neighbours' targets: shape (n_rows, n_outputs)."""
        if self._known is not None and self._known[0] is X:
            return self._average(*self._known[1])
        if self._index is None:
            self._index = _index(self.X)
        parts = [
            self._average(*_search(self._index, X[i : i + _ROWS_PER_SEARCH]))
            for i in range(0, len(X), _ROWS_PER_SEARCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, max(1, self.n_classes)))

    def remember(self, X: NDArray[np.float32], found: _Found) -> None:
        """Spare `predict` the search for exactly these rows."""
        self._known = (X, found)

    def _average(self, distances: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        distances, rows = distances[:, : self.n_neighbors], rows[:, : self.n_neighbors]
        weights = _inverse(distances) if self.by_distance else np.ones(distances.shape)
        if self.row_weights is not None:
            weights = weights * self.row_weights[rows]
        weights = weights / weights.sum(axis=1, keepdims=True)
        if not self.n_classes:
            return np.asarray((weights * self.y[rows]).sum(axis=1, keepdims=True), dtype=np.float64)
        codes = self.y[rows].astype(np.int64) + self.n_classes * np.arange(len(rows))[:, None]
        shares = np.bincount(codes.ravel(), weights.ravel(), minlength=self.n_classes * len(rows))
        return clipped_probabilities(shares.reshape(len(rows), self.n_classes))

    def __getstate__(self) -> dict[str, NDArray[Any]]:
        return self.to_arrays()

    def __setstate__(self, state: dict[str, NDArray[Any]]) -> None:
        self.__dict__.update(type(self).from_arrays(state).__dict__)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Rows, targets and settings."""
        settings = np.array([self.n_classes, self.n_neighbors, self.by_distance], dtype=np.int64)
        weights = {} if self.row_weights is None else {"row_weights": self.row_weights}
        return {"X": self.X, "y": self.y, "settings": settings, **weights}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        n_classes, n_neighbors, by_distance = (int(each) for each in arrays["settings"])
        return cls(
            arrays["X"], arrays["y"], n_classes=n_classes, n_neighbors=n_neighbors, by_distance=bool(by_distance),
            row_weights=arrays.get("row_weights"),
        )  # fmt: skip


class NeighboursLearner(ArrayLearner):
    """k nearest neighbours in scaled columns; all trials on a fold share one search."""

    name: ClassVar[str] = "neighbours"
    label: ClassVar[str] = "Nearest neighbours"
    family: ClassVar[str] = "neighbours"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx",)
    model_type = NeighboursModel

    def supports(self, shape: TableShape) -> bool:
        """Up to 30,000 rows and 500 columns: every prediction looks at every training row."""
        return shape.n_rows <= 30_000 and shape.n_columns[self.view] <= 500

    def space(self, shape: TableShape) -> Space:
        """How many neighbours, and how they count."""
        del shape
        return Space((Integer("n_neighbors", 1, MOST_NEIGHBOURS, log=True), Choice("weights", ("distance", "uniform"))))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Fifteen neighbours, the nearer the heavier."""
        del shape
        return ({"n_neighbors": 15, "weights": "distance"},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Pairs of rows × columns."""
        del point
        rows = float(shape.n_rows)
        return 2e-3 + 0.2 * rows * rows * (5e-11 * shape.n_columns[self.view] + 2.5e-9)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Distances of one search, and the neighbours of the validation rows."""
        del point
        return int(2**23 + 12 * _ROWS_PER_SEARCH * shape.n_rows + 12 * MOST_NEIGHBOURS * shape.n_rows)

    def describe(self, point: Point) -> str:
        """Number and weights."""
        weighted = " by distance" if point["weights"] == "distance" else ""
        return f"{point['n_neighbors']} neighbours{weighted}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> NeighboursModel:
        """Look up the neighbours of the validation rows, if no earlier trial did: that is where the time goes.

        A model that could not be asked in time is no use, so a deadline that passes before the last validation row
        raises.
        """
        del seed
        self.keep_to(deadline)
        found = _FOUND.get(fold, lambda fold: self._search_validation(fold, deadline))
        model = NeighboursModel(
            fold.X_train, fold.y_train, n_classes=fold.n_classes,
            n_neighbors=min(int(number(point, "n_neighbors")), len(fold.X_train)),
            by_distance=point["weights"] == "distance", row_weights=fold.weights_train,
        )  # fmt: skip
        model.remember(fold.X_validation, found)
        return model

    def _search_validation(self, fold: Fold, deadline: Deadline) -> _Found:
        index, X = _index(fold.X_train), fold.X_validation
        parts: list[_Found] = []
        for start in range(0, len(X), _ROWS_PER_SEARCH):
            if parts:
                self.keep_to(deadline)
            parts.append(_search(index, X[start : start + _ROWS_PER_SEARCH]))
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_FOUND: FoldCache[_Found] = FoldCache()


def _index(X: NDArray[np.float32]) -> Any:
    from sklearn.neighbors import NearestNeighbors

    # Brute force: in more than a dozen columns search trees only lose time.
    return NearestNeighbors(n_neighbors=min(MOST_NEIGHBOURS, len(X)), algorithm="brute").fit(np.ascontiguousarray(X))


def _search(index: Any, X: NDArray[np.float32]) -> _Found:
    distances, rows = index.kneighbors(np.ascontiguousarray(X))
    return distances.astype(np.float32), rows


def _inverse(distances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Weights of neighbours; one at no distance outweighs all others."""
    scale = distances.mean(axis=1, keepdims=True, dtype=np.float64)
    return np.asarray(1.0 / (distances + 1e-6 * scale + 1e-12), dtype=np.float64)
