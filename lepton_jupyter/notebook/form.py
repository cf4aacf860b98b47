"""The form that a bare ``%lepton`` opens: choices of the page in, the line and the run out.

How Start runs the line. The line belongs into a cell of its own, so that the notebook holds what was done. A kernel
cannot make one: `set_next_input` works only while a cell runs, and a form is answered after its cell has ended. A page
can, where it lets a widget reach its notebook; JupyterLab and Notebook 7 do, through the widget manager and the view's
parents, without a script that looks into the page's markup. So the page tries first, and says `LineStarted`. Where it
cannot (VS Code, a page of a newer kind), it sends `StartForm`, and the kernel runs the line itself as soon as it is
idle: in the history and the namespace as if it had been typed, with the outputs below the form, in the form's cell.

A form that was started has done its work. Its output is then replaced by a static picture of its line, as the panel of
a run is at the run's end, so that a saved notebook shows no dead widget. To begin again one runs the cell again.

Who lives how long: the widget is made when a form is shown; the newest few stay open (see `open_widgets`).
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.commands import ChooseInForm, LineStarted, StartForm
from lepton_jupyter.notebook.form_state import FormLanguage, first_choices, form_message
from lepton_jupyter.notebook.open_widgets import keep_open
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.views.form_page import form_html, form_text
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.events.form_messages import FormMessage
    from lepton_jupyter.notebook.opened_cell import OpenedCell
    from lepton_jupyter.widgets.form_widget import FormWidget

_QUEUED = "Starts when the cell that is running has ended."

_log = logging.getLogger(__name__)


def open_form(names: Mapping[str, Any], language: FormLanguage) -> bool:
    """Show a form for the tables of a namespace in the cell that is running.

    Parameters
    ----------
    names : mapping
        The names of the notebook, looked up anew whenever the form is used.
    language : FormLanguage
        How lines are written and checked.

    Returns
    -------
    shown : bool
        False where nobody could use a form: in a terminal, a script or a notebook that runs by itself.
    """
    if not look_around().live_page:
        return False
    Form(names, language).display()
    return True


class Form:
    """One form and what is chosen in it; commands may arrive on any thread.

    Parameters
    ----------
    names : mapping
    language : FormLanguage
    """

    def __init__(self, names: Mapping[str, Any], language: FormLanguage) -> None:
        self._names = names
        self._language = language
        # The page's subshell and the kernel's main thread both answer: ipywidgets wants one at a time.
        self._lock = threading.RLock()
        self.message: FormMessage = form_message(first_choices(names, language), names, language)
        self._widget: FormWidget | None = None
        self._handle: Any = None
        self._cell: OpenedCell | None = None

    def display(self) -> None:
        """Show the form in the cell that is running."""
        from IPython.display import display

        from lepton_jupyter.notebook.opened_cell import OpenedCell
        from lepton_jupyter.widgets.form_widget import FormWidget

        self._cell = OpenedCell()
        self._widget = FormWidget(self.message, other_formats=self.formats)
        self._widget.on_command(self.obey)
        self._handle = display(self._widget, display_id=True)
        keep_open(self._widget)

    def formats(self) -> dict[str, Any]:
        """What the form's output carries beside the widget, by MIME type."""
        return {"text/html": form_html(self.message), "text/plain": form_text(self.message)}

    def obey(self, command: Command) -> None:
        """Do what a page asks for; what goes wrong is shown in the form."""
        with self._lock:
            try:
                self._obey(command)
            except Exception as error:  # noqa: BLE001  a table of any library was asked; a handler's traceback is lost
                _log.debug("The form could not answer", exc_info=True)
                self._refuse(command, one_line(f"{type(error).__name__}: {error}", 300))

    def _obey(self, command: Command) -> None:
        if isinstance(command, ChooseInForm):
            self._show(
                form_message(command.choices, self._names, self._language, revision=command.revision, find=command.find)
            )
        elif isinstance(command, StartForm):
            # As the notebook is now: the table may be gone since the choices were shown.
            message = form_message(command.choices, self._names, self._language, revision=command.revision)
            if message.problem or self._cell is None:
                self._show(message)
                return
            self._show(replace(message, state="queued", detail=_QUEUED))
            self._cell.run_when_idle(message.line, before=self._starting, after=self._ended)
        elif isinstance(command, LineStarted) and command.line == self.message.line:
            self._started()

    def _refuse(self, command: Command, problem: str) -> None:
        if isinstance(command, ChooseInForm | StartForm):
            self._show(replace(self.message, revision=command.revision, choices=command.choices, problem=problem))

    def _starting(self) -> None:
        with self._lock:
            self._show(replace(self.message, state="starting", detail=""))

    def _ended(self, error: BaseException | None) -> None:
        with self._lock:
            if error is None:
                self._started()
            else:
                self._show(replace(self.message, state="failed", detail=str(error)))

    def _started(self) -> None:
        self._show(replace(self.message, state="started", detail=""))
        if self._handle is not None:
            self._handle.update(self.formats(), raw=True)

    def _show(self, message: FormMessage) -> None:
        self.message = message
        if self._widget is not None:
            self._widget.show(message)
