"""A form in a page where nothing runs: the line it has written, to be copied."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.form_messages import FormMessage

_PANEL = (
    "border:1px solid rgba(128,128,128,.4);border-radius:6px;max-width:900px;overflow-x:auto;color:inherit;"
    "padding:10px 16px;font:13px/1.4 system-ui,-apple-system,'Segoe UI',helvetica,arial,sans-serif"
)
_LINE = "margin:4px 0;padding:0;background:none;color:inherit;white-space:pre-wrap;overflow-wrap:anywhere"
_CODE = "background:none;padding:0;color:inherit"
_QUIET = "opacity:.72;font-size:12px;overflow-wrap:anywhere"


def form_html(message: FormMessage) -> str:
    """Draw a form for a page in which nothing runs: no script, all text from data escaped.

    Parameters
    ----------
    message : FormMessage

    Returns
    -------
    html : str
    """
    title = '<b style="font-weight:600">%lepton</b>'
    notes = escape(_notes(message))
    return (
        f'<div class="lepton-static" style="{_PANEL}">{title} <span style="{_QUIET}">{notes}</span>'
        f'<pre style="{_LINE}"><code style="{_CODE}">{escape(message.line)}</code></pre>'
        "</div>"
    )


def form_text(message: FormMessage) -> str:
    """Write a form for a terminal: the line and what it is about.

    Parameters
    ----------
    message : FormMessage

    Returns
    -------
    text : str
    """
    return f"%lepton: {_notes(message)}\n{message.line}"


def _notes(message: FormMessage) -> str:
    state = "started" if message.state == "started" else "the line of this form"
    about = [one_line(each, 120) for each in (message.frame_note, message.target_note) if each]
    return "; ".join([state, *about])
