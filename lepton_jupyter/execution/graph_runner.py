"""Computing a graph of Dask tasks on whoever works: a cluster, or threads of this process; and news of it meanwhile.

Whoever waits for a graph can be told at any moment to wait no longer: the graph is computed on a thread of its own.
Tasks that run then are told too, by the topic of their news, and end as soon as they look; nothing can end them.
"""

from __future__ import annotations

import contextvars
import sys
import threading
import uuid
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from lepton_jupyter.exceptions.execution_errors import ClusterLostError, WorkerLostError, WorkerMemoryError
from lepton_jupyter.exceptions.preparation_errors import PreparationStoppedError
from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.returned_memory import return_memory
from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    News = dict[str, Any]

_Item = TypeVar("_Item")
#: Who hears news of tasks that run in this process, by topic.
_listeners: dict[str, Callable[[News], object]] = {}
#: Topics of graphs for which nobody waits any more, as this process was told.
_given_up: set[str] = set()
#: Time between two looks at workers that may all have stopped for want of memory, and how many such looks in a row are
#: enough: a worker also pauses for a moment after each large task.
_LOOK_SECONDS = 3.0
_MOST_LOOKS = 5
#: The same for workers that were there and are all gone: some nannies do not bring one back that was ended, while a
#: cluster that grows by itself may take its time.
_MOST_LOOKS_AT_NONE = 20
#: Time that tasks have to notice that nobody waits for them, before whoever waited goes on.
_GRACE_SECONDS = 0.5


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


def while_wanted(items: Iterator[_Item], topic: str) -> Iterator[_Item]:
    """The items, for as long as somebody waits for what a task makes of them.

    Parameters
    ----------
    items : iterator
        Such as the rows of a partition, a bounded number at a time.
    topic : str
        As for `tell_news`.

    Raises
    ------
    CancelledError
        Once nobody does.

    Examples
    --------
    >>> list(while_wanted(iter("ab"), "topic"))
    ['a', 'b']
    """
    _look_up(topic)
    for item in items:
        yield item
        _look_up(topic)


def _look_up(topic: str) -> None:
    if topic in _given_up:
        raise CancelledError


def _give_up(topics: tuple[str, ...]) -> None:
    _given_up.update(topics)


