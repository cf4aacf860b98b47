"""Deadlines that a computation looks at between its steps, and that a thread executor can bring forward."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_running = threading.local()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which a computation should return what it has.

    Parameters
    ----------
    at : float
        On the scale of `clock`; infinity for no limit.
    clock : callable, default=time.monotonic
        Where the time is read; passed in by tests.
    cancelled : threading.Event or None
        Set by a thread executor when nobody waits for the result any more.

    Examples
    --------
    >>> now = [0.0]
    >>> deadline = Deadline.after(2.0, clock=lambda: now[0])
    >>> deadline.passed()
    False
    >>> now[0] = 2.5
    >>> deadline.passed(), deadline.seconds_left()
    (True, 0.0)
    """

    at: float
    clock: Callable[[], float] = time.monotonic
    cancelled: threading.Event | None = None

    @classmethod
    def after(cls, seconds: float | None, *, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """Deadline `seconds` from now, or none, that also hears the cancellation of the call it is made in."""
        at = math.inf if seconds is None else clock() + seconds
        return cls(at, clock, getattr(_running, "cancelled", None))

    def passed(self) -> bool:
        """Whether it is time to return."""
        if self.cancelled is not None and self.cancelled.is_set():
            return True
        return self.at != math.inf and self.clock() >= self.at

    def given_up(self) -> bool:
        """Whether nobody waits for the result any more, however much time is left."""
        return self.cancelled is not None and self.cancelled.is_set()

    def later(self, seconds: float) -> Deadline:
        """The same so many seconds later.

        Examples
        --------
        >>> Deadline(2.0, clock=lambda: 0.0).later(1.5).seconds_left()
        3.5
        """
        return replace(self, at=self.at + seconds)

    def seconds_left(self) -> float:
        """Seconds until the deadline, never negative; infinity without one."""
        if self.passed():
            return 0.0
        return math.inf if self.at == math.inf else self.at - self.clock()


@contextmanager
def cancellation_scope(cancelled: threading.Event) -> Iterator[None]:
    """Within it, deadlines made on this thread also pass when `cancelled` is set."""
    _running.cancelled = cancelled
    try:
        yield
    finally:
        _running.cancelled = None
