"""The widget of one run: its whole state in one trait, and the commands that come back from its panel.

Who makes what: a notebook makes one `RunWidget` for a run, and `Publisher` is the only one who writes to it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.events.commands import AskBoardPage, Command, ExtendBudget
from lepton_jupyter.widgets.message_size import bounded_document, bounded_page
from lepton_jupyter.widgets.panel_widget import OtherFormats, PanelWidget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.messages import BoardPageMessage, RunPanelMessage


class RunWidget(PanelWidget):
    """Live panel of one run.

    Parameters
    ----------
    message : RunPanelMessage
        What is shown first; made smaller where it would not fit beside the page's module, which travels with it. The
        publisher sends the whole at once.
    other_formats : callable, optional
        Returns the other forms of the same output by MIME type, such as ``text/html`` and ``text/plain``, as they
        are when the output is written: pages without the widget, saved notebooks and terminals show those.
    """

    bundle = "run.js"

    def __init__(self, message: RunPanelMessage, *, other_formats: OtherFormats | None = None) -> None:
        head = bounded_document(message, limit_bytes=self.first_limit_bytes())
        super().__init__(head, other_formats=other_formats)

    def show(self, message: RunPanelMessage) -> None:
        """Show a newer message, as much of it as fits."""
        self.head = bounded_document(message)

    def show_forms(self, forms: Mapping[str, object]) -> None:
        """Send what a file keeps of the run as HTML and text to the pages that look; the widget keeps nothing of it.

        Parameters
        ----------
        forms : mapping
            Of an output, by MIME type.
        """
        kept = {name: forms[name] for name in ("text/html", "text/plain") if name in forms}
        self.send({"type": "RunForms", "forms": kept})

    def show_page(self, message: BoardPageMessage) -> None:
        """Send further rows to the pages that look, as many as fit; the widget keeps nothing of them."""
        self.send(bounded_page(message))

    def makes_sense(self, command: Command) -> bool:
        """Refuse to extend a run by a time that is none, and to look for rows before the first."""
        if isinstance(command, AskBoardPage):
            return command.after_rank >= 0
        if isinstance(command, ExtendBudget):
            return math.isfinite(command.seconds) and command.seconds > 0
        return True
