"""One run from table to predictor: understand, prepare, search, finish; each part of it told to the log."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.automl.board import COMBINE_SECONDS, Board, last_combine_seconds
from lepton_jupyter.automl.decisions import StopWanted, TimeAdded
from lepton_jupyter.automl.driver import SearchDriver
from lepton_jupyter.automl.history import best_so_far, rebuild
from lepton_jupyter.automl.memory_limit import as_bytes
from lepton_jupyter.automl.package_versions import package_versions
from lepton_jupyter.automl.recorded_search import RecordedSearch
from lepton_jupyter.automl.row_parts import row_shares
from lepton_jupyter.automl.run_ending import RunEnding
from lepton_jupyter.automl.run_plan import RunPlan, reserve_seconds
from lepton_jupyter.automl.runner import Runner
from lepton_jupyter.automl.settings import as_trial_seconds
from lepton_jupyter.automl.standing import ALONE, Standing
from lepton_jupyter.events.run_events import (
    ExecutorChanged,
    RunFailed,
    RunQueued,
    RunResumed,
    RunStarted,
    StopRequested,
    TableDescribed,
    TrialAsked,
    TrialFailed,
    TrialFinished,
    TurnCame,
    WarningRaised,
)
from lepton_jupyter.exceptions.automl_errors import NoModelError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.run_errors import HomeUnusableError
from lepton_jupyter.execution.energy_meter import EnergyMeter
from lepton_jupyter.learners.log_target import TARGET_SCALE
from lepton_jupyter.search.cost_model import CountedCost, MeasuredCost
from lepton_jupyter.search.local_search import Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.automl.decisions import Happening
    from lepton_jupyter.automl.driver import Workforce
    from lepton_jupyter.automl.preparation import PreparedTask, UnderstoodTask
    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.events.quantities import Budget
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.execution.executor import Executor
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.search.cost_model import CostModel

#: Linear models gain nothing after a few steps, and each costs as much as the first.
_MOST_STEPS = {"linear": 12, "neighbours": 12}


class ModelSearch:
    """A search on a thread of its own; every method may be called from any thread.

    Parameters
    ----------
    task : UnderstoodTask
        The table, checked and understood.
    settings : AutoMLSettings
    folder : RunFolder
        Locked by the caller.
    log : EventLog
        Empty for a new run; that of the earlier parts for one that is resumed.
    models : StoredModels
        Reads the folder's models back, for the score of a held-out table.
    workforce : Workforce
        If more is expected of it, `use_executor` is called later.
    clock : callable, default=time.monotonic
    began : float, optional
        When the budget began on that clock; default: now.
    at_end : callable, optional
        Called on the run's thread after the last event, whatever it is.
    """

    def __init__(
        self,
        task: UnderstoodTask,
        settings: AutoMLSettings,
        folder: RunFolder,
        log: EventLog,
        models: StoredModels,
        workforce: Workforce,
        *,
        clock: Callable[[], float] = time.monotonic,
        began: float | None = None,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        self._task = task
        self._settings = settings
        self._folder = folder
        self._log = log
        self._models = models
        self._workforce = workforce
        self._clock = clock
        self._began = clock() if began is None else began
        self._n_before = len(log)
        self._energy = EnergyMeter()
        self._recorded: RecordedSearch | None = None
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        self._standing = ALONE
        self._stopped_by: str | None = None
        #: None before the search and after it: with it go the prepared table and all that learners derived from it,
        #: while the handle of a run may be held for as long as its kernel lives.
        self._driver: SearchDriver | None = None
        self._over = False
        self._early: list[Callable[[SearchDriver], None]] = []
        self._at_end = at_end
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lepton-run-{folder.run_id}", daemon=True)

    # For others ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; returns at once."""
        self._append(self._opening_event())
        if self._task.sample is not None and not self._resumed:
            self._append(self._task.sample)
        for note in self._task.notes:
            self._append(WarningRaised(text=note))
        self._thread.start()

    @property
    def task(self) -> UnderstoodTask:
        """The table it learns from, as it was understood; only in the memory of this process."""
        return self._task

    @property
    def running(self) -> bool:
        """Whether the search has begun and not ended."""
        # The thread lives a little longer than the run: whoever was woken by the end must not hear that it goes on.
        return self._thread.is_alive() and not self._ended.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if it did not come within `timeout` seconds."""
        return self._ended.wait(timeout)

    def stop(self, source: str) -> None:
        """End soon and keep the best so far."""
        with self._moved:
            self._stopped_by = source
            self._moved.notify_all()
        self._post(StopWanted(source=source))

    def stand(self, standing: Standing) -> None:
        """Hear where this run stands among those of its kernel; before `start`, or at any time after."""
        with self._moved:
            self._standing = standing
            self._moved.notify_all()
            driver = self._driver
        if driver is not None:
            driver.stand(standing)

    def extend(self, seconds: float) -> None:
        """Search on for more seconds."""
        self._post(TimeAdded(seconds=seconds))

    def use_executor(self, executor: Executor | None, *, more_expected: bool = False) -> None:
        """Send new trials to another executor; None: stay, and expect no other."""
        self._with_driver(
            lambda driver: driver.use_executor(executor or self._workforce.executor, more_expected=more_expected)
        )

    def _post(self, happening: Happening) -> None:
        self._with_driver(lambda driver: driver.post(happening))

    def _with_driver(self, call: Callable[[SearchDriver], None]) -> None:
        with self._lock:
            if self._over:
                return
            if self._driver is None:
                self._early.append(call)
                return
            driver = self._driver
        call(driver)

    # On the run's thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._await_turn()
            self._search()
        except LeptonError as error:
            self._append(RunFailed(sentence=str(error)))
        except Exception as error:  # noqa: BLE001  a thread has nobody to raise to; the log and the panel say it
            self._append(
                RunFailed(sentence=f"The search ended by an error of its own: {type(error).__name__}: {error}")
            )
        finally:
            with self._lock:
                self._over, self._driver, self._early = True, None, []
            try:
                self._log.flush()
                if self._at_end is not None:
                    self._at_end()
            finally:
                self._ended.set()

    def _await_turn(self) -> None:
        """Let other runs of this kernel end first, where this one is queued; the budget begins afterwards."""
        asked_at = self._clock()
        told: tuple[str, ...] = ()
        while waits_for := self._changed_queue(told):
            told = waits_for
            self._append(RunQueued(waits_for=told))
        if self._stopped_by is not None and self._standing.waits_for:
            self._append(StopRequested(source=self._stopped_by))
            raise NoModelError.from_stop_in_queue(self._folder.run_id, self._standing.waits_for)
        if told:
            self._began = self._clock()
            self._append(TurnCame(budget=self._settings.budget, waited_seconds=self._began - asked_at))

    def _changed_queue(self, told: tuple[str, ...]) -> tuple[str, ...]:
        """Runs to wait for, once they are others than `told`; none when it is this one's turn, or it was stopped."""
        with self._moved:
            while self._stopped_by is None and self._standing.waits_for and self._standing.waits_for == told:
                self._moved.wait()
            return () if self._stopped_by is not None else self._standing.waits_for

    def _search(self) -> None:
        try:
            prepared = self._task.prepare(self._folder)
        except OSError as error:  # the folder could be made, but not what belongs into it
            raise HomeUnusableError.from_os_error(self._folder.path, error) from None
        self._append(TableDescribed(columns=prepared.recipe.treatments()))
        for note in prepared.notes:
            self._append(WarningRaised(text=note))
        if self._task.test is not None:
            self._task.test.check(prepared.recipe)
        reserve = reserve_seconds(self._settings.budget.seconds)
        reads_no_clock = self._settings.budget.seconds is None
        board = Board(
            self._folder,
            prepared.data,
            self._task.metric,
            n_test_rows=self._n_test_rows,
            combine_seconds=None if reads_no_clock else COMBINE_SECONDS,
            last_seconds=None if reads_no_clock else last_combine_seconds(reserve),
        )
        standing, resources = self._standing, self._workforce.executor.resources
        runner = self._make_runner(prepared, board, standing)
        if standing.shares_with:
            self._append(
                ExecutorChanged(
                    executor=resources.kind,
                    n_workers=self._n_workers(standing),
                    n_shared=resources.n_workers,
                    shared_with=standing.shares_with,
                )
            )
        driver = SearchDriver(
            runner=runner,
            data=prepared.data,
            learners=prepared.learners,
            metric=self._task.metric,
            workforce=replace(self._workforce, standing=standing),
            board=board,
            append=self._append,
            clock=self._elapsed,
            seed=self._settings.seed,
            in_step=self._settings.budget.seconds is None,
        )
        with self._lock:
            self._driver = driver
            early, self._early = self._early, []
            meanwhile = self._standing
        for call in early:
            call(driver)
        if meanwhile != standing:
            driver.stand(meanwhile)
        reason = driver.drive()
        self._finish(reason, board, prepared.data, driver.ensemble_seconds)

    def _make_runner(self, prepared: PreparedTask, board: Board, standing: Standing) -> Runner:
        shape = prepared.data.shape
        learners = prepared.learners

        def count(name: str, point: Mapping[str, float | int | str | bool | None]) -> float:
            return learners[name].cost_units(dict(point), shape)

        budget = self._settings.budget
        cost: CostModel = CountedCost(count) if budget.seconds is None else MeasuredCost(count)
        search = RecordedSearch(
            {name: learner.space(shape) for name, learner in learners.items() if not learner.baseline},
            [Start(name, point, baseline=learners[name].baseline) for name, point in prepared.opening],
            cost,
            n_folds=prepared.data.n_folds,
            seed=self._settings.seed,
            most_steps=_MOST_STEPS,
            row_shares=row_shares(shape.n_rows, prepared.data.n_folds),
            shared=(TARGET_SCALE,),
        )
        self._recorded = search
        self._append(search.opened)
        plan = RunPlan(
            shape=shape,
            n_folds=prepared.data.n_folds,
            learners=learners,
            budget=budget,
            reserve_seconds=reserve_seconds(budget.seconds),
            most_workers=self._settings.n_workers,
            patience=self._settings.patience,
            max_memory_bytes=as_bytes(self._settings.max_memory),
            trial_seconds=as_trial_seconds(self._settings.trial_seconds),
            n_late_folds=prepared.data.n_late_folds,
        )
        runner = Runner(
            search,
            cost,
            plan,
            standing.share_of(self._workforce.executor.resources),
            more_expected=self._workforce.more_expected,
            shared_with=standing.shares_with,
        )
        if self._resumed:
            rebuild(
                (logged.event for logged in self._log.events()),
                search=search,
                runner=runner,
                board=board,
                metric=self._task.metric,
            )
        return runner

    def _finish(self, reason: str, board: Board, data: TrainingData, ensemble_seconds: float) -> None:
        events = [logged.event for logged in self._log.events()]
        if best_so_far(events) is None:
            raise _no_model(events, self._settings.budget, reason)
        ending = RunEnding(
            self._task, self._settings, self._folder, self._log, self._models, append=self._append, clock=self._elapsed,
            n_before=self._n_before, energy=self._energy,
        )  # fmt: skip
        serial = self._workforce.executor.resources.kind == "serial"
        ending.end(reason, board, data, ensemble_seconds=ensemble_seconds, folds_on_this_thread=serial)

    # What is told ----------------------------------------------------------------------------------------------------

    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _append(self, event: Event) -> None:
        if isinstance(event, TrialAsked) and self._recorded is not None:
            event = replace(event, asks=self._recorded.asks_of(event.trial_id))
        self._log.append(event)
        self._energy.joules()  # its counters begin anew within hours, and are read in between for that

    @property
    def _resumed(self) -> bool:
        return self._n_before > 0

    @property
    def _n_test_rows(self) -> int:
        return 0 if self._task.test is None else len(self._task.test.y)

    def _opening_event(self) -> Event:
        resources, settings, task = self._workforce.executor.resources, self._settings, self._task
        if self._resumed:
            finished = sum(isinstance(logged.event, TrialFinished) for logged in self._log.events())
            return RunResumed(
                budget=settings.budget, n_finished=finished, executor=resources.kind, n_workers=self._n_workers()
            )
        return RunStarted(
            run_id=self._folder.run_id,
            name=settings.name or settings.target,
            task=task.target.task,
            metric=task.metric.name,
            metric_label=task.metric.label,
            greater_is_better=task.metric.greater_is_better,
            target=settings.target,
            table_name=settings.table_name,
            n_rows=task.n_rows,
            n_columns=len(task.schema.columns),
            n_classes=task.target.n_classes,
            n_folds=task.n_folds,
            budget=settings.budget,
            reserve_seconds=reserve_seconds(settings.budget.seconds),
            seed=settings.seed,
            learners=task.learners,
            executor=resources.kind,
            n_workers=self._n_workers(),
            versions=package_versions(),
            groups=task.splits.groups_name,
            time=task.splits.times_name,
            weights=task.splits.weights_name,
            core_hour_price=settings.core_hour_price or "",
        )

    def _n_workers(self, standing: Standing = ALONE) -> int:
        available = standing.part_of(self._workforce.executor.resources.n_workers)
        return min(available, self._settings.n_workers or available)


def _no_model(events: Sequence[Event], budget: Budget, reason: str) -> NoModelError:
    failures = [event.error for event in events if isinstance(event, TrialFailed)]
    asked = sum(isinstance(event, TrialAsked) for event in events)
    if reason == "unwritable" and failures:
        return NoModelError.from_unwritten(failures[-1])
    if failures and len(failures) == asked:
        return NoModelError.from_failures(len(failures), failures[-1])
    if reason == "stopped":
        return NoModelError.from_stop()
    return NoModelError.from_budget(str(budget))
