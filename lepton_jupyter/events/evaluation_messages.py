"""What ``%lepton evaluate`` shows: scores, curves and weak spots of one model on one table, as figures ready to draw.

No message holds a row of the table. Curves are thinned to 200 points, which several curves share, of six significant
digits. Where a figure has an interval it is one of 95 %; NaN stands where nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreLine:
    """One metric on the evaluated rows."""

    name: str  # scikit-learn's, such as "roc_auc"
    label: str  # what a person reads, such as "AUC"
    score: float  # in the metric's natural unit
    low: float  # ends of the 95 % interval
    high: float
    baseline: float  # the same metric of a constant prediction: the share of each class, or the mean
    greater_is_better: bool
    needs: str  # "probabilities" | "labels" | "values": labels depend on the threshold


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassLine:
    """How one class was found, at the threshold in force."""

    label: str
    n_true: int  # rows of the class
    n_predicted: int  # rows that were given its label
    precision: float
    recall: float
    f1: float
    auc: float  # this class against the rest


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfusionTable:
    """Rows by true class (first axis) and by predicted class (second axis); classes in the order of `labels`.

    With more than 30 classes the 29 with most rows are kept, and the last label stands for `n_other` classes.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    n_other: int  # classes behind the last label; 0: none was put together


@dataclass(frozen=True, kw_only=True, slots=True)
class RocCurve:
    """Recall of one class against false alarms, from the highest threshold to the lowest."""

    label: str  # the class that counts as positive
    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    thresholds: tuple[float, ...]  # probability from which a row is called positive; the first is NaN: none is
    area: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PrecisionRecallCurve:
    """Precision of one class against its recall, from the highest threshold to the lowest."""

    label: str
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    thresholds: tuple[float, ...]
    average_precision: float
    prevalence: float  # share of the class: the precision of calling rows positive at random


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationPoint:
    """Rows with a like probability: what was predicted of them, and what came true."""

    predicted: float  # mean probability
    observed: float  # share of the rows for which it came true
    low: float  # Wilson's 95 % interval of that share
    high: float
    n_rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationCurve:
    """Whether a probability of 30 % comes true in 30 of 100 rows; bins hold equally many rows."""

    label: str  # the positive class; empty: the most probable class of each row
    points: tuple[CalibrationPoint, ...]
    brier: float  # over all classes, as scikit-learn's for two classes
    brier_baseline: float  # of predicting each class's share
    expected_error: float  # mean distance of predicted and observed over bins, weighted by rows


@dataclass(frozen=True, kw_only=True, slots=True)
class LiftCurve:
    """What is gained by looking at the rows most likely to be positive first."""

    label: str
    share_of_rows: tuple[float, ...]  # 0 … 1, most likely first
    gain: tuple[float, ...]  # share of all positives among them, 0 … 1
    lift: tuple[float, ...]  # gain / share of rows; at 0 its limit, and 1 at the end
    best_gain: tuple[float, ...]  # the same of a perfect order


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdLine:
    """What happens at one threshold, on the evaluated rows."""

    name: str  # "chosen", "0.5", "never" (no row is called positive), "always"
    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    precision: float
    recall: float
    value: float  # what was optimised: costs per 1,000 rows, or the metric


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdChoice:
    """From which probability a row is called positive, why, and what that trades.

    The curve is drawn on the rows the threshold was chosen on; the lines are counted on the evaluated rows.
    """

    threshold: float
    how: str  # "cost" | "metric" | "given" | "default": the most probable class
    objective: str  # what the curve's value is: "cost per 1,000 rows", "F1"
    smaller_is_better: bool  # of the value
    cost_false_positive: float | None  # units per row; None: no costs were given
    cost_false_negative: float | None
    chosen_on: (
        str  # "out_of_fold": the run's own rows, each predicted by a model that has not seen it | "" (not chosen)
    )
    n_rows: int  # that it was chosen on
    thresholds: tuple[float, ...]  # rising
    values: tuple[float, ...]  # at each of them
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    lines: tuple[ThresholdLine, ...]
    saving: float  # of the chosen threshold over 0.5 on the evaluated rows, in the unit of the value; positive: better
    saving_error: float  # half the 95 % interval of that, paired by row; NaN for metrics that are no means over rows


