from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.linear_solvers import fit_ridge, fit_softmax

NO_LIMIT = Deadline(math.inf)


@settings(max_examples=25, deadline=None)
@given(n_columns=st.integers(1, 150), alpha=st.floats(0.01, 100), seed=st.integers(0, 50), weighted=st.booleans())
def test_ridge_agrees_with_scikit_learn(n_columns: int, alpha: float, seed: int, weighted: bool) -> None:
    random = np.random.default_rng(seed)
    X = (random.normal(size=(60, n_columns)) + 3.0).astype(np.float32)
    y = X.sum(axis=1) + random.normal(size=60) + 100.0
    weights = random.uniform(0.5, 2.0, 60) if weighted else None
    fit = fit_ridge(X, y, alpha=alpha, deadline=NO_LIMIT, weights=weights)
    assert fit is not None
    reference = Ridge(alpha=alpha).fit(X.astype(np.float64), y, weights)
    np.testing.assert_allclose(fit[0], reference.coef_, atol=1e-5)
    assert fit[1] == pytest.approx(reference.intercept_, abs=1e-5)


def test_ridge_bears_repeated_and_constant_columns() -> None:
    column = np.arange(20, dtype=np.float32)[:, None]
    X = np.hstack([column, column, np.ones_like(column)])
    fit = fit_ridge(X, 2.0 * column[:, 0] + 1.0, alpha=1e-3, deadline=NO_LIMIT)
    assert fit is not None
    np.testing.assert_allclose(X @ fit[0] + fit[1], 2.0 * column[:, 0] + 1.0, atol=1e-2)
    wide = fit_ridge(np.tile(X, 9), 2.0 * column[:, 0] + 1.0, alpha=1e-3, deadline=NO_LIMIT)
    assert wide is not None
    np.testing.assert_allclose(np.tile(X, 9) @ wide[0] + wide[1], 2.0 * column[:, 0] + 1.0, atol=1e-2)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_softmax_agrees_with_scikit_learn(n_classes: int) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 5)).astype(np.float32)
    y = np.digitize(X[:, 0] + random.normal(size=400), np.linspace(-1, 1, n_classes - 1))
    fit = fit_softmax(X, y, n_classes=n_classes, inverse_penalty=0.5, deadline=NO_LIMIT)
    assert fit is not None
    weights, intercepts, _ = fit
    reference = LogisticRegression(C=0.5, tol=1e-8, max_iter=1000).fit(X.astype(np.float64), y)
    logits = X @ weights + intercepts
    expected = reference.decision_function(X).reshape(len(X), -1)
    # Softmax logits are free up to a constant for each row.
    centred = [each - each.mean(axis=1, keepdims=True) if n_classes > 2 else each for each in (logits, expected)]
    np.testing.assert_allclose(centred[0], centred[1], atol=0.03)


def test_large_logits_do_not_overflow() -> None:
    X = np.array([[1e4], [-1e4], [2e4], [-2e4]], np.float32)
    fit = fit_softmax(X, np.array([1, 0, 1, 0]), n_classes=2, inverse_penalty=1e6, deadline=NO_LIMIT)
    assert fit is not None
    assert np.isfinite(fit[0]).all()


def test_no_time_gives_nothing() -> None:
    X, y = np.ones((4, 1), np.float32), np.array([0, 1, 0, 1])
    passed = Deadline(0.0, lambda: 1.0)
    assert fit_softmax(X, y, n_classes=2, inverse_penalty=1.0, deadline=passed) is None
    assert fit_ridge(X, y.astype(np.float64), alpha=1.0, deadline=passed) is None
