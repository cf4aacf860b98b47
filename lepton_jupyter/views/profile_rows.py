"""The columns of a profile as a table: one row each, which opens to tell all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.column_ranges import range_text, share_text, value_text
from lepton_jupyter.views.number_format import MISSING, count, number
from lepton_jupyter.views.plain_text import safe
from lepton_jupyter.views.profile_pictures import small_picture, spoken
from lepton_jupyter.views.profile_sentences import kind_text, storage_text

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ColumnNote, ColumnPicture, ProfiledColumn, ProfileMessage

_LEVELS = ("error", "warning", "info")
_SET_ASIDE = frozenset({"constant", "identifier", "unusable"})
_WIDTHS = ("name", "type", "missing wide", "distinct wide", "picture", "range wide")


def columns_html(message: ProfileMessage) -> str:
    """The section of a page; empty where no column is shown."""
    if not message.columns:
        return ""
    heads = (
        '<th scope="col">Column</th><th scope="col" title="As understood; storage is named where it differs">Type</th>'
        '<th scope="col" class="n wide">Missing</th><th scope="col" class="n wide">Distinct</th>'
        f'{_picture_head(message)}<th scope="col" class="wide">Range, or most</th><th scope="col">Note</th>'
    )
    groups = "".join(f'<col class="c-{each}">' for each in _WIDTHS) + "<col>"
    rows = "".join(_row(column, message) for column in message.columns)
    return (
        f'<div class="scroll"><table><caption>Columns of {safe(message.table)}</caption><colgroup>{groups}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _picture_head(message: ProfileMessage) -> str:
    """What the second colour of the pictures means stands over them."""
    target = message.target
    if target is None:
        return '<th scope="col">Values</th>'
    accent = 'style="color:var(--accent);font-weight:600"'
    if not target.n_classes:
        return f'<th scope="col" title="{safe(target.second_label)}"><span {accent}>Upper half</span></th>'
    key = f"<span {accent}>{safe(target.second_label, 16)}</span> in each value"
    return f'<th scope="col" title="{safe(target.second_label)} in each value">{key}</th>'


def _row(column: ProfiledColumn, message: ProfileMessage) -> str:
    second = message.target.second_label if message.target is not None else ""
    name = f'<details><summary title="{safe(column.name)}">{safe(column.name, 60)}</summary></details>'
    storage = storage_text(column)
    stored = f' <span class="q wide">{safe(storage, 24)}</span>' if storage else ""
    ranges = range_text(column)
    aside = ' class="aside"' if column.kind in _SET_ASIDE else ""
    picture = small_picture(column.picture, message.n_rows, safe(spoken(column.picture, second)))
    return (
        f'<tr{aside}><th scope="row">{name}</th>'
        f'<td title="{safe(column.reason)}">{safe(kind_text(column), 20)}{stored}</td>'
        f'<td class="n wide">{_missing(column, message.n_rows)}</td><td class="n wide">{count(column.n_distinct)}</td>'
        f'<td>{picture}</td><td class="q wide" title="{safe(ranges)}">{safe(ranges, 60)}</td>'
        f'<td><div class="said">{_badges(column.notes)}</div></td></tr>'
        # Two cells, since a narrow page has four columns; what is in the first may spread over both.
        f'<tr class="more"><td colspan="4"><div>{_more(column, message)}</div></td>'
        '<td colspan="3" class="wide"></td></tr>'
    )


def _missing(column: ProfiledColumn, n_rows: int) -> str:
    if not column.n_missing or not n_rows:
        return f'<span class="q">{MISSING}</span>'
    bar = f'<span class="meter"><span style="width:{100 * column.n_missing / n_rows:.1f}%"></span></span>'
    return f"{bar}{safe(share_text(column.n_missing, n_rows))}"


def _badges(notes: tuple[ColumnNote, ...]) -> str:
    """The worst note with its reason, and how many others there are; an opened row tells them all."""
    if not notes:
        return ""
    ordered = sorted(notes, key=lambda note: _LEVELS.index(note.level))
    worst = ordered[0]
    all_of_them = "; ".join(note.text for note in ordered)
    more = f'<span class="badge">+{len(notes) - 1}</span> ' if len(notes) > 1 else ""
    return (
        f'<span class="badge {worst.level}" title="{safe(all_of_them)}">{safe(worst.kind, 20)}</span> {more}'
        f'<span class="q wide" title="{safe(worst.text)}">{safe(worst.text, 160)}</span>'
    )


def _more(column: ProfiledColumn, message: ProfileMessage) -> str:
    """What an opened row tells."""
    stored = f"{kind_text(column)}: {column.reason}; stored as {column.dtype}"
    facts = [("Type", safe(stored))]
    facts += [(safe(note.kind, 20).capitalize(), safe(note.text, 300)) for note in column.notes]
    facts.append(("Rows", _rows_text(column, message.n_rows)))
    facts += _figure_facts(column)
    target = message.target
    if column.alone is not None and target is not None:
        chance = "0.5" if target.n_classes else "0"
        score = f"{target.alone_label} {number(column.alone, 3)} out of fold ({chance} is nothing)"
        facts.append(("Alone", f"tells {safe(target.name, 60)} with {score}"))
    if column.picture.style == "shares" and column.picture.labels:
        label = target.second_label if target is not None else ""
        facts.append(("Values", _levels(column.picture, label)))
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts) + "</dl>"


def _rows_text(column: ProfiledColumn, n_rows: int) -> str:
    missing = "none missing"
    if column.n_missing:
        missing = f"{count(column.n_missing)} missing, {safe(share_text(column.n_missing, n_rows))}"
    return f"{count(n_rows - column.n_missing)} known, {missing}; {count(column.n_distinct)} different"


def _figure_facts(column: ProfiledColumn) -> list[tuple[str, str]]:
    figures = column.figures
    if figures is None or figures.minimum == figures.maximum:
        return []
    quartiles = (figures.minimum, figures.lower_quartile, figures.median, figures.upper_quartile, figures.maximum)
    facts = [("Quartiles", safe(" · ".join(value_text(value, figures, column.kind) for value in quartiles)))]
    if column.kind != "date":
        mean, deviation = (value_text(value, figures, column.kind) for value in (figures.mean, figures.deviation))
        facts.append(("Mean", f"{safe(mean)} ±{safe(deviation)} (standard deviation)"))
    if column.picture.cut:
        facts.append(("Picture", "its outer bars also hold what lies beyond, so that outliers do not hide the rest"))
    return facts


def _levels(picture: ColumnPicture, label: str) -> str:
    second = picture.second or (0,) * len(picture.counts)
    lines = [
        f'<li><span title="{safe(name)}">{safe(name, 60) or "“”"}</span>{_level_figures(n, part, picture, label)}</li>'
        for name, n, part in zip(picture.labels, picture.counts, second, strict=True)
    ]
    if picture.rest:
        figures = _level_figures(picture.rest, picture.rest_second, picture, label)
        lines.append(f'<li><span class="q">all others</span>{figures}</li>')
    return f"<ul>{''.join(lines)}</ul>"


def _level_figures(n: int, part: int, picture: ColumnPicture, label: str) -> str:
    rate = f"{safe(share_text(part, n))} {safe(label, 24)}" if picture.second else ""
    return f'<span class="n">{count(n)}</span><span class="q">{rate}</span>'
