"""What panels have in common in which a person chooses, and which write what was chosen into a cell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import traitlets

from lepton_jupyter.events.encoding import encode
from lepton_jupyter.widgets.panel_widget import OtherFormats, PanelWidget

if TYPE_CHECKING:
    from lepton_jupyter.events.commands import Command

#: What a page chooses comes back in the next message, which must stay small.
_MOST_COMMAND_BYTES = 16_384


class ChoiceWidget(PanelWidget):
    """A panel that hears choices.

    Parameters
    ----------
    head, other_formats
        As for `PanelWidget`.

    Attributes
    ----------
    own_id : str
        Id of this model: anywidget does not tell it to the page, which finds the panel's cell by it.
    """

    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, head: dict[str, Any], *, other_formats: OtherFormats | None = None) -> None:
        super().__init__(head, other_formats=other_formats)
        self.own_id = self.model_id or ""

    def makes_sense(self, command: Command) -> bool:
        """Refuse what is longer than anybody's choices."""
        return len(json.dumps(encode(command))) <= _MOST_COMMAND_BYTES
