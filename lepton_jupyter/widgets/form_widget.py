"""The widget of one form: what may be chosen, what is chosen, and the line it writes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import traitlets

from lepton_jupyter.events.commands import ChooseInForm, Command, StartForm
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.widgets.panel_widget import OtherFormats, PanelWidget

if TYPE_CHECKING:
    from lepton_jupyter.events.form_messages import FormMessage


#: What a page chooses comes back in the next message, which must stay small.
_MOST_COMMAND_BYTES = 16_384


class FormWidget(PanelWidget):
    """Form of a bare ``%lepton``.

    Parameters
    ----------
    message : FormMessage
        What is shown first.
    other_formats : callable, optional
        As for `PanelWidget`.

    Attributes
    ----------
    own_id : str
        Id of this model: anywidget does not tell it to the page, which finds the form's cell by it.
    """

    bundle = "form.js"
    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, message: FormMessage, *, other_formats: OtherFormats | None = None) -> None:
        super().__init__(encode(message), other_formats=other_formats)
        self.own_id = self.model_id or ""

    def show(self, message: FormMessage) -> None:
        """Show a newer message."""
        self.head = encode(message)

    def makes_sense(self, command: Command) -> bool:
        """Refuse a budget that is no time, and what is longer than anybody's choices."""
        if isinstance(command, ChooseInForm | StartForm):
            if len(json.dumps(encode(command))) > _MOST_COMMAND_BYTES:
                return False
            seconds = command.choices.budget_seconds
            return math.isfinite(seconds) and 1 <= seconds <= 86_400
        return True