@dataclass(frozen=True, kw_only=True, slots=True)
class ResidualBand:
    """Rows with a like prediction: quantiles of what was true of them."""

    predicted: float  # mean prediction
    low: float  # 5 % quantile of the true values
    lower_quartile: float
    median: float
    upper_quartile: float
    high: float  # 95 % quantile
    n_rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ResidualPicture:
    """Errors of a regression: true minus predicted."""

    bands: tuple[ResidualBand, ...]  # by prediction, equally many rows in each
    edges: tuple[float, ...]  # of the bins of the residuals' histogram; the outermost 0.5 % lie in the end bins
    counts: tuple[int, ...]  # rows in each bin, one fewer than edges
    true_edges: tuple[float, ...]  # of the grid of true against predicted
    predicted_edges: tuple[float, ...]
    grid: tuple[tuple[int, ...], ...]  # rows, by bin of the true value (first axis) and of the predicted one
    mean: float  # of the residuals: what is predicted too low on average
    mean_error: float
    median: float
    spread: float  # their standard deviation
    low: float  # 5 % quantile of the residuals
    high: float  # 95 % quantile


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportanceLine:
    """How much worse the score becomes when one column is shuffled."""

    column: str
    importance: float  # mean loss of score over shuffles; positive: the model uses the column to good effect
    low: float  # ends of the 95 % interval of the mean, Student's t over shuffles
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WeakSlice:
    """Rows under a readable condition on which the model is worse than on the others, more than chance explains."""

    condition: str  # "tenure < 3 and contract = month-to-month"
    columns: tuple[str, ...]  # named in the condition, one or two
    n_rows: int
    share: float  # of the evaluated rows
    score: float  # of the run's metric; NaN where it has no value on so few rows or one class
    low: float  # ends of its 95 % interval
    high: float
    loss: float  # mean loss of a row of the slice
    rest_loss: float  # of a row of all others
    predicted: float  # mean probability of the positive class, or mean prediction; NaN with three and more classes
    observed: float  # what was true: the share of the positive class, or the mean
    p_value: float  # of the difference, corrected for the number of slices looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationMessage(Message):
    """All that an evaluation shows: how good a run's model is on a table, how sure, and where it is weak."""

    version: int = 1
    run_id: str
    run_name: str
    model_label: str  # "ensemble of 4 models" or "LightGBM, 31 leaves"
    target: str
    task: str  # "binary" | "multiclass" | "regression"
    metric: str
    metric_label: str
    greater_is_better: bool
    table_name: str
    n_rows: int  # evaluated
    n_without_target: int  # left out
    source: (
        str  # "table": rows given | "out_of_fold": the run's own rows, each predicted by models that have not seen it
    )
    seen: bool  # the rows given were those the run learnt from; then the source is "out_of_fold"
    classes: tuple[str, ...]  # at most 100; empty for regression
    n_classes: int
    positive: str  # class that counts as positive; empty unless there are two
    positive_share: float  # of the evaluated rows; NaN unless there are two classes
    score: float  # of the run's metric
    low: float
    high: float
    baseline: float  # of a constant prediction
    baseline_label: str  # "majority" or "mean"
    board_score: float  # mean over folds, as the run's board shows it
    board_error: float  # half its interval
    interval: str  # how intervals were made, in a few words: "95 %, 1,000 bootstrap samples of the rows"
    scores: tuple[ScoreLine, ...]  # the run's metric first
    threshold: ThresholdChoice | None  # None unless there are two classes
    confusion: ConfusionTable | None
    class_lines: tuple[ClassLine, ...]  # at most 100, those with most rows first
    roc: tuple[RocCurve, ...]  # one for two classes; one for each of at most 30 otherwise
    precision_recall: tuple[PrecisionRecallCurve, ...]
    calibration: CalibrationCurve | None
    lift: LiftCurve | None  # None unless there are two classes
    residuals: ResidualPicture | None  # None unless values are predicted
    importance: tuple[ImportanceLine, ...]  # at most 40, the largest first
    n_columns: int  # that importance was measured of
    importance_note: str  # "6 shuffles of 2,000 rows", and what was left out
    slices: tuple[WeakSlice, ...]  # at most 12, the most rows' worth of loss first
    n_slices: int  # that were looked at
    slices_note: str  # how they were judged, or why none was looked at
    notices: tuple[str, ...]  # sentences that should be read first
