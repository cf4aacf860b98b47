"""What an output of a run carries beside the live panel: the same board in three forms, which share one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.encoding import encode
from lepton_jupyter.views.run_panel import saved
from lepton_jupyter.views.static_html import render_html
from lepton_jupyter.views.static_text import render_text
from lepton_jupyter.widgets.message_size import bounded_document, document_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.messages import Message, RunPanelMessage

#: Bytes of all forms of one output, which travels once and stays in the notebook's file.
OUTPUT_LIMIT_BYTES = 256 * 1024
# Headers, ids and metadata around an output.
_ENVELOPE_BYTES = 2048
# Head of the JSON form, its log and notices.
_HEAD_BYTES = 16_384


def output_forms(make_message: Callable[[int], RunPanelMessage]) -> dict[str, Any]:
    """Forms of an output by MIME type, all of them together below 256 KiB as they travel.

    Parameters
    ----------
    make_message : callable
        ``make_message(room_bytes)`` gives what a panel shows now, with so much room for rows, points and columns.

    Returns
    -------
    forms : dict
        The JSON holds up to 200 rows; where there is more to tell, points of its pictures are left out evenly, then
        rows and columns, which it counts.
    """
    message = make_message(OUTPUT_LIMIT_BYTES)
    pages = {"text/html": render_html(message), "text/plain": render_text(message)}
    room = OUTPUT_LIMIT_BYTES - _ENVELOPE_BYTES - document_bytes(pages)
    document = bounded_document(saved(message), limit_bytes=OUTPUT_LIMIT_BYTES)
    if document_bytes(document) > room:
        document = bounded_document(saved(make_message(room - _HEAD_BYTES)), limit_bytes=room)
    return {"application/vnd.lepton.run+json": document, **pages}


def panel_form(mime_type: str, message: Message) -> dict[str, Any]:
    """The form of an output that JupyterLab draws as a panel, by its MIME type; none where it is too large to keep.

    Examples
    --------
    >>> from lepton_jupyter.events.messages import Message
    >>> panel_form("application/vnd.lepton.message+json", Message())
    {'application/vnd.lepton.message+json': {'type': 'Message'}}
    """
    document = encode(message)
    return {mime_type: document} if document_bytes(document) <= OUTPUT_LIMIT_BYTES else {}
