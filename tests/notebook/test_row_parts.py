"""A run on a table that counts as large: it learns from parts of the rows, says so, and can be replayed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit
from lepton_jupyter.automl import model_search, row_parts
from lepton_jupyter.events.run_events import SampleDrawn, SearchOpened, TrialAsked, TrialFinished
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.notebook import tables
from lepton_jupyter.search.cost_model import CountedCost


@pytest.fixture
def dear(monkeypatch):
    """Let a table of thousands of rows count as large, and a fit on all of them as dear."""
    monkeypatch.setattr(row_parts, "_LEAST_ROWS", 50)
    monkeypatch.setattr(LightGBMLearner, "cost_units", lambda *_: 100.0)
    monkeypatch.setattr(model_search, "MeasuredCost", CountedCost)  # whatever the machine does meanwhile


def test_what_is_dear_on_all_rows_learns_from_a_part(dear):
    random = np.random.default_rng(0)
    X = random.normal(size=(2000, 3))
    table = pd.DataFrame(X, columns=list("abc")).assign(group=np.arange(2000) // 4, y=(X[:, 0] * X[:, 1] > 0))
    run = fit(table, target="y", budget="60s", trials=3, folds=2, learners=["lightgbm"], groups="group", wait=True)
    events = [logged.event for logged in run.events]
    assert next(each for each in events if isinstance(each, SearchOpened)).row_shares == (0.5, 0.25, 0.125, 0.0625)
    asked = [each for each in events if isinstance(each, TrialAsked)]
    assert asked[0].row_share == 1.0  # the constant
    assert asked[1].row_share == 1 / 16
    assert asked[1].description.endswith("on 1/16 of the rows")
    finished = {each.trial_id for each in events if isinstance(each, TrialFinished)}
    assert asked[1].trial_id in finished
    # Every row is validated all the same.
    assert np.isfinite(run.out_of_fold()).all()
    assert run.replay().exact


def test_parts_of_a_table_that_does_not_fit_are_those_of_its_sample(dear, monkeypatch, tmp_path):
    monkeypatch.setattr(row_parts, "_LEAST_ROWS", 200)
    monkeypatch.setattr(tables, "_SHARE", 60_000 / free_memory())
    random = np.random.default_rng(0)
    for number in range(4):
        X = random.normal(size=(2000, 3))
        table = pd.DataFrame(X, columns=list("abc")).assign(y=(X[:, 0] * X[:, 1] > 0))
        table.to_parquet(tmp_path / f"{number}.parquet", row_group_size=500)
    run = fit(tmp_path, target="y", budget="60s", trials=2, folds=2, learners=["lightgbm"], wait=True)
    events = [logged.event for logged in run.events]
    drawn = next(each for each in events if isinstance(each, SampleDrawn))
    assert drawn.n_table_rows == 8000
    assert 1000 < drawn.n_rows < 3000
    # All 8,000 rows would give a sixteenth of them as many.
    assert next(each for each in events if isinstance(each, SearchOpened)).row_shares == (0.5, 0.25)
    assert [each.row_share for each in events if isinstance(each, TrialAsked)] == [1.0, 0.25]
    assert len(run.out_of_fold()) == drawn.n_rows
