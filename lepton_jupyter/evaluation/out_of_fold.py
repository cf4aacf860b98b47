"""Out-of-fold predictions: each row predicted by the model that has not seen it, put together fold by fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.metric_errors import (
    IncompletePredictionsError,
    InvalidPredictionsError,
    UnknownFoldError,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OutOfFold:
    """Predictions of one trial, as far as its folds are there; folds may come in any order.

    Not for several threads at once.

    Parameters
    ----------
    fold_of_row : ndarray of int, shape (n_rows,)
        Fold in which each row is validated, from 0; -1 for rows that never are.
    n_outputs : int
        Columns of a prediction.

    Examples
    --------
    >>> collected = OutOfFold(np.array([0, 1, 0]), n_outputs=1)
    >>> collected.add(0, np.array([[1.5], [2.5]]))
    >>> collected.missing
    (1,)
    >>> collected.add(1, np.array([[9.0]]))
    >>> collected.predictions()[:, 0]
    array([1.5, 9. , 2.5], dtype=float32)
    """

    def __init__(self, fold_of_row: NDArray[Any], n_outputs: int) -> None:
        self._fold_of_row = np.asarray(fold_of_row)
        self._n_folds = int(self._fold_of_row.max(initial=-1)) + 1
        self._values = np.full((len(self._fold_of_row), n_outputs), np.nan, dtype=np.float32)
        self._present: set[int] = set()

    @property
    def present(self) -> tuple[int, ...]:
        """Folds that are there, in order."""
        return tuple(sorted(self._present))

    @property
    def missing(self) -> tuple[int, ...]:
        """Folds that are not there yet, in order."""
        return tuple(fold for fold in range(self._n_folds) if fold not in self._present)

    @property
    def complete(self) -> bool:
        """Whether every fold is there."""
        return len(self._present) == self._n_folds

    @property
    def validated(self) -> NDArray[np.bool_]:
        """Which rows get a prediction once all folds are there."""
        return np.asarray(self._fold_of_row >= 0)

    def add(self, fold: int, predictions: NDArray[Any]) -> None:
        """Take in the predictions of one fold's rows, in the order of the table; a fold given again is replaced.

        Raises
        ------
        UnknownFoldError
            If there is no such fold.
        InvalidPredictionsError
            If the shape is not one row for each of the fold's, or there is NaN or infinity.
        """
        if not 0 <= fold < self._n_folds:
            raise UnknownFoldError.from_index(fold, self._n_folds)
        rows = self._fold_of_row == fold
        expected = (int(rows.sum()), self._values.shape[1])
        if predictions.shape != expected:
            raise InvalidPredictionsError.from_shape(predictions.shape, expected)
        # Values beyond float32 become infinite in the cast, so it is the result that is looked at.
        with np.errstate(over="ignore"):
            narrow = predictions.astype(np.float32)
        finite = np.isfinite(narrow).all(axis=1)
        if not finite.all():
            raise InvalidPredictionsError.from_non_finite(int((~finite).sum()), expected[0])
        self._values[rows] = narrow
        self._present.add(fold)

    def predictions(self, *, partial: bool = False) -> NDArray[np.float32]:
        """All predictions, shape (n_rows, n_outputs); NaN for rows that are never validated.

        Parameters
        ----------
        partial : bool, default=False
            Also when folds are missing; their rows are NaN.

        Raises
        ------
        IncompletePredictionsError
            If folds are missing and `partial` is False.
        """
        if not partial and not self.complete:
            raise IncompletePredictionsError.from_missing(self.missing)
        return self._values.copy()
