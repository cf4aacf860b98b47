"""Choosing among the models of a run that has ended, and before it begins."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lepton_jupyter.events.run_events import ModelChosen, RunFinished, TrialFinished
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.exceptions.choice_errors import NoCandidateError, NoDistilledModelError
from lepton_jupyter.exceptions.evaluation_errors import TrainingRowsError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.notebook.estimators import LeptonClassifier
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

GOLDEN = Path(__file__).parents[1] / "golden"
QUICK = {"learners": ["linear", "lightgbm", "naive_bayes"], "folds": 2, "wait": True}


def of(run, kind):
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


def trials_of(model):
    return {member.trial_id for member in model.predictor_.members}


def test_each_model_of_the_front_can_be_had_in_any_kernel_with_nothing_fitted_again(churn):
    run = fit(churn, target="churn", budget="9trials", **QUICK)
    front, n_events = run.frontier, len(run.events)
    assert len(front) > 1
    assert (np.diff(front["row_milliseconds"]) > 0).all()
    assert {len(each) for each in front["folds"]} == {1, 2}
    assert set(front["trials"].iloc[-1]) == trials_of(run.model)  # the best is its end
    assert (front[["fit_seconds", "size_bytes"]] > 0).all(axis=None)
    assert not front["model"].str.contains("frequencies").any()  # constants are no choice
    for trials, exports in zip(front["trials"], front["exports"], strict=True):
        assert sum(trials.values()) == pytest.approx(1)
        assert "onnx" in exports or len(trials) > 1
    for latency, trials, folds in zip(front["row_milliseconds"] * 1e-3, front["trials"], front["folds"], strict=True):
        model = run.choose(latency=latency * (1 + 1e-9))
        assert trials_of(model) == set(trials)
        assert {len(member.models) for member in model.predictor_.members} == {len(folds)}
        assert model.predict_proba(churn).shape == (len(churn), 2)
    done = {each.trial_id: each.size_bytes for each in of(run, TrialFinished)}
    smallest = run.choose(prefer="smallest")
    assert sum(done[each] for each in trials_of(smallest)) <= run.leaderboard["size_bytes"].iloc[0]
    assert len(run.events) == n_events
    current_session.cache_clear()
    again = show_run(run.id).choose(prefer="smallest")
    assert np.array_equal(again.predict_proba(churn), smallest.predict_proba(churn))


def test_the_line_of_the_slider_gives_exactly_the_model_it_stands_at(churn):
    run = fit(churn, target="churn", budget="9trials", **QUICK)
    of_trial, of_ensemble = json.loads((GOLDEN / "lines" / "of_runs.json").read_text(encoding="utf-8"))[:2]
    stops = [row for row in run.message().rows if row.on_frontier]
    assert len(stops) > 1
    for row in stops:
        written = of_ensemble if row.trial_id is None else of_trial
        opening, choosing, _ = written["choose"].splitlines()
        assert opening == f"run = %lepton show {written['run_id']}"
        line = choosing.replace(str(written["trial_id"]), str(row.trial_id))
        names = {"run": show_run(run.id)}
        exec(line, names)
        model = names["model"]
        expected = {member.trial_id for member in row.members} or {row.trial_id}
        assert trials_of(model) == expected
        assert {len(member.models) for member in model.predictor_.members} == {2}  # the mean of all folds
        probabilities = model.predict_proba(churn)
        assert probabilities.shape == (len(churn), 2)
        assert np.array_equal(predict(churn, run=run, trial=row.trial_id, proba=True), probabilities)
    with pytest.raises(NoCandidateError):
        predict(churn, run=run, trial=10**6)


def test_what_cannot_be_chosen_is_one_sentence(churn):
    run = fit(churn, target="churn", budget="6trials", keep_models="best", **QUICK)
    # What is no longer on disk is no choice.
    assert trials_of(run.choose(prefer="speed")) <= trials_of(run.model)
    with pytest.raises(NoCandidateError, match=r"No model keeps within these limits\. The nearest is .*ms a row"):
        run.choose(score=0.9999)
    gone = next(each.trial_id for each in of(run, TrialFinished) if each.trial_id not in trials_of(run.choose()))
    for trial in (gone, 999):
        with pytest.raises(NoCandidateError, match=rf"no model of a trial {trial} on disk\. See run\.frontier"):
            run.choose(trial=trial)
    kept = next(iter(trials_of(run.choose())))
    with pytest.raises(NoCandidateError, match="No model keeps within these limits"):
        run.choose(trial=kept, score=0.9999)
    for wish, error in (
        ({"latency": "fast"}, InvalidQuantityError),
        ({"latency": 0}, InvalidQuantityError),
        ({"size": "5apples"}, InvalidQuantityError),
        ({"prefer": "fastest"}, InvalidSettingError),
    ):
        with pytest.raises(error):
            run.choose(**wish)


@pytest.mark.parametrize("keep_models", ["best", "front"])
def test_what_a_run_prefers_is_what_it_predicts_with_and_keeps(churn, keep_models):
    run = fit(churn, target="churn", budget="9trials", prefer="smallest", keep_models=keep_models, **QUICK)
    [chosen], [finished] = of(run, ModelChosen), of(run, RunFinished)
    assert chosen.size_bytes <= chosen.best_size_bytes
    assert chosen.prefer == "smallest"
    assert {member.trial_id for member in chosen.members} == trials_of(run.model)
    assert finished.score == chosen.score
    assert np.nanmax(np.abs(run.out_of_fold().sum(axis=1) - 1)) < 1e-6
    assert "chosen for its size" in run.message().detail
    kept = {int(path.parent.name) for path in run.folder.trials.glob("*/fold-0.model")}
    if keep_models == "best":
        assert kept == trials_of(run.model)
    else:
        assert run.choose().predict_proba(churn).shape == (len(churn), 2)  # the best score stays a choice
        again = resume_run(run.id, table=churn, budget="2trials", wait=True)
        assert len(of(again, ModelChosen)) == 2
        assert trials_of(again.model) == {member.trial_id for member in of(again, ModelChosen)[-1].members}


def test_the_estimator_predicts_with_what_it_prefers(churn):
    X, y = churn.drop(columns="churn"), churn["churn"]
    model = LeptonClassifier("6trials", folds=2, verbose=0, learners=QUICK["learners"], prefer="speed").fit(X, y)
    [chosen] = of(show_run(model.run_), ModelChosen)
    assert trials_of(model) == {member.trial_id for member in chosen.members}


def test_a_small_model_learns_from_the_ensemble(churn_table, tmp_path):
    churn = churn_table(1200)
    run = fit(churn, target="churn", budget="4trials", **QUICK | {"learners": ["lightgbm"]})
    small = run.distil()
    told = small.distilled_
    assert set(told.teacher.weights) == trials_of(run.model)
    assert told.model.score > 0.9 * told.teacher.score
    assert told.model.size_bytes < told.teacher.size_bytes
    assert f"{told.speed_up:.3g} times as fast" in repr(told)
    assert [len(member.models) for member in small.predictor_.members] == [1]
    later = churn_table(600, seed=1)
    positive = small.predict_proba(later)[:, 1]
    # As good on rows that nobody has seen as its score says.
    assert roc_auc_score(later["churn"] == "yes", positive) == pytest.approx(told.model.score, abs=0.05)
    assert np.array_equal(pickle.loads(pickle.dumps(small)).predict_proba(later)[:, 1], positive)
    with pytest.raises(NoDistilledModelError, match="No small model was fitted on all folds in 1e-06 s"):
        run.distil(budget="1e-3ms")
    current_session.cache_clear()
    again = show_run(run.id)
    with pytest.raises(TrainingRowsError, match=r"Load them as they were, and give them: run\.distil\(train=df\)"):
        again.distil()
    assert again.distil(train=churn).predict(later).shape == (len(later),)


def test_a_small_model_of_values(churn):
    table = churn.drop(columns="churn").assign(cost=churn["tenure"] * 3.0 + churn["bill"].fillna(40) * 0.5)
    run = fit(table, target="cost", budget="5trials", **QUICK | {"learners": ["linear", "lightgbm"]})
    told = run.distil().distilled_
    assert told.model.score < table["cost"].std()


def test_the_best_choice_is_the_model_to_the_last_digit_where_probabilities_are_judged(churn):
    run = fit(churn, target="churn", metric="neg_log_loss", budget="8trials", **QUICK)
    assert np.array_equal(run.choose().predict_proba(churn), run.model.predict_proba(churn))
