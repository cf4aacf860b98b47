"""The panel's message says what the events say, within its limits."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

import pytest
from views import example_runs
from views.example_runs import LIGHTGBM, LINEAR, ExampleRun

from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    StepJudged,
    StopRequested,
    TableDescribed,
    TrialRejected,
    WarningRaised,
)
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import extract, saved_document

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import RunPanelMessage


def message_of(run: ExampleRun, *, live: bool = True, now: float | None = None) -> RunPanelMessage:
    return extract(BoardState.from_events(run.log), live=live, now_elapsed=now)


@pytest.fixture(scope="module")
def churn() -> ExampleRun:
    return example_runs.churn()


def test_head_of_a_running_search(churn: ExampleRun) -> None:
    message = message_of(churn, now=24.5)
    assert (message.state, message.elapsed_seconds, message.budget_seconds) == ("running", 24.5, 30.0)
    assert (message.target, message.metric_label, message.executor, message.n_workers) == (
        "churn",
        "AUC",
        "processes",
        2,
    )
    assert message.best_label == "Ensemble of 4"
    assert message.rows[0].score == message.score
    assert [line.label for line in message.baselines] == ["linear", "majority"]


def test_rows_are_ranked_and_compared_with_the_best(churn: ExampleRun) -> None:
    rows = message_of(churn).rows
    ensemble, *others = rows
    assert (ensemble.rank, ensemble.trial_id, ensemble.tied, ensemble.difference) == (None, None, True, 0.0)
    assert sum(each.weight for each in ensemble.members) == pytest.approx(1)
    ranked = [row for row in others if row.rank is not None]
    assert [row.rank for row in ranked] == list(range(1, len(ranked) + 1))
    assert [row.score for row in ranked] == sorted((row.score for row in ranked), reverse=True)
    best_folds = ensemble.fold_scores
    for row in others:
        mean = fmean(one - best for one, best in zip(row.fold_scores, best_folds, strict=True))
        assert row.difference == pytest.approx(mean, abs=2e-6)
        assert row.tied == (abs(row.difference) <= row.difference_error)
    assert others[-1].family == "baseline"
    assert others[-1].rank is None


def test_lower_is_better_turns_signs_not_scores() -> None:
    run = example_runs.wine()
    message = message_of(run, live=False)
    ranked = [row for row in message.rows if row.rank is not None]
    assert [row.score for row in ranked] == sorted(row.score for row in ranked)
    assert all(row.difference <= 0 for row in ranked if not row.tied)
    assert all(row.gap > 0 for row in ranked), "these models fit their training data better"
    assert message.gain is not None
    assert message.gain.gain > 0
    bests = [point.best_score for point in message.history]
    assert bests == sorted(bests, reverse=True)


def test_gain_is_over_the_first_linear_model(churn: ExampleRun) -> None:
    message = message_of(churn)
    linear = next(each for each in churn.finished.values() if each.size_bytes < 20_000 and each.trial_id > 1)
    assert message.gain is not None
    assert message.gain.baseline == "linear"
    expected = [best - base for best, base in zip(message.rows[0].fold_scores, linear.fold_scores, strict=True)]
    assert message.gain.fold_gains == pytest.approx(expected, abs=2e-6)
    assert message.gain.gain == pytest.approx(fmean(expected), abs=2e-6)


def test_without_a_linear_model_the_constant_is_the_baseline() -> None:
    run = ExampleRun(task="regression", worst=100.0, ideal=20.0, noise=1.0)
    run.start("r", "price", ("neg_root_mean_squared_error", "RMSE"), Budget(seconds=9.0), "df", 500, 4, 0)
    run.baseline()
    first = message_of(run)
    assert (first.best_label, first.gain, first.history) == ("Mean", None, ())
    run.portfolio(LIGHTGBM)
    message = message_of(run)
    assert message.gain is not None
    assert message.gain.baseline == "mean"
    assert message.gain.gain > 50
    assert message.best_label == "LightGBM"


def test_a_baseline_does_not_gain_over_itself() -> None:
    run = example_runs.starting()
    run.portfolio(LINEAR)
    message = message_of(run)
    assert message.gain is None
    assert message.best_label == "Logistic"
    assert message.rows[0].tied


def test_states() -> None:
    assert message_of(example_runs.starting()).state == "starting"
    assert message_of(example_runs.starting()).detail == "7,043 rows, 14 columns; first score in about 1 s"
    large = example_runs.ExampleRun()
    large.start("large-1", "churn", ("roc_auc", "AUC"), Budget(seconds=30.0), "large", 1_000_000, 40, 2)
    assert message_of(large).detail == "1,000,000 rows, 40 columns; first score in about 6 s"
    failed = message_of(example_runs.failed(), live=False)
    assert (failed.state, failed.detail[:12]) == ("failed", "The target '")
    stopped = message_of(example_runs.stopped(), live=False)
    assert (stopped.state, stopped.detail) == ("stopped", "the best so far is kept; 40 s of CPU")
    finished = message_of(example_runs.finished(), live=False, now=999.0)
    assert (finished.state, finished.detail) == (
        "finished",
        "the time is used up; 0.8531 on the test table; 52 s of CPU",
    )
    assert finished.elapsed_seconds < 40, "the clock stands still once the run has ended"
    run = example_runs.churn(4.0)
    run.happen(StopRequested(source="magic"))
    assert message_of(run).state == "stopping"


def test_time_that_is_added_is_budget() -> None:
    run = example_runs.churn(4.0)
    run.happen(BudgetExtended(seconds=30.0))
    assert message_of(run).budget_seconds == 60.0


def test_history_is_thinned_but_keeps_what_improved() -> None:
    run = example_runs.churn(300.0)
    state = BoardState.from_events(run.log)
    improved = [point for point in state.history if point.improved]
    message = extract(state, live=True)
    assert len(state.history) > len(message.history)
    assert len(message.history) <= 400
    assert [point for point in message.history if point.improved] == improved
    assert message.history[-1] == state.history[-1]
    assert list(message.history) == sorted(message.history, key=lambda point: point.elapsed_seconds)


def test_path_starts_at_the_first_step_and_joins_accepted_ones(churn: ExampleRun) -> None:
    path = next(each for each in message_of(churn).paths if each.learner == "lightgbm")
    judged = [
        each.event for each in churn.log if isinstance(each.event, StepJudged) and each.event.learner == "lightgbm"
    ]
    assert path.points[0].step_size is None
    assert path.points[0].accepted
    assert [point.trial_id for point in path.points[1:]] == [each.trial_id for each in judged]
    assert [point.accepted for point in path.points[1:]] == [each.accepted for each in judged]
    assert (path.x_name, path.y_name) == ("leaves", "learning rate"), "feature_fraction never moved"
    assert path.x_log


def test_a_learner_with_one_coordinate_is_drawn_against_its_score() -> None:
    run = example_runs.starting()
    run.portfolio(LINEAR)
    for _ in range(4):
        run.step(LINEAR, 0.5)
    path = message_of(run).paths[0]
    assert (path.x_name, path.y_name, path.y_log) == ("C", "AUC", False)
    assert [point.y for point in path.points] == [point.score for point in path.points]


def test_a_learner_without_numbers_has_no_path() -> None:
    run = example_runs.starting()
    kind = replace(LINEAR, first={"kind": "ridge", "intercept": True, "cap": None})
    run.portfolio(kind)
    run.step(kind, 0.5)
    assert message_of(run).paths == ()


def test_long_paths_are_thinned_from_both_ends() -> None:
    run = example_runs.churn(400.0)
    state = BoardState.from_events(run.log)
    path = next(each for each in extract(state, live=True).paths if each.learner == "lightgbm")
    judged = state.judgements["lightgbm"]
    assert len(judged) > 250
    assert len(path.points) <= 200
    assert path.points[0].step_size is None
    assert path.points[-1].trial_id == judged[-1].trial_id


def test_log_is_told_in_sentences(churn: ExampleRun) -> None:
    lines = message_of(example_runs.churn(1.5)).log
    texts = [line.text for line in lines]
    assert texts[0] == "started: AUC on churn; 7,043 rows, 14 columns, 5 folds; 30 s; 2 threads"
    assert "trial 1 Majority started" in texts
    assert "trial 1 Majority 0.5000" in texts
    assert any(text.endswith(", the best so far") for text in texts)
    assert [line.level for line in lines if line.text.startswith("11 rows")] == ["warning"]
    assert len(message_of(churn).log) <= 60
    failed = message_of(example_runs.failed(), live=False).log[-1]
    assert failed.level == "error"
    wine = [line.text for line in message_of(example_runs.wine(), live=False).log]
    assert "trial 27 Perceptron failed: the loss became infinite after 12 rounds" in wine or any(
        "Perceptron failed: the loss became infinite after 12 rounds" in text for text in wine
    )
    assert any("given up: the run ended" in text for text in wine)


def test_rejected_trials_are_seen_but_not_ranked() -> None:
    run = example_runs.churn(12.0)
    trial = run.ask(LIGHTGBM, "step", dict(LIGHTGBM.first), run.incumbents["lightgbm"])
    run.happen(TrialRejected(trial_id=trial, fold_scores=(0.8, 0.81), score=0.99, cost=1.0, reason="worse"))
    message = message_of(run)
    assert message.history[-1].trial_id == trial
    assert not message.history[-1].improved
    # Worse than its parent on two easy folds is drawn below it, however high the mean of these folds is.
    parent = BoardState.from_events(run.log).trials[run.incumbents["lightgbm"]].finished
    expected = parent.score + (0.8 + 0.81 - parent.fold_scores[0] - parent.fold_scores[1]) / 2
    assert message.history[-1].score == pytest.approx(expected, abs=1e-5)
    assert trial not in [row.trial_id for row in message.rows]
    assert message.log[-1].text == f"trial {trial} LightGBM rejected at 0.9900: worse"


def test_columns_are_summed_up(churn: ExampleRun) -> None:
    message = message_of(churn)
    assert message.n_columns == 14
    expected = "14 columns: 3 set aside, 5 encoded, 1 read as text, 1 taken apart as dates, 4 as they are"
    assert message.columns_summary == expected


def test_many_notices_are_counted() -> None:
    run = example_runs.starting()
    for index in range(20):
        run.happen(WarningRaised(text=f"warning {index}"))
    notices = message_of(run).notices
    assert len(notices) == 6
    assert notices[0] == "15 earlier notices in the log"
    assert notices[-1] == "warning 19"


@pytest.mark.parametrize("name", ["a", "目标" * 60, "\x00\x1f" * 60, '"\\' * 60, "\U0001f600" * 120])
def test_a_message_never_exceeds_64_kib(name: str) -> None:
    run = ExampleRun(n_folds=10)
    run.start(name, name, ("roc_auc", name), Budget(seconds=9.0), name, 1000, 500, 2)
    columns = tuple(example_runs.column(f"{name} {index}", "category", name * 3, name * 3) for index in range(500))
    run.happen(TableDescribed(columns=columns))
    for index in range(9):
        run.happen(WarningRaised(text=f"{index} {name}" * 5))
    kinds = [replace(LIGHTGBM, learner=f"learner {index}", label=f"{name} {index}") for index in range(8)]
    for kind in kinds:
        run.portfolio(kind)
    for index in range(1600):
        run.step(kinds[index % 8], trained=min(1.0, index / 1600))
    message = message_of(run)
    assert len(json.dumps(encode(message), ensure_ascii=False).encode()) <= 64 * 1024
    assert len(message.paths) == 6
    assert (message.n_columns, message.n_rows) == (500, len(run.finished))
    assert min(len(message.rows), len(message.history), len(message.columns)) >= 8


def test_a_small_run_is_sent_whole(churn: ExampleRun) -> None:
    message = message_of(churn)
    state = BoardState.from_events(churn.log)
    assert len(message.rows) == message.n_rows
    assert len(message.columns) == message.n_columns
    assert list(message.history) == state.history


def test_a_saved_document_opens_again(churn: ExampleRun) -> None:
    live = message_of(churn)
    document = saved_document(live)
    assert document["state"] == "saved"
    assert decode_message(json.loads(json.dumps(document, allow_nan=False))) == replace(live, state="saved")
    assert len(json.dumps(document)) <= 256 * 1024
    done = message_of(example_runs.finished(), live=False)
    assert saved_document(done)["state"] == "finished"


def test_what_is_unknown_is_nan_and_travels_as_null() -> None:
    message = message_of(example_runs.diamonds())
    row = next(each for each in message.rows if each.family == "custom")
    assert math.isnan(row.gap)
    document = json.loads(json.dumps(encode(message), allow_nan=False))
    assert next(each for each in document["rows"] if each["family"] == "custom")["gap"] is None


def test_a_run_that_waits_for_others_names_them() -> None:
    message = message_of(example_runs.waiting(), now=8.0)
    assert (message.state, message.detail) == ("waiting", "runs churn-2 and churn-3 go first")
    assert message.notices == ()
    assert message.log[-1].text == "waits for churn-2, churn-3"
    assert "5 folds by customer, weighed by months" in message.log[0].text


def test_what_a_run_waited_is_no_part_of_its_time() -> None:
    run = example_runs.sharing()
    message = message_of(run, now=run.now + 1.0)
    assert message.state == "starting"
    assert message.budget_seconds == 30.0
    assert message.elapsed_seconds == pytest.approx(run.now + 1.0 - 19.5)
    assert [line.text for line in message.log[-2:]] == [
        "begins after 20 s of waiting; 30 s",
        "new trials go to 1 process, shared with price-1",
    ]


def test_who_shares_the_workers_is_said_as_long_as_the_run_goes_on() -> None:
    run = example_runs.sharing()
    assert message_of(run).notices == ("Shares 2 workers with run price-1.",)
    assert message_of(run, live=False).notices == ()
    many = replace(run.log[-1].event, shared_with=("a", "b", "c", "d"))
    run.happen(many)
    assert message_of(run).notices == ("Shares 2 workers with runs a, b and 2 more.",)


def test_a_run_that_was_killed_while_it_waited_stands_still() -> None:
    assert message_of(example_runs.waiting(), live=False).state == "stopped"
