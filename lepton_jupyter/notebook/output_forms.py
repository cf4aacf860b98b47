"""What an output of a run carries beside the live panel: the same board in three forms, which share one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.run_panel import saved
from lepton_jupyter.views.static_html import render_html
from lepton_jupyter.views.static_text import render_text
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, bounded_document, document_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.messages import RunPanelMessage

# Headers, ids and metadata around an output.
_ENVELOPE_BYTES = 2048
# Head of the JSON form and a few lines of its log.
_HEAD_BYTES = 4096


def output_forms(make_message: Callable[..., RunPanelMessage]) -> dict[str, Any]:
    """Forms of an output by MIME type, all of them together below 64 KiB as they travel.

    Parameters
    ----------
    make_message : callable
        ``make_message(room_bytes=…)`` gives what a panel shows now.

    Returns
    -------
    forms : dict
        The HTML and the text are whole; the JSON takes the room they leave: with points of the pictures left out
        evenly, then rows and columns, which it counts.
    """
    message = make_message()
    pages = {"text/html": render_html(message), "text/plain": render_text(message)}
    room = MESSAGE_LIMIT_BYTES - _ENVELOPE_BYTES - document_bytes(pages)
    document = bounded_document(saved(message), limit_bytes=MESSAGE_LIMIT_BYTES)
    if document_bytes(document) > room:
        document = bounded_document(saved(make_message(room_bytes=room - _HEAD_BYTES)), limit_bytes=room)
    return {"application/vnd.lepton.run+json": document, **pages}
