"""The threshold that is chosen is the best there is, and what is said of it is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.inspection.threshold_choice import Objective, best_threshold, counts_at, describe_threshold

COSTS = st.floats(0, 100) | st.sampled_from([0.0, 1.0, 5.0])


def two_classes(n_rows, seed, digits=6):
    random = np.random.default_rng(seed)
    y = np.concatenate([[0, 1], random.integers(0, 2, n_rows - 2)])
    return y, np.clip(random.normal(0.35 + 0.3 * y, 0.25), 0, 1).round(digits)


@given(n_rows=st.integers(2, 60), seed=st.integers(0, 500), fp=COSTS, fn=COSTS, digits=st.integers(1, 6))
def test_by_money_no_threshold_costs_less(n_rows, seed, fp, fn, digits):
    if fp + fn == 0:
        return
    y, p = two_classes(n_rows, seed, digits)
    objective = Objective(fp, fn)
    threshold = best_threshold(y, p, objective)
    assert 0 <= threshold <= 1

    def cost(at):
        return objective.value(y, (p >= at).astype(int))

    assert cost(threshold) <= cost(0.5) + 1e-9
    assert cost(threshold) <= min(map(cost, [*p, 0.0, 1.0])) + 1e-9


@given(seed=st.integers(0, 200), name=st.sampled_from(["f1", "accuracy", "balanced_accuracy", "matthews_corrcoef"]))
def test_by_a_metric_it_is_never_worse_than_a_half(seed, name):
    y, p = two_classes(80, seed)
    metric = find_metric(name, "binary")
    score = getattr(metrics, f"{name}_score" if name != "matthews_corrcoef" else name)
    threshold = best_threshold(y, p, Objective(metric=metric))
    assert score(y, p >= threshold) >= score(y, p >= 0.5) - 1e-12


def test_of_equally_good_thresholds_the_calibrated_one_is_taken():
    y, p = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert best_threshold(y, p, Objective(1, 1)) == 0.5
    assert best_threshold(y, p, Objective(1, 99)) == 0.5  # 0.5 parts the rows as well as any, and is nearest to 0.01


def test_without_costs_rows_are_wrong_or_right():
    y, p = two_classes(50, 1)
    assert Objective().value(y, (p >= 0.5).astype(int)) == pytest.approx(
        1000 * (1 - metrics.accuracy_score(y, p >= 0.5))
    )


@given(seed=st.integers(0, 200))
def test_counts_are_those_of_the_confusion_matrix(seed):
    y, p = two_classes(40, seed, 2)
    thresholds = np.unique(p)
    right, wrong = counts_at(y, p, thresholds)
    for place, threshold in enumerate(thresholds):
        (_, fp), (_, tp) = metrics.confusion_matrix(y, p >= threshold, labels=[0, 1])
        assert (tp, fp) == (right[place], wrong[place])


def test_lines_are_counted_on_the_rows_and_the_curve_is_drawn_on_those_it_was_chosen_on():
    y, p = two_classes(500, 3)
    z, q = two_classes(300, 4)
    objective = Objective(1.0, 5.0)
    threshold = best_threshold(z, q, objective)
    rows = LabelledRows(y, np.column_stack([1 - p, p]), ("no", "yes"), threshold)
    own = LabelledRows(z, np.column_stack([1 - q, q]), ("no", "yes"))
    choice = describe_threshold(rows, objective, how="cost", chosen_on=own)
    lines = {line.name: line for line in choice.lines}
    assert list(lines) == ["chosen", "0.5", "never", "always"]
    for line in lines.values():
        assert line.true_positives + line.false_positives + line.false_negatives + line.true_negatives == 500
    assert lines["chosen"].value == pytest.approx(
        1000 * (lines["chosen"].false_positives + 5 * lines["chosen"].false_negatives) / 500
    )
    assert choice.saving == pytest.approx(lines["0.5"].value - lines["chosen"].value)
    assert choice.saving_error > 0
    assert choice.n_rows == 300
    assert len(choice.thresholds) <= 200
    at = choice.thresholds.index(min(choice.thresholds, key=lambda each: abs(each - threshold)))
    assert choice.values[at] == pytest.approx(min(choice.values), rel=0.02)


def test_at_the_usual_threshold_the_labels_are_the_models_own():
    p = np.array([0.5, 0.6, 0.4])
    rows = LabelledRows(np.array([1, 1, 0]), np.column_stack([1 - p, p]), ("no", "yes"))
    choice = describe_threshold(rows, Objective(), how="default", chosen_on=None)
    assert [line.name for line in choice.lines] == ["0.5", "never", "always"]
    assert choice.lines[0].true_positives == 1  # 0.5 is not more probable than the other class
    assert choice.saving == 0
