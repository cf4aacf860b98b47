"""A comparison as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.events.comparison_messages import ComparisonMessage


def render_comparison_text(message: ComparisonMessage) -> str:
    """Write a comparison in lines of at most 100 columns."""
    return message.target
