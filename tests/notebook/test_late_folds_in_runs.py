"""Late folds in whole runs: the best trials learn from nearly all rows before the end, and what is kept of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit, load_model
from lepton_jupyter.automl import late_folds, runner
from lepton_jupyter.automl.candidates import candidates
from lepton_jupyter.automl.stored_models import StoredModels
from lepton_jupyter.events.run_events import RunFinished, TrialWidened
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

LEARNERS = ["lightgbm", "linear"]


@pytest.fixture(scope="module")
def waves():
    random = np.random.default_rng(0)
    X = random.normal(size=(2_400, 4))
    y = np.sin(2 * X[:, 0]) * X[:, 1] + X[:, 2] + 0.1 * random.normal(size=2_400)
    return pd.DataFrame(X, columns=list("abcd")).assign(y=y)


@pytest.fixture
def run(waves, monkeypatch):
    monkeypatch.setattr(runner, "_MOST_LATE", 0.6)  # a machine that does other things takes longer for a fold
    return fit(waves, target="y", budget="5s", folds=3, learners=LEARNERS, wait=True)


def of(run, kind):
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


def test_the_best_trials_learn_from_nearly_all_rows(run, waves):
    made = of(run, TrialWidened)
    assert made
    assert {each.fold for each in made} <= {3, 4}
    members = {member.trial_id: member for member in run.model.predictor_.members}
    late = {each.trial_id for each in made} & members.keys()
    assert late  # a last selection may weigh others, but hardly none of them
    for trial_id in late:
        folds = sorted(each.fold for each in made if each.trial_id == trial_id)
        member = members[trial_id]
        assert (len(member.models), len(member.late)) == (3, len(folds))
        # Each model counts the same.
        views = run.model.predictor_.recipe.transform(waves.drop(columns="y"), owner="it", views=[member.view])
        alone = run.model.predictor_.members_apart()[trial_id]
        mean = np.mean([each.predict(views[member.view]) for each in member.every], axis=0)
        np.testing.assert_allclose(alone.predict(waves.drop(columns="y")), mean, rtol=1e-5)


def test_they_are_there_in_any_kernel_and_in_files(run, waves, tmp_path):
    rows = waves.drop(columns="y").head(50)
    here = run.model.predict(rows)
    assert np.array_equal(load_model(run.export(tmp_path / "waves.zip")).predict(rows), here)
    current_session.cache_clear()
    assert np.array_equal(show_run(run.id).model.predict(rows), here)
    assert run.replay().exact


class GrowingLog(list):
    """Logged events, of which more come while somebody looks on."""

    def events(self):
        return tuple(self)


def test_who_predicted_before_has_them_afterwards_too(run):
    first = of(run, TrialWidened)[0]
    at = next(place for place, each in enumerate(run.events) if each.event is first)
    log = GrowingLog(run.events[:at])
    models = StoredModels(run.folder, log)
    assert models.predictor({first.trial_id: 1.0}).members[0].late == ()
    log.append(run.events[at])
    assert len(models.predictor({first.trial_id: 1.0}).members[0].late) == 1
    assert models.predictor({first.trial_id: 1.0}) is models.predictor({first.trial_id: 1.0})


def test_latency_and_size_are_those_of_all_models(run):
    made = of(run, TrialWidened)
    events = [logged.event for logged in run.events]
    there = candidates(events, has_models=lambda _: True)
    without = candidates([each for each in events if not isinstance(each, TrialWidened)], has_models=lambda _: True)
    of_trials = [(ours, theirs) for ours, theirs in zip(there, without, strict=True) if len(ours.weights) == 1]
    assert of_trials
    for ours, theirs in of_trials:
        added = [each for each in made if each.trial_id in ours.weights and len(ours.folds) == 3]
        assert ours.size_bytes == theirs.size_bytes + sum(each.size_bytes for each in added)
        assert ours.row_milliseconds == pytest.approx(
            theirs.row_milliseconds + sum(each.row_milliseconds for each in added)
        )
    best = run.leaderboard.iloc[0]
    board = {row.trial_id: row for row in run.message().rows}
    assert board[None if pd.isna(best["trial"]) else int(best["trial"])].size_bytes == best["size_bytes"]


def test_a_run_that_goes_on_makes_no_late_fold_twice(run, waves):
    before = of(run, TrialWidened)
    current_session.cache_clear()
    again = resume_run(run.id, table=waves, budget="3s", wait=True)
    made = [(each.trial_id, each.fold) for each in of(again, TrialWidened)]
    assert made[: len(before)] == [(each.trial_id, each.fold) for each in before]
    assert len(made) == len(set(made))
    assert np.isfinite(again.model.predict(pd.DataFrame(np.zeros((3, 4)), columns=list("abcd")))).all()


def test_whoever_asks_for_one_fold_gets_no_late_model(run):
    fastest = run.choose(prefer="speed")
    assert all(not member.late for member in fastest.predictor_.members if len(member.models) == 1)


def test_more_folds_learn_from_enough_rows_as_it_is(waves):
    run = fit(waves, target="y", budget="3s", folds=5, learners=LEARNERS, wait=True)
    assert of(run, TrialWidened) == []


def test_a_model_that_breaks_leaves_its_trial_as_it_was(waves, monkeypatch):
    monkeypatch.setattr(late_folds.LateFolds, "end", lambda *_: False)  # as if each had been given up before
    run = fit(waves, target="y", budget="3s", folds=3, learners=LEARNERS, wait=True)
    assert of(run, TrialWidened) == []
    assert len(of(run, RunFinished)) == 1
