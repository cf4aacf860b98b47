"""Going on with a stream: what ``%lepton resume`` calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import StreamStarted
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.notebook.contenders import champions_told
from lepton_jupyter.notebook.detaching import detached_again
from lepton_jupyter.notebook.library import find_folder, find_run
from lepton_jupyter.notebook.shared_streams import check_shared
from lepton_jupyter.notebook.stream_ends import StreamEnds
from lepton_jupyter.notebook.stream_launching import MOST_EVENTS, launched_stream, presented
from lepton_jupyter.notebook.stream_wishes import StreamWishes
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_reading import read_log
from lepton_jupyter.streaming.online_learner import NAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.notebook.stream_handle import Stream
    from lepton_jupyter.runs.run_folder import RunFolder


def resume_stream(
    run_id: str,
    *,
    source: Any = None,
    sink: Any = None,
    dead_letters: Any = None,
    detach: bool | None = None,
    find_object: Callable[[str], Any] | None = None,
) -> Stream:
    """Go on with a stream from its committed offsets, with the model it had.

    Parameters
    ----------
    run_id : str
        Name or id.
    source, sink, dead_letters : optional
        As for `stream`. Default: the same path or address, or what `find_object` finds; an address with a login or an
        option that may be secret must be given again, since it is not kept.
    detach : bool, optional
        Whether it goes on in a process of its own, and from then on always. Default: as it did before.
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
        If one of its ends is not here, or ends with this kernel and the stream is not to.
    """
    folder = find_folder(run_id)
    find = find_object or (lambda _: None)
    wishes = StreamWishes.read(folder)
    if not (wishes.detach if detach is None else detach):
        return presented(continued_stream(folder, (source, sink, dead_letters), find=find, detach=False))
    folder.lock().release()  # who holds it is said here, and not by a process that could not begin
    if wishes.learn and wishes.learn not in NAMED:
        raise StreamUsageError.from_kept_end("learner")
    before = _started_last(read_log(folder.events).events)
    found = _ends_again(folder, wishes, before, (source, sink, dead_letters), find)
    return presented(detached_again(folder, wishes, found))


def continued_stream(
    folder: RunFolder, given: tuple[Any, Any, Any], *, find: Callable[[str], Any] = lambda _: None, detach: bool
) -> Stream:
    """Go on with a stream in this process.

    Parameters
    ----------
    folder : RunFolder
    given : tuple
        Source, sink and dead letters, as for `resume_stream`.
    find : callable, optional
    detach : bool
        Whether this process is the stream's own, and will be so again.

    Returns
    -------
    stream : Stream
    """
    lock = folder.lock()
    log: EventLog | None = None
    try:
        log = opened = EventLog.open(
            folder.events,
            on_write_error=lambda error: opened.append(WarningRaised(text=str(error))),
            most_events=MOST_EVENTS,
        )
        wishes, before = StreamWishes.read(folder), _started_last(log.events())
        found = _ends_again(folder, wishes, before, given, find)
        check_shared(wishes, *found)
        ends = StreamEnds.of(wishes, *found)
        # As the person typed them then, though their absolute paths were kept.
        shown = (
            before.source if given[0] is None else ends.source.label,
            before.sink if given[1] is None else ends.sink.label,
            before.dead_letters if given[2] is None or ends.dead_letters is None else ends.dead_letters.label,
        )
        told = champions_told(log.events())
        champions = [find_run(each).wait() for each in told.runs]
        if wishes.detach != detach:
            wishes = replace(wishes, detach=detach)
            wishes.write(folder)
        return launched_stream(
            champions,
            folder,
            lock,
            log,
            ends,
            wishes,
            learn=_learner_again(wishes.learn, find),
            shown_ends=shown,
            resumed=True,
            learner_predicts=told.learner_predicts,
        )
    except BaseException:
        if log is not None:
            log.close()
        lock.release()
        raise


def _started_last(events: Sequence[LoggedEvent]) -> StreamStarted:
    return next(each.event for each in reversed(events) if isinstance(each.event, StreamStarted))


def _ends_again(
    folder: RunFolder,
    wishes: StreamWishes,
    before: StreamStarted,
    given: tuple[Any, Any, Any],
    find: Callable[[str], Any],
) -> tuple[Any, Any, Any]:
    """Source, sink and dead letters: given, kept, or found by their names; or say which are not here."""
    source, sink, dead_letters = (
        end if end is not None else place or (find(label) if label else None)
        for end, place, label in zip(
            given,
            (wishes.source_place, wishes.sink_place, wishes.dead_place),
            (wishes.source_label, wishes.sink_label, wishes.dead_label),
            strict=True,
        )
    )
    lost = {}
    if source is None:
        lost["--from"] = before.source
    if sink is None:
        lost["--to"] = before.sink
    if dead_letters is None and wishes.dead_label is not None:
        lost["--dead-letters"] = before.dead_letters
    if lost:
        raise StreamUsageError.from_lost_ends(folder.run_id, lost)
    return source, sink, dead_letters


def _learner_again(wish: str, find: Callable[[str], Any]) -> Any:
    """The online learner of a stream that goes on, as it was asked for."""
    return wish if wish in NAMED else find(wish) if wish else None
