"""Computing a graph of Dask tasks on whoever works: a cluster, or threads of this process; and news of it meanwhile."""

from __future__ import annotations

import sys
import threading
import uuid
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import ClusterLostError, WorkerLostError
from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    News = dict[str, Any]

#: Who hears news of tasks that run in this process, by topic.
_listeners: dict[str, Callable[[News], object]] = {}


def tell_news(topic: str, news: News) -> None:
    """Tell whoever waits for a graph what a task of it has done; called within the task, on a worker or a thread.

    Nothing waits for it and it may be lost: what must arrive is part of a task's result.

    Parameters
    ----------
    topic : str
        What `GraphRunner.listening` gave.
    news : dict
        Plain values.
    """
    listener = _listeners.get(topic)
    if listener is not None:
        listener(news)
        return
    if "distributed.worker" in sys.modules and inside_worker():
        from distributed import get_worker

        get_worker().log_event(topic, news)


def _tell_all(waiting: SimpleQueue[News | None], listener: Callable[[News], object]) -> None:
    while (news := waiting.get()) is not None:
        listener(news)


class GraphRunner:
    """Computes graphs of Dask's, and tells what their tasks tell.

    Dask itself computes a task again whose worker is lost, as often as the cluster allows.

    Parameters
    ----------
    client : distributed.Client, optional
        Whose cluster computes; threads of this process where there is none.
    n_threads : int, optional
        Of this process; one for each usable core by default.

    Examples
    --------
    >>> from dask import delayed
    >>> GraphRunner().compute(delayed(sum)([1, 2]))
    3
    """

    def __init__(self, client: Any = None, n_threads: int | None = None) -> None:
        self._client = client
        self._n_threads = n_threads or len(usable_cores())

    @property
    def kind(self) -> str:
        """Who works: ``"cluster"`` or ``"threads"``."""
        return "threads" if self._client is None else "cluster"

    @property
    def n_workers(self) -> int:
        """How many tasks are computed side by side."""
        if self._client is None:
            return self._n_threads
        return sum(int(n_threads) for n_threads in self._client.nthreads().values())

    def worker_memory(self) -> dict[str, tuple[int, int]]:
        """Bytes that each worker uses and may use, by its name; of this process where no cluster works."""
        if self._client is None:
            import psutil

            return {"kernel": (int(psutil.Process().memory_info().rss), 0)}
        try:
            told = self._client.scheduler_info(n_workers=-1)
        except TypeError:  # before distributed 2025.4 all workers are told of
            told = self._client.scheduler_info()
        workers = told["workers"].values()
        return {
            str(worker["name"]): (int(worker.get("metrics", {}).get("memory", 0)), int(worker["memory_limit"] or 0))
            for worker in workers
        }

    @contextmanager
    def listening(self, listener: Callable[[News], object]) -> Iterator[str]:
        """Hear the news of tasks for as long as the block lasts; gives the topic that they tell it on.

        Parameters
        ----------
        listener : callable
            Called on a thread of its own, one news at a time; it has heard all that came when the block ends.
        """
        topic = f"lepton-graph-{uuid.uuid4().hex}"
        # Not on the threads that bring the news: tasks would wait for the listener, and a client's own thread, on
        # which events come, could not ask the scheduler anything.
        waiting: SimpleQueue[News | None] = SimpleQueue()
        thread = threading.Thread(target=_tell_all, args=(waiting, listener), name="lepton-news", daemon=True)
        thread.start()
        try:
            with self._bringing(topic, waiting.put):
                yield topic
        finally:
            waiting.put(None)
            thread.join()

    @contextmanager
    def _bringing(self, topic: str, put: Callable[[News], object]) -> Iterator[None]:
        if self._client is None:
            _listeners[topic] = put
            try:
                yield
            finally:
                _listeners.pop(topic, None)
            return
        self._client.subscribe_topic(topic, lambda event: put(event[1]))
        try:
            yield
        finally:
            with suppress(Exception):  # whatever a client says whose cluster is gone, the work is over
                self._client.unsubscribe_topic(topic)

    def compute(self, task: Any) -> Any:
        """Value of a delayed task.

        Parameters
        ----------
        task : dask.delayed.Delayed

        Raises
        ------
        WorkerLostError
            If workers died of a task again and again.
        ClusterLostError
            If the cluster is gone.
        """
        if self._client is None:
            scheduler = "synchronous" if self._n_threads == 1 or inside_worker() else "threads"
            return task.compute(scheduler=scheduler, num_workers=self._n_threads)
        return self._compute_on_cluster(task)

    def _compute_on_cluster(self, task: Any) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        future = self._client.compute(task)
        try:
            return future.result()
        except KilledWorker as error:
            raise WorkerLostError.from_death(
                str(error.task)[:60], str(getattr(error.last_worker, "name", ""))
            ) from None
        except (CancelledError, CommClosedError):
            raise ClusterLostError.from_cluster("the preparation") from None
        finally:
            # Also on an interrupt: whoever no longer waits wants nothing computed.
            with suppress(Exception):  # as above
                future.cancel()
