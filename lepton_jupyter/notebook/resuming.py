"""Going on with a run that ended, or whose kernel died: nothing that was finished is fitted again."""

from __future__ import annotations

import dataclasses
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    RunFinished,
    RunResumed,
    RunStarted,
    TurnCame,
    WarningRaised,
)
from lepton_jupyter.exceptions.automl_errors import HeldOutTableError, MissingTableError
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.fitting import present
from lepton_jupyter.notebook.launching import launch
from lepton_jupyter.notebook.library import find_search_folder, is_stream
from lepton_jupyter.notebook.resuming_streams import resume_stream
from lepton_jupyter.notebook.tables import kept_place, open_held_out, open_table
from lepton_jupyter.runs.event_log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_handle import Stream

#: A run that died with less than this left gets its whole budget anew.
_LEAST_SECONDS = 2.0
_NO_TEST = "The test table is not here, so a score on it is of before the run went on. Name it: --test df"


def resume_run(  # noqa: PLR0913  what a magic's options say, one Python call says by the same names
    run_id: str,
    *,
    table: Any = None,
    test: Any = None,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    find_table: Callable[[str], Any] | None = None,
    budget: str | float | Budget | None = None,
    trust: bool = False,
    wait: bool | None = None,
    source: Any = None,
    sink: Any = None,
    dead_letters: Any = None,
    detach: bool | None = None,
) -> Run | Stream:
    """Go on with a run where its log ends, or with a stream from its committed offsets.

    Rows are never stored, so the table must be there again: as it was, which is checked by a fingerprint.

    Parameters
    ----------
    run_id : str
        Name or id.
    table : DataFrame, str or path, optional
        The table the run was started on. Default: the file it was read from, or what `find_table` finds.
    test : DataFrame, str or path, optional
        The table held out for the final score. Where there was one and it is not found, the log says that the score on
        it is of before.
    sql, connection, params : optional
        The select it was started on, as for `fit`.
    find_table : callable, optional
        Finds `table` and `test` by the names they had, where they are not given; returns None if there is none.
    budget : str, float or Budget, optional
        Default: what was left when the kernel died; a run that ended gets its budget once more.
    trust : bool, default=False
        Whether models of classes that are not lepton's own may be loaded.
    wait : bool, optional
        As for `fit`.
    source, sink, dead_letters : optional
        Of a stream, as for `stream`. Default: the same path or address, or what `find_table` finds by the name it had.
    detach : bool, optional
        Of a stream: whether it goes on in a process of its own. Default: as it did before.

    Returns
    -------
    run : Run or Stream

    Raises
    ------
    UnknownRunError
        If there is no such run.
    RunLockedError
        If another kernel is running it.
    StreamUsageError
        If `detach` is wished for what is no stream.
    MissingTableError, TableChangedError
        If the table is not there, or is another one.
    """
    began = time.monotonic()
    folder = find_search_folder(run_id)
    if is_stream(folder):
        return resume_stream(
            folder.run_id, source=source, sink=sink, dead_letters=dead_letters, detach=detach, find_object=find_table
        )
    if detach is not None:
        raise StreamUsageError.from_search(folder.run_id)
    lock = folder.lock()
    log: EventLog | None = None
    try:
        log = opened = EventLog.open(
            folder.events, on_write_error=lambda error: opened.append(WarningRaised(text=str(error)))
        )
        settings = AutoMLSettings.from_json(folder.read_text("settings.json"))
        started = next(logged.event for logged in log.events() if isinstance(logged.event, RunStarted))
        if table is None and sql is None:
            table = kept_place(settings.table_place)
            if table is None and find_table is not None:
                table = find_table(settings.table_name)
        if table is None and sql is None:
            raise MissingTableError.from_name(folder.run_id, settings.table_name, started.n_rows)
        chosen = remaining_budget(log.events(), settings.budget) if budget is None else _priced(budget, settings)
        settings = dataclasses.replace(settings, budget=chosen, n_folds=started.n_folds, learners=started.learners)
        reopened = open_table(
            table,
            sql=sql,
            connection=connection,
            params=params,
            seed=settings.seed,
            n_rows=settings.n_drawn,
            stratum=settings.stratum,
        )
        task = _with_test(reopened, settings, test, find_table)
        if task.test is None and _had_test(log.events(), settings):
            task = dataclasses.replace(task, notes=(*task.notes, _NO_TEST))
        task.check_same_table(folder)  # before anything is written: a refusal leaves the run as it was
        run = launch(
            task,
            settings,
            folder,
            lock,
            log,
            wrap=fitted_estimator,
            began=began,
            trust=trust,
        )
    except BaseException:
        if log is not None:
            log.close()
        lock.release()
        raise
    return present(run, wait=wait)


def _with_test(
    table: Any, settings: AutoMLSettings, test: Any, find_table: Callable[[str], Any] | None
) -> UnderstoodTask:
    if test is not None:
        return understand_task(table, settings, test=open_held_out(test))
    found = None
    if find_table is not None and settings.test_name is not None:
        found = find_table(settings.test_name)
    found = kept_place(settings.test_place) if found is None else found
    if found is not None:
        # Found, not given: what is no table to test on is let go, and the run goes on without it.
        with suppress(HeldOutTableError):
            return understand_task(table, settings, test=open_held_out(found))
    return understand_task(table, settings)


def _had_test(events: Iterable[LoggedEvent], settings: AutoMLSettings) -> bool:
    scored = (isinstance(each.event, RunFinished) and each.event.test_score is not None for each in events)
    return settings.test_name is not None or any(scored)


def _priced(budget: str | float | Budget, settings: AutoMLSettings) -> Budget:
    n_cores = settings.n_workers or len(usable_cores())
    return Budget.parse(budget, core_hour_price=settings.core_hour_price, n_cores=n_cores)


def remaining_budget(events: Iterable[LoggedEvent], budget: Budget) -> Budget:
    """What is left of a run's budget when it is resumed.

    Parameters
    ----------
    events : iterable of LoggedEvent
    budget : Budget
        Of the run.

    Returns
    -------
    budget : Budget
        The part that was not spent, if the run died; the whole once more, if it ended or next to nothing is left.
    """
    granted, spent, began, ended = budget.seconds, 0.0, 0.0, False
    for logged in events:
        event = logged.event
        if isinstance(event, RunResumed):
            granted, began, ended = event.budget.seconds, logged.elapsed_seconds, False
        elif isinstance(event, BudgetExtended) and granted is not None:
            granted += event.seconds
        elif isinstance(event, TurnCame):
            began = logged.elapsed_seconds
        elif isinstance(event, RunFinished):
            ended = True
        spent = logged.elapsed_seconds - began
    if granted is None or ended or granted - spent < _LEAST_SECONDS:
        return budget
    return Budget(seconds=granted - spent, trials=budget.trials)
