"""The ensemble a run ends with: its pool, stack and honest score are in the log, and predict the same anywhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit
from lepton_jupyter.automl.history import best_so_far
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.run_events import EnsembleUpdated, RunFinished, TrialFinished
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session


def of(run, kind):
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


@pytest.fixture(scope="module")
def flowers() -> pd.DataFrame:
    """Three classes that a rule of three columns tells apart: models that are too timid gain by a stack."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(300, 4)), columns=list("abcd"))
    table["kind"] = np.array(["x", "y", "z"])[(table["a"] + table["b"] ** 2 > 1).astype(int) + (table["c"] > 0.5)]
    return table


def run_on(table, **settings):
    learners = ["linear", "lightgbm", "extra_trees", "naive_bayes"]
    return fit(table, target="kind", budget="6trials", folds=3, learners=learners, name="kinds", wait=True, **settings)


def test_a_stack_is_in_the_log_and_predicts_the_same_after_reading_it_back(flowers):
    run = run_on(flowers)
    last = of(run, EnsembleUpdated)[-1]
    assert last.logarithmic
    assert len(last.shifts) == 3
    assert sum(member.weight for member in last.members) == pytest.approx(1.0)
    predictions = run.predict_proba(flowers)
    np.testing.assert_allclose(predictions.sum(axis=1), 1.0, atol=1e-9)
    again = show_run("kinds")
    np.testing.assert_array_equal(again.predict_proba(flowers), predictions)
    np.testing.assert_array_equal(again.out_of_fold(), run.out_of_fold())


def test_out_of_fold_predictions_are_pooled_as_the_model_pools(flowers):
    run = run_on(flowers)
    best = best_so_far(logged.event for logged in run.events)
    score = find_metric("log_loss", "multiclass").score(
        np.unique(flowers["kind"], return_inverse=True)[1], run.out_of_fold(), 3
    )
    assert best.contended_score == pytest.approx(score, rel=0.02)  # a mean over folds, not over rows


def test_the_score_of_the_end_is_the_nested_one_of_the_ensemble(flowers):
    run = run_on(flowers)
    last, finished = of(run, EnsembleUpdated)[-1], of(run, RunFinished)[0]
    assert finished.best == "ensemble"
    assert finished.score == last.score == pytest.approx(np.mean(last.fold_scores))
    assert last.selection_score < min(trial.score for trial in of(run, TrialFinished))
    assert run.leaderboard["score"][0] == pytest.approx(last.score)


def test_a_run_with_a_stack_goes_on(flowers):
    run = run_on(flowers)
    ensembles = of(run, EnsembleUpdated)
    assert ensembles[-1].shifts
    current_session.cache_clear()
    again = resume_run(run.id, table=flowers, budget="3trials", wait=True)
    assert of(again, EnsembleUpdated)[: len(ensembles)] == ensembles
    latest = of(again, EnsembleUpdated)[-1]
    assert of(again, RunFinished)[-1].score == latest.score
    assert latest.selection_score <= ensembles[-1].selection_score  # chosen among the same trials and three more
    np.testing.assert_allclose(again.predict_proba(flowers).sum(axis=1), 1.0, atol=1e-9)


def test_a_target_of_chance_looks_like_chance_on_the_board():
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(2000, 200))).add_prefix("x")
    table["kind"] = random.integers(0, 2, 2000)
    run = run_on(table)
    assert run.leaderboard["score"].between(0.46, 0.54).all()


def test_an_ensemble_of_an_old_log_is_a_weighted_mean(flowers):
    run = run_on(flowers)
    events = [logged.event for logged in run.events]
    old = [
        dataclasses.replace(each, logarithmic=False, sharpness=1.0, shifts=(), selection_score=None, score=0.0)
        if isinstance(each, EnsembleUpdated) else each
        for each in events
    ]  # fmt: skip
    best = best_so_far(old)
    assert best.label == "ensemble"
    assert not best.form.logarithmic
