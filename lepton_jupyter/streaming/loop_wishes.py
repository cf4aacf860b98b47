"""What is asked of a stream's loop: that it stops, pauses or goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.events.stream_events import StreamContinued, StreamPaused

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.left_wishes import LeftWishes
    from lepton_jupyter.streaming.owner_lease import OwnerLease

#: Who wishes what was left in the stream's folder.
ELSEWHERE = "another kernel"


class LoopWishes:
    """Wishes from any thread, and from other processes.

    Parameters
    ----------
    say : callable
        ``say(event)`` appends to the run's log.
    lease : OwnerLease
        Without it the loop is to stop as well.
    left : LeftWishes or None
        Where another kernel may wish something.

    Examples
    --------
    >>> from lepton_jupyter.streaming.owner_lease import OwnerLease
    >>> wishes = LoopWishes(print, OwnerLease(), None)
    >>> wishes.pause("python")
    StreamPaused(by='python')
    >>> wishes.stop("magic")
    >>> wishes.paused, wishes.why_stop()
    (True, 'stopped')
    """

    def __init__(self, say: Callable[[Event], object], lease: OwnerLease, left: LeftWishes | None) -> None:
        self._say, self._lease, self._left = say, lease, left
        self._stop = self._paused_by = ""
        self._told_stop = False

    @property
    def paused(self) -> bool:
        """Whether no more is to be read for now."""
        return bool(self._paused_by)

    def why_stop(self) -> str:
        """Why the loop is to stop, as `StreamEnded` says it; empty: it is not."""
        if self._stop:
            return "stopped"
        return "lease" if self._lease.expired() else ""

    def stop(self, by: str) -> None:
        """Wish that it ends."""
        self._stop = self._stop or by

    def pause(self, by: str) -> None:
        """Wish that it reads no more until `proceed`."""
        if not self._paused_by:
            self._paused_by = by
            self._say(StreamPaused(by=by))

    def proceed(self, by: str) -> bool:
        """Wish that it reads again; whether it had paused."""
        if not self._paused_by:
            return False
        self._paused_by = ""
        self._say(StreamContinued(by=by))
        return True

    def begin(self) -> None:
        """Forget what was wished of an earlier life of the stream."""
        if self._left is not None:
            self._left.withdraw()

    def wished_elsewhere(self) -> str:
        """What another process wishes now: ``"stop"``, ``"pause"``, ``"proceed"``, or nothing that is new."""
        if self._left is None:
            return ""
        if self._left.stops and not self._stop:
            return "stop"
        if self._left.pauses:
            return "" if self._paused_by else "pause"
        return "proceed" if self._paused_by == ELSEWHERE else ""

    def tell_stop(self) -> None:
        """Say once that it is to stop, and who wishes it."""
        if self._stop and not self._told_stop:
            self._told_stop = True
            self._say(StopRequested(source=self._stop))
