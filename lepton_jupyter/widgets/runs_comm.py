"""The comm by which JupyterLab's side panel learns of the runs of a kernel, and ends one while a cell is busy.

Which kernels have loaded this package is found by asking each for its comms (``comm_info_request``), which executes
nothing in it: so a comm is registered here, under a fixed id, without a page being told. A page that looks says so
every 10 s (`WatchRuns`), and is told of what changes, at most once a second. Nobody is asked in between: each message
*to* a kernel makes JupyterLab show it as idle for a moment, even where a cell goes on.

A page speaks over a subshell, which ipykernel serves on a thread of its own: all that is called here must be safe to
call from any thread, and quick.

Lifetimes: the thread begins with the first page that looks and is a daemon; it sleeps while nobody does. `close` ends
both.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import comm

from lepton_jupyter.events.commands import AskListedPage, Command, ExtendListedRun, StopListedRun, WatchRuns
from lepton_jupyter.events.encoding import decode_command, encode
from lepton_jupyter.events.runs_messages import RunBoardMessage
from lepton_jupyter.exceptions.encoding_errors import DecodingError
from lepton_jupyter.widgets.kernel_comms import answer_while_busy
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, bounded_page, document_bytes
from lepton_jupyter.widgets.publisher import SILENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.runs_messages import RunBoardPageMessage, RunsMessage

#: Name of the comm's target, and its id: the twin of ``labextension/src/lab/kernel_runs.ts``.
TARGET = "lepton.runs"
#: Seconds between two looks at what has changed.
INTERVAL_SECONDS = 1.0
#: Pages that are told, and boards that one of them may follow.
_MOST_PAGES, _MOST_BOARDS = 8, 8
#: Pages of boards that may be asked for at a time.
_MOST_ASKED = 8
_LIMIT_BYTES = MESSAGE_LIMIT_BYTES - 1024
_MOST_SECONDS = 86_400.0

_log = logging.getLogger(__name__)


class ListedRuns(Protocol):
    """Where the lines and boards come from, and who obeys; called on any thread."""

    def here(self) -> RunsMessage:
        """Runs of this kernel."""

    def on_disk(self) -> RunsMessage:
        """Other runs of this person; takes no longer than a tenth of a second."""

    def board(self, run_id: str) -> RunBoardMessage:
        """Board of a run; says what is wrong where there is none."""

    def page(self, run_id: str, after_rank: int) -> RunBoardPageMessage | None:
        """Further rows of a search's board; None where there is no such search."""

    def stop(self, run_id: str) -> None:
        """End a run."""

    def extend(self, run_id: str, seconds: float) -> None:
        """Let a search go on."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one page wants to see, and when it said so."""

    wish: WatchRuns
    at: float


