"""The widget of one form: what may be chosen, what is chosen, and the line it writes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.events.commands import ChooseInForm, Command, StartForm
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.widgets.choice_widget import ChoiceWidget

if TYPE_CHECKING:
    from lepton_jupyter.events.form_messages import FormMessage
    from lepton_jupyter.widgets.panel_widget import OtherFormats


class FormWidget(ChoiceWidget):
    """Form of a bare ``%lepton``.

    Parameters
    ----------
    message : FormMessage
        What is shown first.
    other_formats : callable, optional
        As for `PanelWidget`.
    """

    bundle = "form.js"

    def __init__(self, message: FormMessage, *, other_formats: OtherFormats | None = None) -> None:
        super().__init__(encode(message), other_formats=other_formats)

    def show(self, message: FormMessage) -> None:
        """Show a newer message."""
        self.head = encode(message)

    def makes_sense(self, command: Command) -> bool:
        """Refuse a budget that is no time, and what is longer than anybody's choices."""
        if not super().makes_sense(command):
            return False
        if isinstance(command, ChooseInForm | StartForm):
            seconds = command.choices.budget_seconds
            return math.isfinite(seconds) and 1 <= seconds <= 86_400
        return True
