"""Showing a run: a live panel where somebody looks, the same board as text, HTML and JSON everywhere else.

Who lives how long: the widget is made when a run is shown and closed when the run ends, after its output was replaced
by the static board, because JupyterLab would rather show "model not found" than the HTML beside a dead widget. The
output can be replaced only while the page that ran the cell is open: the id of an output is not saved.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.commands import ExtendBudget, StopRun
from lepton_jupyter.notebook.surroundings import look_around

if TYPE_CHECKING:
    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.notebook.run_handle import Run


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
    if run.running and handle is not None:
        _after_end(run, lambda: handle.update(run.formats(), raw=True))


def show_live(run: Run) -> None:
    """Display a panel that follows the run to its end."""
    from IPython.display import display

    from lepton_jupyter.widgets.publisher import kernel_publisher
    from lepton_jupyter.widgets.run_widget import RunWidget

    widget = RunWidget(run.message(), other_formats=run.formats)
    widget.on_command(lambda command: _obey(run, command))
    panel = kernel_publisher().watch(widget, run.message)
    unsubscribe = run.subscribe(lambda _: panel.changed())
    handle = display(widget, display_id=True)

    def finish() -> None:
        unsubscribe()
        panel.finish()
        if handle is not None:
            handle.update(run.formats(), raw=True)
        widget.close()

    _after_end(run, finish)


def _obey(run: Run, command: Command) -> None:
    # May be called on a subshell's thread while a cell is busy: stopping only sets a flag.
    if isinstance(command, StopRun):
        run.stop("panel")
    elif isinstance(command, ExtendBudget):
        run.extend(command.seconds)


def _after_end(run: Run, call: Any) -> None:
    def wait_and_call() -> None:
        run.settle()
        call()

    thread = threading.Thread(target=wait_and_call, name=f"lepton-panel-{run.id}", daemon=True)
    # ipykernel 7.4 sends what a thread displays to the cell that ran last, unless told otherwise.
    thread.start()
