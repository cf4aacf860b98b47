"""The final board as HTML without script or style element: for saved notebooks, nbconvert and GitHub."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.family_marks import BAD, GOOD, family_colour, family_glyph
from lepton_jupyter.views.header_sentence import HeaderSentence, header_sentence
from lepton_jupyter.views.number_format import count, number
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.static_board_table import board_table
from lepton_jupyter.views.static_score_picture import score_picture

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import GainOverBaseline, RunPanelMessage
    from lepton_jupyter.events.run_events import ColumnTreatment

#: Bytes that a saved output may take as it travels, its quotes escaped: most of what the forms of an output share.
HTML_LIMIT_BYTES = 42 * 1024
_MOST_ROWS = 30
_MOST_COLUMNS = 40

_PANEL = (
    "border:1px solid rgba(128,128,128,.4);border-radius:6px;max-width:900px;overflow-x:auto;color:inherit;"
    "font:13px/1.4 system-ui,-apple-system,'Segoe UI',helvetica,arial,sans-serif"
)
_SECTION = "padding:8px 16px;border-top:1px solid rgba(128,128,128,.25)"
_QUIET = "opacity:.72"
_CODE = "background:none;padding:0;color:inherit"


def render_html(message: RunPanelMessage) -> str:
    """Draw a board for a page in which nothing runs.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    html : str
        At most 42 KiB as JSON: 30 rows, fewer where names are long; what is left out is counted. All text from data is
        escaped. Without styles and pictures the head and the table tell the same.
    """
    html = ""
    for rows, columns in ((_MOST_ROWS, _MOST_COLUMNS), (_MOST_ROWS, 14), (_MOST_ROWS, 0), (24, 0), (12, 0), (4, 0)):
        html = _document(message, rows, columns)
        if len(json.dumps(html, ensure_ascii=False).encode()) <= HTML_LIMIT_BYTES:
            break
    return html


def _document(message: RunPanelMessage, rows: int, columns: int) -> str:
    parts = [
        _header(header_sentence(message), message.gain),
        _notices(message),
        _history(message),
        _board(message, rows),
    ]
    parts += [_data(message, columns)]
    return f'<div class="lepton-static" style="{_PANEL}">{"".join(parts)}</div>'


def _safe(text: str) -> str:
    return escape(text, quote=True)


def _quiet(text: str) -> str:
    return f'<span style="{_QUIET}">{_safe(text)}</span>' if text else ""


def _header(words: HeaderSentence, found: GainOverBaseline | None) -> str:
    score = f'<b style="font-size:24px;font-weight:600;line-height:1.2">{_safe(words.score)}</b> {_quiet(words.error)}'
    subject = f'{_safe(words.metric)} on <code style="{_CODE}">{_safe(words.target)}</code>' if words.metric else ""
    # Green is said of a gain whose interval is clear of zero, and of no other.
    good = f' style="color:{GOOD}"' if found is not None and found.gain > found.gain_error else ""
    gain = f"<b{good}>{_safe(words.gain)}</b>" if words.gain else ""
    folds = f", {words.folds}" if words.folds else ""
    over = f"{gain} {_quiet(words.gain_error)} {_safe(words.over)}{_quiet(folds)}" if words.over else ""
    colour = f";color:{BAD}" if words.state == "No model" else ""
    state = f'<b style="font-weight:600{colour}">{_safe(words.state)}</b> {_quiet(words.when)}'
    whole = ";white-space:nowrap"  # what holds no text from data is short
    groups = [
        (score if words.score else "", whole),
        (subject, ""),
        (over, whole),
        (state, whole),
        (_quiet(words.detail), ""),
    ]
    # Blanks beside the margins: the sentence stays readable where margins are stripped.
    spans = " ".join(
        f'<span style="margin-right:14px;font-variant-numeric:tabular-nums{wrap}">{group.strip()}</span>'
        for group, wrap in groups
        if group
    )
    return f'<div style="padding:12px 16px">{spans}</div>'


def _notices(message: RunPanelMessage) -> str:
    lines = "".join(f"<div>{_safe(one_line(each, 300))}</div>" for each in message.notices)
    return f'<div style="padding:0 16px 10px;{_QUIET}">{lines}</div>' if lines else ""


def _history(message: RunPanelMessage) -> str:
    picture = score_picture(message)
    if not picture:
        return ""
    families = list(dict.fromkeys(each.family for each in message.history))
    legend = " ".join(
        f'<span style="margin-left:12px"><span style="color:{family_colour(each)}">{family_glyph(each)}</span>&nbsp;'
        f'<span style="{_QUIET}">{_safe(one_line(each, 20))}</span></span>'
        for each in families[:8]
    )
    title = f'<b style="font-weight:600">Score over time</b> <span style="font-size:11px">{legend}</span>'
    return f'<div style="{_SECTION}">{title}{picture}</div>'


def _board(message: RunPanelMessage, rows: int) -> str:
    if not message.rows:
        return ""
    models = f"{count(message.n_rows)} model{'' if message.n_rows == 1 else 's'}"
    title = f'<b style="font-weight:600">Leaderboard</b> {_quiet(models)}'
    tied = (
        "Bar at the left: tied with the best, the interval of the paired difference reaches it."
        if any(each.tied and each.rank is not None for each in message.rows)
        else ""
    )
    train = "Train: rows trained on; in bold where two thirds of the gain there and more are lost on others."
    note = f"{tied} {train}".strip()
    return (
        f'<div style="{_SECTION}">{title}</div>{board_table(message, rows)}'
        f'<div style="{_SECTION};font-size:11px"><span style="{_QUIET}">{_safe(note)}</span></div>'
    )


def _data(message: RunPanelMessage, limit: int) -> str:
    if not message.columns_summary:
        return ""
    title = f'<b style="font-weight:600">What was done to the data</b> {_quiet(message.columns_summary)}'
    shown = message.columns[:limit]
    if not shown:
        return f'<div style="{_SECTION}">{title}</div>'
    left = message.n_columns - len(shown)
    more = f'<div style="{_QUIET}">… and {count(left)} more</div>' if left > 0 else ""
    lines = "".join(map(_column, shown))
    return f'<details style="{_SECTION}"><summary>{title}</summary>{lines}{more}</details>'


def _column(column: ColumnTreatment) -> str:
    reason = f" ({one_line(column.reason)})" if column.reason else ""
    missing = f", {number(100 * column.missing_share, 1)} % missing" if column.missing_share else ""
    words = f"{one_line(column.kind, 20)}: {one_line(column.treatment)}{reason}{missing}"
    return f'<div><code style="{_CODE}">{_safe(one_line(column.name, 80))}</code> {_quiet(words)}</div>'
