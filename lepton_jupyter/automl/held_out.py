"""A table that is held out: checked before the search begins, scored once when it has ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.data.checks import align, check_table
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.row_columns import read_weights
from lepton_jupyter.data.target import coded_target
from lepton_jupyter.evaluation.uncertainty import part_error
from lepton_jupyter.exceptions.automl_errors import HeldOutTableError
from lepton_jupyter.exceptions.lepton_error import LeptonError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.data.column_kinds import ColumnSchema
    from lepton_jupyter.data.target import Target
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.preprocessing.recipe import Recipe


#: Parts of the held-out table by which the error of its score is judged, and rows that each must have.
_PARTS = 10
_LEAST_PART = 20


class HeldOutScore(NamedTuple):
    """A score on held-out rows, in the metric's unit, and half its 95 % interval (NaN where rows are too few)."""

    score: float
    error: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Rows that nothing is learnt from, and their target in the codes of the training table.

    Parameters
    ----------
    table : pandas.DataFrame
        Without the target.
    y : ndarray of shape (n_rows,)
    n_classes : int
    weights : ndarray of shape (n_rows,), optional
        How much each row counts.
    """

    table: pd.DataFrame
    y: NDArray[Any]
    n_classes: int
    weights: NDArray[np.float64] | None = None

    @classmethod
    def from_table(
        cls, test: Any, name: str, target: Target, columns: Sequence[ColumnSchema], *, weights: str | None = None
    ) -> HeldOut:
        """Part a held-out table into its columns and its target; rows without a target are left out.

        Parameters
        ----------
        test : DataFrame
            Anything that `to_pandas` takes.
        name : str
            The target's column.
        target : Target
            Of the training table.
        columns : sequence of ColumnSchema
            Of the training table; others are not looked at.
        weights : str, optional
            Column of weights; where this table lacks it, all its rows count the same.

        Raises
        ------
        HeldOutTableError
            If it is empty, lacks a column that is learnt from, or its target is not of the training table's kind.
        """
        try:
            frame = to_pandas(test)
            check_table(frame)
            if name not in frame.columns:
                raise HeldOutTableError.from_no_target(name, [str(each) for each in frame.columns])
            known = frame[name].notna()
            if not known.any():
                raise HeldOutTableError.from_missing_target(name, len(frame))
            y = coded_target(frame[name][known], name, target.classes)
            weighed = weights is not None and weights in frame.columns
            row_weights = read_weights(frame[weights], str(weights))[known.to_numpy()] if weighed else None
            needed = [column.name for column in columns if column.used]
            frame = align(frame, [column.name for column in columns], needed=needed, known=frame.columns)
        except HeldOutTableError:
            raise
        except LeptonError as error:
            raise HeldOutTableError.from_error(error) from None
        there = [column.name for column in columns if column.name in frame.columns]
        return cls(frame.loc[known.to_numpy(), there], y, target.n_classes, row_weights)

    def check(self, recipe: Recipe) -> None:
        """Refuse columns that the model could not read, before the time of a search is spent.

        Raises
        ------
        HeldOutTableError
        """
        try:
            recipe.transform(self.table)
        except LeptonError as error:
            raise HeldOutTableError.from_error(error) from None

    def score(self, predictor: Predictor, metric: Metric) -> HeldOutScore | None:
        """Score of a predictor on these rows; None where the metric has no value, such as the AUC of one class.

        Raises
        ------
        LeptonError
            If the metric cannot judge these rows.
        """
        metric.check_target(self.y)
        predictions = predictor.predict(self.table)
        score = metric.score(self.y, predictions, self.n_classes, self.weights)
        return HeldOutScore(score, self._error(predictions, metric)) if math.isfinite(score) else None

    def _error(self, predictions: NDArray[np.float64], metric: Metric) -> float:
        n_parts = min(_PARTS, len(self.y) // _LEAST_PART)
        parts = (slice(first, None, n_parts) for first in range(n_parts))
        return part_error([
            metric.score(self.y[rows], predictions[rows], self.n_classes, self._weights_of(rows)) for rows in parts
        ])  # fmt: skip

    def _weights_of(self, rows: slice) -> NDArray[np.float64] | None:
        return None if self.weights is None else self.weights[rows]
