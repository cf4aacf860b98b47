"""The one thread of a kernel that writes to widgets.

Traits of a widget may be set by one thread only (ipywidgets shares its property lock between threads), and a page
drowns in messages that are sent as fast as events happen. So events only say that something changed; this thread asks
for the newest message when the panel may have another one, and sends that. What lay between is never built.

While no page is open the Jupyter server keeps all messages of a kernel in memory without a limit. A page therefore
says every 10 s that it looks, and a panel that nobody has looked at for 30 s gets nothing until somebody does.

Lifetimes: the thread starts with the first panel and is a daemon. `WatchedPanel.finish` sends the last state and lets
go of the panel. `Publisher.close` lets go of all and ends the thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from lepton_jupyter.events.commands import Command, KeepAlive

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import Message
    from lepton_jupyter.widgets.panel_widget import PanelWidget

MakeMessage = Callable[[], "Message | None"]

#: Seconds between two messages to one panel.
INTERVAL_SECONDS = 0.2
#: Seconds without a sign of life after which a panel is not written to.
SILENCE_SECONDS = 30.0

_log = logging.getLogger(__name__)


class WatchedPanel:
    """One panel that a publisher keeps up to date; made by `Publisher.watch`.

    All methods may be called from any thread.
    """

    def __init__(self, publisher: Publisher, widget: PanelWidget, make_message: MakeMessage, now: float) -> None:
        self._publisher = publisher
        self._widget = widget
        self._make_message = make_message
        self._disconnect = widget.on_command(self._hear)
        self._is_stale = True
        self._is_ending = False
        self._may_send_at = now
        self._seen_at = now  # whoever made the panel looks at it
        self._flushed = threading.Event()

    def changed(self) -> None:
        """Say that there is something new to show; cheap, to be called for each event."""
        if not self._is_stale:
            self._is_stale = True
            self._publisher._wake()

    def finish(self, timeout_seconds: float = 5.0) -> bool:
        """Send the last state, whether somebody looks or not, and let go of the panel.

        Parameters
        ----------
        timeout_seconds : float, default=5.0
            How long to wait for the publisher's thread.

        Returns
        -------
        flushed : bool
            Whether the last state was sent in time.
        """
        self._is_ending = True
        self._publisher._wake()
        return self._flushed.wait(timeout_seconds)

    def _hear(self, command: Command) -> None:
        if isinstance(command, KeepAlive):
            self._seen_at = self._publisher._clock()
            # A page that was just loaded shows the state of the last message: its clock is set right by a new one.
            # Not `changed`: what became stale while nobody looked has woken nobody.
            self._is_stale = True
            self._publisher._wake()

    def _wait_seconds(self, now: float) -> float | None:
        """Seconds until this panel may be written to, or None while nobody looks or nothing is new."""
        if self._is_ending:
            return 0.0
        if not self._is_stale or now - self._seen_at > SILENCE_SECONDS:
            return None
        return max(0.0, self._may_send_at - now)

    def _send(self, now: float) -> None:
        # Before the message is made, so that what happens meanwhile is not lost.
        self._is_stale = False
        self._may_send_at = now + INTERVAL_SECONDS
        try:
            message = self._make_message()
            if message is not None:
                self._widget.show(message)
        except Exception:  # noqa: BLE001  # an error here would end the thread, and with it all panels
            # Not at a level that is printed: text of a thread appears below whichever cell ran last.
            _log.debug("A panel could not be updated", exc_info=True)

    def _release(self) -> None:
        self._disconnect()
        self._flushed.set()


class Publisher:
    """Keeps the panels of a kernel up to date: the newest state, at most five times a second each.

    Parameters
    ----------
    clock : callable, default=time.monotonic
        Seconds; passed in by tests.

    Examples
    --------
    >>> publisher = Publisher()
    >>> panel = publisher.watch(widget, make_message)  # doctest: +SKIP
    >>> log.subscribe(lambda event: panel.changed())  # doctest: +SKIP
    >>> publisher.close()
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._woken = False
        self._closed = False
        self._panels: tuple[WatchedPanel, ...] = ()
        self._thread: threading.Thread | None = None

    def watch(self, widget: PanelWidget, make_message: MakeMessage) -> WatchedPanel:
        """Keep a widget up to date from now on; the first message is sent at once.

        Parameters
        ----------
        widget : PanelWidget
            The panel. Nobody else may set its traits.
        make_message : callable
            Returns the state to show, or None if there is none yet. It is called on the publisher's thread, after
            `WatchedPanel.changed` and when a page says that it looks.

        Returns
        -------
        panel : WatchedPanel
            To say that something changed, and to finish.
        """
        panel = self.enlist(widget, make_message)
        with self._condition:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lepton-publisher", daemon=True)
                self._thread.start()
        self._wake()
        return panel

    def enlist(self, widget: PanelWidget, make_message: MakeMessage) -> WatchedPanel:
        """Take up a widget as `watch` does, but start no thread: whoever calls `publish_due` drives it."""
        panel = WatchedPanel(self, widget, make_message, self._clock())
        with self._condition:
            self._closed = False
            self._panels = (*self._panels, panel)
        return panel

    def publish_due(self) -> float | None:
        """Write to every panel that may have a message now.

        Returns
        -------
        seconds : float or None
            Until the next panel is due; None if none is.
        """
        waits = []
        for panel in self._panels:
            now = self._clock()
            wait = panel._wait_seconds(now)
            if wait is None:
                continue
            if wait > 0.0:
                waits.append(wait)
                continue
            ending = panel._is_ending
            panel._send(now)
            if ending:
                self._let_go(panel)
        return min(waits, default=None)

    def close(self) -> None:
        """Let go of all panels as they are, and end the thread."""
        with self._condition:
            self._closed = True
            panels, self._panels = self._panels, ()
            thread, self._thread = self._thread, None
            self._condition.notify_all()
        for panel in panels:
            panel._release()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5.0)

    def _let_go(self, panel: WatchedPanel) -> None:
        with self._condition:
            self._panels = tuple(each for each in self._panels if each is not panel)
        panel._release()

    def _wake(self) -> None:
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                if self._closed or self._thread is not threading.current_thread():
                    return
                self._woken = False
            wait = self.publish_due()
            with self._condition:
                self._condition.wait_for(lambda: self._woken or self._closed, timeout=wait)


@cache
def kernel_publisher() -> Publisher:
    """Return the publisher of this process: one thread for all panels of a kernel."""
    return Publisher()
