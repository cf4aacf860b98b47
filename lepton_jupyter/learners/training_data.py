"""The table as numbers: what is placed on workers once, and the part of it that one fit sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TableShape:
    """Size of a task, by which spaces, starting points and costs are chosen.

    Parameters
    ----------
    n_rows : int
        Rows of the whole training table.
    n_columns : Mapping[str, int]
        Columns of each view.
    n_classes : int
        0 for regression.
    n_categorical : int
        Columns of the tree view that hold category codes.
    """

    n_rows: int
    n_columns: Mapping[str, int]
    n_classes: int
    n_categorical: int = 0

    @property
    def task(self) -> str:
        """One of ``"regression"``, ``"binary"``, ``"multiclass"``."""
        return {0: "regression", 2: "binary"}.get(self.n_classes, "multiclass")

    @property
    def n_outputs(self) -> int:
        """Columns of a prediction: one value, or one probability for each class."""
        return max(1, self.n_classes)


# Compared by identity: learners keep what they derive from a table for as long as the very object lives.
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TrainingData:
    """All that fits need, as arrays, so that it can be memory-mapped.

    Place it once: what a learner derives from it (binned columns, nearest rows) is kept for as long as this object
    lives in a process, and serves all later trials.

    Parameters
    ----------
    views : Mapping[str, ndarray of shape (n_rows, n_columns)]
        float32. ``"tree"`` keeps NaN and holds category codes; ``"linear"`` is complete and scaled.
    categorical : tuple of int
        Columns of the tree view that hold category codes (unseen or missing: NaN).
    y : ndarray of shape (n_rows,)
        float64 values, or class codes 0 … n_classes-1 as int64.
    n_classes : int
        0 for regression.
    fold_of_row : ndarray of shape (n_rows,)
        int16, the fold in which a row is validated; -1: never (only trained on).
    n_folds : int
    metric : str
        scikit-learn's name of the metric, for learners that can stop early on it.
    weights : ndarray of shape (n_rows,), optional
        float64, how much each row counts, never negative. Rows of weight 0 are not learnt from.
    in_time : bool, default=False
        Whether folds follow one another in time: each learns from the rows of the folds before it, and from those of
        fold -1, alone.
    """

    views: Mapping[str, NDArray[np.float32]]
    categorical: tuple[int, ...]
    y: NDArray[np.float64] | NDArray[np.int64]
    n_classes: int
    fold_of_row: NDArray[np.int16]
    n_folds: int
    metric: str
    weights: NDArray[np.float64] | None = None
    in_time: bool = False

    @property
    def shape(self) -> TableShape:
        """Its size."""
        return TableShape(
            n_rows=len(self.y),
            n_columns={name: view.shape[1] for name, view in self.views.items()},
            n_classes=self.n_classes,
            n_categorical=len(self.categorical),
        )

    def fold(self, index: int, view: str) -> Fold:
        """Training and validation part of one fold in one view."""
        validation = self.fold_of_row == index
        training = self.fold_of_row < index if self.in_time else ~validation
        if self.weights is not None:
            training &= self.weights > 0
        matrix = self.views[view]
        return Fold(
            index=index,
            X_train=matrix[training],
            y_train=self.y[training],
            X_validation=matrix[validation],
            y_validation=self.y[validation],
            categorical=self.categorical if view == "tree" else (),
            n_classes=self.n_classes,
            metric=self.metric,
            origin=self,
            weights_train=None if self.weights is None else self.weights[training],
            weights_validation=None if self.weights is None else self.weights[validation],
        )


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Fold:
    """What one fit sees: the rows to learn from, and the rows it is judged (and may stop) on.

    `origin` is the table it was cut from, if any: folds of one origin with the same index hold the same rows.
    Weights are None where all rows count the same.
    """

    index: int
    X_train: NDArray[np.float32]
    y_train: NDArray[np.float64] | NDArray[np.int64]
    X_validation: NDArray[np.float32]
    y_validation: NDArray[np.float64] | NDArray[np.int64]
    categorical: tuple[int, ...]
    n_classes: int
    metric: str
    origin: TrainingData | None = None
    weights_train: NDArray[np.float64] | None = None
    weights_validation: NDArray[np.float64] | None = None

    @property
    def task(self) -> str:
        """One of ``"regression"``, ``"binary"``, ``"multiclass"``."""
        return {0: "regression", 2: "binary"}.get(self.n_classes, "multiclass")

    @property
    def n_outputs(self) -> int:
        """Columns of a prediction."""
        return max(1, self.n_classes)
