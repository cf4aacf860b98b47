"""A lease: a stream goes on only as long as somebody owns it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: How often an owner renews a lease, and how long it holds without that.
RENEW_SECONDS = 2.0
LEASE_SECONDS = 10.0


class OwnerLease:
    """Says whether the owner of a stream is still there; may be used from any thread.

    Parameters
    ----------
    seconds : float, default=10
        How long it holds after it was renewed; infinite for a stream that nobody needs to own.
    clock : callable, default=time.monotonic

    Examples
    --------
    >>> now = [0.0]
    >>> lease = OwnerLease(10.0, clock=lambda: now[0])
    >>> now[0] = 9.0
    >>> lease.renew()
    >>> now[0] = 18.0
    >>> lease.expired()
    False
    >>> now[0] = 19.5
    >>> lease.expired()
    True
    """

    def __init__(self, seconds: float = LEASE_SECONDS, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._renewed_at = clock()

    def renew(self) -> None:
        """The owner is there."""
        self._renewed_at = self._clock()

    def release(self) -> None:
        """The owner goes: the stream ends."""
        self._renewed_at = -math.inf

    def expired(self) -> bool:
        """Whether the owner has not been heard of for too long."""
        return self._clock() - self._renewed_at > self._seconds
