"""The driver: carries out a runner's orders with an executor, a folder and a clock, and tells it what came of them."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.decisions import (
    Announce,
    CombineTrials,
    DropTrial,
    EndSearch,
    EvaluateFold,
    FoldBroke,
    FoldMeasured,
    Happening,
    KeepTrial,
    ResourcesChanged,
    TrialKept,
    TrialLost,
    TrialsCombined,
    WakeAt,
    WidenTrial,
    Woken,
)
from lepton_jupyter.automl.fold_evaluation import evaluate_fold
from lepton_jupyter.automl.standing import ALONE, Standing
from lepton_jupyter.events.run_events import FoldDropped, WarningRaised
from lepton_jupyter.exceptions.automl_errors import ModelWriteError
from lepton_jupyter.exceptions.execution_errors import ClusterLostError, ExecutorClosedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.run_errors import write_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.automl.board import Board, WaitingFold
    from lepton_jupyter.automl.decisions import Order
    from lepton_jupyter.automl.fold_evaluation import FoldOutcome
    from lepton_jupyter.automl.runner import Runner
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.execution.executor import Executor, Placed
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.search.trial import Trial


#: How much longer than the selections along the way the last one takes, at most, as measured on small tables.
_THOROUGH = 15.0


@dataclass(frozen=True, slots=True)
class _Returned:
    """A future is done; read on the driver's own thread."""

    trial_id: int
    fold: int
    future: Future[FoldOutcome]
    executor: Executor


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A fold that somebody computes, and since when."""

    trial: Trial
    executor: Executor
    future: Future[FoldOutcome]
    began: float


@dataclass(frozen=True, slots=True)
class _NewExecutor:
    """Folds ordered from now on go there."""

    executor: Executor
    more_expected: bool


@dataclass(frozen=True, slots=True)
class _NewStanding:
    """The runs beside this one came or went."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class Workforce:
    """Who works for a run. Executors are not closed by the run: whoever made them closes them.

    Parameters
    ----------
    executor : Executor
        Where the first trials go.
    more_expected : bool, default=False
        Whether processes are being started that will take over.
    fall_back : callable, optional
        Makes the executor that takes over when a cluster is lost; without it the trials fail.
    standing : Standing
        Of the run among others, which leave it a part of the workers.
    """

    executor: Executor
    more_expected: bool = False
    fall_back: Callable[[], Executor] | None = None
    standing: Standing = ALONE


_Message = Happening | _Returned | _NewExecutor | _NewStanding


