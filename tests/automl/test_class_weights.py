from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from lepton_jupyter.automl.class_weights import weights_of_classes
from lepton_jupyter.automl.fold_evaluation import evaluate_fold
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.data.target import understand_target
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.learners.registry import available_learners
from lepton_jupyter.learners.training_data import TrainingData

LABELS = ["rare", *["some"] * 5, *["many"] * 14] * 10


def rare_class(class_weights=None, weights=None, n_rows=600):
    """Two classes of which one in ten rows is the second; the first column tells them apart, not quite."""
    random = np.random.default_rng(0)
    y = (np.arange(n_rows) % 10 == 0).astype(np.int64)
    X = random.normal(size=(n_rows, 3)).astype(np.float32)
    X[:, 0] += 1.2 * y
    return TrainingData(
        views={"tree": X, "linear": X}, categorical=(), y=y, n_classes=2, n_folds=3, metric="neg_log_loss",
        fold_of_row=(random.permutation(n_rows) % 3).astype(np.int16), weights=weights,
        class_weights=None if class_weights is None else np.array(class_weights),
    )  # fmt: skip


def judged(learner, data, fold=0):
    point = learner.starting_points(data.shape)[0]
    return evaluate_fold(data, learner, point, fold, find_metric(data.metric, "binary"), 0, None)


class TestFactors:
    def test_balanced_is_what_scikit_learn_has(self):
        target = understand_target(LABELS)
        factors = weights_of_classes("balanced", target, None)
        assert factors == pytest.approx(
            compute_class_weight("balanced", classes=np.array(target.classes), y=np.array(LABELS))
        )

    def test_balanced_rows_are_counted_by_their_weights(self):
        target = understand_target(LABELS)
        row_weights = np.random.default_rng(0).random(len(LABELS))
        row_weights /= row_weights.mean()
        factors = weights_of_classes("balanced", target, row_weights)
        by_class = np.bincount(target.y, factors[target.y] * row_weights)
        assert by_class == pytest.approx(np.full(3, len(LABELS) / 3))

    def test_a_mapping_keeps_its_ratios_and_the_mean_of_one(self):
        target = understand_target([0, 1, 2] * 20)
        factors = weights_of_classes({"2": 6.0, "0": 3.0}, target, None)
        assert factors / factors[1] == pytest.approx([3, 1, 6])
        assert factors[target.y].mean() == pytest.approx(1)

    def test_settings_keep_them_as_text_can(self):
        asked = AutoMLSettings(target="y", budget=Budget(trials=1), class_weight={np.int64(1): 5, 0: 1})
        assert AutoMLSettings.from_json(asked.to_json()) == asked
        assert json.loads(asked.to_json())["class_weight"] == {"1": 5.0, "0": 1.0}


class TestFits:
    @pytest.mark.parametrize("name", [each for each in available_learners() if each.islower() and each != "mean"])
    def test_a_weighed_class_is_predicted_more_often(self, name):
        learner = available_learners()[name]
        if not learner.weighs_rows:
            pytest.skip("it takes no weights")
        plain, weighed = (judged(learner, rare_class(factors)) for factors in (None, (0.556, 5.0)))
        assert weighed.out_of_fold[:, 1].mean() > 1.5 * plain.out_of_fold[:, 1].mean()

    def test_they_are_the_same_as_weights_of_rows_in_the_fit(self):
        learner = available_learners()["linear"]
        factors = np.array([0.556, 5.0])
        by_class = judged(learner, rare_class(factors))
        by_row = judged(learner, rare_class(weights=factors[rare_class().y]))
        assert np.array_equal(by_class.out_of_fold, by_row.out_of_fold)
        assert by_class.score != by_row.score

    @pytest.mark.parametrize("weights", [None, np.linspace(0.5, 1.5, 600)], ids=["plain", "weighed"])
    def test_scores_do_not_know_them(self, weights):
        data = rare_class((0.556, 5.0), weights)
        outcome = judged(available_learners()["lightgbm"], data, fold=1)
        rows = data.fold_of_row == 1
        expected = find_metric("neg_log_loss", "binary").score(
            data.y[rows], outcome.out_of_fold, 2, None if weights is None else weights[rows]
        )
        assert outcome.score == pytest.approx(expected, rel=1e-6)
