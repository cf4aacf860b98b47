"""Conformal intervals and quantiles of values, from out-of-fold predictions: no model is fitted for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.evaluation.conformity_grid import ConformityGrid
from lepton_jupyter.exceptions.conformal_errors import CoverageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Rows for each knot of the scale, and most knots: with few rows an error is as large everywhere.
_ROWS_PER_KNOT = 100
_MOST_KNOTS = 20
#: The scale is never less than this part of the mean error: where a model was never off it still may be.
_LEAST_SCALE = 0.05
#: Halvings of the distance between fold models; a billionth of it is left.
_HALVINGS = 30
#: What rounding may take from a count, as 400 × (1 - 0.9) / 2 is less than 20.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ValueConformity:
    r"""How far targets lay from predictions of models that had not seen them.

    Errors are signed, so that an interval may reach further up than down, and divided by a scale that follows the
    prediction: where predictions are large, errors often are. The bounds are those of CV+ [1]_ for each tail: of a new
    row, each error that was made in a fold is put upon the prediction of that very fold's model, and the bound is
    a quantile of these sums with the correction for a finite sample. For exchangeable rows an interval of coverage
    :math:`1 - \alpha` holds at least :math:`1 - 2\alpha` of the targets for certain, and close to :math:`1 - \alpha`
    in practice. Early stopping looked at the rows whose errors are counted, and the ensemble was chosen by them, which
    makes them a little too small; the mean of the fold models that predicts is in turn a little better than each.

    Parameters
    ----------
    folds : tuple of ConformityGrid
        Scaled errors of each fold whose model predicts.
    knots, scales : ndarray of shape (n_knots,)
        Scale of errors at some predictions; linear between them, constant beyond.

    References
    ----------
    .. [1] R. F. Barber, E. J. Candès, A. Ramdas, R. J. Tibshirani. Predictive inference with the jackknife+. Annals of
           Statistics 49(1):486-507, 2021.

    Examples
    --------
    >>> y = np.arange(99.0)
    >>> conformity = ValueConformity.of(y, np.full((99, 1), 49.0), np.zeros(99, int), folds=(0,))
    >>> conformity.interval(np.array([[49.0]]), 0.9)
    array([[ 4., 94.]])
    >>> conformity.quantiles(np.array([[49.0]]), [0.1, 0.5])
    array([[ 9., 49.]])
    """

    folds: tuple[ConformityGrid, ...]
    knots: NDArray[np.float64]
    scales: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        y: NDArray[Any],
        out_of_fold: NDArray[Any],
        fold_of_row: NDArray[Any],
        *,
        folds: Sequence[int],
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """Learn from out-of-fold predictions.

        Parameters
        ----------
        y : ndarray of shape (n_rows,)
        out_of_fold : ndarray of shape (n_rows, 1)
        fold_of_row : ndarray of int, shape (n_rows,)
        folds : sequence of int
            Those whose models predict new rows; rows of others are not looked at.
        weights : ndarray of shape (n_rows,), optional

        Returns
        -------
        conformity : ValueConformity
        """
        judged = np.isin(fold_of_row, folds)
        predictions = out_of_fold[judged, 0].astype(np.float64)
        errors = y[judged].astype(np.float64) - predictions
        knots, scales = _scale_of_errors(predictions, np.abs(errors))
        scaled = errors / np.interp(predictions, knots, scales)
        of_fold, mass = fold_of_row[judged], None if weights is None else weights[judged]
        grids = tuple(
            ConformityGrid.of(scaled[of_fold == fold], None if mass is None else mass[of_fold == fold])
            for fold in folds
        )
        return cls(grids, knots, scales)

    @property
    def n_rows(self) -> int:
        """Rows whose errors are known, as far as they count the same."""
        return int(sum(grid.n_rows for grid in self.folds) + _ROUNDING)

    def interval(self, by_fold: NDArray[np.float64], coverage: float) -> NDArray[np.float64]:
        """Bounds between which the target lies with a probability of `coverage`, each tail outside alike.

        Parameters
        ----------
        by_fold : ndarray of shape (n_folds, n_rows)
            Predictions of each fold's model.
        coverage : float

        Returns
        -------
        bounds : ndarray of shape (n_rows, 2)

        Raises
        ------
        CoverageError
            If so few rows were judged that the bounds would lie nowhere.
        """
        n_beyond = math.floor((self.n_rows + 1) * (1 - coverage) / 2 + _ROUNDING)
        if n_beyond < 1:
            raise CoverageError.from_rows("coverage", coverage, self.n_rows, max(0.0, 1 - 2 / (self.n_rows + 1)))
        ranks = (n_beyond, self.n_rows + 1 - n_beyond)
        return np.column_stack([self._value_of_rank(by_fold, rank) for rank in ranks])

    def quantiles(self, by_fold: NDArray[np.float64], quantiles: Sequence[float]) -> NDArray[np.float64]:
        """Values that the target exceeds with a probability of one minus each quantile; they never cross.

        Parameters
        ----------
        by_fold : ndarray of shape (n_folds, n_rows)
            Predictions of each fold's model.
        quantiles : sequence of float

        Returns
        -------
        values : ndarray of shape (n_rows, n_quantiles)

        Raises
        ------
        CoverageError
            If so few rows were judged that a quantile would lie nowhere.
        """
        found = []
        for quantile in quantiles:
            exact = (self.n_rows + 1) * quantile
            rank = math.floor(exact + _ROUNDING) if quantile < 0.5 else math.ceil(exact - _ROUNDING)
            if not 1 <= rank <= self.n_rows:
                raise CoverageError.from_quantile(quantile, self.n_rows, 1 / (self.n_rows + 1))
            found.append(self._value_of_rank(by_fold, rank))
        return np.column_stack(found)

    def _value_of_rank(self, by_fold: NDArray[np.float64], rank: int) -> NDArray[np.float64]:
        """The sum of prediction and error that stands at `rank` among those of all judged rows, for each new row."""
        scales = np.interp(by_fold, self.knots, self.scales)
        share = rank / sum(grid.n_rows for grid in self.folds)
        there = [place for place, grid in enumerate(self.folds) if len(grid.points)]
        # The quantile of all folds together lies between the least and the greatest of those of single folds.
        alone = np.array([by_fold[place] + scales[place] * self.folds[place].quantile(share) for place in there])
        low, high = alone.min(axis=0), alone.max(axis=0)
        if len(there) == 1:
            return np.asarray(high)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            below = sum(self.folds[place].count((middle - by_fold[place]) / scales[place]) for place in there)
            enough = below >= rank - _ROUNDING
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.asarray(high)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "kind": "values",
            "knots": self.knots.tolist(),
            "scales": self.scales.tolist(),
            "folds": [grid.to_dict() for grid in self.folds],
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        grids = tuple(ConformityGrid.from_dict(each) for each in saved["folds"])
        return cls(grids, np.array(saved["knots"]), np.array(saved["scales"]))


def _scale_of_errors(
    predictions: NDArray[np.float64], sizes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean size of errors by prediction, at the middle of groups of equally many rows."""
    n_knots = int(min(_MOST_KNOTS, max(1, len(predictions) // _ROWS_PER_KNOT)))
    groups = np.array_split(np.argsort(predictions, kind="stable"), n_knots)
    knots = np.array([np.median(predictions[group]) for group in groups])
    scales = np.array([sizes[group].mean() for group in groups])
    mean = float(sizes.mean())
    if mean == 0.0:
        return knots[:1], np.ones(1)
    if n_knots == 1:
        return knots, np.ones(1)  # errors in the target's own unit, which is as good and easier to read
    return knots, np.maximum(scales, _LEAST_SCALE * mean)
