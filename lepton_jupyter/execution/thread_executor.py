"""Calls on threads of this process: ready at once, for functions that look at their deadline."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import ExecutorClosedError, InvalidWorkerCountError
from lepton_jupyter.execution.deadline import cancellation_scope
from lepton_jupyter.execution.executor import Placed, Resources
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.native_threads import hold_native_threads, limit_this_thread, release_native_threads
from lepton_jupyter.execution.returned_memory import return_memory
from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable


class ThreadExecutor:
    """Runs calls on daemon threads, first come, first served.

    A thread cannot be ended from outside: `cancel` brings the deadlines of a running call forward (see
    `cancellation_scope`), gives its future up at once, and leaves the thread to notice. The threads are daemons, so the
    end of a kernel never waits for one. While the executor is open, native code runs on one thread.

    Parameters
    ----------
    n_workers : int, optional
        Number of threads; one for each usable core by default.

    Raises
    ------
    InvalidWorkerCountError
        If `n_workers` is less than one.

    Examples
    --------
    >>> executor = ThreadExecutor(2)
    >>> [future.result() for future in [executor.submit(pow, 2, n) for n in range(4)]]
    [1, 2, 4, 8]
    >>> executor.close()
    """

    def __init__(self, n_workers: int | None = None) -> None:
        if n_workers is not None and n_workers < 1:
            raise InvalidWorkerCountError.from_value(n_workers)
        self._n_workers = n_workers or len(usable_cores())
        self._calls = _CallQueue()
        hold_native_threads()
        # The threads know the queue, not the executor: when one is forgotten, they finish what was given and end.
        self._finalizer = weakref.finalize(self, _let_go, self._calls)
        self._threads = [
            threading.Thread(target=_work, args=(self._calls,), name=f"lepton-worker-{number}", daemon=True)
            for number in range(self._n_workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def resources(self) -> Resources:
        """Threads, and the memory one call may count on: a quarter of what is free, less with many threads."""
        memory_bytes = free_memory() // max(4, self._n_workers)
        return Resources(kind="threads", n_workers=self._n_workers, memory_bytes=memory_bytes, interruptible=False)

    def place(self, value: Any) -> Placed:
        """Value, as it is: threads share it."""
        return Placed(value)

    def submit(self, function: Callable[..., Any], *args: Any, limit_seconds: float | None = None) -> Future[Any]:  # noqa: ARG002 -- part of the interface; nobody could end a thread that overstays
        """Call ``function(*args)`` on the next free thread.

        The future is pending until it is done, so that it can be cancelled at any time.

        Raises
        ------
        ExecutorClosedError
            After `close`.
        """
        call = _Call(function, tuple(arg.reference if isinstance(arg, Placed) else arg for arg in args))
        # Of the call's event, not of the call: a future that knows its call is in a circle with it, and what it holds
        # would be there until the collector comes by.
        call.future.add_done_callback(partial(_notice_cancellation, call.cancelled))
        self._calls.put(call)
        return call.future

    def cancel(self, future: Future[Any]) -> None:
        """Give up on a call: its future is cancelled, and if it runs, its deadlines pass."""
        future.cancel()

    def close(self) -> None:
        """Cancel what is queued or running, and let the threads go. May be called twice.

        Returns without waiting for calls that run; their threads end with them.
        """
        if not self._finalizer.alive:
            return
        busy = self._calls.close()
        self._finalizer()
        for thread in self._threads:
            if thread.ident not in busy and thread is not threading.current_thread():
                thread.join()


@dataclass(slots=True, eq=False)
class _Call:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            with cancellation_scope(self.cancelled):
                value = self.function(*self.args)
        except BaseException as error:  # noqa: BLE001 -- whatever the call raises belongs to its future
            with suppress(InvalidStateError):
                self.future.set_exception(error)
        else:
            with suppress(InvalidStateError):
                self.future.set_result(value)


def _notice_cancellation(cancelled: threading.Event, future: Future[Any]) -> None:
    if future.cancelled():
        cancelled.set()
        # Those who already wait in `wait` or `as_completed` hear of a cancellation only through this.
        future.set_running_or_notify_cancel()


class _CallQueue:
    """Calls that wait and calls that run; `take` blocks until there is one or the queue is closed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: deque[_Call] = deque()
        self._running: dict[int, _Call] = {}
        self._closed = False  # takes no more
        self._ending = False  # ends with the last call

    def put(self, call: _Call) -> None:
        with self._condition:
            if self._closed:
                raise ExecutorClosedError.from_kind("threads")
            self._waiting.append(call)
            self._condition.notify()

    def take(self) -> _Call | None:
        with self._condition:
            self._running.pop(threading.get_ident(), None)
            while True:
                if self._closed:
                    return None
                if self._waiting:
                    call = self._waiting.popleft()
                    if not call.future.cancelled():
                        self._running[threading.get_ident()] = call
                        return call
                elif self._ending:
                    return None
                else:
                    self._condition.wait()

    def end_when_empty(self) -> None:
        with self._condition:
            self._ending = True
            self._condition.notify_all()

    def close(self) -> set[int]:
        """Cancel everything; the identities of threads that are still busy."""
        with self._condition:
            self._closed = True
            calls = [*self._waiting, *self._running.values()]
            busy = set(self._running)
            self._waiting.clear()
            self._condition.notify_all()
        # Outside the lock: cancelling runs the callbacks of whoever waits.
        for call in calls:
            call.future.cancel()
        return busy


def _let_go(calls: _CallQueue) -> None:
    calls.end_when_empty()
    release_native_threads()


def _work(calls: _CallQueue) -> None:
    while (call := calls.take()) is not None:
        limit_this_thread()
        call.run()
        # Nothing of a finished call may stay alive while the thread waits for the next.
        del call
        return_memory()