def _used_at_least() -> int:
    import gc

    import psutil
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    return_memory()
    return int(psutil.Process().memory_info().rss)


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
        self._topics: set[str] = set()
        self._stopped = threading.Event()
        self._awaited: Future[Any] | None = None
        self._on_cluster: Any = None

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
        return {
            str(worker["name"]): (int(worker.get("metrics", {}).get("memory", 0)), int(worker["memory_limit"] or 0))
            for worker in self._workers().values()
        }

    def _workers(self) -> dict[str, dict[str, Any]]:
        """What the scheduler knows of each worker, by its address."""
        try:
            told = self._client.scheduler_info(n_workers=-1)
        except TypeError:  # before distributed 2025.4 all workers are told of
            told = self._client.scheduler_info()
        return dict(told["workers"])

    def room_of_workers(self) -> dict[str, tuple[int, int]]:
        """Bytes that each worker of a cluster uses once it has let go of what it need not hold, and may use."""
        limits = {address: int(worker["memory_limit"] or 0) for address, worker in self._workers().items()}
        used = self._client.run(_used_at_least)
        return {address: (int(used[address]), limit) for address, limit in limits.items() if address in used}

    @contextmanager
    def listening(self, listener: Callable[[News], object]) -> Iterator[str]:
        """Hear the news of tasks for as long as the block lasts; gives the topic that they tell it on.

        Parameters
        ----------
        listener : callable
            Called on a thread of its own, one news at a time; it has heard all that came when the block ends.

        Raises
        ------
        PreparationStoppedError
            At the end of the block, if it was stopped meanwhile.
        """
        topic = f"lepton-graph-{uuid.uuid4().hex}"
        # Not on the threads that bring the news: tasks would wait for the listener, and a client's own thread, on
        # which events come, could not ask the scheduler anything.
        waiting: SimpleQueue[News | None] = SimpleQueue()
        thread = threading.Thread(target=_tell_all, args=(waiting, listener), name="lepton-news", daemon=True)
        thread.start()
        self._topics.add(topic)
        try:
            with self._bringing(topic, waiting.put):
                yield topic
        finally:
            self._topics.discard(topic)
            waiting.put(None)
            thread.join()
        self._refuse_if_stopped()  # also where the last task was done before

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

    def stop(self) -> None:
        """Wait for nothing any more: what is computed is given up, and nothing more is. From any thread, at once."""
        self._stopped.set()
        awaited = self._awaited
        if awaited is not None:
            with suppress(InvalidStateError):  # it has just come
                awaited.set_exception(PreparationStoppedError.from_stop())

    def compute(self, task: Any) -> Any:
        """Value of a delayed task.

        Parameters
        ----------
        task : dask.delayed.Delayed

        Raises
        ------
        WorkerLostError
            If workers died of a task again and again.
        WorkerMemoryError
            If no worker goes on, because each uses too much of the memory that it may use.
        ClusterLostError
            If the cluster is gone.
        PreparationStoppedError
            If it was stopped.
        """
        if inside_worker():
            return task.compute(scheduler="synchronous")
        awaited = self._awaited = Future()
        self._refuse_if_stopped()
        compute = self._compute_in_threads if self._client is None else self._compute_on_cluster
        work = partial(contextvars.copy_context().run, _settle, awaited, partial(compute, task))
        # A daemon: code of a person that never returns must not keep the process.
        thread = threading.Thread(target=work, name="lepton-graph", daemon=True)
        thread.start()
        try:
            return self._watched(awaited)
        except BaseException as error:
            if not isinstance(error, Exception):  # an interrupt, perhaps while the graph is still being sent
                self._stopped.set()
            self._give_up()
            thread.join(_GRACE_SECONDS)
            raise
        finally:
            self._awaited = None

    def _watched(self, awaited: Future[Any]) -> Any:
        """What is awaited; or an error where no worker will ever go on."""
        if self._client is None:
            return awaited.result()
        n_paused, n_gone, limit = 0, 0, 0
        while n_paused < _MOST_LOOKS and n_gone < _MOST_LOOKS_AT_NONE:
            with suppress(Exception):  # a cluster that does not answer; what is awaited says so
                workers = list(self._workers().values())
                limit = max((int(worker["memory_limit"] or 0) for worker in workers), default=limit)
                n_gone = 0 if workers or not limit else n_gone + 1
                n_paused = n_paused + 1 if workers and all(map(_waits_for_memory, workers)) else 0
            if wait((awaited,), timeout=_LOOK_SECONDS).done:
                return awaited.result()
        if n_gone:
            raise WorkerMemoryError.from_none(n_gone * _LOOK_SECONDS, limit)
        raise WorkerMemoryError.from_pause(*max(self.worker_memory().values(), default=(0, limit)))

    def _refuse_if_stopped(self) -> None:
        if self._stopped.is_set():
            raise PreparationStoppedError.from_stop()

    def _give_up(self) -> None:
        """Tell the tasks that run, here or on the cluster, that nobody waits for them."""
        topics = tuple(self._topics)
        _give_up(topics)
        if self._client is None:
            return

        def tell_workers() -> None:
            with suppress(Exception):  # a cluster that is gone need not be told
                if self._on_cluster is not None:
                    self._on_cluster.cancel()
                self._client.run(_give_up, topics, wait=False)

        # A cluster that does not answer is not waited for.
        telling = threading.Thread(target=tell_workers, name="lepton-give-up", daemon=True)
        telling.start()
        telling.join(_GRACE_SECONDS)

    def _compute_in_threads(self, task: Any) -> Any:
        if self._n_threads == 1:
            return task.compute(scheduler="synchronous")
        pool = ThreadPoolExecutor(self._n_threads, thread_name_prefix="lepton-graph")
        try:
            return task.compute(scheduler="threads", pool=pool)
        finally:
            # What still runs has nobody who waits for it.
            pool.shutdown(wait=False, cancel_futures=True)

    def _compute_on_cluster(self, task: Any) -> Any:
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        future = self._on_cluster = self._client.compute(task)
        try:
            if self._stopped.is_set():  # while the graph was sent
                raise CancelledError
            return future.result()
        except KilledWorker as error:
            task, last = str(error.task)[:60], error.last_worker
            limit = int(getattr(last, "memory_limit", 0) or 0)
            if limit:  # a nanny ends a worker that uses nearly all it may, and tells nobody why
                raise WorkerMemoryError.from_deaths(task, limit) from None
            raise WorkerLostError.from_death(task, str(getattr(last, "name", ""))) from None
        except (CancelledError, CommClosedError):
            raise ClusterLostError.from_cluster("the preparation") from None
        finally:
            # Also on an interrupt: whoever no longer waits wants nothing computed.
            with suppress(Exception):  # whatever a client says whose cluster is gone, the work is over
                future.cancel()


def _waits_for_memory(worker: dict[str, Any]) -> bool:
    """Whether a worker takes up no task and is at none; it never gives memory back by itself then."""
    executing = worker.get("metrics", {}).get("task_counts", {}).get("executing")
    return worker.get("status") == "paused" and not executing


def _settle(awaited: Future[Any], work: Callable[[], Any]) -> None:
    with suppress(InvalidStateError):  # nobody waits any more
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            awaited.set_exception(error)
        else:
            awaited.set_result(value)
