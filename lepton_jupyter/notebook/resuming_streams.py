"""Going on with a stream: what ``%lepton resume`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import StreamStarted
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.notebook.contenders import champion_runs
from lepton_jupyter.notebook.kept_ends import kept_end
from lepton_jupyter.notebook.library import find_folder, find_run
from lepton_jupyter.notebook.shared_streams import check_shared
from lepton_jupyter.notebook.stream_ends import StreamEnds
from lepton_jupyter.notebook.stream_launching import MOST_EVENTS, launched_stream, presented
from lepton_jupyter.notebook.stream_wishes import StreamWishes
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.streaming.online_learner import NAMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.notebook.stream_handle import Stream


def resume_stream(
    run_id: str, *, source: Any = None, sink: Any = None, find_object: Callable[[str], Any] | None = None
) -> Stream:
    """Go on with a stream from its committed offsets, with the model it had.

    Parameters
    ----------
    run_id : str
        Name or id.
    source, sink : optional
        As for `stream`. Default: the same path or SQLite file, or what `find_object` finds; another address must be
        given again, since it is not kept.
    find_object : callable, optional
        Finds tables, generators and functions by the names they had; returns None if there is none.

    Returns
    -------
    stream : Stream

    Raises
    ------
    RunLockedError
        If it goes on in another kernel, or in this one.
    StreamUsageError
        If its source or its sink is not here.
    """
    folder = find_folder(run_id)
    lock = folder.lock()
    log: EventLog | None = None
    try:
        log = opened = EventLog.open(
            folder.events,
            on_write_error=lambda error: opened.append(WarningRaised(text=str(error))),
            most_events=MOST_EVENTS,
        )
        before = next(each.event for each in reversed(log.events()) if isinstance(each.event, StreamStarted))
        wishes = StreamWishes.read(folder)
        find = find_object or (lambda _: None)
        found = [
            given if given is not None else kept_end(place) or (find(label) if label else None)
            for given, place, label in (
                (source, wishes.source_place, wishes.source_label),
                (sink, wishes.sink_place, wishes.sink_label),
            )
        ]
        for end, value, label in (("source", found[0], before.source), ("sink", found[1], before.sink)):
            if value is None:
                raise StreamUsageError.from_lost_end(folder.run_id, end, label)
        dead_letters = kept_end(wishes.dead_place)
        check_shared(wishes, found[0], found[1], dead_letters)
        ends = StreamEnds.of(wishes, found[0], found[1], dead_letters)
        # As the person typed them then, though their absolute paths were kept.
        shown = (
            before.source if source is None else ends.source.label,
            before.sink if sink is None else ends.sink.label,
            before.dead_letters,
        )
        champions = [find_run(each).wait() for each in champion_runs(log.events())]
        started = launched_stream(
            champions,
            folder,
            lock,
            log,
            ends,
            wishes,
            learn=_learner_again(wishes.learn, find),
            shown_ends=shown,
            resumed=True,
        )
    except BaseException:
        if log is not None:
            log.close()
        lock.release()
        raise
    return presented(started)


def _learner_again(wish: str, find: Callable[[str], Any]) -> Any:
    """The online learner of a stream that goes on, as it was asked for; it begins anew."""
    return wish if wish in NAMED else find(wish) if wish else None
