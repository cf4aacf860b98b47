"""Scores, classes, curves and calibration agree with scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.exceptions.evaluation_errors import EvaluationRowsError
from lepton_jupyter.inspection.bootstrap_intervals import MOST_SAMPLE_ROWS, bootstrap_intervals
from lepton_jupyter.inspection.calibration_curve import calibration, reliability, wilson_interval
from lepton_jupyter.inspection.class_report import class_lines, confusion_matrix, confusion_table
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.inspection.lift_curve import lift
from lepton_jupyter.inspection.ranking_curves import precision_recall_curves, roc_curves, thinned
from lepton_jupyter.inspection.residual_picture import residuals
from lepton_jupyter.inspection.score_report import score_lines


def rows_of(n_rows, n_classes, seed=0, *, threshold=None, digits=None):
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(n_classes), random.integers(0, n_classes, n_rows - n_classes)])
    scores = random.normal(size=(n_rows, n_classes)) + 1.5 * np.eye(n_classes)[y]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    if digits is not None:
        positive = probabilities[:, 1].round(digits)
        probabilities = np.column_stack([1 - positive, positive])
    return LabelledRows(y, probabilities, tuple(f"c{i}" for i in range(n_classes)), threshold)


def test_scores_of_two_classes_are_scikit_learns_at_the_threshold():
    rows = rows_of(400, 2, threshold=0.3)
    found = {line.name: line for line in score_lines(rows, find_metric("roc_auc", "binary"))[0]}
    y, p, labels = rows.y, rows.predictions[:, 1], (rows.predictions[:, 1] >= 0.3).astype(int)
    expected = {
        "roc_auc": metrics.roc_auc_score(y, p),
        "average_precision": metrics.average_precision_score(y, p),
        "neg_log_loss": metrics.log_loss(y, p),
        "neg_brier_score": metrics.brier_score_loss(y, p),
        "accuracy": metrics.accuracy_score(y, labels),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, labels),
        "f1": metrics.f1_score(y, labels),
        "precision": metrics.precision_score(y, labels),
        "recall": metrics.recall_score(y, labels),
        "matthews_corrcoef": metrics.matthews_corrcoef(y, labels),
    }
    assert {name: line.score for name, line in found.items()} == pytest.approx(expected)
    assert found["roc_auc"].baseline == 0.5
    assert found["neg_log_loss"].baseline == pytest.approx(metrics.log_loss(y, np.full(400, y.mean())))
    for line in found.values():
        assert line.low <= line.score <= line.high


def test_the_runs_metric_comes_first_and_once():
    lines, _ = score_lines(rows_of(90, 3), find_metric("f1_macro", "multiclass"))
    names = [line.name for line in lines]
    assert names[0] == "f1_macro"
    assert len(set(names)) == len(names)


def test_regression_has_no_interval_for_an_extreme():
    y = np.arange(50.0)
    rows = LabelledRows(y, (y + np.sin(y))[:, None])
    lines, intervals = score_lines(rows, find_metric("rmse", "regression"))
    by_name = {line.name: line for line in lines}
    assert by_name["neg_root_mean_squared_error"].score == pytest.approx(
        metrics.root_mean_squared_error(y, y + np.sin(y))
    )
    assert by_name["r2"].baseline == pytest.approx(0)
    assert np.isnan(by_name["neg_max_error"].low)
    assert intervals.described(50) == "95 %, 1,000 bootstrap samples of the rows"


def test_intervals_of_a_mean_are_those_of_the_normal_law_also_from_smaller_samples():
    values = np.random.default_rng(3).normal(size=4 * MOST_SAMPLE_ROWS)
    for part in (values[:2_000], values):
        found = bootstrap_intervals(
            {"mean": lambda rows, part=part: float(part[rows].mean())}, len(part), n_samples=600
        )
        low, high = found.ends["mean"]
        assert high - low == pytest.approx(2 * 1.96 * part.std() / np.sqrt(len(part)), rel=0.15)
        assert low < part.mean() < high


def test_a_score_without_a_value_on_many_samples_has_no_interval():
    found = bootstrap_intervals({"odd": lambda rows: float("nan") if rows[0] % 2 else 1.0}, 100)
    assert np.isnan(found.ends["odd"]).all()


@given(n_classes=st.integers(2, 5), n_rows=st.integers(10, 80), seed=st.integers(0, 1000))
def test_the_confusion_sums_to_the_rows_and_is_scikit_learns(n_classes, n_rows, seed):
    rows = rows_of(n_rows, n_classes, seed)
    matrix = confusion_matrix(rows)
    assert matrix.sum() == n_rows
    expected = metrics.confusion_matrix(rows.y, rows.predictions.argmax(axis=1), labels=range(n_classes))
    assert matrix.tolist() == expected.tolist()
    for line, scores in zip(class_lines(rows), zip(*metrics.precision_recall_fscore_support(
        rows.y, rows.labels, labels=range(n_classes), zero_division=np.nan), strict=True), strict=True):  # fmt: skip
        assert (line.precision, line.recall, line.n_true) == pytest.approx(
            (scores[0], scores[1], scores[3]), nan_ok=True
        )


def test_many_classes_are_put_together_and_nothing_is_lost():
    rows = rows_of(600, 45)
    table = confusion_table(rows)
    assert len(table.labels) == 30
    assert table.n_other == 16
    assert table.labels[-1] == "16 others"
    assert sum(map(sum, table.counts)) == 600


def test_curves_are_scikit_learns_and_few_points_long():
    rows = rows_of(3_000, 2)
    [roc], [precision] = roc_curves(rows), precision_recall_curves(rows)
    p = rows.predictions[:, 1]
    assert roc.area == pytest.approx(metrics.roc_auc_score(rows.y, p))
    assert precision.average_precision == pytest.approx(metrics.average_precision_score(rows.y, p))
    assert len(roc.thresholds) <= 200
    assert len(precision.thresholds) <= 200
    for fpr, tpr, threshold in list(zip(roc.false_positive_rate, roc.true_positive_rate, roc.thresholds, strict=True))[
        1:
    ]:
        called = p >= threshold * (1 - 1e-5)
        assert tpr == pytest.approx(called[rows.y == 1].mean(), abs=0.003)
        assert fpr == pytest.approx(called[rows.y == 0].mean(), abs=0.003)
    assert np.isnan(roc.thresholds[0])
    assert metrics.auc(roc.false_positive_rate, roc.true_positive_rate) == pytest.approx(roc.area, abs=2e-3)


def test_each_class_has_a_curve_and_absent_ones_none():
    rows = rows_of(60, 3)
    rows = rows.at(np.flatnonzero(rows.y != 2))
    assert [curve.label for curve in roc_curves(rows)] == ["c0", "c1"]


@given(st.integers(2, 400), st.integers(0, 100))
def test_thinning_keeps_the_ends_and_the_order(n, seed):
    xs = np.sort(np.random.default_rng(seed).random(n))
    places = thinned(xs, xs**2, 50)
    assert places[0] == 0
    assert places[-1] == n - 1
    assert (np.diff(places) > 0).all()
    assert len(places) <= 50


@given(seed=st.integers(0, 500), digits=st.integers(1, 6))
def test_lift_ends_at_one_and_gain_never_falls(seed, digits):
    curve = lift(rows_of(60, 2, seed, digits=digits))
    assert curve.share_of_rows[0] == curve.gain[0] == 0
    assert curve.share_of_rows[-1] == curve.gain[-1] == curve.lift[-1] == 1
    assert list(curve.gain) == sorted(curve.gain)
    assert all(gain <= best + 1e-5 for gain, best in zip(curve.gain, curve.best_gain, strict=True))


def test_calibration_is_scikit_learns():
    rows = rows_of(2_000, 2)
    p = rows.predictions[:, 1]
    observed, predicted = calibration_curve(rows.y, p, n_bins=10, strategy="quantile")
    curve = calibration(rows)
    assert [each.observed for each in curve.points] == pytest.approx(observed.tolist())
    assert [each.predicted for each in curve.points] == pytest.approx(predicted.tolist())
    assert sum(each.n_rows for each in curve.points) == 2_000
    assert curve.brier == pytest.approx(metrics.brier_score_loss(rows.y, p))
    assert 0 <= curve.expected_error <= 1


def test_calibration_of_several_classes_is_about_the_most_probable():
    rows = rows_of(500, 4)
    curve = calibration(rows)
    assert curve.label == ""
    shares = [each.observed * each.n_rows for each in curve.points]
    assert sum(shares) / 500 == pytest.approx(metrics.accuracy_score(rows.y, rows.predictions.argmax(axis=1)))


def test_equal_probabilities_make_one_point():
    [point] = reliability(np.full(30, 0.4), np.arange(30) < 12, 10)
    assert (point.predicted, point.observed, point.n_rows) == (pytest.approx(0.4), 0.4, 30)
    assert point.low < 0.4 < point.high
    assert wilson_interval(30, 30)[1] == 1.0


def test_residuals_hold_every_row_once():
    random = np.random.default_rng(0)
    y = random.normal(size=800) * 10
    picture = residuals(LabelledRows(y, (y + random.standard_t(2, 800))[:, None]))
    assert sum(picture.counts) == 800
    assert sum(map(sum, picture.grid)) == 800
    assert sum(each.n_rows for each in picture.bands) == 800
    assert len(picture.edges) == len(picture.counts) + 1
    assert picture.low < picture.median < picture.high


def test_residuals_of_a_constant_prediction_can_be_drawn():
    picture = residuals(LabelledRows(np.array([1.0, 1.0, 1.0]), np.ones((3, 1))))
    assert sum(picture.counts) == 3
    assert picture.spread == 0


@pytest.mark.parametrize(
    ("y", "said"), [([1], "1 row with a target"), ([1, 1, 1], "All 3 rows with a target 't' are of the class 'yes'")]
)
def test_rows_that_judge_nothing_are_refused(y, said):
    with pytest.raises(EvaluationRowsError, match=said):
        LabelledRows(np.array(y), np.tile([0.5, 0.5], (len(y), 1)), ("no", "yes")).check("t")
