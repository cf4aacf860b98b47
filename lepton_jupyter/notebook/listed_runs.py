"""The runs that JupyterLab's side panel lists: those of this kernel, and those on disk, read a little at a time.

A kernel is announced when the extension is loaded, or when a live panel is shown; see `widgets.runs_comm`.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.preparation_events import PreparationStarted
from lepton_jupyter.events.runs_messages import RunBoardMessage, RunBoardPageMessage, RunLine, RunsMessage
from lepton_jupyter.events.stream_events import StreamStarted
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.notebook.session import Session, current_session
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.runs.log_reading import LogContents, first_event, read_log
from lepton_jupyter.streaming.left_wishes import LeftWishes
from lepton_jupyter.views.board_rows import board_page
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.preparation_board import preparation_message
from lepton_jupyter.views.preparation_page import render_preparation_html, render_preparation_text
from lepton_jupyter.views.run_lines import preparation_line, search_line, stream_line
from lepton_jupyter.views.run_panel import extract
from lepton_jupyter.views.stream_page import render_stream_html, render_stream_text
from lepton_jupyter.views.stream_state import StreamState, extract_stream
from lepton_jupyter.widgets.message_size import bounded_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.session import GoingPreparation
    from lepton_jupyter.notebook.stream_handle import Stream
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.widgets.runs_comm import RunsComm

#: Most runs that a list shows: a person looks for what is new; ``%lepton runs`` shows all.
MOST_LINES = 100
#: Seconds that logs are read for at a time, and between two looks at the disk once all are read.
_READ_SECONDS, _LOOK_AGAIN_SECONDS = 0.1, 5.0

#: Boards that are kept for the next second.
_MOST_BOARDS = 8

_RUN_TYPE = "application/vnd.lepton.run+json"

_announced: list[RunsComm] = []


def announce() -> None:
    """Let side panels find this kernel; does nothing outside a kernel, and nothing twice."""
    if _announced or not look_around().kernel:
        return
    from lepton_jupyter.widgets.runs_comm import RunsComm

    _announced.append(RunsComm(SessionRuns(current_session())))


def conceal() -> None:
    """Let side panels know that nothing more comes from this kernel."""
    while _announced:
        _announced.pop().close()


@dataclass(frozen=True, slots=True)
class _Read:
    """What a log held when it was read: its time and size then tell whether there is more."""

    stamp: tuple[int, int]
    line: RunLine


class DiskRuns:
    """Lines of the runs on disk, the newest first; a log is read again only when it has grown.

    Parameters
    ----------
    session : Session
    clock : callable, default=time.monotonic
        Seconds; passed in by tests.
    """

    def __init__(self, session: Session, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._read: dict[str, _Read | None] = {}
        self._unread: list[RunFolder] = []
        self._newest: list[str] = []
        self._n_runs = 0
        self._looked_at = -_LOOK_AGAIN_SECONDS

    def message(self, *, without: frozenset[str] = frozenset()) -> RunsMessage:
        """Lines that are known now, after reading on for a tenth of a second.

        Parameters
        ----------
        without : frozenset of str
            Ids of runs that are told of elsewhere.
        """
        now = self._clock()
        if not self._unread and now - self._looked_at >= _LOOK_AGAIN_SECONDS:
            self._look(now)
        until = self._clock() + _READ_SECONDS
        while self._unread and self._clock() < until:
            folder = self._unread.pop(0)
            self._read[folder.run_id] = _line_of(folder, self._read.get(folder.run_id))
        found = [self._read.get(run_id) for run_id in self._newest]
        lines = tuple(each.line for each in found if each is not None and each.line.run_id not in without)
        n_elsewhere = sum(run_id in without for run_id in self._newest)
        return RunsMessage(
            place="disk", lines=lines, n_runs=self._n_runs - n_elsewhere, n_unread=sum(
                folder.run_id not in self._read for folder in self._unread
            ),
        )  # fmt: skip

    def look_again(self) -> None:
        """Look at the disk with the next message, since something there is known to have changed."""
        self._looked_at = -_LOOK_AGAIN_SECONDS

    def _look(self, now: float) -> None:
        folders = self._session.store.list()
        self._looked_at, self._n_runs = now, len(folders)
        newest = folders[:MOST_LINES]
        self._newest = [each.run_id for each in newest]
        self._read = {run_id: self._read[run_id] for run_id in self._newest if run_id in self._read}
        self._unread = newest


def _line_of(folder: RunFolder, known: _Read | None) -> _Read | None:
    """Line of a run, read from its log if that has changed; None for a log that cannot be read."""
    try:
        # Looked first: whoever is gone has left a log that the stamp is of.
        gone = known is not None and known.line.goes_on and not folder.is_running()
        stamp = _stamp(folder)
        if known is not None and known.stamp == stamp:
            if gone:
                return _Read(stamp, replace(known.line, state="interrupted", goes_on=False, stoppable=False))
            return known
        contents, alive = folder.look()
    except (OSError, DamagedRunError):
        return None
    return _Read(stamp, _read_line(folder, contents, alive=alive))


def _stamp(folder: RunFolder) -> tuple[int, int]:
    try:
        status = folder.events.stat()
    except FileNotFoundError:
        raise DamagedRunError.from_missing_log(folder.events) from None
    return (status.st_mtime_ns, status.st_size)


def _read_line(folder: RunFolder, contents: LogContents, *, alive: bool) -> RunLine:
    events = contents.events
    begun = events[0].event if events else None
    if isinstance(begun, StreamStarted):
        # Another kernel hears of a wish that is left in the folder.
        return stream_line(StreamState.from_events(events), alive=alive, run_id=folder.run_id, stoppable=True)
    if isinstance(begun, PreparationStarted):
        line = preparation_line(preparation_message(events), folder.name, events[0].at, alive=alive)
        return replace(line, run_id=folder.run_id)
    line = search_line(BoardState.from_events(events), alive=alive, run_id=folder.run_id)
    return line if events else replace(line, name=folder.name)


class SessionRuns:
    """Runs of this process and of its disk, as `widgets.runs_comm.ListedRuns`.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._disk = DiskRuns(session)
        self._preparing: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._boards: dict[str, tuple[tuple[int, int], RunBoardMessage]] = {}

    def here(self) -> RunsMessage:
        """Runs and streams that were started in this kernel and preparations that go on in it, the newest first."""
        lines = sorted((each.line() for each in self._own()), key=lambda line: line.run_id, reverse=True)
        return RunsMessage(place="kernel", lines=tuple(lines[:MOST_LINES]), n_runs=len(lines), n_unread=0)

    def on_disk(self) -> RunsMessage:
        """Other runs of this person, the newest first."""
        with self._lock:
            preparing = frozenset(each.id for each in self._session.preparations)
            if self._preparing - preparing:  # one that has ended is a run of the disk from now on
                self._disk.look_again()
            self._preparing = preparing
            return self._disk.message(without=frozenset(each.id for each in self._own()))

    def board(self, run_id: str) -> RunBoardMessage:
        """Board of a run, wherever it goes on or went on."""
        try:
            own = next((each for each in self._own() if each.id == run_id), None)
            if own is not None:
                return _own_board(own)
            return self._board_of(self._session.store.open(run_id))
        except (LeptonError, OSError) as error:
            return RunBoardMessage(run_id=run_id, kind="search", goes_on=False, forms={}, problem=str(error))

    def _board_of(self, folder: RunFolder) -> RunBoardMessage:
        # Asked for each second: a log is read again when it has grown, or while somebody may be writing it.
        stamp = _stamp(folder)
        known = self._boards.get(folder.run_id)
        if known is not None and known[0] == stamp and not known[1].goes_on:
            return known[1]
        board = _disk_board(folder)
        self._boards = {**dict(list(self._boards.items())[-_MOST_BOARDS:]), folder.run_id: (stamp, board)}
        return board

    def page(self, run_id: str, after_rank: int) -> RunBoardPageMessage | None:
        """Rows of a search's board that rank after those of `board`; None where there is no such search."""
        with suppress(LeptonError, OSError):
            own = next((each for each in self._session.runs if each.id == run_id), None)
            if own is not None:
                return RunBoardPageMessage(run_id=run_id, page=own.board_page(after_rank))
            events = read_log(self._session.store.open(run_id).events).events
            if events and not isinstance(events[0].event, StreamStarted | PreparationStarted):
                page = board_page(BoardState.from_events(events), after_rank)
                return RunBoardPageMessage(run_id=run_id, page=page)
        return None

    def stop(self, run_id: str) -> None:
        """End a run or a preparation of this kernel, or a stream of another one; returns at once."""
        own = next((each for each in self._own() if each.id == run_id), None)
        if own is not None:
            own.stop("panel")
            return
        # A run that has gone meanwhile, or that only its own kernel can end, stays as it is.
        with suppress(LeptonError, OSError):
            folder = self._session.store.open(run_id)
            if isinstance(first_event(folder.events), StreamStarted) and folder.is_running():
                LeftWishes(folder).stop()

    def extend(self, run_id: str, seconds: float) -> None:
        """Let a search of this kernel go on for more seconds."""
        for each in self._session.runs:
            if each.id == run_id and each.running:
                each.extend(seconds)

    def _own(self) -> list[Run | Stream | GoingPreparation]:
        everything: tuple[Run | Stream, ...] = (*self._session.runs, *self._session.streams)
        return [*(each for each in everything if each.begun_here), *self._session.preparations]


