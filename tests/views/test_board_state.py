"""The state of a board is the same however its events arrive, and no event leaves it astray."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from views import example_runs
from views.example_runs import ExampleRun

from lepton_jupyter.events.encoding import encode
from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    EnsembleMember,
    EnsembleUpdated,
    Event,
    LearnerPostponed,
    ModelChosen,
    RunFinished,
    RunResumed,
    RunStarted,
    StepJudged,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    TrialWidened,
    WarningRaised,
)
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import extract

RUNS = (
    example_runs.churn,
    example_runs.wine,
    example_runs.diamonds,
    example_runs.stopped,
    example_runs.failed,
    partial(example_runs.chosen, "balanced", 2),
    example_runs.widened,
)


@pytest.mark.parametrize("run", RUNS)
def test_event_by_event_gives_what_replaying_gives(run: object) -> None:
    log = run().log  # type: ignore[operator]  # one of the functions above
    state = BoardState()
    for index, logged in enumerate(log):
        state.apply(logged)
        if index % 50 == 0:
            replayed = BoardState.from_events(log[: index + 1])
            assert encode(extract(state, live=True)) == encode(extract(replayed, live=True))
    assert encode(extract(state, live=False)) == encode(extract(BoardState.from_events(log), live=False))


@pytest.mark.parametrize("run", RUNS)
def test_every_prefix_of_a_log_can_be_shown(run: object) -> None:
    state = BoardState()
    for logged in run().log:  # type: ignore[operator]  # one of the functions above
        state.apply(logged)
        message = extract(state, live=True, now_elapsed=logged.elapsed_seconds)
        assert message.sequence == logged.sequence


def test_an_empty_run_is_starting() -> None:
    state = BoardState()
    assert state.best is None
    assert extract(state, live=True).state == "starting"
    assert extract(state, live=False).state == "stopped"


def test_a_killed_run_keeps_what_was_finished_and_resumes() -> None:
    run = example_runs.churn(10.0)
    pending = run.ask(example_runs.LIGHTGBM, "step", dict(example_runs.LIGHTGBM.first), run.incumbents["lightgbm"])
    state = BoardState.from_events(run.log)
    killed = extract(state, live=False)
    assert killed.state == "stopped"
    assert killed.detail == "the kernel ended; what was finished is kept"
    assert killed.n_rows == len(run.finished) + 1  # and the ensemble
    at = run.now
    run.happen(RunResumed(budget=Budget(seconds=20.0), n_finished=len(run.finished), executor="processes", n_workers=4))
    state.apply(run.log[-1])
    assert state.trials[pending].outcome == "interrupted"
    resumed = extract(state, live=True, now_elapsed=at + 1)
    assert (resumed.state, resumed.executor, resumed.n_workers) == ("running", "processes", 4)
    assert resumed.budget_seconds == pytest.approx(at + 20)
    assert [row.trial_id for row in resumed.rows] == [row.trial_id for row in killed.rows]


def test_a_finished_run_that_is_resumed_goes_on() -> None:
    run = example_runs.finished()
    state = BoardState.from_events(run.log)
    assert extract(state, live=False).state == "finished"
    run.happen(RunResumed(budget=Budget(trials=5), n_finished=len(run.finished), executor="threads", n_workers=2))
    state.apply(run.log[-1])
    message = extract(state, live=True)
    assert message.state == "running"
    assert message.budget_trials == message.n_trials + 5
    assert message.budget_seconds is None


def test_what_was_tried_is_counted_once() -> None:
    run = example_runs.wine()
    state = BoardState.from_events(run.log)
    events = [logged.event for logged in run.log]
    tried = [each for each in events if isinstance(each, TrialFinished | TrialRejected | TrialFailed)]
    assert state.n_tried == len(tried)
    outcomes = {record.outcome for record in state.trials.values()}
    assert outcomes == {"finished", "rejected", "failed", "cancelled"} - ({"rejected"} - outcomes)
    finished = next(each for each in events if isinstance(each, TrialFinished))
    state.apply(LoggedEvent(sequence=len(events), at="", elapsed_seconds=99.0, event=finished))
    assert state.n_tried == len(tried), "a trial that is told of twice is still one"


def orphan_events() -> list[Event]:
    done = next(each.event for each in example_runs.churn(3.0).log if isinstance(each.event, TrialFinished))
    return [
        replace(done, trial_id=999),
        TrialWidened(trial_id=999, fold=3, score=0.5, fit_seconds=1.0, n_iterations=None, row_milliseconds=1.0,
                     size_bytes=1),
        TrialRejected(trial_id=999, fold_scores=(0.5,), score=0.5, cost=1.0, reason=""),
        TrialFailed(trial_id=999, error="", cost=0.0),
        TrialCancelled(trial_id=999, reason=""),
        StepJudged(learner="lightgbm", trial_id=999, accepted=True, gain=0.1, gain_error=0.1, step_size=1.0),
        RunFinished(reason="budget", best="trial 999", score=0.5, score_error=0.1, test_score=None, n_finished=0,
                    elapsed_seconds=1.0, disk_bytes=0),
    ]  # fmt: skip


@pytest.mark.parametrize("event", orphan_events(), ids=lambda event: type(event).__name__)
def test_an_event_of_an_unknown_trial_changes_no_row(event: Event) -> None:
    run = example_runs.churn(5.0)
    before = extract(BoardState.from_events(run.log), live=True).rows
    run.happen(event)
    assert extract(BoardState.from_events(run.log), live=True).rows == before


def test_an_ensemble_of_one_is_that_model() -> None:
    run = ExampleRun()
    run.start("tiny", "y", ("roc_auc", "AUC"), Budget(trials=2), "df", 100, 3, 2)
    run.portfolio(example_runs.LINEAR)
    done = run.finished[1]
    run.happen(
        EnsembleUpdated(
            members=(EnsembleMember(trial_id=1, weight=1.0),), score=done.score, score_error=done.score_error,
            train_score=done.train_score, fold_scores=done.fold_scores, row_milliseconds=0.1, size_bytes=10,
        )
    )  # fmt: skip
    run.happen(
        RunFinished(
            reason="exhausted", best="ensemble", score=done.score, score_error=done.score_error, test_score=None,
            n_finished=1, elapsed_seconds=1.0, disk_bytes=10,
        )
    )  # fmt: skip
    message = extract(BoardState.from_events(run.log), live=False)
    assert (message.best_label, message.n_rows, len(message.history)) == ("Logistic", 1, 1)
    assert message.rows[0].rank == 1


def test_a_learner_that_waits_is_noticed_until_it_is_tried() -> None:
    run = example_runs.starting()
    for learner in ("catboost", "xgboost"):
        run.happen(LearnerPostponed(learner=learner, reason="waits for processes"))
    run.happen(WarningRaised(text="11 rows have no target."))
    state = BoardState.from_events(run.log)
    assert extract(state, live=True).notices == ("11 rows have no target.", "catboost, xgboost: waits for processes")
    kind = replace(example_runs.LIGHTGBM, learner="catboost")
    run.ask(kind, "portfolio", dict(kind.first))
    state.apply(run.log[-1])
    assert extract(state, live=True).notices == ("11 rows have no target.", "xgboost: waits for processes")


def test_a_run_whose_learners_all_wait_is_waiting() -> None:
    run = ExampleRun()
    run.start("w", "y", ("roc_auc", "AUC"), Budget(seconds=9.0), "df", 100, 3, 2)
    started = run.log[0].event
    assert isinstance(started, RunStarted)
    assert started.learners
    for learner in started.learners:
        run.happen(LearnerPostponed(learner=learner, reason="2 of 2 workers are busy with another run"))
    message = extract(BoardState.from_events(run.log), live=True)
    assert (message.state, message.detail) == ("waiting", "2 of 2 workers are busy with another run")


def test_thousands_of_trials_stay_cheap() -> None:
    """The work of applying an event does not grow with the log: what grows is only lists, at their ends."""
    run = example_runs.churn(300.0)
    asked = [each.event for each in run.log if isinstance(each.event, TrialAsked)]
    assert len(asked) > 600
    state = BoardState.from_events(run.log)
    message = extract(state, live=True)
    assert message.n_rows == len(run.finished) + 1
    assert len(state.recent) == 60


@pytest.mark.parametrize(("prefer", "words", "n_members"), [("balanced", "balance", 2), ("speed", "speed", 1)])
def test_what_was_chosen_is_the_best_of_the_board_until_the_run_goes_on(
    prefer: str, words: str, n_members: int
) -> None:
    log = example_runs.chosen(prefer, n_members).log
    state = BoardState.from_events(log)
    choice = next(each.event for each in log if isinstance(each.event, ModelChosen))
    message = extract(state, live=False)
    assert state.best is not None
    assert state.best.score == choice.score
    assert f"; chosen for {words}; " in message.detail
    assert f"chosen for {words}: " in [each.text for each in message.log][-2]
    assert "instead of 0.43" in [each.text for each in message.log][-2]
    ensemble = message.rows[0]
    assert len(ensemble.members) == (2 if n_members == 2 else 4)
    resumed = RunResumed(budget=Budget(seconds=5.0), n_finished=3, executor="threads", n_workers=2)
    state.apply(LoggedEvent(sequence=state.sequence + 1, at="", elapsed_seconds=40.0, event=resumed))
    assert state.best is not None
    assert state.best.score == choice.best_score
    assert len(extract(state, live=True).rows[0].members) == 4


def test_a_late_model_makes_its_trial_and_the_ensemble_slower_and_larger() -> None:
    log = example_runs.widened().log
    at = next(place for place, each in enumerate(log) if isinstance(each.event, TrialWidened))
    made = log[at].event
    assert isinstance(made, TrialWidened)
    before, after = BoardState.from_events(log[:at]), BoardState.from_events(log[: at + 1])
    for trial_id in (made.trial_id, None):
        ours, theirs = (
            next(row for row in extract(each, live=True).rows if row.trial_id == trial_id) for each in (after, before)
        )
        assert ours.row_milliseconds == pytest.approx(theirs.row_milliseconds + made.row_milliseconds)
        assert ours.size_bytes == theirs.size_bytes + made.size_bytes
        assert (ours.score, ours.rank) == (theirs.score, theirs.rank)
    assert made.cpu_seconds is not None
    assert after.trials[made.trial_id].cpu_seconds == pytest.approx(
        before.trials[made.trial_id].cpu_seconds + made.cpu_seconds
    )
