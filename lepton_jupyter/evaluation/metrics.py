"""Metrics: what a run is judged by, named as scikit-learn names its scorers, each a frozen value that knows its way."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation import label_formulas as labels
from lepton_jupyter.evaluation import probability_formulas as probabilities
from lepton_jupyter.evaluation import regression_formulas as regression
from lepton_jupyter.exceptions.metric_errors import (
    InvalidPredictionsError,
    MetricMismatchError,
    QuantileError,
    UnknownMetricError,
)
from lepton_jupyter.learners.quantile_level import PINBALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_BINARY = ("binary",)
_MULTICLASS = ("multiclass",)
_CLASSES = ("binary", "multiclass")
_REGRESSION = ("regression",)

_DEFAULTS = {"binary": "roc_auc", "multiclass": "neg_log_loss", "regression": "neg_root_mean_squared_error"}


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to judge predictions; it carries its direction, so that no caller turns a sign.

    Parameters
    ----------
    name : str
        scikit-learn's name of the scorer, such as ``"neg_log_loss"``.
    label : str
        What a person reads, such as ``"log loss"``.
    greater_is_better : bool
        Direction of `score`.
    needs : {"probabilities", "labels", "values"}
        What of a prediction is looked at; labels are the most probable classes.
    tasks : tuple of str
        The tasks it can judge, of ``"binary"``, ``"multiclass"``, ``"regression"``.
    formula : callable
        ``formula(y, predictions, sample_weight)`` in the natural unit; values arrive with one axis.
    target_bound : {"", "non-negative", "positive"}
        What the target must be.

    Examples
    --------
    >>> metric = find_metric("auc", "binary")
    >>> metric.name, metric.label, metric.greater_is_better
    ('roc_auc', 'AUC', True)
    >>> y, predictions = np.array([0, 1, 1]), np.array([[0.8, 0.2], [0.3, 0.7], [0.9, 0.1]])
    >>> metric.score(y, predictions, n_classes=2)
    0.5
    >>> metric.loss(y, predictions, n_classes=2)
    -0.5
    """

    name: str
    label: str
    greater_is_better: bool
    needs: str
    tasks: tuple[str, ...]
    formula: Callable[..., float] = field(repr=False, compare=False)
    target_bound: str = ""

    def score(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        n_classes: int,
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        """Score in the metric's natural unit: an AUC, a log loss, an RMSE, the last two positive.

        Parameters
        ----------
        y : ndarray of shape (n_rows,)
            Class codes, or values.
        predictions : ndarray of shape (n_rows, n_outputs)
            Probabilities of each class, or one value.
        n_classes : int
            0 for regression.
        sample_weight : ndarray of shape (n_rows,), optional
            How much each row counts, as scikit-learn has it; 0 leaves a row out.

        Returns
        -------
        score : float
            NaN where the metric has no value, such as the AUC of rows of one class.

        Raises
        ------
        InvalidPredictionsError
            If predictions have another shape, or hold NaN or infinity.
        """
        expected = (len(y), max(1, n_classes))
        if predictions.shape != expected:
            raise InvalidPredictionsError.from_shape(predictions.shape, expected)
        # A finite sum proves that all are finite, at half the cost; one that overflowed is settled by the second look.
        with np.errstate(over="ignore", invalid="ignore"):
            total = predictions.sum(dtype=np.float64)
        if not np.isfinite(total):
            n_bad = int(np.count_nonzero(~np.isfinite(predictions).all(axis=1)))
            if n_bad:
                raise InvalidPredictionsError.from_non_finite(n_bad, len(y))
        if sample_weight is not None:
            counted = sample_weight > 0
            if not counted.all():
                y, predictions, sample_weight = y[counted], predictions[counted], sample_weight[counted]
            if not len(y):
                return float("nan")
        if self.needs == "values":
            predictions = predictions[:, 0].astype(np.float64)
        return self.formula(y, predictions) if sample_weight is None else self.formula(y, predictions, sample_weight)

    def loss(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        n_classes: int,
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        """`score` turned so that lower is better; parameters and errors are those of `score`."""
        return self.to_loss(self.score(y, predictions, n_classes, sample_weight))

    def to_loss(self, score: float) -> float:
        """Turn a score so that lower is better; turning twice gives it back."""
        return -score if self.greater_is_better else score

    def check_target(self, y: NDArray[Any]) -> None:
        """Refuse a target the metric cannot judge.

        Raises
        ------
        MetricMismatchError
            If values are negative (or zero) where the metric takes a logarithm of them.
        """
        if not self.target_bound or not len(y):
            return
        smallest = float(np.min(y))
        if smallest < 0 or (self.target_bound == "positive" and smallest == 0):
            raise MetricMismatchError.from_target(self.label, self.target_bound, smallest)


def _averaged(rate: str, label: str) -> list[Metric]:
    """One rate of labels with each way to average it over classes."""
    found = [Metric(rate, label, True, "labels", _BINARY, partial(labels.class_rate, rate=rate, average="binary"))]
    for average in ("macro", "micro", "weighted"):
        formula = partial(labels.class_rate, rate=rate, average=average)
        found.append(Metric(f"{rate}_{average}", f"{label} ({average})", True, "labels", _CLASSES, formula))
    return found


def _probabilities(name: str, label: str, tasks: tuple[str, ...], formula: Any, *, better: bool = True) -> Metric:
    return Metric(name, label, better, "probabilities", tasks, formula)


def _labels(name: str, label: str, formula: Any) -> Metric:
    return Metric(name, label, True, "labels", _CLASSES, formula)


def _values(name: str, label: str, formula: Any, bound: str = "") -> Metric:
    return Metric(name, label, not name.startswith("neg_"), "values", _REGRESSION, formula, bound)


_METRICS: dict[str, Metric] = {
    each.name: each
    for each in (
        _probabilities("roc_auc", "AUC", _BINARY, probabilities.roc_auc),
        _probabilities("roc_auc_ovr", "AUC (one against rest)", _MULTICLASS, probabilities.roc_auc_ovr),
        _probabilities(
            "roc_auc_ovr_weighted",
            "AUC (one against rest, weighted)",
            _MULTICLASS,
            partial(probabilities.roc_auc_ovr, weighted=True),
        ),
        _probabilities("roc_auc_ovo", "AUC (pairs)", _MULTICLASS, probabilities.roc_auc_ovo),
        _probabilities(
            "roc_auc_ovo_weighted",
            "AUC (pairs, weighted)",
            _MULTICLASS,
            partial(probabilities.roc_auc_ovo, weighted=True),
        ),
        _probabilities("neg_log_loss", "log loss", _CLASSES, probabilities.log_loss, better=False),
        _probabilities("neg_brier_score", "Brier score", _CLASSES, probabilities.brier_score, better=False),
        _probabilities("average_precision", "average precision", _BINARY, probabilities.average_precision),
        _probabilities("top_k_accuracy", "top-2 accuracy", _MULTICLASS, labels.top_two_accuracy),
        _probabilities("d2_log_loss_score", "D² (log loss)", _CLASSES, probabilities.log_loss_skill),
        _probabilities("d2_brier_score", "D² (Brier)", _CLASSES, probabilities.brier_skill),
        _labels("accuracy", "accuracy", labels.accuracy),
        _labels("balanced_accuracy", "balanced accuracy", labels.balanced_accuracy),
        _labels("matthews_corrcoef", "Matthews correlation", labels.matthews_correlation),
        *_averaged("f1", "F1"),
        *_averaged("precision", "precision"),
        *_averaged("recall", "recall"),
        *_averaged("jaccard", "Jaccard index"),
        _values("neg_root_mean_squared_error", "RMSE", regression.root_mean_squared_error),
        _values("neg_mean_squared_error", "MSE", regression.mean_squared_error),
        _values("neg_mean_absolute_error", "MAE", regression.mean_absolute_error),
        _values("neg_median_absolute_error", "median absolute error", regression.median_absolute_error),
        _values("neg_mean_absolute_percentage_error", "MAPE", regression.mean_absolute_percentage_error),
        _values("neg_max_error", "largest error", regression.max_error),
        _values("r2", "R²", regression.r2),
        _values("explained_variance", "explained variance", regression.explained_variance),
        _values("d2_absolute_error_score", "D² (absolute error)", regression.absolute_error_skill),
        _values("neg_mean_squared_log_error", "MSLE", regression.mean_squared_log_error, "non-negative"),
        _values("neg_root_mean_squared_log_error", "RMSLE", regression.root_mean_squared_log_error, "non-negative"),
        _values("neg_mean_poisson_deviance", "Poisson deviance", regression.poisson_deviance, "non-negative"),
        _values("neg_mean_gamma_deviance", "Gamma deviance", regression.gamma_deviance, "positive"),
    )
}

#: Short names people use; one that fits several tasks lists the metric of each.
_SHORT_NAMES: dict[str, tuple[str, ...]] = {
    "auc": ("roc_auc", "roc_auc_ovr"),
    "auroc": ("roc_auc", "roc_auc_ovr"),
    "rocauc": ("roc_auc", "roc_auc_ovr"),
    "logloss": ("neg_log_loss",),
    "cross_entropy": ("neg_log_loss",),
    "brier": ("neg_brier_score",),
    "acc": ("accuracy",),
    "mcc": ("matthews_corrcoef",),
    "ap": ("average_precision",),
    "pr_auc": ("average_precision",),
    "rmse": ("neg_root_mean_squared_error",),
    "mse": ("neg_mean_squared_error",),
    "mae": ("neg_mean_absolute_error",),
    "medae": ("neg_median_absolute_error",),
    "mape": ("neg_mean_absolute_percentage_error",),
    "rmsle": ("neg_root_mean_squared_log_error",),
    "msle": ("neg_mean_squared_log_error",),
}


#: How a person may write it: ``pinball:0.9``, ``pinball 90 %``, ``neg_mean_pinball_loss:0.9``.
_PINBALL_NAME = re.compile(r"(neg_)?(mean_)?pinball(_loss)?(?![a-z])")


def _pinball(name: str, typed: str, task: str) -> Metric:
    """The pinball loss of the quantile in its name."""
    if task not in _REGRESSION:
        raise MetricMismatchError.from_task(name, task, metric_names(task))
    written = _PINBALL_NAME.sub("", typed, count=1).strip(":_=()")
    try:
        level = float(written.rstrip("%_")) / (100 if written.endswith("%") else 1)
    except ValueError:
        level = math.nan
    if not 0 < level < 1:
        raise QuantileError.from_name(name)
    formula = partial(regression.pinball_loss, quantile=level)
    return _values(f"{PINBALL}:{level:g}", f"pinball loss, {100 * level:g} %", formula)


def metric_names(task: str) -> tuple[str, ...]:
    """Names of the metrics that can judge `task`, its default first.

    Examples
    --------
    >>> metric_names("binary")[:3]
    ('roc_auc', 'neg_log_loss', 'neg_brier_score')
    """
    fitting = [name for name, each in _METRICS.items() if task in each.tasks]
    return tuple(sorted(fitting, key=lambda name: name != _DEFAULTS[task]))


def find_metric(name: str | None, task: str) -> Metric:
    """Metric that was meant by `name`, or the task's default.

    The defaults are the AUC for two classes, the log loss for more, and the RMSE for values.

    Parameters
    ----------
    name : str or None
        scikit-learn's name, with or without ``neg_``, or a short one such as ``"auc"``, ``"rmse"``, ``"logloss"``.
        Capitals, blanks and hyphens do not matter. A pinball loss has its quantile in its name: ``"pinball:0.9"``.
    task : {"binary", "multiclass", "regression"}

    Returns
    -------
    metric : Metric

    Raises
    ------
    UnknownMetricError
        If there is no such metric; the message names the nearest.
    QuantileError
        If the pinball loss is named without a quantile.
    MetricMismatchError
        If the metric cannot judge the task; the message lists those that can.

    Examples
    --------
    >>> find_metric(None, "multiclass").name
    'neg_log_loss'
    >>> find_metric("RMSE", "regression").name
    'neg_root_mean_squared_error'
    >>> find_metric("accurracy", "binary")
    Traceback (most recent call last):
    lepton_jupyter.exceptions.metric_errors.UnknownMetricError: There is no metric 'accurracy'. Did you mean 'accuracy'?
    """
    if name is None:
        return _METRICS[_DEFAULTS[task]]
    typed = name.strip().lower().replace("-", "_").replace(" ", "_")
    if _PINBALL_NAME.match(typed):
        return _pinball(name, typed, task)
    meant = _SHORT_NAMES.get(typed) or tuple(each for each in (typed, f"neg_{typed}") if each in _METRICS)
    if not meant:
        fitting = metric_names(task)
        known = (*fitting, *_SHORT_NAMES, *(each for each in _METRICS if each not in fitting))
        raise UnknownMetricError.from_name(name, known)
    for each in meant:
        if task in _METRICS[each].tasks:
            return _METRICS[each]
    raise MetricMismatchError.from_task(name, task, metric_names(task))
