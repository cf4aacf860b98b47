"""Showing a stream: a live panel where somebody looks, the same as HTML and text everywhere else.

The widget lives as that of a run does, see `panel`: at the end its output is replaced by the page that a saved notebook
keeps, and it stays open for pages that still show it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from lepton_jupyter.events.commands import AskRows, ContinueStream, PauseStream, StopRun
from lepton_jupyter.notebook.open_widgets import keep_open
from lepton_jupyter.notebook.surroundings import look_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.notebook.stream_handle import Stream
    from lepton_jupyter.widgets.stream_widget import StreamWidget

#: Least time between two updates of an output.
_UPDATE_SECONDS = 0.5
#: Longest time without news after which a panel is brought up to date: the rate falls to nothing when nothing comes.
_QUIET_SECONDS = 5.0
#: Rows that a panel shows when it asks.
_ROWS_SHOWN = 20
_log = logging.getLogger(__name__)


def show_stream(stream: Stream) -> None:
    """Display a stream in the cell that is running: live if it goes on and a page looks, else as it stands."""
    around = look_around()
    if not around.interactive:
        print(stream.formats()["text/plain"])  # noqa: T201  a script has no other place to show it
    elif stream.running and around.live_page:
        _show_live(stream)
    else:
        _show_static(stream)


def _show_live(stream: Stream) -> None:
    from IPython.display import display

    from lepton_jupyter.widgets.publisher import kernel_publisher
    from lepton_jupyter.widgets.stream_widget import StreamWidget

    widget = StreamWidget(stream.message(), other_formats=stream.formats)
    widget.on_command(lambda command: _obey(stream, widget, command))
    panel = kernel_publisher().watch(widget, stream.message)
    handle = display(widget, display_id=True)

    def finish() -> None:
        panel.finish()
        if handle is not None:
            handle.update(stream.formats(), raw=True)
        keep_open(widget)

    _follow(stream, panel.changed, finish)


def _show_static(stream: Stream) -> None:
    from IPython.display import display

    handle = display(stream.formats(), raw=True, display_id=True)
    if handle is None or not stream.running:
        return

    def update() -> None:
        handle.update(stream.formats(), raw=True)

    _follow(stream, update, update)


def _follow(stream: Stream, update: Callable[[], None], finish: Callable[[], None]) -> None:
    """Call `update` after news, not too often, and when there was none for a while; `finish` at the end."""
    moved = threading.Event()
    unsubscribe = stream.subscribe(lambda _: moved.set())

    def follow() -> None:
        try:
            while stream.running:
                moved.wait(_QUIET_SECONDS)
                moved.clear()
                update()
                stream.settle(_UPDATE_SECONDS)
            finish()
        except Exception:  # noqa: BLE001  what a thread raises is printed below whichever cell ran last
            _log.debug("The output of stream %s could not be updated", stream.id, exc_info=True)
        finally:
            unsubscribe()

    threading.Thread(target=follow, name=f"lepton-panel-{stream.id}", daemon=True).start()


def _obey(stream: Stream, widget: StreamWidget, command: Command) -> None:
    # May be called on a subshell's thread while a cell is busy: each of these only sets a flag or sends a message.
    if isinstance(command, StopRun):
        stream.stop("panel")
    elif isinstance(command, PauseStream):
        stream.pause("panel")
    elif isinstance(command, ContinueStream):
        stream.resume("panel")
    elif isinstance(command, AskRows):
        widget.show_rows(stream.last_results(_ROWS_SHOWN))
