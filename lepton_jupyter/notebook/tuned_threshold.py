"""What a person wants of the threshold, checked, and the model that decides at it."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.evaluation.metrics import find_metric, metric_names
from lepton_jupyter.exceptions.evaluation_errors import ThresholdError
from lepton_jupyter.inspection.threshold_choice import Objective, best_threshold

if TYPE_CHECKING:
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.labelled_rows import LabelledRows
    from lepton_jupyter.notebook.run_handle import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdWish:
    """How the threshold is to be set.

    Parameters
    ----------
    cost_fp, cost_fn : float or None
        What a row costs that is called positive and is not, and one that is positive and not called so.
    tune : str or None
        Metric on labels by which it is chosen.
    threshold : float or None
        The threshold itself.

    Raises
    ------
    ThresholdError
        If a value is impossible, or two of them contradict each other.
    """

    cost_fp: float | None = None
    cost_fn: float | None = None
    tune: str | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        for name, cost in (("cost_fp", self.cost_fp), ("cost_fn", self.cost_fn)):
            if cost is not None and not (_is_number(cost) and math.isfinite(cost) and cost >= 0):
                raise ThresholdError.from_cost(name, cost)
        if (self.cost_fp is None) != (self.cost_fn is None):
            given, missing = ("cost_fp", "cost_fn") if self.cost_fn is None else ("cost_fn", "cost_fp")
            raise ThresholdError.from_half_the_costs(given, missing)
        if self.cost_fp == 0 and self.cost_fn == 0:
            raise ThresholdError.from_no_costs()
        if self.threshold is not None:
            check_threshold(self.threshold)
        if self.tune is not None and self.cost_fp is not None:
            raise ThresholdError.from_two_ways("tune", "cost_fp")
        if self.tune is not None and self.threshold is not None:
            raise ThresholdError.from_two_ways("tune", "threshold")

    @property
    def first_given(self) -> str | None:
        """Name of the first part that was given."""
        parts = {"threshold": self.threshold, "cost_fp": self.cost_fp, "tune": self.tune}
        return next((name for name, value in parts.items() if value is not None), None)

    def objective(self, task: str, metric: Metric) -> tuple[Objective, str]:
        """What the threshold is chosen by, and how it comes about: as `ThresholdChoice.how` names it.

        Raises
        ------
        ThresholdError
            If the task has no threshold, or the metric to tune does not depend on one.
        UnknownMetricError, MetricMismatchError
            If there is no such metric.
        """
        if task != "binary":
            if self.first_given is not None:
                raise ThresholdError.from_task(self.first_given, task)
            return Objective(), "default"
        wished = find_metric(self.tune, task) if self.tune is not None else metric
        if self.tune is not None and wished.needs != "labels":
            fitting = [name for name in metric_names(task) if find_metric(name, task).needs == "labels"]
            raise ThresholdError.from_metric(self.tune, fitting)
        if self.cost_fp is not None and self.cost_fn is not None:
            objective, how = Objective(float(self.cost_fp), float(self.cost_fn)), "cost"
        elif wished.needs == "labels":
            objective, how = Objective(metric=wished), "metric"
        else:
            objective, how = Objective(), "default"
        return objective, "given" if self.threshold is not None else how


def check_threshold(value: Any) -> float:
    """A threshold as a number from 0 to 1.

    Raises
    ------
    ThresholdError
        If it is anything else.

    Examples
    --------
    >>> check_threshold(0.3)
    0.3
    """
    if not _is_number(value) or not 0 <= value <= 1:
        raise ThresholdError.from_value(value)
    return float(value)


def tuned(rows: LabelledRows, objective: Objective) -> float:
    """Best threshold on rows that the model has not seen."""
    return best_threshold(rows.y, rows.predictions[:, 1].astype(float), objective)


def wished_threshold(run: Run, threshold: float | str, *, proba: bool = False) -> float:
    """The threshold that predictions are to be made at.

    Parameters
    ----------
    run : Run
    threshold : float or {"tuned"}
    proba : bool, default=False
        Whether probabilities are asked for, which no threshold changes.

    Raises
    ------
    ThresholdError
        If it is no probability, was not tuned, or the run does not tell two classes apart.
    """
    task = run.message().task
    if task != "binary":
        raise ThresholdError.from_task("threshold", task)
    if proba:
        raise ThresholdError.from_two_ways("threshold", "proba")
    if threshold != "tuned":
        return check_threshold(threshold)
    if run.threshold is None:
        raise ThresholdError.from_untuned(run.id)
    return run.threshold


def with_threshold(model: Any, threshold: float | None) -> Any:
    """A fitted model as a scikit-learn estimator that decides at a threshold; the model itself where that is None."""
    if threshold is None:
        return model
    from sklearn.frozen import FrozenEstimator
    from sklearn.model_selection import FixedThresholdClassifier

    return FixedThresholdClassifier(
        FrozenEstimator(model), threshold=threshold, pos_label=model.classes_[1], response_method="predict_proba"
    )


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