class SearchDriver:
    """Runs one search to its end; everything but `post` and `use_executor` happens on the thread that calls `drive`.

    Parameters
    ----------
    runner : Runner
    data : TrainingData
    learners : mapping of str to Learner
    metric : Metric
    workforce : Workforce
    board : Board
        Keeps finished trials and the best so far.
    append : callable
        Appends an event to the run's log.
    clock : callable
        Seconds since this part of the run began.
    seed : int
    in_step : bool
        Combine trials before anything else happens, so that the order of decisions does not depend on speed.
    """

    def __init__(
        self,
        *,
        runner: Runner,
        data: TrainingData,
        learners: Mapping[str, Learner],
        metric: Metric,
        workforce: Workforce,
        board: Board,
        append: Callable[[Event], object],
        clock: Callable[[], float],
        seed: int,
        in_step: bool,
    ) -> None:
        self._runner = runner
        self._data = data
        self._learners = learners
        self._metric = metric
        self._executor = workforce.executor
        self._placed: Placed = self._executor.place(data)
        self._lost: Executor | None = None
        self._board = board
        self._append = append
        self._clock = clock
        self._seed = seed
        self._in_step = in_step
        self._standing = workforce.standing
        self._more_expected = workforce.more_expected
        self._fall_back = workforce.fall_back
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._alarms: list[float] = []
        self._in_flight: dict[tuple[int, int], _InFlight] = {}
        self._waiting: dict[int, dict[int, WaitingFold]] = {}
        #: CPU seconds of the ensembles that were selected on threads of their own.
        self.ensemble_seconds = 0.0
        self._reason: str | None = None

    def post(self, happening: Happening) -> None:
        """Tell the runner something from any thread."""
        self._inbox.put(happening)

    def use_executor(self, executor: Executor, *, more_expected: bool = False) -> None:
        """Send new folds to another executor, from any thread; those in flight stay where they are."""
        self._inbox.put(_NewExecutor(executor, more_expected))

    def stand(self, standing: Standing) -> None:
        """Work with another part of the workers from now on, from any thread; folds in flight go on."""
        self._inbox.put(_NewStanding(standing))

    def drive(self) -> str:
        """Search until the end and return its reason: "budget", "trials", "exhausted" or "stopped"."""
        try:
            self._carry_out(self._runner.start(self._clock()))
            while self._reason is None:
                self._hear(self._next_message())
        finally:
            for each in tuple(self._in_flight.values()):
                each.executor.cancel(each.future)
        return self._reason

    def _next_message(self) -> _Message:
        while True:
            timeout = max(0.0, self._alarms[0] - self._clock()) if self._alarms else None
            try:
                return self._inbox.get(timeout=timeout)
            except queue.Empty:
                if self._alarms and self._clock() >= self._alarms[0]:
                    heapq.heappop(self._alarms)
                    return Woken()

    def _hear(self, message: _Message) -> None:
        if isinstance(message, _Returned):
            happening = self._read(message)
        elif isinstance(message, _NewExecutor):
            happening = self._switch(message)
        elif isinstance(message, _NewStanding):
            self._standing = message.standing
            happening = self._resources_now()
        else:
            happening = message
        if happening is not None:
            self._carry_out(self._runner.step(happening, self._clock()))

    def _switch(self, message: _NewExecutor) -> Happening:
        if message.executor is not self._executor:
            self._placed = message.executor.place(self._data)
            self._executor = message.executor
        self._more_expected = message.more_expected
        return self._resources_now()

    def _resources_now(self) -> Happening:
        standing, resources = self._standing, self._executor.resources
        return ResourcesChanged(
            resources=standing.share_of(resources),
            more_expected=self._more_expected,
            n_shared=resources.n_workers if standing.shares_with else 0,
            shared_with=standing.shares_with,
        )

    def _read(self, returned: _Returned) -> Happening | None:
        in_flight = self._in_flight.pop((returned.trial_id, returned.fold), None)
        happening = self._outcome_of(returned, in_flight)
        if in_flight is not None and not isinstance(happening, FoldMeasured):
            self._tell_dropped(returned.trial_id, returned.fold, in_flight)
        return happening

    def _tell_dropped(self, trial_id: int, fold: int, in_flight: _InFlight) -> None:
        seconds = max(0.0, self._clock() - in_flight.began)
        self._append(FoldDropped(trial_id=trial_id, fold=fold, seconds=seconds))

    def _outcome_of(self, returned: _Returned, in_flight: _InFlight | None) -> Happening | None:
        try:
            outcome = returned.future.result()
            if not np.isfinite(outcome.loss):
                no_value = f"the metric has no value for what it predicts of fold {returned.fold + 1}"
                return FoldBroke(trial_id=returned.trial_id, fold=returned.fold, error=no_value)
            waiting = self._board.lay_aside(outcome)
        except CancelledError:
            return None
        except (ClusterLostError, ExecutorClosedError) as error:
            self._replace_lost(returned.executor)
            return FoldBroke(trial_id=returned.trial_id, fold=returned.fold, error=str(error))
        except LeptonError as error:
            unwritten = isinstance(error, ModelWriteError)
            return FoldBroke(trial_id=returned.trial_id, fold=returned.fold, error=str(error), unwritten=unwritten)
        except Exception as error:  # noqa: BLE001  a learner may raise anything; the run goes on without this trial
            text = f"{type(error).__name__}: {error}"
            return FoldBroke(trial_id=returned.trial_id, fold=returned.fold, error=text[:500])
        self._waiting.setdefault(returned.trial_id, {})[returned.fold] = waiting
        return FoldMeasured(
            trial_id=returned.trial_id,
            fold=returned.fold,
            loss=outcome.loss,
            score=outcome.score,
            train_score=outcome.train_score,
            fit_seconds=outcome.fit_seconds,
            n_iterations=outcome.n_iterations,
            blend_gain=self._blend_gain(in_flight, returned.fold, outcome),
            cpu_seconds=outcome.cpu_seconds,
        )

    def _blend_gain(self, in_flight: _InFlight | None, fold: int, outcome: FoldOutcome) -> float | None:
        # Steps are raced against what they stepped from, and baselines against nothing.
        if in_flight is None or in_flight.trial.origin != "portfolio" or fold >= self._data.n_folds:
            return None
        return self._board.blend_gain(fold, outcome.out_of_fold)

    # Orders ---------------------------------------------------------------------------------------------------------

    def _carry_out(self, orders: list[Order]) -> None:
        for order in orders:
            match order:
                case Announce(event=event):
                    self._append(event)
                case EvaluateFold():
                    self._evaluate(order)
                case KeepTrial():
                    self._keep(order)
                case WidenTrial(trial_id=trial_id, fold=fold):
                    self._widen(trial_id, fold)
                case DropTrial(trial_id=trial_id):
                    self._drop(trial_id)
                case CombineTrials():
                    self._combine(order)
                case WakeAt(seconds=seconds):
                    heapq.heappush(self._alarms, seconds)
                case EndSearch(reason=reason):
                    self._reason = reason
                case _:
                    message = f"a driver cannot carry out {type(order).__name__}"
                    raise TypeError(message)

    def _evaluate(self, order: EvaluateFold) -> None:
        trial, fold = order.trial, order.fold
        executor, began = self._executor, self._clock()
        future = self._submit(
            self._placed,
            self._learners[trial.learner],
            trial.point,
            fold,
            self._metric,
            self._seed,
            order.limit_seconds,
            trial.row_share,
            limit_seconds=order.limit_seconds,
        )
        self._in_flight[trial.id, fold] = _InFlight(trial, executor, future, began)
        future.add_done_callback(lambda done: self._inbox.put(_Returned(trial.id, fold, done, executor)))

    def _submit(self, *args: Any, limit_seconds: float | None) -> Future[FoldOutcome]:
        try:
            return self._executor.submit(evaluate_fold, *args, limit_seconds=limit_seconds)
        except ExecutorClosedError as error:  # the cluster was switched off while the run went on
            future: Future[FoldOutcome] = Future()
            future.set_exception(error)
            return future

    def _replace_lost(self, lost: Executor) -> None:
        """Go on elsewhere when a whole cluster is gone; what was on it fails, what was finished stays."""
        if self._fall_back is None or lost is not self._executor or lost is self._lost:
            return
        self._lost = lost
        executor = self._fall_back()
        self._append(WarningRaised(text="The cluster was lost; the run goes on in the threads of this kernel."))
        self._inbox.put(_NewExecutor(executor, more_expected=False))

    def _keep(self, order: KeepTrial) -> None:
        trial = order.trial
        waiting = self._waiting.pop(trial.id)
        try:
            self._append(self._board.keep(trial, waiting, order.cost))
        except OSError as error:
            text = f"the models could not be written: {write_failure(error)}"
            self._carry_out(self._runner.step(TrialLost(trial_id=trial.id, error=text), self._clock()))
            return
        self._carry_out(self._runner.step(self._kept(trial.id), self._clock()))

    def _widen(self, trial_id: int, fold: int) -> None:
        try:
            self._append(self._board.widen(trial_id, fold, self._waiting[trial_id].pop(fold)))
        except OSError as error:  # the trial predicts as it did before
            text = f"A model of trial {trial_id} could not be written: {write_failure(error)}"
            self._append(WarningRaised(text=text))

    def _kept(self, trial_id: int) -> TrialKept:
        return TrialKept(trial_id=trial_id, closing_seconds=self._board.closing_seconds())

    def _drop(self, trial_id: int) -> None:
        self._waiting.pop(trial_id, None)
        for key in [key for key in self._in_flight if key[0] == trial_id]:
            dropped = self._in_flight.pop(key)
            dropped.executor.cancel(dropped.future)
            self._tell_dropped(*key, dropped)

    def _combine(self, order: CombineTrials) -> None:
        candidates = self._board.candidates()
        if self._in_step:
            self._carry_out(self._runner.step(self._combined(candidates, order), self._clock()))
            return
        # On a thread of its own: workers must not run dry while an ensemble is selected.
        threading.Thread(
            target=self._combine_aside, args=(candidates, order), name="lepton-ensemble", daemon=True
        ).start()

    def _combine_aside(self, candidates: Mapping[int, np.ndarray], order: CombineTrials) -> None:
        combined = self._combined(candidates, order)
        self.ensemble_seconds += time.thread_time()  # of this thread, which did nothing else; one at a time
        self.post(combined)

    def _combined(self, candidates: Mapping[int, np.ndarray], order: CombineTrials) -> TrialsCombined:
        began = self._clock()
        try:
            weights, events = self._board.combine(candidates, last=order.last, within_seconds=order.within_seconds)
        except Exception as error:  # noqa: BLE001  whatever it is, the run must hear an answer, or it waits for ever
            text = f"The ensemble could not be selected: {type(error).__name__}: {error}"
            weights, events = self._board.weights, [WarningRaised(text=text)]
        for event in events:
            self._append(event)
        return TrialsCombined(
            weights=weights,
            closing_seconds=self._board.closing_seconds(),
            last_seconds=None if self._in_step else _THOROUGH * (self._clock() - began),
        )
