"""The table as numbers: what is placed on workers once, and the part of it that one fit sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Rows by which the skewness of a target is told, and the least one: that of an exponential distribution is 2.
_SKEW_SAMPLE, _LEAST_SKEW = 20_000, 1.0


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
    right_skewed : bool
        Whether the target holds values, none of them negative, of which a few lie far above the others.
    """

    n_rows: int
    n_columns: Mapping[str, int]
    n_classes: int
    n_categorical: int = 0
    right_skewed: bool = False

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
    class_weights : ndarray of shape (n_classes,), optional
        Factor of the weight of each row by its class, in fits and in what stops them; scores do not know it.
    monotone : tuple of int
        For each column of the tree view: 1 where predictions may never fall along it, -1 where they may never rise,
        else 0; empty where no column is constrained. Missing values have no place in that order.
    late_part : ndarray of shape (n_rows,), optional
        int8, for late folds, which count on from `n_folds`: the place among them of the one that a row is left out of,
        to stop its fits; all other rows are learnt from. -1: learnt from in all of them.
    stopping_parts : ndarray of shape (n_rows,), optional
        int8, the part of its fold's validation rows that a row belongs to, from 0: a fit that stops early judges each
        part where the others would have stopped. Without it all are judged where they are best together.
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
    class_weights: NDArray[np.float64] | None = None
    monotone: tuple[int, ...] = ()
    stopping_parts: NDArray[np.int8] | None = None
    late_part: NDArray[np.int8] | None = None

    @property
    def n_late_folds(self) -> int:
        """How many folds there are beyond `n_folds`, each of nearly all rows."""
        return 0 if self.late_part is None else int(self.late_part.max()) + 1

    @property
    def shape(self) -> TableShape:
        """Its size."""
        return TableShape(
            n_rows=len(self.y),
            n_columns={name: view.shape[1] for name, view in self.views.items()},
            n_classes=self.n_classes,
            n_categorical=len(self.categorical),
            right_skewed=self.n_classes == 0 and _is_right_skewed(self.y),
        )

    def training_rows(self, index: int) -> NDArray[np.bool_]:
        """Which rows are learnt from in one fold, or in a late one."""
        training = self.fold_of_row < index if self.in_time else ~self._validated_rows(index)
        if self.weights is not None:
            training &= self.weights > 0
        return training

    def _validated_rows(self, index: int) -> NDArray[np.bool_]:
        if index < self.n_folds:
            return np.asarray(self.fold_of_row == index)
        assert self.late_part is not None  # whoever names a late fold has asked for their number
        return np.asarray(self.late_part == index - self.n_folds)

    def fold(self, index: int, view: str, row_share: float = 1.0) -> Fold:
        """Training and validation part of one fold in one view.

        Parameters
        ----------
        index : int
            0 … n_folds - 1, or a late fold's.
        view : str
        row_share : float, default=1.0
            Part of the training rows that are in it, drawn at random but always alike: a smaller part lies within a
            larger one, and each class keeps its share of the rows.
        """
        validation = self._validated_rows(index)
        training = self.training_rows(index)
        if row_share < 1.0:
            training = _part_of(training, self.y if self.n_classes else None, row_share)
        matrix = self.views[view]
        fitted = self._fit_weights()
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
            row_share=row_share,
            weights_train=None if fitted is None else fitted[training],
            weights_validation=None if fitted is None else fitted[validation],
            monotone=self.monotone if view == "tree" else (),
            score_weights_train=None if self.weights is None else self.weights[training],
            score_weights_validation=None if self.weights is None else self.weights[validation],
            stopping_parts=None if self.stopping_parts is None else self.stopping_parts[validation],
        )

    def _fit_weights(self) -> NDArray[np.float64] | None:
        if self.class_weights is None:
            return self.weights
        of_rows: NDArray[np.float64] = self.class_weights[self.y.astype(np.int64)]
        return of_rows if self.weights is None else of_rows * self.weights


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Fold:
    """What one fit sees: the rows to learn from, and the rows it is judged (and may stop) on.

    `origin` is the table it was cut from, if any: folds of one origin with the same index and `row_share` hold the same
    rows.
    Weights are None where all rows count the same; those of scores differ from those of fits where classes are weighed.
    `stopping_parts` are of the validation rows.
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
    score_weights_train: NDArray[np.float64] | None = None
    score_weights_validation: NDArray[np.float64] | None = None
    monotone: tuple[int, ...] = ()
    stopping_parts: NDArray[np.int8] | None = None
    row_share: float = 1.0

    @property
    def task(self) -> str:
        """One of ``"regression"``, ``"binary"``, ``"multiclass"``."""
        return {0: "regression", 2: "binary"}.get(self.n_classes, "multiclass")

    @property
    def n_outputs(self) -> int:
        """Columns of a prediction."""
        return max(1, self.n_classes)


def _is_right_skewed(y: NDArray[Any]) -> bool:
    """Whether values that are not negative are so skewed to the right that their logarithms may be easier to learn."""
    if len(y) == 0 or y.min() < 0:
        return False
    sample = y[:: max(1, len(y) // _SKEW_SAMPLE)].astype(np.float64)
    spread = sample.std()
    return bool(spread > 0 and np.mean(((sample - sample.mean()) / spread) ** 3) > _LEAST_SKEW)


def _part_of(training: NDArray[np.bool_], classes: NDArray[Any] | None, row_share: float) -> NDArray[np.bool_]:
    """A part of some rows, of each class as large a one, by a number that each row has drawn once for all."""
    rows = np.flatnonzero(training)
    drawn = np.random.default_rng(0).random(len(training))[rows]
    strata = np.zeros(len(rows), dtype=np.int64) if classes is None else classes[rows].astype(np.int64)
    order = np.lexsort((drawn, strata))
    sizes = np.bincount(strata)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = np.zeros(len(training), dtype=bool)
    kept[rows[order[place < np.repeat(np.ceil(row_share * sizes), sizes)]]] = True
    return kept
