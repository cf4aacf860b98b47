"""The widget of one stream: its whole state in one trait, and rows that are seen and never kept.

The state of a widget is saved with the notebook, so rows are no part of it: they travel as messages of their own, once
each time a page asks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.widgets.message_size import bounded_stream
from lepton_jupyter.widgets.panel_widget import OtherFormats, PanelWidget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.stream_messages import StreamMessage

#: Characters of a value that are sent, and values of a row.
_MOST_CHARACTERS = 120
_MOST_COLUMNS = 24


class StreamWidget(PanelWidget):
    """Live panel of one stream.

    Parameters
    ----------
    message : StreamMessage
        What is shown first.
    other_formats : callable, optional
        As for `PanelWidget`.
    """

    bundle = "stream.js"

    def __init__(self, message: StreamMessage, *, other_formats: OtherFormats | None = None) -> None:
        head = bounded_stream(message, limit_bytes=self.first_limit_bytes())
        super().__init__(head, other_formats=other_formats)

    def show(self, message: StreamMessage) -> None:
        """Show a newer message, as much of it as fits."""
        self.head = bounded_stream(message)

    def show_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send results to the pages that look, the newest first; nothing of them is kept.

        Parameters
        ----------
        rows : sequence of mapping
            The last results, the newest last; long values lose their ends.
        """
        names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
        self.send(
            {
                "type": "StreamRows",
                "columns": [_shortened(str(name)) for name in names],
                "rows": [[_plain(row.get(name)) for name in names] for row in reversed(rows)],
            }
        )


def _plain(value: Any) -> str | float | None:
    """A value as JSON holds it: numbers stay numbers, all else is text."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if hasattr(value, "item"):  # a scalar of NumPy
        value = value.item()
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    return _shortened(str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