class RunsComm:
    """Tells pages of the runs of this kernel, and obeys them.

    Parameters
    ----------
    runs : ListedRuns
    clock : callable, default=time.monotonic
        Seconds; passed in by tests.

    Examples
    --------
    >>> hub = RunsComm(runs)  # doctest: +SKIP
    >>> hub.close()  # doctest: +SKIP
    """

    def __init__(self, runs: ListedRuns, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._clock = clock
        self._looks: dict[str, _Look] = {}
        self._sent: dict[str, dict[str, Any]] = {}
        self._asked: tuple[AskListedPage, ...] = ()
        self._condition = threading.Condition()
        self._woken = self._closed = False
        self._thread: threading.Thread | None = None
        made: Any = comm.create_comm(target_name=TARGET, comm_id=TARGET, primary=False)
        # Not `on_msg`: before and after a callback IPython's hooks of a cell are run, by which matplotlib would show
        # and close the figures of a cell that is being run meanwhile (ipykernel#1564).
        made.handle_msg = self._hear
        answer_while_busy(made)
        comm.get_comm_manager().register_comm(made)
        self._comm = made

    def close(self) -> None:
        """Tell pages that there is nothing more to come, and end the thread."""
        with self._condition:
            self._closed = True
            thread, self._thread = self._thread, None
            self._condition.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5.0)
        self._comm.close()

    def publish_due(self) -> float | None:
        """Tell pages what has changed since they were told last.

        Returns
        -------
        seconds : float or None
            Until the next look; None while no page looks.
        """
        wishes = self._wishes()
        if not wishes:
            return None
        self._answer()
        self._tell("kernel", self._runs.here)
        if any(wish.disk for wish in wishes):
            self._tell("disk", self._runs.on_disk)
        for run_id in dict.fromkeys(run_id for wish in wishes for run_id in wish.boards[:_MOST_BOARDS]):
            self._tell(f"board {run_id}", lambda run_id=run_id: self._runs.board(run_id))  # type: ignore[misc]  # default binds it
        return INTERVAL_SECONDS

    def _wishes(self) -> list[WatchRuns]:
        now = self._clock()
        with self._condition:
            self._looks = {page: look for page, look in self._looks.items() if now - look.at <= SILENCE_SECONDS}
            return [look.wish for look in self._looks.values()]

    def _answer(self) -> None:
        """Send the pages of boards that were asked for: here, since a long log takes a while to read."""
        with self._condition:
            asked, self._asked = self._asked, ()
        for each in asked:
            try:
                message = self._runs.page(each.run_id, each.after_rank)
                if message is not None:
                    rows = bounded_page(message.page)["rows"]
                    document = encode(message)
                    self._comm.send({**document, "page": {**document["page"], "rows": rows}})
            except Exception:  # noqa: BLE001  as in `_tell`
                _log.debug("A page of a board could not be sent", exc_info=True)

    def _tell(self, key: str, make: Callable[[], RunsMessage | RunBoardMessage]) -> None:
        try:
            document = _bounded(make())
            if self._sent.get(key) == document:
                return
            self._comm.send(document)
            self._sent[key] = document
        except Exception:  # noqa: BLE001  # an error here would end the thread, and with it the panel
            # Not at a level that is printed: text of a thread appears below whichever cell ran last.
            _log.debug("The list of runs could not be told", exc_info=True)

    def _hear(self, message: Any) -> None:
        # A page of another version may send what this one does not know: that is no error here.
        try:
            command = decode_command(message["content"]["data"])
        except (DecodingError, KeyError, TypeError):
            return
        self._obey(command)
        self._wake()

    def _obey(self, command: Command) -> None:
        match command:
            case WatchRuns():
                self._look(command)
            case AskListedPage(after_rank=after_rank) if after_rank >= 0:
                with self._condition:
                    self._asked = (*self._asked, command)[-_MOST_ASKED:]
            case StopListedRun(run_id=run_id):
                self._runs.stop(run_id)
            case ExtendListedRun(run_id=run_id, seconds=seconds):
                if math.isfinite(seconds) and 0 < seconds <= _MOST_SECONDS:
                    self._runs.extend(run_id, seconds)

    def _look(self, wish: WatchRuns) -> None:
        with self._condition:
            before = self._looks.pop(wish.page, None)
            if before is None or before.wish != wish:
                self._sent = {}  # a page that has just begun to look knows nothing yet
            self._looks[wish.page] = _Look(wish, self._clock())
            while len(self._looks) > _MOST_PAGES:
                self._looks.pop(next(iter(self._looks)))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="lepton-runs", daemon=True)
                self._thread.start()

    def _wake(self) -> None:
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                if self._closed:
                    return
                self._woken = False
            wait = self.publish_due()
            with self._condition:
                self._condition.wait_for(lambda: self._woken or self._closed, timeout=wait)


def _bounded(message: RunsMessage | RunBoardMessage) -> dict[str, Any]:
    """The message as a page receives it; of a list that is too long the oldest are left out, and counted."""
    document = encode(message)
    lines: list[Any] | None = document.get("lines")
    while lines and document_bytes(document) > _LIMIT_BYTES:
        lines = lines[: len(lines) * 3 // 4]
        document = {**document, "lines": lines}
    if isinstance(message, RunBoardMessage) and document_bytes(document) > 4 * _LIMIT_BYTES:
        return encode(replace(message, forms={}, problem="This board is too large to be sent."))
    return document
