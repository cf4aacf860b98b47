"""The leaderboard as a real table that tells the story alone, however little of its style survives."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.family_marks import WARN, family_colour, family_glyph, family_path
from lepton_jupyter.views.number_format import (
    count,
    milliseconds_cell,
    number,
    seconds_cell,
    size,
    table_decimals,
)
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.messages import BoardRow, RunPanelMessage

_RULE = "border-top:1px solid rgba(128,128,128,.25)"
_LAST = "padding-right:16px;white-space:nowrap"
_HEADS = ("Fit, s", "Row, ms", "Size")
_WHISKER_WIDTH = 96


def board_table(message: RunPanelMessage, limit: int) -> str:
    """Write the best rows as an HTML table.

    Parameters
    ----------
    message : RunPanelMessage
    limit : int
        Most rows; how many are left out is said in a last line.

    Returns
    -------
    html : str
        Text from data is escaped. The differences are written and drawn, so that a sanitiser may drop the drawing.
    """
    shown = message.rows[:limit]
    metric = escape(one_line(message.metric_label, 40), quote=True)
    left = message.n_rows - len(shown)
    more = (
        f'<tr style="{_RULE};background:none"><td></td><td colspan="9" {_LEFT_CELL}>… and {count(left)} more</td></tr>'
    )
    whiskers = _Whiskers(message, shown)
    decimals = table_decimals(each.score for each in shown[:1])
    tested = any(each.test_score is not None for each in shown)
    scores = ("Train, 95 %", "Test, 95 %") if tested else ("Train, 95 %",)
    heads = "".join(_head(each) for each in (*scores, *_HEADS[:-1])) + _head(_HEADS[-1], more=f";{_LAST}")
    rows = "".join(_row(each, message, whiskers, decimals, tested=tested) for each in shown)
    return (
        '<table cellpadding="6" style="width:100%;margin:0;border:0;border-collapse:collapse;table-layout:auto;'
        'color:inherit;font-size:12px;font-variant-numeric:tabular-nums">'
        f'<caption style="{_HIDDEN}">Leaderboard, {_models(message)}</caption>'
        f'<thead><tr style="{_RULE};background:none;opacity:.75">{_head("#")}{_head("Model", left=True)}'
        f"{_head(metric, strong=True)}{_head('vs best, 95 %', columns=2)}{heads}</tr></thead>"
        f"<tbody>{rows}{more if left > 0 else ''}</tbody></table>"
    )


# Seen by readers of the table alone; the section's title says the same on the page.
_HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)"
_LEFT_CELL = 'align="left" style="text-align:left"'


def _models(message: RunPanelMessage) -> str:
    return f"{count(message.n_rows)} model{'' if message.n_rows == 1 else 's'}"


def _head(text: str, *, left: bool = False, columns: int = 1, strong: bool = False, more: str = "") -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    align = "left" if left else "center" if columns > 1 else "right"
    weight = 700 if strong else 400
    style = f"text-align:{align};font-weight:{weight};white-space:nowrap{more}"
    return f'<th scope="col"{span} align="{align}" style="{style}">{text}</th>'


def _row(row: BoardRow, message: RunPanelMessage, whiskers: _Whiskers, decimals: int, *, tested: bool) -> str:
    fill = "rgba(128,128,128,.1)" if row.members else "none"
    bar = "rgba(128,128,128,.9)" if row.tied else "transparent"
    title = ' title="tied with the best"' if row.tied else ""
    rank = str(row.rank) if row.rank is not None else ""
    cells = [
        f'<td style="border-left:3px solid {bar};opacity:.75"{title}>{rank}</td>',
        f'<th scope="row" align="left" style="text-align:left;font-weight:400">{_model(row, message)}</th>',
        _cell(f"<b>{number(row.score, decimals)}</b>" if row.members else number(row.score, decimals)),
        _cell(_difference(row, decimals), quiet=True),
        f'<td style="padding:0 6px">{whiskers.draw(row)}</td>',
        _cell(_train(row, decimals)),
        *([_cell(_with_error(row.test_score, row.test_error, decimals))] if tested else []),
        _cell(seconds_cell(row.fit_seconds)),
        _cell(milliseconds_cell(row.row_milliseconds)),
        f'<td style="{_LAST}">{size(row.size_bytes)}</td>',
    ]
    return f'<tr align="right" style="{_RULE};background:{fill}">{"".join(cells)}</tr>'


def _cell(text: str, *, quiet: bool = False) -> str:
    style = ' style="opacity:.75"' if quiet else ""
    return f"<td{style}>{text}</td>"


def _model(row: BoardRow, message: RunPanelMessage) -> str:
    mark = f'<span style="color:{family_colour(row.family)}">{family_glyph(row.family)}</span>&nbsp;'
    label = escape(one_line(row.label, 60), quote=True)
    description = escape(one_line(row.description, 80), quote=True)
    bar = _weights(row, message) if row.members else ""
    name = f"<b>{label}</b>" if row.members else label
    return f'{mark} {name} {bar}<span style="opacity:.7">{description}</span>'


def _weights(row: BoardRow, message: RunPanelMessage) -> str:
    """A bar of the members' weights in the colours of their families."""
    families = {each.trial_id: each.family for each in message.rows}
    parts, x = [], 0.0
    for member in row.members[:20]:
        width = 60 * member.weight
        colour = family_colour(families.get(member.trial_id, ""))
        parts.append(f'<path d="M{x:.3g} 0h{max(0.5, width - 1):.3g}v8h-{max(0.5, width - 1):.3g}z" fill="{colour}"/>')
        x += width
    return f'<svg width="60" height="8" style="margin:0 6px">{"".join(parts)}</svg>'


