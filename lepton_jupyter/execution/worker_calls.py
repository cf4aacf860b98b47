"""What runs on the far side: a call in a worker process, and the words the executor has with it meanwhile.

Everything here is imported by workers and nannies, so it must stay quick to import.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, SupportsIndex

from lepton_jupyter.exceptions.execution_errors import UnpicklableCallError
from lepton_jupyter.execution.deadline import cancellation_scope
from lepton_jupyter.execution.memory_mapping import MappedValue
from lepton_jupyter.execution.returned_memory import return_memory
from lepton_jupyter.execution.worker_warm_up import wait_until_warm

# Calls that run in this process, by token; one at a time, but a cancelled one may overlap with its successor.
_running: dict[str, threading.Event] = {}


@dataclass(frozen=True, slots=True)
class ScatteredArgument:
    """Stands for the argument that travels beside the call as a Dask future, by its position among them."""

    position: int


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call on its way to a worker.

    Parameters
    ----------
    token : str
        Unique to the call; it is cancelled by it.
    name : str
        The function, as errors name it.
    payload : bytes
        Pickled function and arguments.
    announce_on : str or None
        Topic on which the start of the call is announced, when somebody watches its time.
    import_path : tuple of str
        Folders that the notebook has added to its import path since the cluster was started.
    """

    token: str
    name: str
    payload: bytes
    announce_on: str | None
    import_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What a call returned or raised, pickled by the call itself.

    Dask would pickle a result when it is fetched, log pages about one that does not pickle, and raise them too.

    Parameters
    ----------
    raised : bool
    pickled : bytes
    buffers : tuple of pickle.PickleBuffer
        Large buffers of the result, which travel beside it without being copied.
    """

    raised: bool
    pickled: bytes
    buffers: tuple[pickle.PickleBuffer | bytearray, ...] = ()

    @classmethod
    def of(cls, value: Any, *, raised: bool = False) -> CallOutcome:
        """Outcome that brings `value`, or raises it."""
        import cloudpickle

        buffers: list[pickle.PickleBuffer] = []
        pickled = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        return cls(raised, pickled, tuple(buffers))

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        # A result that Dask brings by way of the scheduler is pickled by a protocol that knows no such buffers.
        buffers = self.buffers if int(protocol) >= 5 else tuple(bytearray(buffer) for buffer in self.buffers)
        return CallOutcome, (self.raised, self.pickled, buffers)

    def unpack(self) -> Any:
        """Result or error that was packed."""
        return pickle.loads(self.pickled, buffers=self.buffers)


def perform_call(request: CallRequest, scattered: list[Any]) -> CallOutcome:
    """Make a call in this worker process; what it raises is part of the outcome.

    Parameters
    ----------
    request : CallRequest
    scattered : list
        Values that Dask has brought for the arguments that stand for them.

    Returns
    -------
    outcome : CallOutcome
    """
    cancelled = _running.setdefault(request.token, threading.Event())
    try:
        wait_until_warm()
        sys.path.extend(folder for folder in request.import_path if folder not in sys.path)
        function, args = pickle.loads(request.payload)
        args = [_resolve(arg, scattered) for arg in args]
        # Only now: imports that unpickling has brought about are not the call's own time.
        if request.announce_on is not None:
            _announce(request.announce_on, request.token)
        with cancellation_scope(cancelled):
            value = function(*args)
        return _pack(value, request.name)
    except BaseException as error:  # noqa: BLE001 -- whatever the call raises belongs to its future
        return _pack_error(error)
    finally:
        _running.pop(request.token, None)
        return_memory()


def tell_to_stop(token: str) -> None:
    """Let the deadlines of a call pass that runs in this worker process."""
    if token in _running:
        _running[token].set()


def end_worker_process(dask_worker: Any) -> bool:
    """Kill the worker process of a nanny, and all that it has started; the nanny starts another.

    Runs on the nanny, which answers even when its worker is in native code that never lets go of the interpreter.

    Parameters
    ----------
    dask_worker : distributed.Nanny

    Returns
    -------
    ended : bool
    """
    import psutil

    pid = dask_worker.pid
    if pid is None:
        return False
    with suppress(psutil.NoSuchProcess):
        worker = psutil.Process(pid)
        for process in [*worker.children(recursive=True), worker]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    return True


def _resolve(arg: Any, scattered: list[Any]) -> Any:
    if isinstance(arg, MappedValue):
        return arg.load()
    if isinstance(arg, ScatteredArgument):
        return scattered[arg.position]
    return arg


def _announce(topic: str, token: str) -> None:
    """Tell the kernel that a call starts, and wait until the scheduler has heard it.

    A message that is only queued would never leave if the call held on to the interpreter.
    """
    from distributed import get_worker

    worker = get_worker()
    sent = asyncio.run_coroutine_threadsafe(
        worker.scheduler.log_event(topic=topic, msg=token), worker.loop.asyncio_loop
    )
    sent.result(timeout=10)


def _pack(value: Any, name: str) -> CallOutcome:
    try:
        return CallOutcome.of(value)
    except Exception as error:
        raise UnpicklableCallError.from_result(name, error) from error


def _pack_error(error: BaseException) -> CallOutcome:
    """Error as it can travel: with the worker's traceback as a note, in its own type if that pickles."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    error.add_note("On the worker:\n" + "".join(lines))
    try:
        outcome = CallOutcome.of(error, raised=True)
        outcome.unpack()
    except Exception:  # noqa: BLE001 -- an error's own pickling may fail in any way
        return CallOutcome.of(RuntimeError(f"{type(error).__name__}: {error}"), raised=True)
    return outcome
