"""The confusion matrix: a table of counts for a few classes, a picture for many, and the pairs most often confused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import svg, text
from lepton_jupyter.views.number_format import count, number
from lepton_jupyter.views.page_parts import NUMBERS
from lepton_jupyter.views.plain_text import one_line, safe, width

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import ConfusionTable

#: Classes up to which each cell holds its count as a real table.
_MOST_IN_TABLE = 8
_RIGHT, _WRONG = "128,128,128", "217,105,30"


def confusion_picture(table: ConfusionTable | None) -> str:
    """Rows by true and predicted class, shaded by their share of the true class."""
    if table is None:
        return ""
    return _table(table) if len(table.labels) <= _MOST_IN_TABLE else _picture(table)


def confused_sentence(table: ConfusionTable | None, most: int = 3) -> str:
    """The pairs that are confused most often; HTML.

    Examples
    --------
    >>> from lepton_jupyter.events.evaluation_messages import ConfusionTable
    >>> confused_sentence(ConfusionTable(labels=("a", "b", "c"), counts=((9, 1, 0), (0, 5, 5), (0, 0, 4)), n_other=0))
    'most often confused: b taken for c, 5 rows (50 %); a taken for b, 1 row (10 %)'
    """
    if table is None or len(table.labels) < 3:
        return ""
    pairs = [
        (value, true, given)
        for true, line in enumerate(table.counts)
        for given, value in enumerate(line)
        if true != given and value
    ]
    if not pairs:
        return "no row is given a wrong class"
    said = []
    for value, true, given in sorted(pairs, key=lambda each: -each[0])[:most]:
        share = number(100 * value / sum(table.counts[true]), 0)
        rows = f"{count(value)} row{'' if value == 1 else 's'}"
        said.append(f"{safe(table.labels[true], 24)} taken for {safe(table.labels[given], 24)}, {rows} ({share} %)")
    return f"most often confused: {'; '.join(said)}"


def _shade(value: int, total: int, *, right: bool) -> str:
    share = value / total if total else 0.0
    alpha = round(0.08 + 0.5 * share, 2) if value else 0.0
    return f"rgba({_RIGHT if right else _WRONG},{alpha:g})"


def _table(table: ConfusionTable) -> str:
    quiet = "font-weight:400;opacity:.72;font-size:11px"
    heads = "".join(
        f'<th scope="col" title="{safe(name, 200)}" style="{quiet};text-align:right;padding:2px 8px">'
        f"{safe(name, 14)}</th>"
        for name in table.labels
    )
    rows = []
    for true, line in enumerate(table.counts):
        total = sum(line)
        cells = "".join(
            f'<td style="text-align:right;padding:5px 8px;border:1px solid rgba(128,128,128,.25);'
            f'background:{_shade(value, total, right=true == given)}">{count(value)}<br>'
            f'<span style="opacity:.72;font-size:11px">{_percent(value, total)}</span></td>'
            for given, value in enumerate(line)
        )
        name = safe(table.labels[true], 20)
        title = safe(table.labels[true], 200)
        rows.append(
            f'<tr style="background:none"><th scope="row" title="{title}" style="{quiet};text-align:right;'
            f'padding:2px 8px 2px 0">{name}</th>{cells}</tr>'
        )
    return (
        '<div style="overflow-x:auto"><table style="border:0;margin:6px 0 0;border-collapse:collapse;color:inherit;'
        f'font-size:12px;{NUMBERS}"><thead><tr style="background:none"><th scope="col" style="{quiet};text-align:right;'
        f'padding:2px 8px 2px 0">true \\ predicted</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _percent(value: int, total: int) -> str:
    return f"{number(100 * value / total, 1)} %" if total else "–"


def _picture(table: ConfusionTable) -> str:
    n = len(table.labels)
    side = max(20, min(40, 700 // n))
    labels = [one_line(name, 18) for name in table.labels]
    words = round(6.4 * max(map(width, labels)))
    left, top = 12 + words, 14 + round(0.87 * words)
    parts = []
    for true, line in enumerate(table.counts):
        total, y = sum(line), top + true * side
        parts.append(text(left - 6, y + side / 2 + 4, labels[true], anchor="end"))
        for given, value in enumerate(line):
            if not value:
                continue
            x = left + given * side
            colour, share = (_RIGHT if true == given else _WRONG), value / total
            look = f'fill="rgb({colour})" fill-opacity="{0.1 + 0.6 * share:.2g}"'
            parts.append(f'<path d="M{x} {y}h{side - 1}v{side - 1}h-{side - 1}z" {look}/>')
            if value < 10 ** (side // 8):
                parts.append(
                    f'<text x="{x + side / 2:g}" y="{y + side / 2 + 4:g}" text-anchor="middle" '
                    f'font-size="{11 if side >= 24 else 10}">{value}</text>'
                )
    sentence = f"Confusion matrix of {n} classes, rows true, columns predicted"
    for given, label in enumerate(labels):
        middle = left + given * side + side / 2 + 4
        parts.append(f'<g transform="rotate(-60 {middle:g} {top - 6})">{text(middle, top - 6, label)}</g>')
    picture = svg(left + n * side + words // 2, top + n * side + 4, parts, sentence)
    # It keeps its size and is scrolled where it is too wide: shrunk, nobody could read it.
    return f'<div style="overflow-x:auto">{picture.replace("max-width:100%;height:auto", "max-width:none")}</div>'