def _difference(row: BoardRow, decimals: int) -> str:
    if row.difference == 0 and row.difference_error == 0:
        return "best"
    error = "" if not math.isfinite(row.difference_error) else f"\u00a0±{number(row.difference_error, decimals)}"
    return f"{number(row.difference, decimals, signed=True)}{error}"


def _train(row: BoardRow, decimals: int) -> str:
    text = _with_error(row.train_score, row.train_error, decimals)
    return f'<b style="color:{WARN}" title="parts from the score out of fold">{text}</b>' if row.parted else text


def _with_error(score: float | None, error: float | None, decimals: int) -> str:
    decimals = min(decimals, 3) if decimals <= 4 else decimals
    known = error is not None and math.isfinite(error)
    # No span of its own around the error: sixty of them would push the list of columns off the page.
    shown = f"\N{NO-BREAK SPACE}±{number(error, decimals)}" if known else ""
    return f"{number(score, decimals)}{shown}"


class _Whiskers:
    """Intervals of the paired differences on one scale: the best at the solid line, linear at the dashed one."""

    def __init__(self, message: RunPanelMessage, rows: Sequence[BoardRow]) -> None:
        differences = [each.difference for each in rows if math.isfinite(each.difference)]
        ends = [each.difference + each.difference_error for each in rows if math.isfinite(each.difference_error)]
        self.linear = _difference_of_linear(message)
        middle = sorted(differences)[len(differences) // 4] if differences else 0.0
        self.low = 1.15 * min(middle, self.linear or 0.0) or -1.0
        self.high = max(0.0, min(max(ends, default=0.0), -0.3 * self.low)) - 0.06 * self.low

    def x(self, difference: float) -> float:
        place = (difference - self.low) / (self.high - self.low)
        return round(4 + (_WHISKER_WIDTH - 8) * min(1.0, max(0.0, place)), 1)

    def draw(self, row: BoardRow) -> str:
        best = f'<path d="M{self.x(0)} 0v28"/>'
        dashed = 'opacity=".5" stroke-dasharray="3 3"'
        linear = "" if self.linear is None else f'<path d="M{self.x(self.linear)} 0v28" {dashed}/>'
        return (
            f'<svg width="{_WHISKER_WIDTH}" height="28" stroke="currentColor" fill="none" aria-hidden="true" '
            'style="display:block">'
            f"{linear}{best}{self._interval(row)}</svg>"
        )

    def _interval(self, row: BoardRow) -> str:
        if not math.isfinite(row.difference):
            return ""
        if row.difference < self.low:
            return '<path d="M9 10l-5 4 5 4" opacity=".7"/>'
        colour, x = family_colour(row.family), self.x(row.difference)
        error = row.difference_error if math.isfinite(row.difference_error) else 0.0
        low, high = self.x(row.difference - error), self.x(row.difference + error)
        line = f'<path d="M{low} 14H{high}" stroke-width="1.5"/>' if high > low else ""
        ink = ' stroke-width="1.5"' if row.family == "ensemble" else f' fill="{colour}" stroke="none"'
        return f'{line}<path d="{family_path(row.family, x, 14, 3.4)}"{ink}/>'


def _difference_of_linear(message: RunPanelMessage) -> float | None:
    linear = next((each.score for each in message.baselines if each.label == "linear"), None)
    if linear is None:
        return None
    return next((each.difference for each in message.rows if each.score == linear and each.family == "linear"), None)
