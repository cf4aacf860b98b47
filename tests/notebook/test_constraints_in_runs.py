"""What a search is held to, from the first line to a run that is opened again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from lepton_jupyter import LeptonClassifier, LeptonRegressor, fit
from lepton_jupyter.events.run_events import TrialAsked, TrialFinished, WarningRaised
from lepton_jupyter.exceptions.conformal_errors import NoConformityError
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run

OPTIONS = {"target": "churn", "budget": "6trials", "folds": 3, "learners": ["linear", "lightgbm"], "wait": True}


def notes_of(run):
    return [logged.event.text for logged in run.events if isinstance(logged.event, WarningRaised)]


def scores_of(run):
    """By trial: two workers finish them in any order."""
    events = (logged.event for logged in run.events)
    return {event.trial_id: event.fold_scores for event in events if isinstance(event, TrialFinished)}


def tried(run):
    return [logged.event for logged in run.events if isinstance(logged.event, TrialAsked)]


class TestMonotone:
    @pytest.mark.parametrize(("target", "sign"), [("churn", -1), ("bill", 1)])
    def test_every_model_and_their_mean_keep_it(self, churn, target, sign):
        table = churn if target == "churn" else churn.dropna()
        options = {**OPTIONS, "learners": ["linear", "lightgbm", "xgboost"], "monotone": {"tenure": sign}}
        run = fit(table, **{**options, "target": target})
        rows = table.loc[table.index.repeat(61)].assign(tenure=np.tile(np.arange(61), len(table)))
        trials = scores_of(run)
        for mixed in (*({each: 1.0} for each in trials), dict.fromkeys(trials, 1 / len(trials))):
            found = run._models.predictor(mixed).predict(rows)[:, -1]
            assert (np.diff(found.reshape(-1, 61), axis=1) * sign).min() >= -1e-6
        assert any("Left out, since they cannot be held to any: linear." in note for note in notes_of(run))
        assert {each.learner for each in tried(run)} <= {"majority", "mean", "lightgbm", "xgboost"}

    def test_a_small_model_that_is_taught_keeps_it(self, churn):
        run = fit(churn, **{**OPTIONS, "learners": ["lightgbm"]}, monotone={"tenure": -1})
        small = run.distil(budget="20s")
        rows = churn.loc[churn.index.repeat(61)].assign(tenure=np.tile(np.arange(61), len(churn)))
        assert np.diff(small.predict_proba(rows)[:, 1].reshape(-1, 61), axis=1).max() <= 1e-6
        with pytest.raises(NoConformityError):
            small.predict_set(churn)

    def test_a_resumed_run_and_its_estimator_keep_it(self, churn):
        run = fit(churn, **{**OPTIONS, "learners": ["lightgbm"]}, monotone={"tenure": -1})
        longer = resume_run(run.id, table=churn, budget="3trials", wait=True)
        assert longer.settings.monotone == {"tenure": -1}
        assert clone(longer.model).get_params()["monotone"] == {"tenure": -1}


class TestMemoryAndTime:
    def test_what_needs_more_memory_is_left_out_and_named(self, churn):
        learners = ["linear", "lightgbm", "neighbours"]
        run = fit(churn, **{**OPTIONS, "learners": learners}, max_memory="12MB")
        [note] = [note for note in notes_of(run) if note.startswith("Left out")]
        assert note.startswith("Left out, since they need more than the 12MB of --max-memory: ")
        assert "lightgbm (" in note
        assert {each.learner for each in tried(run)} <= {"majority", "linear", "neighbours"}
        assert resume_run(run.id, table=churn, budget="2trials", wait=True).settings.max_memory == 12_000_000

    def test_a_limit_that_binds_nobody_changes_nothing(self, churn):
        # By one worker: which trial is given up depends on the order in which several end.
        options = {"folds": 3, "learners": OPTIONS["learners"], "n_jobs": 1, "verbose": 0}
        models = [LeptonClassifier("6trials", **options, max_memory=most) for most in (None, "64GB")]
        X, y = churn.drop(columns="churn"), churn["churn"]
        plain, held = (show_run(model.fit(X, y).run_) for model in models)
        assert scores_of(plain) == scores_of(held)
        assert len(scores_of(plain)) >= 3
        assert notes_of(plain) == notes_of(held)

    def test_the_time_of_a_trial_is_kept_with_the_run_and_its_estimator(self, churn):
        model = LeptonRegressor("3trials", folds=3, learners=["linear"], n_jobs=1, verbose=0, trial_seconds="5m")
        model.fit(churn[["tenure", "paperless"]], churn["tenure"] + 0.5)
        run = show_run(model.run_)
        assert run.settings.trial_seconds == 300.0
        assert clone(run.model).get_params()["trial_seconds"] == 300.0
        assert clone(model).get_params()["trial_seconds"] == "5m"


class TestCopies:
    def test_known_rows_are_not_answered_beside_a_constraint_they_do_not_know(self):
        random = np.random.default_rng(0)
        rows = pd.DataFrame({"a": random.normal(size=120), "y": random.integers(0, 2, 120)})
        table = pd.concat([rows] * 4, ignore_index=True)
        options = {**OPTIONS, "target": "y", "budget": "3trials", "learners": ["lightgbm"]}
        assert fit(table, **options).folder.copies.exists()
        for held in ({"monotone": {"a": 1}}, {"class_weight": "balanced"}):
            assert not fit(table, **options, **held).folder.copies.exists()


class TestClassWeight:
    def test_it_changes_fits_and_is_told(self, churn):
        plain, weighed = (fit(churn, **OPTIONS, class_weight=wish) for wish in (None, {"yes": 10}))
        assert weighed.predict_proba(churn)[:, 1].mean() > plain.predict_proba(churn)[:, 1].mean() + 0.1
        [note] = [note for note in notes_of(weighed) if note.startswith("Class weights")]
        assert "count in fits; scores count rows as they are" in note
        assert weighed.settings.class_weight == {"yes": 10.0}

    def test_a_resumed_run_keeps_it(self, churn):
        # By one worker: with two, which ends first decides what is tried next.
        options = {"folds": 3, "learners": OPTIONS["learners"], "n_jobs": 1, "verbose": 0, "class_weight": "balanced"}
        X, y = churn.drop(columns="churn"), churn["churn"]
        run, whole = (show_run(LeptonClassifier(f"{n}trials", **options).fit(X, y).run_) for n in (6, 10))
        longer = resume_run(run.id, table=churn, budget="4trials", wait=True)
        assert {i: scores for i, scores in scores_of(longer).items() if i <= 3} == {
            i: scores for i, scores in scores_of(whole).items() if i <= 3
        }

    def test_the_estimator_of_a_run_fits_again_with_it(self, churn):
        run = fit(churn, **OPTIONS, class_weight={"yes": 2.0})
        assert clone(run.model).get_params()["class_weight"] == {"yes": 2.0}

    def test_labels_are_found_whatever_their_type(self):
        X = np.random.default_rng(0).normal(size=(90, 2))
        y = (X[:, 0] > 0.8).astype(int)
        numbers, text = (
            LeptonClassifier("3trials", folds=3, n_jobs=1, verbose=0, class_weight=wish).fit(X, y).predict_proba(X)
            for wish in ({1: 5}, {"1": 5.0})
        )
        assert np.array_equal(numbers, text)
