"""The widget of one preparation: its plan, how far it is, and what may be changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.widgets.choice_widget import ChoiceWidget
from lepton_jupyter.widgets.message_size import bounded_preparation

if TYPE_CHECKING:
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.widgets.panel_widget import OtherFormats


class PlanWidget(ChoiceWidget):
    """Panel of one preparation.

    Parameters
    ----------
    message : PreparationMessage
        What is shown first.
    other_formats : callable, optional
        As for `PanelWidget`.
    """

    bundle = "plan.js"

    def __init__(self, message: PreparationMessage, *, other_formats: OtherFormats | None = None) -> None:
        head = bounded_preparation(message, limit_bytes=self.first_limit_bytes())
        super().__init__(head, other_formats=other_formats)

    def show(self, message: PreparationMessage) -> None:
        """Show a newer message, as much of it as fits."""
        self.head = bounded_preparation(message)
