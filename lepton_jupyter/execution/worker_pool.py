"""The workers of a Dask cluster, each given one call at a time: what waits, what runs where, what must end.

All state lives on the event loop of the Dask client and is changed there alone, so there are no locks: other threads
come in through `WorkerPool.enqueue` and the cancellation of futures. Calls are pinned to a worker that this pool knows
to be free, for three reasons: Dask would queue several on one worker; an overstaying call must be traced to its
process; and a lost call must fail at once, whatever number of failures the user's cluster allows.
"""

from __future__ import annotations

import asyncio
import time
import uuid
import weakref
from collections import deque
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import (
    ClusterLostError,
    TaskOverranError,
    UnpicklableCallError,
    WorkerLostError,
)
from lepton_jupyter.execution.worker_calls import (
    CallOutcome,
    CallRequest,
    end_worker_process,
    perform_call,
    tell_to_stop,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

#: How long a call may overstay, or go on after it was told to stop, before its process is ended.
GRACE_SECONDS = 0.2
# A call whose start is never heard of is ended this long after its limit; unpickling and cold imports fit in.
_UNHEARD_START_SECONDS = 90.0
# How often the scheduler is asked which workers it has; more often while one is expected.
_REVIEW_SECONDS = 1.0
_EXPECTING_SECONDS = 0.1
# How long the reason of a worker's death may come after the death.
_REASON_SECONDS = 0.1
# A nanny has its worker back within this time, or not at all.
_RESTART_SECONDS = 30.0


@dataclass(slots=True, eq=False, weakref_slot=True)
class PooledCall:
    """One call and its way through the pool.

    Parameters
    ----------
    name : str
        The function, as errors name it.
    payload : bytes
        Pickled function and arguments.
    limit_seconds : float or None
    import_path : tuple of str
    scatter : callable
        Gives, when the call starts, the Dask futures it needs.
    """

    name: str
    payload: bytes
    limit_seconds: float | None = None
    import_path: tuple[str, ...] = ()
    scatter: Callable[[], Coroutine[Any, Any, list[Any]]] | None = None
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    future: Future[Any] = field(default_factory=Future)
    timer: asyncio.TimerHandle | None = None
    abandoned: asyncio.Future[BaseException | None] | None = None

    def settle(self, *, value: Any = None, error: BaseException | None = None) -> None:
        """Give the future its result, unless it was cancelled meanwhile."""
        with suppress(InvalidStateError):
            if error is None:
                self.future.set_result(value)
            else:
                self.future.set_exception(error)

    def settle_with(self, outcome: CallOutcome) -> None:
        """Give the future what the worker has sent."""
        try:
            value = outcome.unpack()
        except Exception as error:  # noqa: BLE001 -- such as a class of a module that only the worker finds
            self.settle(error=UnpicklableCallError.from_result(self.name, error))
        else:
            self.settle(error=value) if outcome.raised else self.settle(value=value)

    def abandon(self, reason: BaseException | None) -> None:
        """Wait no longer for the worker."""
        if self.abandoned is not None and not self.abandoned.done():
            self.abandoned.set_result(reason)


@dataclass(slots=True, eq=False)
class _Worker:
    address: str
    memory_limit: int
    has_nanny: bool
    call: PooledCall | None = None
    ending: bool = False  # its process is being ended; it takes no more calls
    missed: int = 0  # reviews in a row that did not find it


class _Lost(Exception):  # noqa: N818 -- never leaves this module
    """Dask itself could not bring the outcome of a call."""


class WorkerPool:
    """Runs calls on the workers of a cluster, first come, first served; shared by all executors of a cluster.

    Parameters
    ----------
    client : distributed.Client
        A client of the pool's own: the pool subscribes to its events and runs on its loop.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._workers: dict[str, _Worker] = {}
        self._waiting: deque[PooledCall] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._memory_used: dict[str, int] = {}  # bytes used by workers that were ended for it
        self._restarts: deque[float] = deque()  # when workers left that a nanny brings back
        self._gone: dict[str, float] = {}  # when workers left, by address
        self._running: dict[str, PooledCall] = {}
        self._started_topic = f"lepton-call-started-{uuid.uuid4().hex}"
        self._cluster_lost = False
        self._closed = False
        client.sync(self._open)

    # -- from any thread ------------------------------------------------------------------------------------------

    @property
    def n_workers(self) -> int:
        """Workers that take calls, or will again in a moment; at least one."""
        return max(1, len(self._workers) + self._n_restarting())

    @property
    def memory_bytes(self) -> int:
        """Memory limit of the smallest worker; 0 without limits."""
        return min((worker.memory_limit for worker in tuple(self._workers.values()) if worker.memory_limit), default=0)

    @property
    def interruptible(self) -> bool:
        """Whether every worker has a nanny that can end it."""
        return all(worker.has_nanny for worker in tuple(self._workers.values()))

    def enqueue(self, call: PooledCall) -> None:
        """Run a call when a worker is free."""
        # Weakly: whoever waits for a call or runs it knows it, and a future that did too would be in a circle with it,
        # by which a model would stay until the collector comes by.
        known = weakref.ref(call)
        call.future.add_done_callback(lambda future: self._notice_cancellation(future, known()))
        self._on_loop(self._take, call)

    def forget_values(self, function: Callable[[str], None], folder: str) -> None:
        """Have all workers call `function` with a folder whose values nobody needs any more; does not wait."""
        self._on_loop(lambda: self._spawn(self._tell(function, folder, None)))

    def close(self) -> None:
        """Fail what waits or runs, and leave the client's loop as it was. May be called twice."""
        if self._closed:
            return
        self._closed = True
        with suppress(Exception):  # a client that is closed already has no loop to tidy
            self._client.sync(self._shut, callback_timeout=5)

    def _on_loop(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            self._client.loop.add_callback(function, *args)
        except RuntimeError:  # the loop is closed, and everything on it settled
            for arg in args:
                if isinstance(arg, PooledCall):
                    arg.settle(error=ClusterLostError.from_cluster(arg.name))

    def _notice_cancellation(self, future: Future[Any], call: PooledCall | None) -> None:
        if future.cancelled():
            # Those who already wait in `wait` or `as_completed` hear of a cancellation only through this.
            future.set_running_or_notify_cancel()
            if call is not None:
                self._on_loop(self._cancel, call)

    # -- on the loop: opening, watching, closing ------------------------------------------------------------------

    async def _open(self) -> None:
        self._client.subscribe_topic("worker-restart-memory", self._hear_of_memory)
        self._client.subscribe_topic(self._started_topic, self._hear_of_start)
        await self._review_workers()
        self._review_soon = asyncio.Event()
        self._spawn(self._keep_reviewing())

    async def _shut(self) -> None:
        for call in [*self._waiting, *self._running.values()]:
            call.settle(error=ClusterLostError.from_cluster(call.name))
        self._waiting.clear()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for topic in ("worker-restart-memory", self._started_topic, *self._workers):
            with suppress(Exception):  # the scheduler may be gone
                self._client.unsubscribe_topic(topic)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _hear_of_worker(self, address: str, event: tuple[float, Any]) -> None:
        message = event[1]
        if isinstance(message, dict) and message.get("action") == "remove-worker":
            self._remove(address)

    def _hear_of_memory(self, event: tuple[float, Any]) -> None:
        self._memory_used[event[1]["worker"]] = int(event[1]["rss"])

    def _hear_of_start(self, event: tuple[float, Any]) -> None:
        call = self._running.get(event[1])
        if call is not None and call.limit_seconds is not None:
            self._set_timer(call, call.limit_seconds + GRACE_SECONDS)

    async def _keep_reviewing(self) -> None:
        while True:
            self._review_soon.clear()
            expecting = self._n_restarting() or not self._workers
            with suppress(TimeoutError):
                await asyncio.wait_for(self._review_soon.wait(), _EXPECTING_SECONDS if expecting else _REVIEW_SECONDS)
            await self._review_workers()

    def _n_restarting(self) -> int:
        since = time.monotonic() - _RESTART_SECONDS
        return sum(1 for left in tuple(self._restarts) if left > since)

    async def _review_workers(self) -> None:
        """Learn of new workers, and of those that left before their events were subscribed to.

        The scheduler tells of all workers on its topic "all" too, but among other things there are some that do not
        pickle, for which it closes the connection of whoever listens (distributed 2026.8).
        """
        asked = time.monotonic()
        try:
            identity = await asyncio.wait_for(self._client.scheduler.identity(), 5)
        except Exception:  # noqa: BLE001 -- Dask raises what its transport raises; whatever it is, nobody answered
            self._lose_cluster_if_gone()
            return
        self._cluster_lost = False
        known = identity["workers"]
        for address, facts in known.items():
            if address not in self._workers and self._gone.get(address, 0.0) < asked:
                self._add(address, facts)
        for address, worker in list(self._workers.items()):
            # The list may be older than an event, so one that is missing once is asked for again.
            worker.missed = 0 if address in known else worker.missed + 1
            if worker.missed > 1:
                self._remove(address)
        self._dispatch()

    def _lose_cluster_if_gone(self) -> None:
        if self._client.status == "running":
            return
        self._cluster_lost = True
        self._workers.clear()
        self._restarts.clear()
        for call in [*self._waiting, *self._running.values()]:
            call.settle(error=ClusterLostError.from_cluster(call.name))
            call.abandon(None)
        self._waiting.clear()

    # -- on the loop: calls ---------------------------------------------------------------------------------------

    def _take(self, call: PooledCall) -> None:
        if self._closed or self._cluster_lost:
            call.settle(error=ClusterLostError.from_cluster(call.name))
            return
        self._waiting.append(call)
        self._dispatch()

    def _dispatch(self) -> None:
        for worker in self._workers.values():
            while worker.call is None and not worker.ending and self._waiting:
                call = self._waiting.popleft()
                if not call.future.cancelled():
                    worker.call = call
                    self._running[call.token] = call
                    self._spawn(self._run(call, worker))

    async def _run(self, call: PooledCall, worker: _Worker) -> None:
        call.abandoned = asyncio.get_running_loop().create_future()
        if call.limit_seconds is not None:
            self._set_timer(call, call.limit_seconds + _UNHEARD_START_SECONDS)
        fetching = self._spawn(self._fetch(call, worker))
        try:
            await asyncio.wait({fetching, call.abandoned}, return_when=asyncio.FIRST_COMPLETED)
            if fetching.done():
                await self._settle(call, worker, fetching)
            else:
                call.settle(error=call.abandoned.result())
                if worker.address in self._workers and not worker.has_nanny:
                    # Nobody can end it, so the worker stays taken until the call returns.
                    await asyncio.wait({fetching})
        finally:
            fetching.cancel()
            if call.timer is not None:
                call.timer.cancel()
            self._running.pop(call.token, None)
            worker.call = None
            self._dispatch()

    async def _fetch(self, call: PooledCall, worker: _Worker) -> CallOutcome:
        """Outcome of a call, as Dask brings it; released on the cluster as soon as it is here, or nobody wants it."""
        topic = self._started_topic if call.limit_seconds is not None else None
        request = CallRequest(call.token, call.name, call.payload, topic, call.import_path)
        future = None
        try:
            scattered = await call.scatter() if call.scatter is not None else []
            future = self._client.submit(
                perform_call,
                request,
                scattered,
                key=f"lepton-call-{call.token}",
                workers=[worker.address],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
            outcome: CallOutcome = await future
        except asyncio.CancelledError as error:
            # Dask's own cancellation (its cluster is gone) is of the same class as the one of this task.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise _Lost from error
        except Exception as error:
            raise _Lost from error
        else:
            return outcome
        finally:
            if future is not None:
                future.release()

    async def _settle(self, call: PooledCall, worker: _Worker, fetching: asyncio.Task[CallOutcome]) -> None:
        error = fetching.exception()
        if error is None:
            call.settle_with(fetching.result())
        elif type(error.__cause__).__name__ in {"KilledWorker", "FutureCancelledError", "CommClosedError"}:
            if self._client.status != "running":
                self._lose_cluster_if_gone()
            call.settle(error=await self._reason_of_loss(call, worker))
        else:
            # Such as a package that workers of the user's cluster lack: Dask's own words are the best there are.
            call.settle(error=error.__cause__)

    async def _reason_of_loss(self, call: PooledCall, worker: _Worker) -> WorkerLostError:
        if worker.address not in self._memory_used:
            await asyncio.sleep(_REASON_SECONDS)
        if worker.address in self._memory_used:
            used_bytes = self._memory_used[worker.address]
            return WorkerLostError.from_memory(call.name, used_bytes, worker.memory_limit)
        return WorkerLostError.from_death(call.name, worker.address)

    def _set_timer(self, call: PooledCall, seconds: float) -> None:
        if call.timer is not None:
            call.timer.cancel()
        call.timer = asyncio.get_running_loop().call_later(seconds, self._overrun, call)

    def _overrun(self, call: PooledCall) -> None:
        worker = self._worker_of(call)
        if worker is not None and not call.future.done():
            self._end(worker)
            call.abandon(TaskOverranError.from_limit(call.name, call.limit_seconds or 0.0))

    def _cancel(self, call: PooledCall) -> None:
        with suppress(ValueError):
            self._waiting.remove(call)
        worker = self._worker_of(call)
        if worker is not None:
            self._spawn(self._tell(tell_to_stop, call.token, worker))
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self._end_if_still_running, call)

    def _end_if_still_running(self, call: PooledCall) -> None:
        worker = self._worker_of(call)
        if worker is not None:
            self._end(worker)
            call.abandon(None)

    def _worker_of(self, call: PooledCall) -> _Worker | None:
        return next((worker for worker in self._workers.values() if worker.call is call), None)

    # -- on the loop: workers -------------------------------------------------------------------------------------

    def _add(self, address: str, facts: dict[str, Any]) -> None:
        limit = int(facts.get("memory_limit") or 0)
        self._workers[address] = _Worker(address, limit, has_nanny=bool(facts.get("nanny")))
        self._client.subscribe_topic(address, partial(self._hear_of_worker, address))
        if self._restarts:
            self._restarts.popleft()

    def _remove(self, address: str) -> None:
        worker = self._workers.pop(address, None)
        if worker is None:
            return
        # An answer that is on its way may still name it.
        self._gone[address] = time.monotonic()
        self._review_soon.set()
        with suppress(Exception):  # the connection may be closing
            self._client.unsubscribe_topic(address)
        if worker.has_nanny:
            self._restarts.append(time.monotonic())
        if worker.call is not None:
            self._spawn(self._abandon_lost(worker.call, worker))

    async def _abandon_lost(self, call: PooledCall, worker: _Worker) -> None:
        call.abandon(await self._reason_of_loss(call, worker))

    def _end(self, worker: _Worker) -> None:
        if worker.has_nanny and not worker.ending:
            worker.ending = True
            self._spawn(self._have_it_ended(worker))

    async def _have_it_ended(self, worker: _Worker) -> None:
        with suppress(Exception):  # a worker that has just died by itself is not known any more
            await self._client.run(end_worker_process, workers=[worker.address], nanny=True, on_error="ignore")

    async def _tell(self, function: Callable[[str], None], word: str, worker: _Worker | None) -> None:
        addresses = None if worker is None else [worker.address]
        with suppress(Exception):  # a worker that has just died needs no telling
            await self._client.run(function, word, workers=addresses, on_error="ignore")
