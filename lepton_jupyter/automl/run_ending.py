"""The end of a run: what it chooses, measures, keeps and tells when its search is over."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from lepton_jupyter.automl.candidates import candidates
from lepton_jupyter.automl.held_out_scoring import HeldOutScoring
from lepton_jupyter.automl.history import BestSoFar, best_so_far
from lepton_jupyter.automl.kept_conformity import keep_conformity
from lepton_jupyter.automl.kept_copies import forget_copies, keep_copies
from lepton_jupyter.evaluation.model_choice import choose
from lepton_jupyter.evaluation.pool_form import MEAN
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    EnsembleMember,
    ExecutorChanged,
    FoldScored,
    ModelChosen,
    PartialEnsembleFormed,
    RunFinished,
    RunResumed,
    RunStarted,
    TrialFinished,
    TurnCame,
    WarningRaised,
)
from lepton_jupyter.exceptions.run_errors import write_failure
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.runs.retention import has_models, remove_models, trials_to_keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.automl.board import Board
    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.evaluation.pool_form import PoolForm
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.execution.energy_meter import EnergyMeter
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.run_folder import RunFolder

#: Trials by rank that a held-out table judges, beside the members of the best predictor and the front.
_MOST_TESTED = 5
#: Kept for the last event when the held-out table is scored.
_WRITING_SECONDS = 0.1
#: Seconds that parts of the ensemble may take, out of what is left of the budget.
_PARTS_SECONDS = 0.15


class RunEnding:
    """What remains to be done once a search has found something.

    Parameters
    ----------
    task : UnderstoodTask
    settings : AutoMLSettings
    folder : RunFolder
    log : EventLog
    models : StoredModels
        Reads the folder's models back, for the score of a held-out table.
    append : callable
        ``append(event)`` tells the log.
    clock : callable
        Seconds since the budget began.
    n_before : int
        Events of the log that belong to earlier parts of the run.
    energy : EnergyMeter
    """

    def __init__(
        self,
        task: UnderstoodTask,
        settings: AutoMLSettings,
        folder: RunFolder,
        log: EventLog,
        models: StoredModels,
        *,
        append: Callable[[Event], None],
        clock: Callable[[], float],
        n_before: int,
        energy: EnergyMeter,
    ) -> None:
        self._task = task
        self._settings = settings
        self._folder = folder
        self._log = log
        self._models = models
        self._append = append
        self._clock = clock
        self._n_before = n_before
        self._energy = energy

    def end(
        self, reason: str, board: Board, data: TrainingData, *, ensemble_seconds: float, folds_on_this_thread: bool
    ) -> None:
        """Choose, measure and keep; tells the log, `RunFinished` last.

        Parameters
        ----------
        reason : str
            Why the search ended.
        board : Board
            With at least one trial on it.
        data : TrainingData
        ensemble_seconds : float
            CPU that the selections of ensembles took beside this thread.
        folds_on_this_thread : bool
            Whether trials were computed on the thread that calls this.
        """
        parts = board.form_parts(self._time_for_parts())
        for part in parts:
            self._append(part)
        self._choose(self._events())
        events = self._events()
        best = best_so_far(events)
        assert best is not None  # the board has a trial
        self._remember_copies(board, data)
        front = [({each: 1.0}, MEAN, ()) for each in board.front]
        self._keep_conformity(data, [(best.weights, best.form, best.folds), *front])
        others = () if reason == "stopped" else board.worth_a_test(_MOST_TESTED)  # whoever stopped it waits
        test_score = self._test_score(best, others, board)
        self._append(
            RunFinished(
                reason=reason,
                best=best.label,
                score=best.score,
                score_error=best.score_error,
                test_score=test_score,
                n_finished=sum(isinstance(event, TrialFinished) for event in events),
                elapsed_seconds=self._log.elapsed_seconds() - _waited_seconds(events),
                disk_bytes=self._retain(board, best.weights),
                outside_seconds=ensemble_seconds + self._own_seconds(events, folds_on_this_thread=folds_on_this_thread),
                memory_bytes=_resident_bytes(),
                energy_joules=None if _on_other_machines(events) else self._energy.joules(),
            )
        )

    def _events(self) -> list[Event]:
        return [logged.event for logged in self._log.events()]

    def _own_seconds(self, events: Sequence[Event], *, folds_on_this_thread: bool) -> float:
        """CPU of the run's thread, but for the folds that were computed on it."""
        if not folds_on_this_thread:
            return time.thread_time()
        folds = (event for event in events[self._n_before :] if isinstance(event, FoldScored))
        return max(0.0, time.thread_time() - sum(event.cpu_seconds or 0.0 for event in folds))

    def _remember_copies(self, board: Board, data: TrainingData) -> None:
        forget_copies(self._folder)
        weighed_or_held = self._task.class_weights is not None or self._task.monotone is not None
        if not self._task.splits.shares_duplicates or weighed_or_held:
            return  # what is known of a row knows neither weights of classes nor monotone columns
        metric = self._task.metric
        try:
            copies = keep_copies(self._folder, data, board.best_out_of_fold(), metric)
        except OSError as error:
            self._append(WarningRaised(text=f"What is known of copied rows was not kept: {write_failure(error)}."))
            return
        if copies is None:
            return
        score, score_without = (f"{metric.to_loss(loss):.4g}" for loss in (copies.loss, copies.loss_without))
        text = (
            "Rows to come that are copies of these are answered by what those were: with as many copies as here, "
            f"{metric.label} is {score} instead of {score_without}."
        )
        self._append(WarningRaised(text=text))

    def _keep_conformity(
        self, data: TrainingData, predictors: Sequence[tuple[Mapping[int, float], PoolForm, tuple[int, ...]]]
    ) -> None:
        try:
            keep_conformity(self._folder, data, predictors)
        except OSError as error:  # the model is there all the same, without intervals
            text = f"Intervals could not be prepared: {write_failure(error)}."
            self._append(WarningRaised(text=text))

    def _time_for_parts(self) -> Deadline:
        left = self._granted_seconds() - self._clock()
        return Deadline.after(None if left == math.inf else min(_PARTS_SECONDS, left))

    def _granted_seconds(self) -> float:
        """What this part of the run may last, extensions included; infinity where no clock is read."""
        here = self._events()[self._n_before :]
        added = sum(event.seconds for event in here if isinstance(event, BudgetExtended))
        return math.inf if self._settings.budget.seconds is None else self._settings.budget.seconds + added

    def _choose(self, events: Sequence[Event]) -> None:
        """Say what the run predicts with, where that is not simply the best."""
        prefer, better = self._settings.prefer, self._task.metric.greater_is_better
        if prefer == "accuracy":
            return
        there = candidates(events, has_models=lambda trial_id: has_models(self._folder, trial_id))
        best = choose(there, greater_is_better=better)
        chosen = choose(there, greater_is_better=better, prefer=prefer)
        self._append(
            ModelChosen(
                prefer=prefer,
                members=tuple(EnsembleMember(trial_id=i, weight=w) for i, w in chosen.weights.items()),
                score=chosen.score,
                score_error=chosen.score_error,
                train_score=chosen.train_score,
                fold_scores=chosen.fold_scores,
                row_milliseconds=chosen.row_milliseconds,
                size_bytes=chosen.size_bytes,
                folds=chosen.folds,
                logarithmic=chosen.form.logarithmic,
                sharpness=chosen.form.sharpness,
                shifts=chosen.form.shifts,
                best_score=best.score,
                best_row_milliseconds=best.row_milliseconds,
                best_size_bytes=best.size_bytes,
            )
        )

    def _test_score(self, best: BestSoFar, others: Sequence[int], board: Board) -> float | None:
        if self._task.test is None:
            return None
        scoring = HeldOutScoring(
            self._task.test,
            self._task.metric,
            self._models,
            self._append,
            seconds_left=lambda: self._granted_seconds() - _WRITING_SECONDS - self._clock(),
            test_seconds=board.test_seconds,
        )
        return scoring.score(best, others)

    def _retain(self, board: Board, weights: Mapping[int, float]) -> int:
        keep = trials_to_keep(
            self._settings.keep_models, best=weights, front=self._front(board), finished=self._folder.finished_trials()
        )
        remove_models(self._folder, keep)
        return self._folder.disk_bytes()

    def _front(self, board: Board) -> set[int]:
        """Trials that one may choose between, the members of ensembles among them."""
        parts = (event for event in self._events() if isinstance(event, PartialEnsembleFormed))
        return {*board.front, *board.weights, *(member.trial_id for part in parts for member in part.members)}


def _on_other_machines(events: Sequence[Event]) -> bool:
    places = [event.executor for event in events if isinstance(event, RunStarted | RunResumed | ExecutorChanged)]
    return "cluster" in places


def _resident_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def _waited_seconds(events: Sequence[Event]) -> float:
    """How long a run waited for others, which is no part of its time."""
    return sum(event.waited_seconds for event in events if isinstance(event, TurnCame))
