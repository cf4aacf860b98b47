"""A run on a table that counts as large: it learns from parts of the rows, says so, and can be replayed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lepton_jupyter import fit
from lepton_jupyter.automl import model_search, row_parts
from lepton_jupyter.events.run_events import SearchOpened, TrialAsked, TrialFinished
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.search.cost_model import CountedCost


def test_what_is_dear_on_all_rows_learns_from_a_part(monkeypatch):
    monkeypatch.setattr(row_parts, "_LEAST_ROWS", 50)
    monkeypatch.setattr(LightGBMLearner, "cost_units", lambda *_: 100.0)
    monkeypatch.setattr(model_search, "MeasuredCost", CountedCost)  # whatever the machine does meanwhile
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
