from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.streaming.prequential_score import PrequentialScore


def test_score_is_that_of_the_metric_on_the_newest_labels():
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 300)
    outputs = random.dirichlet([1, 1], 300)
    metric = find_metric("roc_auc", "binary")
    score = PrequentialScore(metric, [False, True], window_rows=200)
    keys = [str(number) for number in range(300)]
    score.predicted(keys, outputs)
    for key, label in zip(keys, truth, strict=True):
        assert score.labelled(key, bool(label))
    assert score.value() == metric.score(truth[100:], outputs[100:], 2)
    assert score.n_labels == 300


def test_numbers_are_judged_as_numbers_and_what_is_none_is_counted():
    score = PrequentialScore(find_metric("r2", "regression"), [])
    score.predicted("abcd", np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert score.value() is None
    labels = {"a": 1, "b": "2.5", "c": "much", "d": float("nan")}
    assert [score.labelled(key, label) for key, label in labels.items()] == [True, True, False, False]
    assert score.n_alone == 2
    assert score.value() == pytest.approx(1 - 0.25 / (2 * 0.75**2))


def test_one_class_alone_has_no_auc_and_a_label_counts_once():
    score = PrequentialScore(find_metric("roc_auc", "binary"), ["no", "yes"])
    score.predicted(["a"], np.array([[0.5, 0.5]]))
    assert score.labelled("a", "yes")
    assert not score.labelled("a", "yes")
    assert score.value() is None


def test_predictions_that_wait_are_bounded_and_the_oldest_give_way():
    score = PrequentialScore(find_metric("accuracy", "binary"), [0, 1], most_waiting=2)
    score.predicted(["a", "b", "a", "c"], np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.1]]))
    assert [score.labelled(key, 1) for key in "abc"] == [True, False, True]
    assert score.value() == 0.5
