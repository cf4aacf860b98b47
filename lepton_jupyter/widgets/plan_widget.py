"""The widget of one preparation: its plan, how far it is, and what may be changed in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import traitlets

from lepton_jupyter.events.commands import ChooseInPlan, Command, StartPreparation
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.widgets.message_size import bounded_preparation
from lepton_jupyter.widgets.panel_widget import OtherFormats, PanelWidget

if TYPE_CHECKING:
    from lepton_jupyter.events.preparation_messages import PreparationMessage

#: What a page chooses comes back in the next message, which must stay small.
_MOST_COMMAND_BYTES = 16_384


class PlanWidget(PanelWidget):
    """Panel of one preparation.

    Parameters
    ----------
    message : PreparationMessage
        What is shown first.
    other_formats : callable, optional
        As for `PanelWidget`.

    Attributes
    ----------
    own_id : str
        Id of this model: anywidget does not tell it to the page, which finds the panel's cell by it.
    """

    bundle = "plan.js"
    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, message: PreparationMessage, *, other_formats: OtherFormats | None = None) -> None:
        head = bounded_preparation(message, limit_bytes=self.first_limit_bytes())
        super().__init__(head, other_formats=other_formats)
        self.own_id = self.model_id or ""

    def show(self, message: PreparationMessage) -> None:
        """Show a newer message, as much of it as fits."""
        self.head = bounded_preparation(message)

    def makes_sense(self, command: Command) -> bool:
        """Refuse what is longer than anybody's choices."""
        if isinstance(command, ChooseInPlan | StartPreparation):
            return len(json.dumps(encode(command))) <= _MOST_COMMAND_BYTES
        return True
