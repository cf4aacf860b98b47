"""An evaluation as a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.evaluation_text import render_evaluation_text

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage


def render_evaluation_html(message: EvaluationMessage) -> str:
    """Draw an evaluation."""
    return f"<div>{escape(render_evaluation_text(message))}</div>"
