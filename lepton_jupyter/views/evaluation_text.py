"""An evaluation as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage


def render_evaluation_text(message: EvaluationMessage) -> str:
    """Write an evaluation in lines of at most 100 columns."""
    return f"{message.score} {message.metric_label}"
