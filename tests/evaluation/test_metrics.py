"""Metrics against scikit-learn's own, ties, absent classes and zero weights included."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics
from sklearn.utils.fixes import parse_version

from lepton_jupyter.evaluation import label_formulas, probability_formulas, regression_formulas
from lepton_jupyter.evaluation.metrics import _METRICS, find_metric, metric_names
from lepton_jupyter.exceptions.metric_errors import InvalidPredictionsError, MetricMismatchError, UnknownMetricError

_SEEDS = st.integers(0, 2**32 - 1)


class _Fitted:
    """The least that a scikit-learn scorer takes for a fitted estimator: it gives back the predictions it was given."""

    def __init__(self, predictions, n_classes):
        self.predictions, self.classes_ = predictions, np.arange(n_classes)
        self._estimator_type = "classifier" if n_classes else "regressor"

    def __sklearn_tags__(self):
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        kind = self._estimator_type
        return Tags(
            estimator_type=kind,
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags() if kind == "classifier" else None,
            regressor_tags=RegressorTags() if kind == "regressor" else None,
        )

    def fit(self, X, y):
        return self

    def predict(self, X):
        if len(self.classes_):
            return self.predictions.argmax(axis=1)
        return self.predictions[:, 0]

    def predict_proba(self, X):
        return self.predictions


def _probabilities(rng, n_rows, n_classes, levels):
    """Rows that sum to one; few levels make many ties, within a row and between rows."""
    raw = rng.integers(1, levels + 1, (n_rows, n_classes)).astype(np.float64)
    if n_classes == 2:
        second = raw[:, 1] / (levels + 1)
        return np.c_[1 - second, second]
    return raw / raw.sum(axis=1, keepdims=True)


def _task_of(n_classes):
    return {0: "regression", 2: "binary"}.get(n_classes, "multiclass")


_CASES = [(name, n_classes) for n_classes in (2, 4, 0) for name in metric_names(_task_of(n_classes))]


# scikit-learn warns of classes nobody predicted, and goes on with the same 0 that we take.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.parametrize(("name", "n_classes"), _CASES)
@settings(max_examples=25, deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(8, 60), levels=st.integers(2, 40))
def test_score_equals_that_of_the_scikit_learn_scorer(name, n_classes, seed, n_rows, levels):
    if name not in sklearn_metrics.get_scorer_names():
        pytest.skip(f"this scikit-learn has no scorer {name}")
    if name == "neg_brier_score" and n_classes > 2 and parse_version(sklearn.__version__) < parse_version("1.7"):
        pytest.skip(f"this scikit-learn has no scorer {name} for more than two classes")
    rng = np.random.default_rng(seed)
    if n_classes:
        predictions = _probabilities(rng, n_rows, n_classes, levels)
        y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n_rows - n_classes)]
    else:
        y = rng.integers(1, levels + 1, n_rows) / 4
        predictions = rng.integers(1, levels + 1, (n_rows, 1)) / 4
    scorer = sklearn_metrics.get_scorer(name)
    expected = scorer(_Fitted(predictions, n_classes), np.zeros((n_rows, 1)), y)
    metric = find_metric(name, _task_of(n_classes))
    sign = -1 if name.startswith("neg_") else 1
    assert metric.score(y, predictions, n_classes) * sign == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert metric.greater_is_better is (sign == 1)


def _random_case(name, n_classes, seed, n_rows, levels):
    rng = np.random.default_rng(seed)
    if n_classes:
        y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n_rows - n_classes)]
        return y, _probabilities(rng, n_rows, n_classes, levels), rng
    return rng.integers(1, levels + 1, n_rows) / 4, rng.integers(1, levels + 1, (n_rows, 1)) / 4, rng


#: scikit-learn takes no weights for these; medians of weights it has defined in several ways.
_UNWEIGHTED_THERE = {"roc_auc_ovo", "roc_auc_ovo_weighted", "neg_max_error"}
_MEDIANS = {"neg_median_absolute_error", "d2_absolute_error_score"}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.parametrize(("name", "n_classes"), [case for case in _CASES if case[0] not in _UNWEIGHTED_THERE])
@settings(max_examples=15, deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(8, 60), levels=st.integers(2, 40))
def test_weighted_scores_equal_those_of_the_scikit_learn_scorer(name, n_classes, seed, n_rows, levels):
    if name not in sklearn_metrics.get_scorer_names():
        pytest.skip(f"this scikit-learn has no scorer {name}")
    if name == "neg_brier_score" and n_classes > 2 and parse_version(sklearn.__version__) < parse_version("1.7"):
        pytest.skip(f"this scikit-learn has no scorer {name} for more than two classes")
    y, predictions, rng = _random_case(name, n_classes, seed, n_rows, levels)
    # Fractions of a prime never meet half of their sum: all definitions of a median agree.
    weights = rng.integers(1, 1000, n_rows) / 997 if name in _MEDIANS else rng.integers(1, 9, n_rows) / 4
    scorer = sklearn_metrics.get_scorer(name)
    expected = scorer(_Fitted(predictions, n_classes), np.zeros((n_rows, 1)), y, sample_weight=weights)
    metric = find_metric(name, _task_of(n_classes))
    sign = -1 if name.startswith("neg_") else 1
    ours = metric.score(y, predictions, n_classes, weights) * sign
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("name", "n_classes"), _CASES)
@settings(max_examples=8, deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(10, 50), levels=st.integers(2, 40))
def test_weights_of_one_change_nothing_and_whole_ones_repeat_rows(name, n_classes, seed, n_rows, levels):
    y, predictions, rng = _random_case(name, n_classes, seed, n_rows, levels)
    metric = find_metric(name, _task_of(n_classes))
    plain = metric.score(y, predictions, n_classes)
    assert metric.score(y, predictions, n_classes, np.ones(n_rows)) == pytest.approx(plain, rel=1e-9, abs=1e-12)
    weights = np.r_[np.ones(n_classes, dtype=int), rng.integers(0, 4, n_rows - n_classes)]
    if weights.any():
        repeated = metric.score(np.repeat(y, weights), np.repeat(predictions, weights, axis=0), n_classes)
        ours = metric.score(y, predictions, n_classes, weights.astype(np.float64))
        assert ours == pytest.approx(repeated, rel=1e-9, abs=1e-9, nan_ok=True)


def test_rows_that_all_weigh_nothing_have_no_score():
    assert np.isnan(find_metric("rmse", "regression").score(np.ones(2), np.ones((2, 1)), 0, np.zeros(2)))


@settings(deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(2, 80), levels=st.integers(1, 30), dtype=st.sampled_from(["float32", "float64"]))
def test_auc_log_loss_and_accuracy_equal_with_ties_and_weights_that_may_be_zero(seed, n_rows, levels, dtype):
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, rng.integers(0, 2, n_rows - 2)]
    weight = np.r_[1.0, 1.0, rng.integers(0, 3, n_rows - 2)]
    predictions = _probabilities(rng, n_rows, 2, levels).astype(dtype)
    for sample_weight in (None, weight):
        ours = probability_formulas.roc_auc(y, predictions, sample_weight)
        theirs = sklearn_metrics.roc_auc_score(y, predictions[:, 1], sample_weight=sample_weight)
        assert ours == pytest.approx(theirs, abs=1e-12)
        ours = label_formulas.accuracy(y, predictions, sample_weight)
        theirs = sklearn_metrics.accuracy_score(y, predictions.argmax(axis=1), sample_weight=sample_weight)
        assert ours == pytest.approx(theirs, abs=1e-12)
    wide = predictions.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)
    ours = probability_formulas.log_loss(y, wide, weight)
    assert ours == pytest.approx(sklearn_metrics.log_loss(y, wide, sample_weight=weight, labels=[0, 1]), abs=1e-12)


@settings(deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(1, 80))
def test_regression_formulas_take_weights_that_may_be_zero(seed, n_rows):
    rng = np.random.default_rng(seed)
    y, predicted = rng.normal(size=n_rows), rng.normal(size=n_rows)
    weight = np.r_[1.0, rng.integers(0, 3, n_rows - 1)]
    ours = regression_formulas.mean_squared_error(y, predicted, weight)
    assert ours == pytest.approx(sklearn_metrics.mean_squared_error(y, predicted, sample_weight=weight), rel=1e-12)
    ours = regression_formulas.mean_absolute_error(y, predicted, weight)
    assert ours == pytest.approx(sklearn_metrics.mean_absolute_error(y, predicted, sample_weight=weight), rel=1e-12)


@settings(deadline=None)
@given(seed=_SEEDS, levels=st.integers(1, 12))
def test_aucs_of_many_candidates_equal_those_of_each(seed, levels):
    rng = np.random.default_rng(seed)
    positive = np.r_[True, False, rng.random(50) < 0.3]
    scores = (rng.integers(0, levels, (4, 52)) / levels).astype(np.float32)
    scores[0, :5] = -0.0  # the bits of -0.0 are larger than those of any positive number
    expected = [sklearn_metrics.roc_auc_score(positive, each) for each in scores]
    assert probability_formulas.binary_roc_aucs(positive, scores) == pytest.approx(expected, abs=1e-12)


def test_negative_scores_are_ranked_too():
    positive = np.array([False, True, True])
    assert probability_formulas.binary_roc_auc(positive, np.array([-2.0, -1.0, 3.0], np.float32)) == 1.0


def test_a_wrong_certainty_costs_much_and_not_infinity():
    certain = np.array([[1.0, 0.0]], np.float32)
    assert probability_formulas.log_loss(np.array([1]), certain) == pytest.approx(15.942, abs=1e-3)
    assert probability_formulas.log_loss(np.array([0]), certain) < 1e-6


def test_metrics_of_rows_of_one_class_are_nan_or_leave_the_absent_out():
    y, predictions = np.array([1, 1]), np.array([[0.2, 0.8], [0.6, 0.4]])
    assert np.isnan(find_metric("auc", "binary").score(y, predictions, 2))
    three = np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]])
    assert find_metric("roc_auc_ovr", "multiclass").score(np.array([1, 0]), three, 3) == 1.0
    assert find_metric("roc_auc_ovo", "multiclass").score(np.array([1, 0]), three, 3) == 1.0
    assert np.isnan(find_metric("roc_auc_ovr", "multiclass").score(np.array([1, 1]), three, 3))


@pytest.mark.parametrize(
    ("typed", "task", "name"),
    [
        (None, "binary", "roc_auc"),
        (None, "multiclass", "neg_log_loss"),
        (None, "regression", "neg_root_mean_squared_error"),
        ("auc", "binary", "roc_auc"),
        ("AUC", "multiclass", "roc_auc_ovr"),
        ("log_loss", "binary", "neg_log_loss"),
        ("log-loss", "binary", "neg_log_loss"),
        ("rmse", "regression", "neg_root_mean_squared_error"),
        ("mae", "regression", "neg_mean_absolute_error"),
        ("max_error", "regression", "neg_max_error"),
        ("neg_brier_score", "multiclass", "neg_brier_score"),
    ],
)
def test_metrics_are_found_by_the_names_people_use(typed, task, name):
    assert find_metric(typed, task).name == name


def test_an_unknown_metric_names_the_nearest_and_a_wrong_one_those_that_fit():
    with pytest.raises(UnknownMetricError, match="Did you mean 'accuracy'"):
        find_metric("acuracy", "binary")
    with pytest.raises(
        MetricMismatchError, match=r"'rmse' does not fit a binary task\. Those that do: roc_auc, neg_log_loss"
    ):
        find_metric("rmse", "binary")
    with pytest.raises(MetricMismatchError, match="Those that do: roc_auc_ovr"):
        find_metric("roc_auc", "multiclass")
    with pytest.raises(MetricMismatchError, match="Those that do: f1_macro"):
        find_metric("f1", "multiclass")


def test_targets_that_a_metric_cannot_judge_are_refused():
    with pytest.raises(MetricMismatchError, match="RMSLE needs a non-negative target, and the smallest value is -2"):
        find_metric("rmsle", "regression").check_target(np.array([1.0, -2.0]))
    with pytest.raises(MetricMismatchError, match="needs a positive target"):
        find_metric("neg_mean_gamma_deviance", "regression").check_target(np.array([1.0, 0.0]))
    find_metric("rmsle", "regression").check_target(np.array([1.0, 0.0]))
    find_metric("rmse", "regression").check_target(np.array([-1.0]))


def test_negative_predictions_of_a_logarithmic_metric_count_as_zero():
    metric = find_metric("rmsle", "regression")
    assert metric.score(np.array([0.0, 0.0]), np.array([[-3.0], [0.0]]), 0) == 0.0


def test_predictions_that_cannot_be_scored_are_refused():
    metric = find_metric("auc", "binary")
    y = np.array([0, 1, 1])
    with pytest.raises(InvalidPredictionsError, match=r"shape \(3, 1\), and \(3, 2\)"):
        metric.score(y, np.zeros((3, 1)), 2)
    bad = np.array([[0.5, 0.5], [np.nan, 0.5], [np.inf, -np.inf]])
    with pytest.raises(InvalidPredictionsError, match="of 2 of 3 rows are NaN or infinite"):
        metric.score(y, bad, 2)


def test_finite_predictions_whose_sum_overflows_are_scored():
    metric = find_metric("mae", "regression")
    huge = np.full((2, 1), 1.5e308)
    assert metric.score(np.array([1.5e308, 1.5e308]), huge, 0) == 0.0


def test_metrics_survive_a_pickle():
    for name, metric in _METRICS.items():
        again = pickle.loads(pickle.dumps(metric))
        assert again == metric
        assert again.name == name
