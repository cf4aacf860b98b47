"""Launching a search: its folder, its log, and who works for it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.driver import Workforce
from lepton_jupyter.automl.model_search import ModelSearch
from lepton_jupyter.automl.stored_models import StoredModels
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.run_errors import HomeUnusableError
from lepton_jupyter.execution.thread_executor import ThreadExecutor
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.run_handle import Run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.runs.event_log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.execution.executor import Executor
    from lepton_jupyter.notebook.kernel_cluster import KernelCluster
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.runs.run_lock import RunLock

    Wrap = Callable[[Predictor, AutoMLSettings, str], Any]


def start_run(
    task: UnderstoodTask,
    settings: AutoMLSettings,
    *,
    wrap: Wrap,
    began: float | None = None,
    cluster: KernelCluster | None = None,
) -> Run:
    """Make a run's folder and log, choose who works for it, and start it.

    Parameters
    ----------
    task : UnderstoodTask
    settings : AutoMLSettings
    wrap : callable
        Makes a fitted estimator of a predictor, the settings and the run's id.
    began : float, optional
        When the budget began, on `time.monotonic`; default: now.
    cluster : KernelCluster, optional
        Who works for it; default: the cluster of this kernel, or its threads.

    Returns
    -------
    run : Run

    Raises
    ------
    HomeUnusableError
        If the run cannot be kept on this disk; then nothing of it is left there.
    """
    store = current_session().store
    folder = store.create(settings.name or settings.target)
    lock = None
    try:
        lock = folder.lock()
        folder.write_text_atomically("settings.json", settings.to_json())
        log = EventLog(folder.events, on_write_error=lambda error: log.append(WarningRaised(text=str(error))))
        # Whatever lies in the folder of a new run, this process wrote.
        return launch(task, settings, folder, lock, log, wrap=wrap, began=began, cluster=cluster, trust=True)
    except BaseException as error:
        if lock is not None:
            lock.release()
        with suppress(OSError):
            store.remove(folder.run_id)
        if isinstance(error, OSError) and not isinstance(error, LeptonError):
            raise HomeUnusableError.from_os_error(store.home, error) from None
        raise


def launch(
    task: UnderstoodTask,
    settings: AutoMLSettings,
    folder: RunFolder,
    lock: RunLock,
    log: EventLog,
    *,
    wrap: Wrap,
    began: float | None = None,
    cluster: KernelCluster | None = None,
    trust: bool = False,
) -> Run:
    """Start the search of a run whose folder is locked, on the best executor there is now."""
    session = current_session()
    crew = (cluster or session.cluster).crew(settings.n_workers)
    executors = [crew.executor]
    models = StoredModels(folder, log, trust=trust)
    ended = threading.Lock()

    def release() -> None:
        session.turns.leave(folder.run_id)
        with ended:
            for each in executors:
                each.close()
            executors.clear()
        log.close()
        lock.release()
        session.ended(folder.run_id)

    def take_over(better: Executor | None) -> None:
        with ended:
            if better is not None and not executors:  # the run was quicker than the cluster
                better.close()
                return
            executors.extend([] if better is None else [better])
        search.use_executor(better)

    def fall_back() -> Executor:
        spare = ThreadExecutor(settings.n_workers)
        with ended:
            executors.append(spare)
        return spare

    workforce = Workforce(crew.executor, more_expected=crew.better is not None, fall_back=fall_back)
    search = ModelSearch(task, settings, folder, log, models, workforce, began=began, at_end=release)
    clients = (cluster or session.cluster).graph_client
    run = Run(folder, log, models, search, wrap=wrap, show=show, graph_client=clients)
    session.add(run)
    if cluster is None:  # a cluster of its own is shared with nobody
        name = settings.name or settings.target
        session.turns.join(folder.run_id, name, search.stand, queues=settings.queue)
    try:
        search.start()
    except BaseException:
        session.turns.leave(folder.run_id)
        raise
    if crew.better is not None:
        crew.better.add_done_callback(lambda better: take_over(better.result()))
    return run
