"""A profile as HTML without script: for the output of a cell, a saved notebook and nbconvert.

Its style sheet stands within it, every rule below its root; where a page strips it, the head and the tables tell the
same. A row opens by ``details``, which need no script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count
from lepton_jupyter.views.plain_text import safe
from lepton_jupyter.views.profile_drift import drift_html
from lepton_jupyter.views.profile_rows import columns_html
from lepton_jupyter.views.profile_sentences import attention_text, fit_line, size_text
from lepton_jupyter.views.profile_style import STYLE
from lepton_jupyter.views.profile_target import target_html

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ProfileMessage


def render_profile_html(message: ProfileMessage) -> str:
    """Draw a profile for a page.

    Parameters
    ----------
    message : ProfileMessage

    Returns
    -------
    html : str
        Without script, links or ids. All text from data is escaped, cut at the end where it is long, the whole in the
        title.
    """
    parts = [
        _head(message),
        "".join(f'<div class="tell">{safe(each, 300)}</div>' for each in message.notes),
        target_html(message.target),
        drift_html(message.drift),
        columns_html(message),
        _foot(message),
    ]
    label = f'role="group" aria-label="Profile of {safe(message.table)}"'
    return f'<div class="lepton-profile" {label}><style>{STYLE}</style>{"".join(parts)}</div>'


def _head(message: ProfileMessage) -> str:
    what, why = attention_text(message)
    reasons = f' <span class="q">{safe(why)}</span>' if why else ""
    size = f'<span class="q">{safe(size_text(message))}</span>'
    return (
        f'<div class="head"><span><b class="name">{safe(message.table)}</b> {size}</span> '
        f"<span><b>{safe(what)}</b>{reasons}</span></div>"
    )


def _foot(message: ProfileMessage) -> str:
    line = fit_line(message)
    parts = [safe(message.hidden, 300)] if message.hidden else []
    parts.append("All rows were counted.")
    if message.target is not None and 0 < message.judged_rows < message.n_rows - message.target.n_missing:
        parts.append(f"What a column tells alone was judged on {count(message.judged_rows)} rows drawn at random.")
    spans = " ".join(f"<span>{each}</span>" for each in parts)
    return f'<div class="foot">{spans}{f" <code>{safe(line, 400)}</code>" if line else ""}</div>'
