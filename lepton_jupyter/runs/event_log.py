"""The log of a run: events are appended, subscribers hear of them, a file keeps them, and nothing is ever changed."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from bisect import bisect_right
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.run_events import Event, WarningRaised
from lepton_jupyter.runs.log_file import SYNC_SECONDS, LogFile
from lepton_jupyter.runs.log_reading import LogContents, log_line, read_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lepton_jupyter.exceptions.run_errors import LogWriteError

    Subscriber = Callable[[LoggedEvent], object]

_logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Now, in UTC; passed in by tests."""
    return datetime.now(UTC)


class EventLog:
    """All that happened in a run, in order; may be used from any thread.

    `append` numbers and dates an event, hands it to the thread that writes the file, and calls the subscribers; it
    never waits for a disk. Subscribers hear every event once and in order, on a thread that appends. One that appends
    in its turn is heard after all have heard the event at hand.

    Parameters
    ----------
    path : Path, optional
        File that keeps the events; without one they are in memory only. An existing file is continued with `open`.
    clock : callable, default=time.monotonic
        Seconds; differences of it are the running time.
    now : callable, default=utc_now
        For the dates.
    on_write_error : callable, optional
        Called once, on the writing thread, with the `LogWriteError` when the file can no longer be written; the log
        goes on in memory. `write_error` holds it too.
    sync_seconds : float, default=0.5
        Longest time before an event is safe from a power cut.
    most_events : int, optional
        About how many of the newest events stay in memory; the file keeps all. Default: all of them.

    Examples
    --------
    >>> from lepton_jupyter.events.run_events import BudgetExtended
    >>> log = EventLog()
    >>> heard = []
    >>> unsubscribe = log.subscribe(heard.append)
    >>> log.append(BudgetExtended(seconds=30.0)).sequence
    0
    >>> heard[0].event
    BudgetExtended(seconds=30.0)
    >>> unsubscribe()
    >>> len(log)
    1
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        on_write_error: Callable[[LogWriteError], object] | None = None,
        sync_seconds: float = SYNC_SECONDS,
        most_events: int | None = None,
        history: LogContents | None = None,
    ) -> None:
        self._most_events = most_events
        self._clock, self._now = clock, now
        self._lock = threading.RLock()
        self._events: list[LoggedEvent] = list(history.events) if history else []
        self._next_sequence = history.next_sequence if history else 0
        self._elapsed_before = history.elapsed_seconds if history else 0.0
        self._began = clock()
        self._subscribers: list[Subscriber] = []
        self._unheard: deque[LoggedEvent] = deque()
        self._dispatching = False
        self.notes: tuple[str, ...] = history.notes if history else ()
        self._file = LogFile(path, sync_seconds=sync_seconds, on_error=on_write_error) if path else None
        # At the latest when Python ends: the writing thread is a daemon and would be cut off mid-batch.
        self._finalizer = weakref.finalize(self, self._file.close) if self._file else None

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        on_write_error: Callable[[LogWriteError], object] | None = None,
        sync_seconds: float = SYNC_SECONDS,
        most_events: int | None = None,
    ) -> Self:
        """Continue the log in a file: numbers and running time go on from its last event, a torn end is cut off.

        The caller holds the run's lock. To look at a log only, use `read_log`.

        Raises
        ------
        DamagedRunError
            If a line that is not the last one cannot be read, or there is no file.
        """
        history = read_log(path, repair=True)
        return cls(
            path,
            clock=clock,
            now=now,
            on_write_error=on_write_error,
            sync_seconds=sync_seconds,
            most_events=most_events,
            history=history,
        )

    def __len__(self) -> int:
        return len(self._events)

    @property
    def write_error(self) -> LogWriteError | None:
        """Why the file is no longer written, or None."""
        return self._file.error if self._file else None

    def elapsed_seconds(self) -> float:
        """Running time until now: of this process, on top of what the run had before it was resumed."""
        return self._elapsed_before + max(0.0, self._clock() - self._began)

    def append(self, event: Event) -> LoggedEvent:
        """Add an event.

        Parameters
        ----------
        event : Event

        Returns
        -------
        logged : LoggedEvent
            The event with its number, date and running time.
        """
        with self._lock:
            logged = LoggedEvent(
                sequence=self._next_sequence,
                at=self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                elapsed_seconds=self.elapsed_seconds(),
                event=event,
            )
            # Written out here, so that an event that cannot be is its sender's error and changes nothing.
            line = log_line(logged)
            self._next_sequence += 1
            self._keep(logged)
            if self._file is not None:
                self._file.write(line)
        self._dispatch()
        return logged

    def receive(self, logged: LoggedEvent) -> None:
        """Add an event that another process has numbered and dated, and has written; for a log without a file."""
        with self._lock:
            self._next_sequence = logged.sequence + 1
            self._elapsed_before, self._began = logged.elapsed_seconds, self._clock()
            self._keep(logged)
        self._dispatch()

    def _keep(self, logged: LoggedEvent) -> None:
        self._events.append(logged)
        if self._most_events is not None and len(self._events) >= 2 * self._most_events:
            del self._events[: -self._most_events]
        self._unheard.append(logged)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with every event from now on.

        A subscriber that raises is dropped, and a warning in the log says so; the run goes on.

        Returns
        -------
        unsubscribe : callable
            Ends it; may be called twice.
        """
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def events(self) -> tuple[LoggedEvent, ...]:
        """All events so far, oldest first; the newest, where only so many stay in memory."""
        with self._lock:
            return tuple(self._events)

    def since(self, sequence: int) -> tuple[LoggedEvent, ...]:
        """Events that came after the one with this number; -1 gives all."""
        with self._lock:
            # Not the number itself as an index: events of a newer version leave gaps.
            start = bisect_right(self._events, sequence, key=lambda logged: logged.sequence)
            return tuple(self._events[start:])

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was appended is on disk; False if it could not be, or not within `timeout` seconds."""
        return self._file is None or self._file.flush(timeout)

    def close(self) -> None:
        """Bring all to disk and end the writing thread; later events stay in memory. May be called twice."""
        if self._finalizer is not None:
            self._finalizer()

    def _dispatch(self) -> None:
        # Whoever comes first calls the subscribers for all: one thread at a time keeps the order, and nobody waits for
        # another's subscribers, which would be a deadlock as soon as one of them waits for that thread.
        while True:
            with self._lock:
                if self._dispatching or not self._unheard:
                    return
                self._dispatching = True
                logged = self._unheard.popleft()
                subscribers = tuple(self._subscribers)
            try:
                for subscriber in subscribers:
                    self._tell(subscriber, logged)
            finally:
                with self._lock:
                    self._dispatching = False

    def _tell(self, subscriber: Subscriber, logged: LoggedEvent) -> None:
        try:
            subscriber(logged)
        except Exception as error:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)
            name = getattr(subscriber, "__qualname__", type(subscriber).__qualname__)
            # Its own message stays out of the log: it may hold an address with a password, or a cell's value.
            _logger.debug("%s was dropped", name, exc_info=True)
            self.append(
                WarningRaised(text=f"{name} raised {type(error).__name__} and is told nothing more of this run.")
            )
