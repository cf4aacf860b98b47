"""Stacking: it finds what is wrong with the pool it begins with, and goes nowhere under a strong penalty."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.linear_model import LogisticRegression

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, blend
from lepton_jupyter.evaluation.stacked_pool import _PenalisedLogLoss, fit_stack


def _softmax(values):
    exponential = np.exp(values - values.max(axis=1, keepdims=True))
    return exponential / exponential.sum(axis=1, keepdims=True)


def _timid(n_rows=2000, n_classes=3, seed=0):
    """Two models that know the truth, say it half as surely as they might, and think the last class is rarer."""
    random = np.random.default_rng(seed)
    truth = 2 * random.normal(size=(n_rows, n_classes))
    chances = _softmax(truth)
    y = (random.random((n_rows, 1)) > np.cumsum(chances, axis=1)).sum(axis=1)
    lean = np.r_[np.zeros(n_classes - 1), -1.0]
    models = {
        i: _softmax((truth + lean) / 2 + 0.1 * random.normal(size=truth.shape)).astype(np.float32) for i in (3, 8)
    }
    return models, y, chances


def test_weights_sum_to_one_and_are_not_negative():
    models, y, _ = _timid()
    models[5] = np.roll(models[3], 1, axis=1)  # wrong wherever it can be
    stack = fit_stack(models, y, {3: 0.4, 5: 0.3, 8: 0.3}, 0.001)
    assert sum(stack.weights.values()) == pytest.approx(1.0)
    assert min(stack.weights.values()) > 0
    assert stack.weights.get(5, 0.0) < 0.05


def test_a_timid_pool_becomes_as_sure_as_it_may_be():
    models, y, chances = _timid()
    stack = fit_stack(models, y, {3: 0.5, 8: 0.5}, 1e-4)
    assert stack.form.sharpness == pytest.approx(2.0, abs=0.3)
    metric = find_metric("log_loss", "multiclass")
    plain = metric.loss(y, blend(models, {3: 0.5, 8: 0.5}, LOGARITHMIC), 3)
    stacked = metric.loss(y, blend(models, stack.weights, stack.form), 3)
    best = metric.loss(y, chances, 3)
    assert stacked < best + 0.1 * (plain - best)


def test_a_strong_penalty_gives_the_pool_it_began_with():
    models, y, _ = _timid()
    stack = fit_stack(models, y, {3: 0.7, 8: 0.3}, 1e7)
    assert stack.weights == pytest.approx({3: 0.7, 8: 0.3}, abs=1e-4)
    assert stack.form.sharpness == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(stack.form.shifts, 0.0, atol=1e-4)


def test_one_model_of_two_classes_is_a_logistic_regression_on_its_log_odds():
    models, y, _ = _timid(n_classes=2)
    stack = fit_stack({3: models[3]}, y, {3: 1.0}, 0.0)
    log_odds = np.log(models[3][:, 1:] / models[3][:, :1])
    fitted = LogisticRegression(C=np.inf, tol=1e-8).fit(log_odds, y)
    assert stack.form.sharpness == pytest.approx(float(fitted.coef_[0, 0]), rel=1e-2)
    assert stack.form.shifts[1] - stack.form.shifts[0] == pytest.approx(float(fitted.intercept_[0]), abs=1e-2)


def test_weights_of_rows_count_as_repeated_rows_do():
    models, y, _ = _timid(300)
    times = np.random.default_rng(1).integers(1, 4, len(y))
    ours = fit_stack(models, y, {3: 0.5, 8: 0.5}, 0.01, times.astype(float))
    repeated = {i: np.repeat(each, times, axis=0) for i, each in models.items()}
    theirs = fit_stack(repeated, np.repeat(y, times), {3: 0.5, 8: 0.5}, 0.01)
    assert ours.weights == pytest.approx(theirs.weights, abs=1e-3)
    assert ours.form.sharpness == pytest.approx(theirs.form.sharpness, rel=1e-3)


def test_the_gradient_is_that_of_the_loss():
    models, y, _ = _timid(40)
    logs = np.stack([np.log(models[i]).T for i in (3, 8)])
    loss = _PenalisedLogLoss(logs, y, np.array([0.6, 0.4]), 0.05, None)
    at = np.array([0.5, 0.9, 0.1, -0.2, 0.3])
    numeric = approx_fprime(at, lambda each: loss.with_gradient(each)[0], 1e-3)
    np.testing.assert_allclose(loss.with_gradient(at)[1], numeric, atol=2e-3)
