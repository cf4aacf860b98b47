"""Conformal sets of classes, from out-of-fold predictions: no model is fitted for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.evaluation.conformity_grid import MOST_POINTS, ConformityGrid
from lepton_jupyter.exceptions.conformal_errors import CoverageError, NoConformityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Points of each class at least, however many classes share the grid of a fold.
_LEAST_POINTS = 11
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ClassConformity:
    """How improbable true classes were to models that had not seen their rows.

    The score is one minus the probability of the class, which makes the smallest sets on average [1]_. A class is in
    the set of a new row unless it is less probable there than nearly all true classes were, counted fold by fold as in
    CV+ [2]_: a true class of a fold's row is compared with what that fold's model says of the new row.

    Adaptive sets count the classes by another score [2]_: the probability of all classes that are more probable in the
    row, and half of its own. They are larger on average, larger where a row is hard and smaller where it is easy: hard
    rows are then covered nearly as often as easy ones.

    Parameters
    ----------
    folds : tuple of tuple of ConformityGrid
        Scores of the rows of each class, for each fold whose model predicts.
    adaptive : tuple of ConformityGrid, default=()
        Adaptive scores of the rows of each of these folds; empty in what older versions kept.

    References
    ----------
    .. [1] M. Sadinle, J. Lei, L. Wasserman. Least ambiguous set-valued classifiers with bounded error levels. JASA
           114(525):223-234, 2019.
    .. [2] Y. Romano, M. Sesia, E. J. Candès. Classification with valid and adaptive coverage. NeurIPS 2020.

    Examples
    --------
    >>> y, sure = np.array([0, 1] * 50), np.where(np.arange(100) < 80, 0.9, 0.4)
    >>> out_of_fold = np.where(np.eye(2)[y] > 0, sure[:, None], 1 - sure[:, None])
    >>> conformity = ClassConformity.of(y, out_of_fold, np.zeros(100, int), folds=(0,), n_classes=2)
    >>> conformity.sets(np.array([[[0.95, 0.05], [0.5, 0.5]]]), 0.9)
    array([[ True, False],
           [ True,  True]])
    """

    folds: tuple[tuple[ConformityGrid, ...], ...]
    adaptive: tuple[ConformityGrid, ...] = ()

    @classmethod
    def of(
        cls,
        y: NDArray[Any],
        out_of_fold: NDArray[Any],
        fold_of_row: NDArray[Any],
        *,
        folds: Sequence[int],
        n_classes: int,
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """Learn from out-of-fold predictions.

        Parameters
        ----------
        y : ndarray of int, shape (n_rows,)
        out_of_fold : ndarray of shape (n_rows, n_classes)
        fold_of_row : ndarray of int, shape (n_rows,)
        folds : sequence of int
            Those whose models predict new rows; rows of others are not looked at.
        n_classes : int
        weights : ndarray of shape (n_rows,), optional

        Returns
        -------
        conformity : ClassConformity
        """
        codes = y.astype(np.int64)
        scores = 1.0 - out_of_fold[np.arange(len(codes)), codes].astype(np.float64)
        most = max(_LEAST_POINTS, MOST_POINTS // n_classes)

        def grid(fold: int, code: int) -> ConformityGrid:
            rows = (fold_of_row == fold) & (codes == code)
            return ConformityGrid.of(scores[rows], None if weights is None else weights[rows], most=most)

        def adaptive_grid(fold: int) -> ConformityGrid:
            rows = fold_of_row == fold
            own = _adaptive_scores(out_of_fold[rows].astype(np.float64))[np.arange(int(rows.sum())), codes[rows]]
            return ConformityGrid.of(own, None if weights is None else weights[rows])

        by_fold = tuple(tuple(grid(fold, code) for code in range(n_classes)) for fold in folds)
        return cls(by_fold, tuple(adaptive_grid(fold) for fold in folds))

    def sets(
        self, by_fold: NDArray[np.float64], coverage: float, *, by_class: bool = False, adaptive: bool = False
    ) -> NDArray[np.bool_]:
        """Classes among which the true one is with a probability of `coverage`; the most probable one always is.

        Parameters
        ----------
        by_fold : ndarray of shape (n_folds, n_rows, n_classes)
            Probabilities by each fold's model.
        coverage : float
        by_class : bool, default=False
            Hold the coverage for the rows of each class by itself, rather than for all together: rare classes are then
            not given up for frequent ones, and a class of very few rows is in every set.
        adaptive : bool, default=False
            Sets that grow where a row is hard, for all classes together; not beside `by_class`.

        Returns
        -------
        sets : ndarray of bool, shape (n_rows, n_classes)

        Raises
        ------
        CoverageError
            If so few rows were judged that every set would hold all classes, or sets are to be both adaptive and by
            class.
        NoConformityError
            If sets are to be adaptive, and an older version kept nothing for that.
        """
        if adaptive and by_class:
            raise CoverageError.from_conflict("adaptive", "by_class")
        if adaptive and not self.adaptive:
            raise NoConformityError.from_model()
        n_by_class = np.array([sum(fold[code].n_rows for fold in self.folds) for code in range(by_fold.shape[2])])
        n_rows = float(n_by_class.sum())
        if not by_class and coverage * (n_rows + 1) > n_rows + _ROUNDING:
            raise CoverageError.from_rows("coverage", coverage, int(n_rows), n_rows / (n_rows + 1))
        more_probable = np.zeros(by_fold.shape[1:])  # true classes that were more probable than this one is here
        for probabilities, grids in zip(by_fold, self.folds, strict=True):
            scores = 1.0 - probabilities
            for code in () if adaptive else range(by_fold.shape[2]):
                counted = [grids[code]] if by_class else grids
                more_probable[:, code] += sum(grid.count_below(scores[:, code]) for grid in counted)
        for probabilities, grid in zip(by_fold, self.adaptive if adaptive else (), strict=adaptive):
            more_probable += grid.count_below(_adaptive_scores(probabilities))
        among = n_by_class if by_class else n_rows
        sets = more_probable < coverage * (among + 1) - _ROUNDING
        sets[np.arange(len(sets)), by_fold.mean(axis=0).argmax(axis=1)] = True
        return np.asarray(sets)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "kind": "classes",
            "folds": [[grid.to_dict() for grid in fold] for fold in self.folds],
            "adaptive": [grid.to_dict() for grid in self.adaptive],
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        folds = tuple(tuple(ConformityGrid.from_dict(grid) for grid in fold) for fold in saved["folds"])
        return cls(folds, tuple(ConformityGrid.from_dict(grid) for grid in saved.get("adaptive", ())))


def _adaptive_scores(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each class the probability of all more probable ones and half of its own: no draw, so the same each time."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    scores = np.empty_like(ranked)
    np.put_along_axis(scores, order, np.cumsum(ranked, axis=1) - ranked / 2, axis=1)
    return scores
