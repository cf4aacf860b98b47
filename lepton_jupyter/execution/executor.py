"""What an executor is: it takes callables, gives futures, and can tell what it has to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


@dataclass(frozen=True, slots=True)
class Resources:
    """What an executor works with.

    Parameters
    ----------
    kind : {"serial", "threads", "processes", "cluster"}
    n_workers : int
        How many calls run side by side.
    memory_bytes : int
        Free memory that one call may count on.
    interruptible : bool
        Whether a call that never returns can be ended (its process is restarted). Threads cannot.
    """

    kind: str
    n_workers: int
    memory_bytes: int
    interruptible: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A value that lies where the workers are; given to `submit` as an argument it arrives as the value.

    Parameters
    ----------
    reference : object
        What the executor that made it needs to find the value again; opaque to others.
    """

    reference: Any


class Executor(Protocol):
    """Runs plain picklable functions; knows callables and futures, never trials."""

    @property
    def resources(self) -> Resources:
        """What there is to work with now; may change while a cluster grows or shrinks."""
        ...

    def place(self, value: Any) -> Placed:
        """Put `value` where the workers are, once, however many calls use it."""
        ...

    def submit(self, function: Callable[..., Any], *args: Any, limit_seconds: float | None = None) -> Future[Any]:
        """Call ``function(*args)`` on a free worker.

        Parameters
        ----------
        function : callable
            Importable or, where processes run it, sent by value.
        *args : object
            `Placed` values among them arrive as the values they stand for.
        limit_seconds : float, optional
            The call promises to return within this time of its start. One that overstays by more than .2 s has its
            process restarted, where that can be done, and its future raises `TaskOverranError`.

        Returns
        -------
        future : concurrent.futures.Future
            Raises what the call raised; `WorkerLostError` if its process died; `CancelledError` after `cancel`.
        """
        ...

    def cancel(self, future: Future[Any]) -> None:
        """Give up on a call: not started, or told to stop, or its process restarted. Returns at once."""
        ...

    def close(self) -> None:
        """Free everything this executor made; calls in flight are cancelled. May be called twice."""
        ...
