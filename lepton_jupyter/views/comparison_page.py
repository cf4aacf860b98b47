"""A comparison as a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.comparison_text import render_comparison_text

if TYPE_CHECKING:
    from lepton_jupyter.events.comparison_messages import ComparisonMessage


def render_comparison_html(message: ComparisonMessage) -> str:
    """Draw a comparison."""
    return f"<div>{escape(render_comparison_text(message))}</div>"
