"""How sure predictions are, as columns beside them: intervals, quantiles, and the classes that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.evaluation.coverage import check_quantiles, check_share
from lepton_jupyter.exceptions.conformal_errors import CoverageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class Surety:
    """What is asked of a prediction beside its value or its class.

    Parameters
    ----------
    interval, label_set : float or None
        Coverages.
    quantiles : sequence of float or None

    Raises
    ------
    CoverageError
        If one is no share between 0 and 1.
    """

    interval: float | None = None
    quantiles: Sequence[float] | None = None
    label_set: float | None = None

    def __post_init__(self) -> None:
        for name, coverage in (("interval", self.interval), ("label_set", self.label_set)):
            if coverage is not None:
                check_share(name, coverage)
        if self.quantiles is not None:
            check_quantiles(self.quantiles)

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of what is asked."""
        parts = {"interval": self.interval, "quantiles": self.quantiles, "label_set": self.label_set}
        return tuple(name for name, value in parts.items() if value is not None)

    def check_beside(self, *, proba: bool, threshold: bool) -> None:
        """Refuse what cannot stand beside probabilities, or beside classes by a threshold.

        Raises
        ------
        CoverageError
        """
        for name, given in (("proba", proba), ("threshold", threshold)):
            if given and self.asked:
                raise CoverageError.from_conflict(self.asked[0], name)

    def check_task(self, task: str) -> None:
        """Refuse an interval of classes and a set of numbers.

        Raises
        ------
        CoverageError
        """
        for name in self.asked:
            if name == "label_set" and task == "regression":
                raise CoverageError.from_values(name)
            if name != "label_set" and task != "regression":
                raise CoverageError.from_classes(name)

    def beside(self, predictions: pd.Series[Any], model: Any, table: Any) -> pd.DataFrame:
        """The predictions of a model, and how sure they are.

        Parameters
        ----------
        predictions : Series
            Of the rows of `table`.
        model : LeptonClassifier or LeptonRegressor
        table : DataFrame

        Returns
        -------
        columns : DataFrame
        """
        name, columns = predictions.name, predictions.to_frame()
        if self.interval is not None:
            columns[[f"{name}_low", f"{name}_high"]] = model.predict_interval(table, self.interval)
        if self.quantiles is not None:
            asked = check_quantiles(self.quantiles)
            columns[[f"{name}_q{100 * each:g}" for each in asked]] = model.predict_quantiles(table, asked)
        if self.label_set is not None:
            columns[[f"{name}_may_be_{label}" for label in model.classes_]] = model.predict_set(table, self.label_set)
        return columns
