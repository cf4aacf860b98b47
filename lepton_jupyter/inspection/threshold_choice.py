"""From which probability a row is called positive: chosen by money or by a metric, on rows that judge honestly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.events.evaluation_messages import ThresholdChoice, ThresholdLine
from lepton_jupyter.inspection.labelled_rows import LabelledRows, decided, one_hot
from lepton_jupyter.inspection.short_figures import short_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric

#: Thresholds at which a metric is tried, and points of the curve that is shown.
_CANDIDATES = 200
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Objective:
    """What a threshold is chosen by: costs, or a metric on labels.

    Parameters
    ----------
    false_positive, false_negative : float or None
        What one such error costs, in any unit.
    metric : Metric or None
        On labels; looked at where no costs are given.

    Examples
    --------
    >>> Objective(1.0, 5.0).label, round(Objective(1.0, 5.0).calibrated, 3)
    ('cost per 1,000 rows', 0.167)
    """

    false_positive: float | None = None
    false_negative: float | None = None
    metric: Metric | None = None

    @property
    def by_cost(self) -> bool:
        """Whether money decides."""
        return self.false_positive is not None and self.false_negative is not None

    @property
    def label(self) -> str:
        """What a value of it is."""
        if self.by_cost:
            return "cost per 1,000 rows"
        return self.metric.label if self.metric is not None else "errors per 1,000 rows"

    @property
    def smaller_is_better(self) -> bool:
        """Direction of a value."""
        return self.by_cost or self.metric is None or not self.metric.greater_is_better

    @property
    def costs(self) -> tuple[float, float]:
        """Cost of a false positive and of a false negative; 1 and 1 where none are given."""
        if self.false_positive is None or self.false_negative is None:
            return 1.0, 1.0
        return self.false_positive, self.false_negative

    @property
    def calibrated(self) -> float:
        """The threshold that would be best if the probabilities came true: false positive's share of both costs."""
        false_positive, false_negative = self.costs
        return false_positive / (false_positive + false_negative)

    def value(self, y: NDArray[Any], labels: NDArray[np.int64]) -> float:
        """What it is worth to give rows these labels."""
        if self.metric is not None and not self.by_cost:
            return self.metric.score(y, one_hot(labels, 2), 2)
        return 1000.0 * float(self.row_costs(y, labels).mean())

    def row_costs(self, y: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[np.float64]:
        """Cost of each row."""
        false_positive, false_negative = self.costs
        return np.where(labels == y, 0.0, np.where(labels == 1, false_positive, false_negative))


def best_threshold(y: NDArray[Any], probability: NDArray[np.float64], objective: Objective) -> float:
    """Threshold of the best value on some rows, which should not be those a model has learnt from.

    Costs are looked at for every probability that occurs, so none is better; a metric at 200 quantiles and 0.5. Of
    thresholds that are as good the one nearest to what calibrated probabilities would ask for is taken [1]_.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        0 or 1.
    probability : ndarray of shape (n_rows,)
        Of class 1.
    objective : Objective

    Returns
    -------
    threshold : float
        From 0 to 1; rows with this probability or more are called positive.

    References
    ----------
    .. [1] C. Elkan. The foundations of cost-sensitive learning. IJCAI, 2001.

    Examples
    --------
    >>> y, probability = np.array([0, 0, 1, 0, 1]), np.array([0.1, 0.2, 0.3, 0.6, 0.9])
    >>> best_threshold(y, probability, Objective(1.0, 5.0))
    0.25
    """
    candidates = _cuts(probability)
    if objective.by_cost or objective.metric is None:
        values = _total_costs(y, probability, candidates, objective)
    else:
        wanted = np.unique(np.quantile(candidates, np.linspace(0, 1, _CANDIDATES), method="nearest"))
        candidates = np.unique(np.append(wanted, 0.5))
        values = np.array([_metric_loss(y, probability, each, objective) for each in candidates])
    best = values <= np.nanmin(values) + 1e-12 * max(1.0, abs(float(np.nanmin(values))))
    good = candidates[best]
    return float(good[np.argmin(np.abs(good - objective.calibrated))])


def _cuts(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """One threshold between each two neighbours, 0, 0.5 and 1: all the ways to part the rows, and the usual one."""
    distinct = np.unique(np.append(probability.astype(np.float64), (0.0, 1.0)))
    middles = (distinct[1:] + distinct[:-1]) / 2
    # Where two neighbours are so near that their middle is one of them, the middle parts as the upper one would.
    return np.unique(np.concatenate([middles, [0.0, 0.5, 1.0]]))


def _total_costs(
    y: NDArray[Any], probability: NDArray[np.float64], thresholds: NDArray[np.float64], objective: Objective
) -> NDArray[np.float64]:
    true_positives, false_positives = counts_at(y, probability, thresholds)
    false_positive, false_negative = objective.costs
    return np.asarray(false_positives * false_positive + (np.count_nonzero(y == 1) - true_positives) * false_negative)


def _metric_loss(y: NDArray[Any], probability: NDArray[np.float64], threshold: float, objective: Objective) -> float:
    value = objective.value(y, (probability >= threshold).astype(np.int64))
    return value if objective.smaller_is_better else -value


def counts_at(
    y: NDArray[Any], probability: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows called positive at each threshold, rightly and wrongly.

    Examples
    --------
    >>> counts_at(np.array([0, 1, 1]), np.array([0.2, 0.4, 0.8]), np.array([0.0, 0.4, 0.5]))
    (array([2, 2, 1]), array([1, 0, 0]))
    """
    positive, negative = np.sort(probability[y == 1]), np.sort(probability[y == 0])
    return (
        len(positive) - np.searchsorted(positive, thresholds, side="left"),
        len(negative) - np.searchsorted(negative, thresholds, side="left"),
    )


def describe_threshold(
    rows: LabelledRows, objective: Objective, *, how: str, chosen_on: LabelledRows | None
) -> ThresholdChoice:
    """Say what a threshold does to rows it was not chosen on, and what was traded when it was chosen.

    Parameters
    ----------
    rows : LabelledRows
        Evaluated, with the threshold in force.
    objective : Objective
    how : {"cost", "metric", "given", "default"}
    chosen_on : LabelledRows or None
        The rows it was chosen on, which draw the curve; None: the evaluated rows draw it.

    Returns
    -------
    choice : ThresholdChoice
    """
    drawn_on = rows if chosen_on is None else chosen_on
    probability = drawn_on.predictions[:, 1].astype(np.float64)
    thresholds = _shown_thresholds(probability, rows.threshold)
    values = [objective.value(drawn_on.y, (probability >= each).astype(np.int64)) for each in thresholds]
    right, wrong = counts_at(drawn_on.y, probability, thresholds)
    chosen = 0.5 if rows.threshold is None else rows.threshold
    saving, error = _saving(rows, objective)
    return ThresholdChoice(
        threshold=chosen,
        how=how,
        objective=objective.label,
        smaller_is_better=objective.smaller_is_better,
        cost_false_positive=objective.false_positive,
        cost_false_negative=objective.false_negative,
        chosen_on="out_of_fold" if chosen_on is not None else "",
        n_rows=len(drawn_on) if chosen_on is not None else 0,
        thresholds=short_figures(thresholds),
        values=short_figures(np.array(values)),
        precision=short_figures(_ratio(right, right + wrong)),
        recall=short_figures(_ratio(right, np.full(len(right), np.count_nonzero(drawn_on.y == 1)))),
        lines=_lines(rows, objective, chosen),
        saving=saving,
        saving_error=error,
    )


def _shown_thresholds(probability: NDArray[np.float64], chosen: float | None) -> NDArray[np.float64]:
    """Half of them evenly spaced, half where the rows are; the usual and the chosen one are among them."""
    even = np.linspace(0, 1, _CANDIDATES // 2 - 1)
    dense = np.quantile(probability, np.linspace(0, 1, _CANDIDATES // 2 - 1))
    kept = np.unique(np.concatenate([even, dense, [0.5], [] if chosen is None else [chosen]]))
    return np.asarray(kept[(kept >= 0) & (kept <= 1)])


def _lines(rows: LabelledRows, objective: Objective, chosen: float) -> tuple[ThresholdLine, ...]:
    decisions = {
        "chosen": (chosen, rows.labels),
        "0.5": (0.5, decided(rows.predictions, None)),
        "never": (1.0, np.zeros(len(rows), dtype=np.int64)),
        "always": (0.0, np.ones(len(rows), dtype=np.int64)),
    }
    if rows.threshold is None:
        del decisions["chosen"]
    return tuple(_line(name, threshold, rows.y, labels, objective) for name, (threshold, labels) in decisions.items())


def _line(
    name: str, threshold: float, y: NDArray[Any], labels: NDArray[np.int64], objective: Objective
) -> ThresholdLine:
    (tn, fp), (fn, tp) = np.bincount(y * 2 + labels, minlength=4).reshape(2, 2).tolist()
    return ThresholdLine(
        name=name,
        threshold=threshold,
        true_positives=tp,
        false_positives=fp,
        false_negatives=fn,
        true_negatives=tn,
        precision=tp / (tp + fp) if tp + fp else math.nan,
        recall=tp / (tp + fn) if tp + fn else math.nan,
        value=objective.value(y, labels),
    )


def _saving(rows: LabelledRows, objective: Objective) -> tuple[float, float]:
    """How much better the chosen threshold is than 0.5, and half the 95 % interval of that where rows have costs."""
    usual = decided(rows.predictions, None)
    gain = objective.value(rows.y, usual) - objective.value(rows.y, rows.labels)
    gain = gain if objective.smaller_is_better else -gain
    if objective.metric is not None and not objective.by_cost:
        return gain, math.nan
    # Paired: the same row under both thresholds, so that what both get wrong cancels.
    by_row = 1000.0 * (objective.row_costs(rows.y, usual) - objective.row_costs(rows.y, rows.labels))
    return gain, float(_Z * by_row.std(ddof=1) / math.sqrt(len(by_row)))


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole != 0)
    return ratio
