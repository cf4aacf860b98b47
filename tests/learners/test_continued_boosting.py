"""Boosters that go on: the old trees stay, the new ones correct them, and either may be had."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.continued_boosting import continue_boosting, learner_to_continue
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.learners.training_data import Fold, TableShape

_METRICS = {0: "neg_mean_squared_error", 2: "neg_log_loss", 3: "neg_log_loss"}


def concept(n_rows, n_classes, seed, *, turned=False):
    """Rows with a number, a category and two more numbers; what the first says is turned round after the drift."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n_rows, 4)).astype(np.float32)
    X[:, 1] = random.integers(0, 3, n_rows)
    value = (-1 if turned else 1) * X[:, 0] + 0.5 * X[:, 1] + X[:, 2]
    if not n_classes:
        return X, value.astype(float)
    return X, np.digitize(value, np.linspace(-0.5, 1.5, n_classes - 1)).astype(float)


def fitted(learner, X, y, n_classes, categorical):
    train, judged = slice(0, 600), slice(600, 800)
    codes = y.astype(np.int64) if n_classes else y
    fold = Fold(
        index=0, X_train=X[train], y_train=codes[train], X_validation=X[judged], y_validation=codes[judged],
        categorical=categorical, n_classes=n_classes, metric=_METRICS[n_classes],
    )  # fmt: skip
    shape = TableShape(800, {"tree": X.shape[1]}, n_classes, len(categorical))
    return learner.fit(fold, learner.starting_points(shape)[0], deadline=Deadline(math.inf), seed=0)


def loss(outputs, y):
    true = np.eye(outputs.shape[1])[y.astype(int)] if outputs.shape[1] > 1 else y[:, None]
    return float(((outputs - true) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("categorical", [(), (1,)])
@pytest.mark.parametrize("n_classes", [0, 2, 3])
@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost"])
def test_old_trees_stay_and_new_ones_correct_them(name, n_classes, categorical, tmp_path):
    pytest.importorskip(name)
    learner = learner_named(name)
    X, y = concept(800, n_classes, 0)
    model = fitted(learner, X, y, n_classes, categorical)
    if name == "catboost" and categorical:
        assert learner_to_continue(model) is None
        return
    assert learner_to_continue(model) == name
    new_X, new_y = concept(600, n_classes, 1, turned=True)
    known = model.predict(new_X)
    continued = continue_boosting(model, new_X, new_y, categorical=categorical, rounds=40, n_threads=1)
    np.testing.assert_allclose(continued.model(0).predict(new_X), known, atol=1e-5)
    test_X, test_y = concept(500, n_classes, 2, turned=True)
    losses = [loss(each.predict(test_X), test_y) for each in (model, continued.model(10), continued.model(40))]
    assert losses[0] > losses[1] > losses[2]
    np.testing.assert_array_equal(model.predict(new_X), known)  # it is as it was
    learner.save(continued.model(40), tmp_path / "model")
    again = learner.load(tmp_path / "model")
    np.testing.assert_allclose(again.predict(test_X), continued.model(40).predict(test_X), atol=1e-6)
