"""Losses of rows average to what scikit-learn says of all."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from lepton_jupyter.learners.row_losses import row_losses


@pytest.mark.parametrize(
    ("metric", "formula"),
    [
        ("r2", metrics.mean_squared_error),
        ("neg_mean_absolute_error", metrics.mean_absolute_error),
        ("neg_median_absolute_error", metrics.mean_absolute_error),
        ("neg_mean_absolute_percentage_error", metrics.mean_absolute_percentage_error),
    ],
)
def test_values(metric, formula):
    random = np.random.default_rng(0)
    y, outputs = random.uniform(1, 9, 50), random.uniform(1, 9, 50)
    assert row_losses(y, 0, metric)(outputs).mean() == pytest.approx(formula(y, outputs))


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "neg_log_loss", "accuracy"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classes(metric, n_classes):
    random = np.random.default_rng(0)
    y, outputs = random.integers(0, n_classes, 50), random.dirichlet(np.ones(n_classes), 50)
    expected = (
        1 - metrics.accuracy_score(y, outputs.argmax(axis=1))
        if metric == "accuracy"
        else metrics.log_loss(y, outputs, labels=range(n_classes))
    )
    losses = row_losses(y, n_classes, metric)
    assert losses(outputs).mean() == pytest.approx(expected)
    if n_classes == 2:
        assert losses(outputs[:, 1]).mean() == pytest.approx(expected)


def test_what_was_thought_impossible_has_a_finite_loss():
    assert np.isfinite(row_losses(np.array([0, 1]), 2)(np.array([1.0, 0.0]))).all()
