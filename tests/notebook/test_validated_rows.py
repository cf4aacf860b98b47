"""A run whose folds validate some of their rows alone: everything that looks at out-of-fold predictions copes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import evaluate, fit
from lepton_jupyter.automl import splits
from lepton_jupyter.evaluation.validation_sample import sample_validation


@pytest.mark.parametrize("n_copies", [1, 2])
def test_rows_that_are_only_learnt_from_are_left_out_of_every_figure(monkeypatch, n_copies):
    monkeypatch.setattr(splits, "sample_validation", lambda *args: sample_validation(*args, most=100))
    random = np.random.default_rng(0)
    X = np.repeat(random.normal(size=(800 // n_copies, 3)), n_copies, axis=0)
    y = np.where(X[:, 0] + random.normal(size=800) > 0, "yes", "no")
    table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
    run = fit(table, target="y", budget="5trials", folds=2, learners=["linear", "lightgbm"], wait=True)
    validated = np.isfinite(run.out_of_fold()).all(axis=1)
    assert 150 < validated.sum() <= 220
    sets = run.model.predict_set(table, 0.9)
    assert 0.85 < sets[np.arange(800), (y == "yes").astype(int)].mean() <= 1.0
    assert f"{validated.sum()}" in repr(evaluate(run=run))
    assert np.isfinite(run.distil(budget="3s").predict_proba(table)).all()
