"""Showing a preparation: a live panel where somebody looks, the same as HTML and text everywhere else.

The panel of a preparation that goes on follows its log. At its end the output is written anew: where its plan can be
changed it goes on showing the panel, beside the page that a saved notebook keeps; else that page takes its place. It is
so too when a panel is closed, since ipywidgets hides the outputs of widgets that are closed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.commands import StopRun
from lepton_jupyter.notebook.open_widgets import keep_open
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.views.preparation_board import preparation_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.notebook.plan_editing import PlanEditor
    from lepton_jupyter.runs.event_log import EventLog


def preparation_forms(message: PreparationMessage) -> dict[str, Any]:
    """What an output of a preparation carries, by MIME type.

    Parameters
    ----------
    message : PreparationMessage
    """
    from lepton_jupyter.events.encoding import encode
    from lepton_jupyter.views.preparation_page import render_preparation_html, render_preparation_text

    return {
        "application/vnd.lepton.preparation+json": encode(message),
        "text/html": render_preparation_html(message),
        "text/plain": render_preparation_text(message),
    }


def show_plan(editor: PlanEditor) -> None:
    """Display a plan in the cell that is running, so that it can be changed there."""
    from IPython.display import display

    from lepton_jupyter.notebook.opened_cell import OpenedCell
    from lepton_jupyter.widgets.plan_widget import PlanWidget

    widget = PlanWidget(editor.panel_message(), other_formats=lambda: preparation_forms(editor.message()))
    editor.attach(widget, OpenedCell())
    handle = display(widget, display_id=True)
    keep_open(widget, lambda: handle.update(preparation_forms(editor.message()), raw=True) if handle else None)


class ShownPreparation:
    """The output of a preparation that goes on; nothing where there is no notebook.

    Parameters
    ----------
    log : EventLog
    stop : callable
        Ends the preparation; called when somebody presses Stop, on whichever thread the page is served from.
    """

    def __init__(self, log: EventLog, stop: Callable[[], object]) -> None:
        self._log, self._stop = log, stop
        around = look_around()
        self._in_notebook, self._live = around.kernel, around.live_page
        self._handle: Any = None
        self._widget: Any = None
        self._cell: Any = None
        self._panel: Any = None
        self._begun = False

    def update(self) -> None:
        """Bring the output up to date; may be called from any thread once it was called from the cell's own."""
        if not self._in_notebook:
            return
        with suppress(RuntimeError):  # a kernel that shuts down
            if not self._begun:
                self._begun = True
                self._begin()
            elif self._panel is not None:
                self._panel.changed()
            elif self._handle is not None:
                self._handle.update(self._forms(), raw=True)

    def end(self, editor: PlanEditor | None) -> None:
        """Show how it ended, and let its plan be changed if it can be."""
        if self._panel is None:
            self.update()
            return
        self._panel.finish()
        forms, widget, handle = self._forms(), self._widget, self._handle

        def leave() -> None:
            if handle is not None:
                handle.update(forms, raw=True)

        with suppress(RuntimeError):
            if editor is None:
                leave()
                keep_open(widget)
                return
            editor.attach(widget, self._cell)
            widget.show(editor.panel_message())
            if handle is not None:
                handle.update(widget)
            keep_open(widget, leave)

    def _begin(self) -> None:
        from IPython.display import display

        if not self._live:
            self._handle = display(self._forms(), raw=True, display_id=True)
            return
        from lepton_jupyter.notebook.opened_cell import OpenedCell
        from lepton_jupyter.widgets.plan_widget import PlanWidget
        from lepton_jupyter.widgets.publisher import kernel_publisher

        self._widget, self._cell = PlanWidget(self._message(), other_formats=self._forms), OpenedCell()
        self._widget.on_command(self._obey)
        self._panel = kernel_publisher().watch(self._widget, self._message)
        self._handle = display(self._widget, display_id=True)

    def _obey(self, command: Command) -> None:
        if isinstance(command, StopRun):
            self._stop()

    def _message(self) -> PreparationMessage:
        return preparation_message(self._log.events())

    def _forms(self) -> dict[str, Any]:
        return preparation_forms(self._message())
