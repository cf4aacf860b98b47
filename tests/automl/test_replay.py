"""A search lived through again from its log: exactly, whatever came in between, or with the trial that differs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from views import example_runs

from lepton_jupyter.automl.recorded_search import RecordedSearch
from lepton_jupyter.automl.replay import replay, replayed_states
from lepton_jupyter.events.encoding import decode_event, to_json
from lepton_jupyter.events.run_events import (
    FoldScored,
    SearchOpened,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
)
from lepton_jupyter.exceptions.automl_errors import ReplayError
from lepton_jupyter.search.cost_model import MeasuredCost
from lepton_jupyter.search.local_search import Start
from lepton_jupyter.search.space import Choice, Integer, Real, Space
from lepton_jupyter.search.trial import Report

N_FOLDS = 2
STARTED = replace(example_runs.finished().log[0].event, task="regression", metric="neg_root_mean_squared_error")
SPACES = {
    "bowl": Space((Real("x", 0.01, 1.0, log=True), Integer("n", 2, 30), Choice("scale", ("plain", "log")))),
    "dish": Space((Real("x", 0.0, 1.0), Choice("scale", ("plain", "log")))),
    "few choices": Space((Choice("kind", ("a", "b", None)),)),  # soon searched out: asks in vain follow
}


class _Recorder:
    """A search and the log that a run would write of it."""

    def __init__(self, seed):
        self.cost = MeasuredCost(lambda _, point: 0.1 + 0.05 * point.get("n", 0))
        portfolio = [Start("mean", {"n": 0}, baseline=True), Start("bowl", {"x": 0.5, "n": 9, "scale": "plain"}),
                     Start("bowl", {"x": 0.5, "n": 9, "scale": "log"}), Start("few choices", {"kind": "a"}),
                     Start("dish", {"x": 0.5, "scale": "plain"})]  # fmt: skip
        self.search = RecordedSearch(SPACES, portfolio, self.cost, n_folds=N_FOLDS, seed=seed,
                                     most_steps={"bowl": 60, "dish": 20}, row_shares=(0.5, 0.25),
                                     shared=("scale",))  # fmt: skip
        self.log = [STARTED, self.search.opened]
        self.pending = []

    def ask(self, *, within, excluding):
        trial = self.search.ask(within=within, excluding=excluding)
        if trial is None:
            return
        self.pending.append(trial)
        self.log.append(
            TrialAsked(
                trial_id=trial.id,
                learner=trial.learner,
                family="",
                label="",
                description="",
                parameters=trial.point,
                origin=trial.origin,
                parent_id=trial.parent_id,
                step_size=trial.step_size,
                based_on=trial.based_on,
                row_share=trial.row_share,
                asks=self.search.asks_of(trial.id),
            )
        )

    def tell(self, which, outcome, losses, seconds):
        if not self.pending:
            return
        trial = self.pending.pop(which % len(self.pending))
        n_scored = {"failed": 0, "rejected": 1}.get(outcome, N_FOLDS)
        told = dict(enumerate(losses[:n_scored]))
        for fold, loss in reversed(told.items()):  # folds come back in any order
            self.cost.observed(trial.learner, trial.point, seconds, trial.row_share)
            self.log.append(
                FoldScored(
                    trial_id=trial.id, fold=fold, score=loss, train_score=loss, fit_seconds=seconds, n_iterations=None
                )
            )
        told = dict(reversed(told.items()))
        scores = tuple(told[fold] for fold in sorted(told))
        failed = outcome == "failed"
        self.search.tell(
            trial,
            Report(fold_losses=told, complete=len(told) == N_FOLDS, cost=seconds, failed=failed),
        )
        common = {"trial_id": trial.id, "cost": seconds}
        if outcome in {"failed", "unwritten"}:  # the latter was judged, and then its models could not be kept
            self.log.append(TrialFailed(error="no", **common))
        elif outcome == "rejected":
            self.log.append(TrialRejected(fold_scores=scores, score=scores[0], reason="", **common))
        else:
            self.log.append(
                TrialFinished(
                    score=sum(scores) / 2,
                    score_error=0.0,
                    train_score=0.0,
                    fold_scores=scores,
                    fit_seconds=seconds,
                    row_milliseconds=0.1,
                    size_bytes=1,
                    **common,
                )
            )

    def cancel(self, which):
        if self.pending:
            trial = self.pending.pop(which % len(self.pending))
            self.search.forget(trial)
            self.log.append(TrialCancelled(trial_id=trial.id, reason=""))

    def read_back(self):
        return [decode_event(json.loads(to_json(event))) for event in self.log]


ASK = st.tuples(
    st.just("ask"),
    st.floats(0.1, 50.0) | st.just(float("inf")),
    st.sampled_from([(), ("bowl",), ("few choices",), ("bowl", "few choices")]),
)
TELL = st.tuples(
    st.just("tell"),
    st.integers(0, 5),
    st.sampled_from(["finished"] * 4 + ["rejected", "failed", "unwritten"]),
    st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    st.floats(0.001, 3.0),
)
WEIGH = st.tuples(st.just("weigh"), st.floats(0.0, 1.0))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1000), steps=st.lists(ASK | ASK | TELL | TELL | WEIGH, max_size=120))
def test_any_interleaving_is_replayed_exactly(seed, steps):
    recorder = _Recorder(seed)
    for verb, *what in steps:
        if verb == "ask":
            recorder.ask(within=what[0], excluding=what[1])
        elif verb == "tell":
            recorder.tell(*what)
        else:
            recorder.search.weigh({"bowl": what[0], "few choices": 1.0 - what[0]})
    outcome = replay(recorder.read_back())
    assert outcome.exact, outcome.difference
    assert outcome.n_asked == sum(isinstance(event, TrialAsked) for event in recorder.log)


def searched(n_trials=40):
    recorder = _Recorder(seed=3)
    for n in range(n_trials):
        recorder.ask(within=float("inf"), excluding=())
        recorder.tell(0, "finished", (abs(0.3 - n / 50), 0.1), 0.01)
    return recorder


def test_asks_in_vain_are_part_of_the_log():
    recorder = searched(12)
    for _ in range(5):  # nothing new is learnt by asking again
        recorder.ask(within=float("inf"), excluding=("bowl", "dish", "few choices"))
    recorder.ask(within=float("inf"), excluding=())
    assert [len(event.asks) for event in recorder.log if isinstance(event, TrialAsked)][-1] == 2
    assert replay(recorder.read_back()).exact


def test_a_trial_on_other_rows_is_a_difference():
    recorder = _Recorder(seed=1)
    for n in range(3):
        recorder.ask(within=0.1, excluding=())
        recorder.tell(0, "finished", (0.5 - n / 10, 0.1), 0.01)
    log = recorder.read_back()
    assert replay(log).exact
    index = next(i for i, event in enumerate(log) if isinstance(event, TrialAsked) and event.row_share < 1)
    log[index] = replace(log[index], row_share=1.0)
    assert "its row_share is" in repr(replay(log))


def test_states_tell_how_each_point_moved():
    recorder = searched()
    states = list(replayed_states(recorder.read_back()))
    assert [state.trial.id for state in states] == list(range(40))
    assert states[0].judgement is None  # nothing steps from the constant
    accepted = [s for s in states if s.judgement is not None and s.judgement.accepted]
    assert 3 <= len(accepted) < 39
    for state in accepted:
        assert state.incumbents[state.trial.learner].trial_id == state.trial.id
    assert states[-1].incumbents == recorder.search.incumbents


class TestDifference:
    def test_a_changed_trial_is_named(self):
        log = searched().read_back()
        index = next(i for i, event in enumerate(log) if isinstance(event, TrialAsked) and event.origin == "step")
        log[index] = replace(log[index], parameters={**log[index].parameters, "x": 0.123})
        outcome = replay(log)
        assert not outcome.exact
        assert f"Trial {log[index].trial_id} is not reproduced: its point is" in repr(outcome)
        assert outcome.n_asked == log[index].trial_id

    def test_a_changed_score_shows_where_it_first_matters(self):
        log = searched().read_back()
        index = next(i for i, event in enumerate(log) if isinstance(event, FoldScored) and event.trial_id == 6)
        log[index] = replace(log[index], score=99.0)
        outcome = replay(log)
        assert 6 < outcome.n_asked < 40
        with pytest.raises(ReplayError, match="is not reproduced"):
            list(replayed_states(log))

    def test_a_log_of_an_older_version_cannot_be_replayed(self):
        log = searched().read_back()
        older = [event for event in log if not isinstance(event, SearchOpened)]
        with pytest.raises(ReplayError, match="cannot be replayed"):
            replay(older)
