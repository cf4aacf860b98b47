"""The scores of an evaluation: the run's metric first, then what else is asked about such a task."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.evaluation_messages import ScoreLine
from lepton_jupyter.inspection.bootstrap_intervals import Intervals, bootstrap_intervals

if TYPE_CHECKING:
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.labelled_rows import LabelledRows

#: What is asked about a task, in the order it is shown.
_USUAL = {
    "binary": (
        "roc_auc", "average_precision", "neg_log_loss", "neg_brier_score", "accuracy", "balanced_accuracy", "f1",
        "precision", "recall", "matthews_corrcoef",
    ),
    "multiclass": (
        "neg_log_loss", "roc_auc_ovr", "neg_brier_score", "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted",
        "precision_macro", "matthews_corrcoef", "top_k_accuracy",
    ),
    "regression": (
        "neg_root_mean_squared_error", "neg_mean_absolute_error", "neg_median_absolute_error", "r2",
        "d2_absolute_error_score", "neg_max_error",
    ),
}  # fmt: skip
#: Scores of which the bootstrap says nothing true: an extreme of a sample is never beyond that of the rows.
_EXTREMES = frozenset({"neg_max_error"})
#: Above this many classes a metric on pairs or rankings of them costs more than it tells.
_MANY_CLASSES = 30


def usual_metrics(metric: Metric, task: str, n_classes: int) -> tuple[Metric, ...]:
    """The run's metric and what else is usually asked.

    Examples
    --------
    >>> [each.label for each in usual_metrics(find_metric("r2", "regression"), "regression", 0)][:3]
    ['R²', 'RMSE', 'MAE']
    """
    names = [name for name in _USUAL[task] if name != "top_k_accuracy" or n_classes > 3]
    if n_classes > _MANY_CLASSES:
        names = [name for name in names if name != "roc_auc_ovr"]
    return (metric, *(find_metric(name, task) for name in names if name != metric.name))


def score_lines(rows: LabelledRows, metric: Metric, *, seed: int = 0) -> tuple[tuple[ScoreLine, ...], Intervals]:
    """Scores of rows with their intervals, beside those of a constant prediction.

    Parameters
    ----------
    rows : LabelledRows
        Metrics on labels are taken at its threshold.
    metric : Metric
        The run's, which comes first.
    seed : int, default=0
        Of the bootstrap.

    Returns
    -------
    lines : tuple of ScoreLine
        Metrics that have no value on these rows are left out, the first excepted.
    intervals : Intervals
    """
    metrics = usual_metrics(metric, rows.task, rows.n_classes)
    found = {each.name: rows.score(each) for each in metrics}
    metrics = tuple(each for each in metrics if each is metric or math.isfinite(found[each.name]))
    intervals = bootstrap_intervals(
        {each.name: rows.scorer(each) for each in metrics if each.name not in _EXTREMES}, len(rows), seed=seed
    )
    constant = rows.constant()
    lines = []
    for each in metrics:
        low, high = intervals.ends.get(each.name, (math.nan, math.nan))
        lines.append(
            ScoreLine(
                name=each.name,
                label=each.label,
                score=found[each.name],
                low=low,
                high=high,
                baseline=constant.score(each),
                greater_is_better=each.greater_is_better,
                needs=each.needs,
            )
        )
    return tuple(lines), intervals
