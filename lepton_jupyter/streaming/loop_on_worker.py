"""One of the loops that share a stream: it lives on a worker, and tells its owner what happened when it is asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.streaming.error_watch import ErrorWatch
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_places import shared_source_of, sink_of
from lepton_jupyter.streaming.stream_thread import StreamThread

if TYPE_CHECKING:
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.row_scoring import Scorer


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the owner of a shared stream says to one of its loops, each second; it renews the loop's lease.

    Parameters
    ----------
    n_heard : int
        Events of it that have arrived; the loop forgets them.
    stop, paused_by : str
        Who wishes that it stops, or reads no more for now; empty: nobody.
    n_tail : int
        How many of its last results it is asked for.
    """

    n_heard: int = 0
    stop: str = ""
    paused_by: str = ""
    n_tail: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a loop answers.

    Parameters
    ----------
    first : int
        Number of the first of `events`.
    events : tuple of Event
        Those that its owner has not said to have heard.
    opened : bool
        Whether its ends are open, or were.
    error : Exception or None
        Why they could not be opened.
    ended : bool
        Whether it goes on no more.
    tail : tuple of dict
        Its last results, as many as were asked for.
    """

    first: int
    events: tuple[Event, ...]
    opened: bool
    error: Exception | None = None
    ended: bool = False
    tail: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopPlan:
    """All that a worker needs to make its loop; picklable.

    Parameters
    ----------
    name : str
        Of the stream: names the group that its loops form.
    source, sink : str
        Addresses; a path of a folder that all workers share is a sink too.
    dead_letters : str
        Address, or a path; in it ``{seat}`` is the number of the loop.
    scorer : Scorer
        Compiled already.
    settings : LoopSettings
    prequential : PrequentialScore or None
    column_watch : ColumnWatch or None
    watches_errors, bounded : bool
        Whether errors are watched for drift, and lie between 0 and 1.
    """

    name: str
    source: str
    sink: str
    dead_letters: str
    scorer: Scorer
    settings: LoopSettings
    prequential: PrequentialScore | None = None
    column_watch: ColumnWatch | None = None
    watches_errors: bool = False
    bounded: bool = False

    def __call__(self, seat: int) -> LoopOnWorker:
        """Begin it; its ends are opened in the background."""
        return LoopOnWorker(self, seat)

    def for_workers(self, n_workers: int) -> LoopPlan:
        """The same for one of so many: of a rate each has its part."""
        rate = self.settings.rate
        return self if rate is None else replace(self, settings=replace(self.settings, rate=rate / n_workers))


class LoopOnWorker:
    """A stream's loop on a thread of a worker, whose lease is renewed by what its owner tells it.

    Parameters
    ----------
    plan : LoopPlan
    seat : int
        Its number among the loops of the stream: names it within the group, so that whoever takes the seat after it
        goes on with what it was given and did not finish.
    """

    def __init__(self, plan: LoopPlan, seat: int) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._first = 0
        self._error: Exception | None = None
        self._opened = False
        self._lease = OwnerLease()
        dead_letters = plan.dead_letters.format(seat=seat)
        self._loop = StreamLoop(
            shared_source_of(plan.source, name=plan.name, seat=seat),
            sink_of(plan.sink),
            sink_of(dead_letters) if "://" in dead_letters else JsonLinesFile(Path(dead_letters)),
            plan.scorer,
            say=self._say,
            checkpoint=OffsetCheckpoint(None),
            settings=plan.settings,
            lease=self._lease,
            prequential=plan.prequential,
            error_watch=ErrorWatch(bounded=plan.bounded) if plan.watches_errors else None,
            column_watch=plan.column_watch,
        )
        self._thread = StreamThread(
            self._loop, self._lease, name=f"lepton-loop-{seat}", at_end=lambda: None, holds_lease=False
        )
        # Whoever places it must not wait for a broker that does not answer.
        threading.Thread(target=self._start, name=f"lepton-loop-{seat}-start", daemon=True).start()

    def hear(self, told: Told) -> Answer:
        """Do what is wished, and tell what happened."""
        self._lease.renew()
        if told.paused_by:
            self._loop.pause(told.paused_by)
        else:
            self._loop.proceed("owner")
        if told.stop:
            self._loop.stop(told.stop)
        # Asked before the events are looked at: after the end none is missed.
        ended = self._opened and not self._thread.running
        with self._lock:
            del self._events[: max(0, told.n_heard - self._first)]
            self._first = max(self._first, told.n_heard)
            events = tuple(self._events)
        tail = tuple(self._loop.tail)[-told.n_tail :] if told.n_tail else ()
        return Answer(first=self._first, events=events, opened=self._opened, error=self._error, ended=ended, tail=tail)

    def leave(self) -> None:
        """End; what was read is stored and committed."""
        self._loop.stop("owner")
        self._lease.release()

    def _start(self) -> None:
        try:
            self._thread.start()
        except Exception as error:  # noqa: BLE001  the owner is told when it asks next
            self._error = error
        else:
            self._opened = True

    def _say(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)