def _own_board(run: Run | Stream | GoingPreparation) -> RunBoardMessage:
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_handle import Stream

    if isinstance(run, Run):
        document = bounded_document(run.message())
        return _board(run.id, "search", run.running, {_RUN_TYPE: json.dumps(document, ensure_ascii=False)})
    if isinstance(run, Stream):
        return _board(run.id, "stream", run.running, run.formats())
    return _board(run.id, "preparation", run.line().goes_on, run.formats())


def _disk_board(folder: RunFolder) -> RunBoardMessage:
    contents, alive = folder.look()
    events = contents.events
    begun = events[0].event if events else None
    if isinstance(begun, StreamStarted):
        message = extract_stream(StreamState.from_events(events), live=alive)
        forms = {"text/html": render_stream_html(message), "text/plain": render_stream_text(message)}
        return _board(folder.run_id, "stream", alive, forms)
    if isinstance(begun, PreparationStarted):
        prepared = preparation_message(events)
        forms = {
            "text/html": render_preparation_html(prepared),
            "text/plain": render_preparation_text(prepared),
        }
        return _board(folder.run_id, "preparation", alive and prepared.state == "running", forms)
    state = BoardState.from_events(events)
    document = bounded_document(extract(state, live=alive))
    goes_on = alive and not state.ended
    return _board(folder.run_id, "search", goes_on, {_RUN_TYPE: json.dumps(document, ensure_ascii=False)})


def _board(run_id: str, kind: str, goes_on: bool, forms: Mapping[str, Any]) -> RunBoardMessage:
    texts = {name: text for name, text in forms.items() if isinstance(text, str)}
    return RunBoardMessage(run_id=run_id, kind=kind, goes_on=goes_on, forms=texts, problem="")
