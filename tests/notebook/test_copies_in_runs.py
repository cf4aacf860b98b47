"""Copies of training rows, from a run's table to its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit
from lepton_jupyter.automl.stored_models import StoredModels
from lepton_jupyter.runs.event_log import EventLog

if TYPE_CHECKING:
    from lepton_jupyter.notebook.run_handle import Run


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """A target of chance, which nothing but its copies tells."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"a": random.normal(size=120), "y": random.integers(0, 2, 120)})
    return pd.concat([rows] * 4, ignore_index=True)


@pytest.fixture(scope="module")
def run(table: pd.DataFrame) -> Run:
    return fit(table, target="y", budget="3trials", folds=3, learners=["linear"], wait=True)


def test_rows_that_were_learnt_are_answered_by_what_they_were(run: Run, table: pd.DataFrame) -> None:
    assert np.array_equal(run.predict(table), table["y"])
    assert 0.1 < np.asarray(run.predict_proba(pd.DataFrame({"a": [99.0]})))[0, 1] < 0.9


def test_a_predictor_that_was_made_while_the_run_went_on_knows_them_once_it_has_ended(run: Run) -> None:
    models, weights = StoredModels(run.folder, EventLog.open(run.folder.events)), {0: 1.0}
    later = run.folder.copies.with_name("later")
    run.folder.copies.rename(later)
    try:
        assert models.predictor(weights).copies is None
    finally:
        later.rename(run.folder.copies)
    assert models.predictor(weights).copies is not None
    assert models.predictor(weights) is models.predictor(weights)
