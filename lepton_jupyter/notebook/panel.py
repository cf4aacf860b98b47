"""Showing a run: a live panel where somebody looks, the same board as text, HTML and JSON everywhere else.

Who lives how long: the widget is made when a run is shown. At the run's end its output is replaced by the static board,
which a saved notebook keeps. That reaches only the page that ran the cell: a page that was loaded again, or opened
later, no longer knows the id of the output and goes on showing the widget, which stays open for a while, see
`open_widgets`. Such a page asks the widget for the final HTML and text, which the JupyterLab extension puts into the
file when the notebook is saved.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from lepton_jupyter.events.commands import AskBoardPage, AskForms, ExtendBudget, StopRun
from lepton_jupyter.notebook.open_widgets import close_all, keep_open
from lepton_jupyter.notebook.surroundings import look_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.widgets.run_widget import RunWidget

#: How long the last state of a panel may take to be shown when the extension is unloaded.
_LAST_LOOK_SECONDS = 2.0

_log = logging.getLogger(__name__)
_waiting: set[threading.Thread] = set()


def show(run: Run) -> None:
    """Display a run in the cell that is running: live if it goes on and a page looks, else as it stands."""
    around = look_around()
    if not around.interactive:
        print(run.formats()["text/plain"])  # noqa: T201  a script has no other place to show it
    elif run.running and around.live_page:
        show_live(run)
    else:
        show_static(run)


def show_static(run: Run) -> None:
    """Display the board as it stands; where the run goes on, the output is brought up to date at its end."""
    from IPython.display import display

    handle = display(run.formats(), raw=True, display_id=True)
    if not run.running or handle is None:
        return

    def update() -> None:
        handle.update(run.formats(), raw=True)

    _after_end(run, update)
    # nbclient takes an update only while the cell that sent it goes on, and a thread may send it between two cells.
    run.on_awaited(update)


def show_live(run: Run) -> None:
    """Display a panel that follows the run to its end."""
    from IPython.display import display

    from lepton_jupyter.notebook.listed_runs import announce
    from lepton_jupyter.widgets.publisher import kernel_publisher
    from lepton_jupyter.widgets.run_widget import RunWidget

    announce()
    widget = RunWidget(run.message(), other_formats=run.formats)
    widget.on_command(lambda command: _obey(run, widget, command))
    panel = kernel_publisher().watch(widget, run.message)
    unsubscribe = run.subscribe(lambda _: panel.changed())
    handle = display(widget, display_id=True)

    def finish() -> None:
        unsubscribe()
        panel.finish()
        # Before any widget is closed: ipywidgets hides the outputs of those that are.
        if handle is not None:
            handle.update(run.formats(), raw=True)
        keep_open(widget)

    _after_end(run, finish)


def close_panels() -> None:
    """Close the widgets of runs that have ended, and the threads that serve panels."""
    for thread in tuple(_waiting):
        thread.join(timeout=_LAST_LOOK_SECONDS)
    close_all()
    publishing = sys.modules.get("lepton_jupyter.widgets.publisher")
    if publishing is not None:  # no panel was ever shown: the widgets' libraries need not be loaded for this
        publishing.kernel_publisher().close()


def _obey(run: Run, widget: RunWidget, command: Command) -> None:
    # May be called on a subshell's thread while a cell is busy: each of these only sets a flag or sends a message.
    if isinstance(command, StopRun):
        run.stop("panel")
    elif isinstance(command, ExtendBudget):
        run.extend(command.seconds)
    elif isinstance(command, AskForms) and not run.running:
        widget.show_forms(run.formats())
    elif isinstance(command, AskBoardPage):
        widget.show_page(run.board_page(command.after_rank))


def _after_end(run: Run, call: Callable[[], None]) -> None:
    def wait_and_call() -> None:
        run.settle()
        try:
            call()
        except Exception:  # noqa: BLE001  what a thread raises is printed below whichever cell ran last
            _log.debug("The output of run %s could not be replaced", run.id, exc_info=True)
        finally:
            _waiting.discard(thread)

    thread = threading.Thread(target=wait_and_call, name=f"lepton-panel-{run.id}", daemon=True)
    _waiting.add(thread)
    thread.start()
