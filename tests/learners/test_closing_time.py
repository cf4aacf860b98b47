from __future__ import annotations

import pytest
from contracts.learner_contract import easy_table

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners import lightgbm
from lepton_jupyter.learners.closing_time import closing_seconds
from lepton_jupyter.learners.lightgbm import LightGBMLearner


def test_grows_with_the_rows_that_will_be_predicted() -> None:
    small, large = (easy_table(0, n_rows=n_rows).fold(0, "tree") for n_rows in (300, 30_000))
    assert 0 < closing_seconds(small, writing=0.0, per_row=1e-6) < closing_seconds(large, writing=0.0, per_row=1e-6)
    assert closing_seconds(small, writing=2.0, per_row=0.0) == pytest.approx(3.0)


def test_rounds_end_before_the_deadline_by_what_they_take_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    data, learner = easy_table(0), LightGBMLearner()
    point = learner.starting_points(data.shape)[0]
    monkeypatch.setattr(lightgbm, "_closing_seconds", lambda *_: 1.0)
    # The clock stands still, so only the time to leave, a second for each round, can end the fit.
    model = learner.fit(data.fold(0, "tree"), point, deadline=Deadline(5.0, lambda: 0.0), seed=0)
    assert model.n_iterations == 5
