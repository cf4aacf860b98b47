"""Calls made one after the other by the thread that submits them: the plainest executor."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import ExecutorClosedError
from lepton_jupyter.execution.deadline import cancellation_scope
from lepton_jupyter.execution.executor import Placed, Resources
from lepton_jupyter.execution.free_memory import free_memory

if TYPE_CHECKING:
    from collections.abc import Callable


class SerialExecutor:
    """Runs each call within `submit`, which gives a future that is done.

    Used inside workers of others (a Dask task, a joblib child), where starting threads or processes would take
    cores that belong to somebody else. A keyboard interrupt during a call is raised where the call was submitted.

    Examples
    --------
    >>> executor = SerialExecutor()
    >>> executor.submit(max, 2, 3).result()
    3
    >>> executor.close()
    """

    def __init__(self) -> None:
        self._closed = False
        self._cancelled = threading.Event()

    @property
    def resources(self) -> Resources:
        """One worker, a quarter of the free memory, and no way to end a call that never returns."""
        return Resources(kind="serial", n_workers=1, memory_bytes=free_memory() // 4, interruptible=False)

    def place(self, value: Any) -> Placed:
        """Value, as it is: it lies in this process already."""
        return Placed(value)

    def submit(self, function: Callable[..., Any], *args: Any, limit_seconds: float | None = None) -> Future[Any]:  # noqa: ARG002 -- part of the interface; nobody could end a call that overstays
        """Call ``function(*args)`` now; the future is done when it is returned.

        Raises
        ------
        ExecutorClosedError
            After `close`.
        """
        if self._closed:
            raise ExecutorClosedError.from_kind("serial")
        future: Future[Any] = Future()
        try:
            with cancellation_scope(self._cancelled):
                value = function(*(arg.reference if isinstance(arg, Placed) else arg for arg in args))
        except Exception as error:  # noqa: BLE001 -- whatever the call raises belongs to its future
            future.set_exception(error)
        else:
            future.set_result(value)
        return future

    def cancel(self, future: Future[Any]) -> None:
        """Nothing to do: a future that somebody holds is done."""

    def close(self) -> None:
        """Take no more calls; one that runs in another thread is told to stop. May be called twice."""
        self._closed = True
        self._cancelled.set()
