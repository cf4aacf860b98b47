"""A stream as a person holds it: how it flows now, and the ways to pause, continue and end it."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamUsageError
from lepton_jupyter.notebook.surroundings import current_cell
from lepton_jupyter.streaming.guarantee import Guarantee
from lepton_jupyter.streaming.left_wishes import LeftWishes
from lepton_jupyter.views.run_lines import stream_line
from lepton_jupyter.views.stream_page import render_stream_html, render_stream_text, stream_sentence
from lepton_jupyter.views.stream_state import StreamState, extract_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import pandas as pd

    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.events.runs_messages import RunLine
    from lepton_jupyter.events.stream_messages import StreamMessage
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.log_following import LogFollower
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.streaming.shared_loop import SharedLoop
    from lepton_jupyter.streaming.stream_loop import StreamLoop
    from lepton_jupyter.streaming.stream_thread import StreamThread

#: Longest piece of a wait, in seconds: on Windows a KeyboardInterrupt is not heard before the end of one.
_LISTEN_SECONDS = 0.5


class Stream:
    """One stream, running or past; every method may be called from any thread.

    Parameters
    ----------
    folder : RunFolder
    log : EventLog
    thread : StreamThread or None
        Where it lives; None for a stream of the past.
    loop : StreamLoop, SharedLoop or None
    follower : LogFollower, optional
        Of a stream that goes on in another process, whose log is read here.
    show : callable
        ``show(stream)`` displays it in the cell that is running.

    Examples
    --------
    >>> s = stream(run, source="redis://localhost/orders", sink="scored/")  # doctest: +SKIP
    >>> s.stats["rows_per_second"]  # doctest: +SKIP
    >>> s.stop()  # doctest: +SKIP
    """

    def __init__(
        self,
        folder: RunFolder,
        log: EventLog,
        thread: StreamThread | None = None,
        loop: StreamLoop | SharedLoop | None = None,
        *,
        follower: LogFollower | None = None,
        show: Callable[[Stream], None],
    ) -> None:
        self._folder, self._log = folder, log
        self._thread, self._loop, self._follower = thread, loop, follower
        self._show = show
        self._state = StreamState.from_events(log.events())
        self._state_lock = threading.Lock()
        self._shown_in: int | None = None
        self._unsubscribe = log.subscribe(self._apply)

    def _apply(self, logged: LoggedEvent) -> None:
        with self._state_lock:
            self._state.apply(logged)

    @property
    def id(self) -> str:
        """Id of the stream: the name of its folder."""
        return self._folder.run_id

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._folder.name

    @property
    def folder(self) -> RunFolder:
        """Where it is kept: for reading."""
        return self._folder

    @property
    def running(self) -> bool:
        """Whether it goes on, in this kernel or in another process."""
        lives = self._thread or self._follower
        return lives is not None and lives.running

    @property
    def begun_here(self) -> bool:
        """Whether it was begun in this kernel, and not only opened."""
        return self._thread is not None

    def line(self) -> RunLine:
        """What a list of runs shows of it now."""
        with self._state_lock:
            going_on = self.running
            now = self._log.elapsed_seconds() if going_on else None
            return stream_line(self._state, alive=going_on, run_id=self.id, now_elapsed=now, stoppable=going_on)

    @property
    def status(self) -> str:
        """How it stands, in one sentence."""
        return stream_sentence(self.message())

    @property
    def events(self) -> tuple[LoggedEvent, ...]:
        """Everything that has happened, oldest first."""
        return self._log.events()

    @property
    def guarantee(self) -> Guarantee:
        """What is promised about each row."""
        message = self.message()
        return Guarantee(message.guarantee, message.promise)

    @property
    def stats(self) -> dict[str, Any]:
        """Figures of now: rows read, stored and dead, rows a second, latency, lag, score, and what drifts."""
        message = self.message()
        names = (
            "state", "n_read", "n_stored", "n_dead", "n_waiting", "lag", "rows_per_second", "p50_milliseconds",
            "p99_milliseconds", "score", "n_labels", "elapsed_seconds",
        )  # fmt: skip
        drifts = [each.sentence for each in message.drifts]
        return {name: getattr(message, name) for name in names} | {"drifts": drifts}

    def tail(self, n: int = 10) -> pd.DataFrame:
        """The last results, the newest last; of each micro-batch only a few. In memory only, never logged.

        Parameters
        ----------
        n : int, default=10

        Returns
        -------
        results : DataFrame

        Raises
        ------
        StreamUsageError
            If it was not begun in this kernel.
        """
        import pandas as pd

        if self._loop is None:
            raise StreamUsageError.from_unseen_results(self.id, self.message().sink)
        return pd.DataFrame(self.last_results(n))

    def last_results(self, n: int) -> list[dict[str, Any]]:
        """The last `n` results as records, the newest last."""
        return [] if self._loop is None else list(self._loop.tail)[-n:]

    def message(self) -> StreamMessage:
        """What a panel of this stream shows now."""
        with self._state_lock:
            now = self._log.elapsed_seconds() if self.running else None
            return extract_stream(self._state, live=self.running, now_elapsed=now)

    def pause(self, source: str = "python") -> None:
        """Read no more rows for now; what was read is finished. Another process hears it in a second."""
        if self._loop is not None:
            self._loop.pause(source)
        elif self._folder.is_running():
            LeftWishes(self._folder).pause()

    def resume(self, source: str = "python") -> None:
        """Read rows again."""
        if self._loop is not None:
            self._loop.proceed(source)
        else:
            LeftWishes(self._folder).proceed()

    def stop(self, source: str = "python") -> None:
        """End it: what was read is stored and committed; returns at once. Another process hears it in a second."""
        if self._loop is not None:
            self._loop.stop(source)
        elif self._folder.is_running():
            LeftWishes(self._folder).stop()

    @property
    def champion(self) -> str:
        """Id of the run whose model predicts."""
        return self.message().model_run

    def rollback(self, source: str = "python") -> Stream:
        """Let the model of before the last promotion predict again, from the next micro-batch on.

        Returns
        -------
        stream : Stream
            Itself.

        Raises
        ------
        StreamUsageError
            If no model was promoted, or the stream does not go on here.
        """
        if self._loop is None or not self.running:
            raise StreamUsageError.from_ended(self.id, "go back to an earlier model")
        self._loop.roll_back(source)
        return self

    def wait(self, timeout: float | None = None) -> Stream:
        """Wait for the end, such as that of a replayed table; a KeyboardInterrupt stops it.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.

        Returns
        -------
        stream : Stream
            Itself.

        Raises
        ------
        StreamFailedError
            If it ended by itself before its source did.
        """
        lives = self._thread or self._follower
        if lives is not None:
            end = None if timeout is None else time.monotonic() + timeout
            try:
                while not lives.wait(
                    _LISTEN_SECONDS if end is None else min(_LISTEN_SECONDS, max(0.0, end - time.monotonic()))
                ):
                    if end is not None and time.monotonic() >= end:
                        break
            except KeyboardInterrupt:
                if self._thread is None:  # what goes on elsewhere does so whether somebody waits or not
                    raise
                self.stop("interrupt")
                self._thread.wait()
        message = self.message()
        if message.state == "failed":
            raise StreamFailedError(message.sentence)
        return self

    def settle(self, timeout: float | None = None) -> bool:
        """Wait for the end, whatever it is; False if it did not come within `timeout` seconds."""
        lives = self._thread or self._follower
        return lives is None or lives.wait(timeout)

    def __await__(self) -> Generator[Any, None, Stream]:
        return asyncio.to_thread(self.wait).__await__()

    def subscribe(self, callback: Callable[[LoggedEvent], None]) -> Callable[[], None]:
        """Call `callback` with every event from now on; the function returned ends it."""
        return self._log.subscribe(callback)

    def formats(self) -> dict[str, Any]:
        """What an output of this stream carries, by MIME type."""
        message = self.message()
        return {
            # By this JupyterLab finds the cell of a stream.
            "application/vnd.lepton.stream+json": {"run_id": self.id},
            "text/html": render_stream_html(message),
            "text/plain": render_stream_text(message),
        }

    def shown(self) -> Stream:
        """Say that this cell shows this stream already."""
        self._shown_in = current_cell()
        return self

    def _ipython_display_(self) -> None:
        shown_in, self._shown_in = self._shown_in, None
        if shown_in is None or shown_in != current_cell():
            self._show(self)

    def __repr__(self) -> str:
        return f"<Stream {self.id}: {self.status}>"
