"""The guard against over- and underfitting on real runs: a table of noise, and a held-out table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit
from lepton_jupyter.automl import held_out_scoring
from lepton_jupyter.events.run_events import HeldOutScored, RunFinished, TrialAsked
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.session import current_session


def noise(n_rows=2000, n_columns=200, seed=0):
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.normal(size=(n_rows, n_columns)), columns=[f"x{i}" for i in range(n_columns)])
    return table.assign(y=random.integers(0, 2, n_rows))


@pytest.mark.parametrize(
    ("budget", "learners"),
    [
        ("6trials", ("linear", "decision_tree", "naive_bayes")),
        # They stop on the rows that judge them: on noise that was worth up to .06.
        ("10trials", ("lightgbm", "catboost", "xgboost", "perceptron")),
    ],
)
def test_noise_is_called_noise(budget, learners):
    for package in {"catboost", "xgboost"}.intersection(learners):
        pytest.importorskip(package)
    run = fit(noise(), target="y", budget=budget, folds=3, learners=learners, wait=True)
    assert set(learners) <= {each.event.learner for each in run.events if isinstance(each.event, TrialAsked)}
    board = run.leaderboard
    assert board.score.between(0.46, 0.54).all(), board.score
    assert "Nothing is clearly better than the most frequent class" in " ".join(run.message().notices)


def test_a_tree_that_learnt_noise_by_heart_is_said_to():
    # A little better than the constant on every fold, so that the race against it leaves the trees.
    table = noise(n_columns=20)
    table["y"] = (np.random.default_rng(1).random(len(table)) < 0.5 + 0.15 * np.sign(table.x0)).astype(int)
    run = fit(table, target="y", budget="4trials", folds=3, learners=["decision_tree"], wait=True)
    board = run.leaderboard.sort_values("train_score")
    assert board.score.iloc[-1] > 0.55
    assert board.train_score.iloc[-1] > 0.8
    assert board.parted.iloc[-1]
    assert not board.parted.iloc[0]  # the constant


def test_a_table_with_something_in_it_raises_no_doubt(churn_table):
    run = fit(
        churn_table(600), target="churn", budget="8trials", folds=3, learners=["linear", "extra_trees"], wait=True
    )
    assert not any("better than" in notice for notice in run.message().notices)
    assert not run.leaderboard.parted.iloc[0]


class TestHeldOut:
    def test_the_best_its_members_and_the_front_are_scored_on_the_test_table(self, churn_table):
        run = fit(
            churn_table(400), target="churn", budget="9trials", folds=3, learners=["linear", "decision_tree"],
            test=churn_table(500, seed=1), wait=True,
        )  # fmt: skip
        board = run.leaderboard
        tested = board[board.test_score.notna()]
        assert len(tested) >= 3
        assert tested.test_error.gt(0).all()
        finished = run.events[-1].event
        assert isinstance(finished, RunFinished)
        assert board.test_score.iloc[0] == pytest.approx(finished.test_score)
        best = board.trial[board.trial.notna()].iloc[0]
        alone = run._models.predictor({int(best): 1.0})
        held_out = run.task.test
        assert tested.set_index("trial").test_score[best] == pytest.approx(
            held_out.score(alone, run.task.metric).score
        )  # what the board says of a trial is what that trial predicts
        assert "Test, 95 %" in run.formats()["text/plain"]
        assert "Test, 95 %" in run.formats()["text/html"]
        current_session.cache_clear()
        assert show_run(run.id).leaderboard.test_score.equals(board.test_score)

    def test_others_are_left_out_where_no_time_is_left(self, churn_table, monkeypatch):
        monkeypatch.setattr(held_out_scoring, "_STRETCH", 1e9)  # as if predicting took for ever
        chosen = ["linear", "decision_tree"]
        run = fit(
            churn_table(400), target="churn", budget="6s", folds=2, learners=chosen, test=churn_table(500), wait=True
        )
        [scored] = [each.event for each in run.events if isinstance(each.event, HeldOutScored)]
        assert scored.score == run.events[-1].event.test_score


def test_a_table_without_a_column_to_learn_from_gets_its_baseline_at_once():
    table = pd.DataFrame({"number": [f"id {row}" for row in range(200)], "paid": ["yes", "no"] * 100})
    run = fit(table, target="paid", budget="60s", wait=True)
    asked = [each.event.learner for each in run.events if isinstance(each.event, TrialAsked)]
    assert asked == ["majority"]
    assert run.events[-1].event.reason == "exhausted"
    assert run.predict_proba(table)[0] == pytest.approx([0.5, 0.5])


def words(n_rows=1500, n_columns=18, n_words=30):
    random = np.random.default_rng(0)
    words = np.array([f"word {i}" for i in range(n_words)])
    table = {f"place {i}": random.choice(words, n_rows) for i in range(n_columns)}
    return pd.DataFrame(table).assign(y=random.choice(["yes", "no"], n_rows))


def test_a_learner_for_which_categories_become_too_many_columns_is_left_out_and_named():
    run = fit(words(), target="y", budget="3trials", learners=["discriminant", "linear"], wait=True)
    assert {each.event.learner for each in run.events if isinstance(each.event, TrialAsked)} == {"majority", "linear"}
    assert "Discriminant analysis is left out: 1,500 rows of 558 columns" in " ".join(run.message().notices)


def test_where_no_learner_is_left_by_that_it_is_said():
    with pytest.raises(LeptonError, match="Learner 'discriminant' does not suit a binary task with 1500 rows and 558"):
        fit(words(), target="y", budget="3trials", learners=["discriminant"], wait=True)
