"""Calls on the workers of a Dask cluster: processes that can be ended, here or on other machines."""

from __future__ import annotations

import sys
import threading
import weakref
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal

from lepton_jupyter.exceptions.execution_errors import ExecutorClosedError, UnpicklableCallError
from lepton_jupyter.execution.executor import Placed, Resources
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.memory_mapping import MappedValue, forget_mapped, write_mapped
from lepton_jupyter.execution.scratch_folder import ScratchFolder
from lepton_jupyter.execution.worker_calls import ScatteredArgument
from lepton_jupyter.execution.worker_pool import PooledCall, WorkerPool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# Share of a worker's memory limit that a call may count on; the rest is the interpreter, its libraries and slack.
_MEMORY_SHARE = 0.75

_pools: weakref.WeakKeyDictionary[Any, WorkerPool] = weakref.WeakKeyDictionary()
_pools_lock = threading.Lock()


class DaskExecutor:
    """Runs calls on a Dask cluster, one at a time on each worker, first come, first served.

    Executors of one client share its workers: each sees what is free. Futures are pending until they are done, so that
    they can be cancelled at any time; a cancelled call that does not stop within .2 s has its process ended, and the
    nanny starts another.

    Parameters
    ----------
    client : distributed.Client
        A synchronous client that belongs to this package; see `cluster_handle.ClusterHandle`, which makes executors.
    kind : {"processes", "cluster"}, default="processes"
        What `resources` calls it.
    place_by : {"memory_map", "scatter"}, default="memory_map"
        Whether placed values are files that workers of this machine map, or travel to workers elsewhere.
    folder : Path, optional
        Where files of placed values go, in a folder of their own; the folder for temporary files by default.
    import_path : sequence of str, optional
        The import path the workers were started with: folders added to this process's since are sent with each call.
        None sends nothing, as is right for other machines.
    """

    def __init__(
        self,
        client: Any,
        *,
        kind: Literal["processes", "cluster"] = "processes",
        place_by: Literal["memory_map", "scatter"] = "memory_map",
        folder: Path | None = None,
        import_path: Sequence[str] | None = None,
    ) -> None:
        self._client = client
        self._kind = kind
        self._import_path = None if import_path is None else frozenset(import_path)
        self._pool = pool_of(client)
        self._placing = threading.Lock()
        self._folder = ScratchFolder(folder) if place_by == "memory_map" else None
        self._scattered: dict[int, _ScatteredValue] = {}
        self._futures: set[Future[Any]] = set()
        self._closed = False

    @property
    def resources(self) -> Resources:
        """Workers there are now, and what one call may use of a worker's memory."""
        limit = self._pool.memory_bytes
        memory_bytes = int(limit * _MEMORY_SHARE) if limit else free_memory() // 4
        return Resources(
            kind=self._kind,
            n_workers=self._pool.n_workers,
            memory_bytes=memory_bytes,
            interruptible=self._pool.interruptible,
        )

    def place(self, value: Any) -> Placed:
        """Put a value where the workers are, once.

        Memory-mapped values arrive with read-only arrays; do not change a placed value in place.

        Raises
        ------
        PlacementError
            If the disk is full.
        ExecutorClosedError
            After `close`.
        """
        self._check_open()
        if self._folder is not None:
            return Placed(write_mapped(value, self._folder.path))
        scattered = _ScatteredValue(self._client, value)
        self._client.sync(scattered.future)
        with self._placing:
            self._scattered[id(scattered)] = scattered
        return Placed(scattered)

    def submit(self, function: Callable[..., Any], *args: Any, limit_seconds: float | None = None) -> Future[Any]:
        """Call ``function(*args)`` on the next free worker.

        What was defined in the notebook travels by value. Arguments travel with each call: `place` large ones.

        Raises
        ------
        ExecutorClosedError
            After `close`.
        """
        import cloudpickle

        self._check_open()
        name = getattr(function, "__qualname__", type(function).__qualname__)
        needed = [arg.reference for arg in args if _is_scattered(arg)]
        sent = [self._as_sent(arg, needed) for arg in args]
        try:
            payload = cloudpickle.dumps((function, sent), protocol=5)
        except Exception as error:  # noqa: BLE001 -- objects fail to pickle in ways of their own
            future: Future[Any] = Future()
            future.set_exception(UnpicklableCallError.from_call(name, error))
            return future
        call = PooledCall(
            name, payload, limit_seconds, self._added_import_path(), _scatterer(needed) if needed else None
        )
        self._futures.add(call.future)
        call.future.add_done_callback(self._futures.discard)
        self._pool.enqueue(call)
        return call.future

    def cancel(self, future: Future[Any]) -> None:
        """Give up on a call: its future is cancelled, and if it runs, it is told to stop, then ended."""
        future.cancel()

    def close(self) -> None:
        """Cancel this executor's calls and remove what it placed; the cluster goes on. May be called twice."""
        if self._closed:
            return
        self._closed = True
        for future in tuple(self._futures):
            future.cancel()
        if self._folder is not None:
            self._pool.forget_values(forget_mapped, str(self._folder.path))
            self._folder.close()
        with self._placing:
            self._scattered.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise ExecutorClosedError.from_kind(self._kind)

    def _as_sent(self, arg: Any, needed: list[_ScatteredValue]) -> Any:
        if not isinstance(arg, Placed):
            return arg
        if isinstance(arg.reference, MappedValue):
            return arg.reference
        return ScatteredArgument(needed.index(arg.reference))

    def _added_import_path(self) -> tuple[str, ...]:
        if self._import_path is None:
            return ()
        return tuple(folder for folder in sys.path if folder not in self._import_path)


def pool_of(client: Any) -> WorkerPool:
    """Pool of a client's workers, the same for all executors of the client.

    Parameters
    ----------
    client : distributed.Client

    Returns
    -------
    pool : WorkerPool
    """
    with _pools_lock:
        if client not in _pools:
            _pools[client] = WorkerPool(client)
        return _pools[client]


class _ScatteredValue:
    """A value on the workers of a remote cluster, sent again should all copies be lost with their workers."""

    def __init__(self, client: Any, value: Any) -> None:
        self._client = client
        self._value = value
        self._future: Any = None
        self._sending: Any = None

    async def future(self) -> Any:
        """Dask future of the value; sends it first if need be. Runs on the client's loop."""
        import asyncio

        if self._sending is None:
            self._sending = asyncio.Lock()
        async with self._sending:
            if self._future is None or self._future.status in {"lost", "cancelled", "error"}:
                # Hashing a table takes longer than sending it again would, which never happens.
                # In a list, since Dask would take a list or a dict of the user's apart.
                (self._future,) = await self._client.scatter([self._value], broadcast=True, hash=False)
        return self._future


def _is_scattered(arg: Any) -> bool:
    return isinstance(arg, Placed) and isinstance(arg.reference, _ScatteredValue)


def _scatterer(values: list[_ScatteredValue]) -> Callable[[], Any]:
    async def scatter() -> list[Any]:
        return [await value.future() for value in values]

    return scatter
