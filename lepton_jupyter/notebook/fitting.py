"""Starting a search: what ``%lepton fit`` calls, and what the estimators' ``fit`` is made of."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.model_search import ModelSearch
from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.automl.stored_models import StoredModels
from lepton_jupyter.events.quantities import DEFAULT_BUDGET_SECONDS, Budget
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.run_handle import Run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.runs.event_log import EventLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.execution.executor import Executor
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.runs.run_lock import RunLock


def fit(
    table: Any,
    *,
    target: str,
    table_name: str = "table",
    budget: str | float | Budget = DEFAULT_BUDGET_SECONDS,
    trials: int | None = None,
    task: str | None = None,
    metric: str | None = None,
    positive: Any = None,
    drop: Sequence[str] = (),
    learners: Sequence[str] | None = None,
    without: Sequence[str] = (),
    folds: int | None = None,
    test: Any = None,
    name: str | None = None,
    seed: int = 0,
    wait: bool | None = None,
    keep_models: str = "all",
) -> Run:
    """Find a good model for one column of a table, within a budget.

    In a notebook the call returns at once and the cell shows the search live; where nobody can look it waits.

    Parameters
    ----------
    table : DataFrame
        pandas or polars, rows to learn from, the target among its columns.
    target : str
        Column to predict.
    table_name : str, default="table"
        What the panel calls the table, and under what name `resume` looks for it.
    budget : str, float or Budget, default=60
        ``"30s"``, ``"5m"``, ``"40trials"``; a number is seconds.
    trials : int, optional
        Most configurations to try, beside the time.
    task : {"binary", "multiclass", "regression"}, optional
        Default: inferred from the target.
    metric : str, optional
        scikit-learn's name. Default: ROC AUC, log loss or RMSE by task.
    positive : optional
        Label of the class that counts as positive.
    drop : sequence of str
        Columns to leave out.
    learners, without : sequence of str
        Learners to try only, or to leave out.
    folds : int, optional
        Folds of the cross-validation. Default: chosen by the number of rows.
    test : DataFrame, optional
        Table held out for the final score.
    name : str, optional
        What to call the run. Default: the target.
    seed : int, default=0
    wait : bool, optional
        Whether to return only when the run has ended. Default: where nobody can look.
    keep_models : {"all", "front", "best"}, default="all"
        Whose models stay on disk after the end.

    Returns
    -------
    run : Run

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the table, the target or an option.

    Examples
    --------
    >>> run = fit(df, target="churn", budget="30s")  # doctest: +SKIP
    >>> run.model.predict(df)  # doctest: +SKIP
    """
    began = time.monotonic()
    settings = AutoMLSettings(
        target=target,
        table_name=table_name,
        budget=Budget.parse(budget, trials=trials),
        task=task,
        metric=metric,
        positive=positive,
        drop=tuple(drop),
        learners=tuple(learners or ()),
        without=tuple(without),
        n_folds=folds,
        name=name,
        seed=seed,
        keep_models=keep_models,
    )
    run = start_run(understand_task(table, settings, test=test), settings, began=began)
    return present(run, wait=wait)


def present(run: Run, *, wait: bool | None) -> Run:
    """Show a run that was started, and wait for it where nobody could look (or as told)."""
    if wait is None:
        wait = not look_around().live_page
    if wait and not look_around().live_page:
        follow(run)
        show(run)
    else:
        show(run)
        if wait:
            run.wait()
    return run.shown()


def follow(run: Run) -> None:
    """Wait for the end with one progress line, if there is a terminal to draw it on."""
    from lepton_jupyter.notebook.progress import progress_line

    with progress_line(run):
        run.wait()


def start_run(
    task: UnderstoodTask, settings: AutoMLSettings, *, began: float | None = None, executor: Executor | None = None
) -> Run:
    """Make a run's folder and log, choose who works for it, and start it.

    Parameters
    ----------
    task : UnderstoodTask
    settings : AutoMLSettings
    began : float, optional
        When the budget began, on `time.monotonic`; default: now.
    executor : Executor, optional
        Who works for it; default: the cluster of this kernel, else its threads. Closed at the end of the run.

    Returns
    -------
    run : Run
    """
    session = current_session()
    folder = session.store.create(settings.name or settings.target)
    lock = folder.lock()
    folder.write_text_atomically("settings.json", settings.to_json())
    return launch(task, settings, folder, lock, EventLog(folder.events), began=began, executor=executor)


def launch(
    task: UnderstoodTask,
    settings: AutoMLSettings,
    folder: RunFolder,
    lock: RunLock,
    log: EventLog,
    *,
    began: float | None = None,
    executor: Executor | None = None,
    trust: bool = False,
) -> Run:
    """Start the search of a run whose folder is locked, on the best executor there is now."""
    session = current_session()
    may_improve = executor is None and session.cluster.is_starting
    executors = [executor or session.cluster.executor(settings.n_workers)]
    models = StoredModels(folder, log, trust=trust)
    ended = threading.Lock()

    def release() -> None:
        with ended:
            for each in executors:
                each.close()
            executors.clear()
        log.close()
        lock.release()

    def take_over(better: Executor | None) -> None:
        with ended:
            if better is not None and not executors:  # the run was quicker than the cluster
                better.close()
                return
            executors.extend([] if better is None else [better])
        search.use_executor(better)

    search = ModelSearch(
        task, settings, folder, log, models, executors[0], began=began, more_expected=may_improve, at_end=release
    )
    run = Run(folder, log, models, search)
    session.add(run)
    search.start()
    if may_improve and not session.cluster.when_ready(take_over):
        take_over(None)
    return run
