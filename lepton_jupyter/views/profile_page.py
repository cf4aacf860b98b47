"""A profile as HTML without script: for the output of a cell, a saved notebook and nbconvert.

Its style sheet stands within it, every rule below its root; where a page strips it, the head and the tables tell the
same. A row opens by ``details``, which need no script.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.column_ranges import range_text, share_text, value_text
from lepton_jupyter.views.number_format import MISSING, count, number
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.profile_pictures import small_picture, spoken
from lepton_jupyter.views.profile_sentences import (
    attention_text,
    fit_line,
    kind_text,
    size_text,
    storage_text,
    target_text,
)
from lepton_jupyter.views.profile_style import STYLE

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import (
        ColumnNote,
        ColumnPicture,
        ProfiledColumn,
        ProfiledTarget,
        ProfileMessage,
    )

_SET_ASIDE = frozenset({"constant", "identifier", "unusable"})


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
    parts = [_head(message), _notes(message.notes), _target(message), _columns(message), _foot(message)]
    return f'<div class="lepton-profile" role="group" aria-label="Profile of {_safe(message.table)}"><style>{STYLE}</style>{"".join(parts)}</div>'


def _safe(text: str, limit: int = 200) -> str:
    return escape(one_line(text, limit), quote=True)


def _head(message: ProfileMessage) -> str:
    what, why = attention_text(message)
    reasons = f' <span class="q">{_safe(why)}</span>' if why else ""
    return (
        f'<div class="head"><span><b class="name">{_safe(message.table)}</b> <span class="q">{_safe(size_text(message))}'
        f"</span></span> <span><b>{_safe(what)}</b>{reasons}</span></div>"
    )


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f'<div class="tell">{_safe(each, 300)}</div>' for each in notes)


def _target(message: ProfileMessage) -> str:
    target = message.target
    if target is None:
        return ""
    title = f'<span class="title">Target <code>{_safe(target.name, 80)}</code></span> <span class="q">{_safe(target_text(target), 300)}</span>'
    body = _class_bar(target) if target.n_classes else _target_histogram(target)
    notes = "".join(f'<div class="q">{_safe(each, 300)}</div>' for each in target.notes)
    return f'<div class="part">{title}{body}{notes}</div>'


def _class_bar(target: ProfiledTarget) -> str:
    picture = target.picture
    total = sum(picture.counts) + picture.rest
    second = picture.second or (0,) * len(picture.counts)
    parts = [(label, n, bool(t)) for label, n, t in zip(picture.labels, picture.counts, second, strict=True)]
    bars = "".join(f'<span{" class=t" if t else ""} style="flex:{n}"></span>' for _, n, t in parts)
    bars += f'<span class="o" style="flex:{picture.rest}"></span>' if picture.rest else ""
    two = len(parts) == 2 and not picture.rest
    keys = " ".join(
        f'<span{f" style=flex:{n}" if two else ""} title="{_safe(label)}"><b{" class=t style=color:var(--accent)" if t and not two else ""}>{_safe(label, 40)}</b> <span class="q">{count(n)}, {share_text(n, total)}</span></span>'
        for label, n, t in parts
    )
    if picture.rest:
        others = target.n_classes - len(parts)
        keys += (
            f' <span class="q">{count(others)} others {count(picture.rest)}, {share_text(picture.rest, total)}</span>'
        )
    spoken_shares = _safe(", ".join(f"{label} {share_text(n, total)}" for label, n, _ in parts))
    return f'<div class="bar" role="img" aria-label="{spoken_shares}">{bars}</div><div class="keys{" two" if two else ""}">{keys}</div>'


def _target_histogram(target: ProfiledTarget) -> str:
    figures = target.figures
    if figures is None:
        return ""
    picture = small_picture(target.picture, 0, _safe(spoken(target.picture, target.second_label)))
    low, median, high = (
        value_text(value, figures, "number") for value in (figures.minimum, figures.median, figures.maximum)
    )
    words = f"{low} … {high}, median {median}"
    return f'<div class="keys" style="align-items:center;padding-top:4px">{picture} <span>{_safe(words)}</span> <span class="q">the second colour is its upper half</span></div>'


def _columns(message: ProfileMessage) -> str:
    if not message.columns:
        return ""
    target = message.target
    if target is None:
        key = "Values"
    elif target.n_classes:
        key = f'<span style="color:var(--accent);font-weight:600">{_safe(target.second_label, 16)}</span> in each value'
    else:
        key = '<span style="color:var(--accent);font-weight:600">Upper half</span> of target'
    title = f' title="{_safe(target.second_label)}"' if target is not None else ""
    heads = (
        '<th scope="col">Column</th><th scope="col" title="As understood; storage is named where it differs">Type</th>'
        '<th scope="col" class="n wide">Missing</th><th scope="col" class="n wide">Distinct</th>'
        f'<th scope="col"{title}>{key}</th><th scope="col" class="wide">Range, or most</th><th scope="col">Note</th>'
    )
    widths = ("name", "type", "missing wide", "distinct wide", "picture", "range wide")
    groups = "".join(f'<col class="c-{each}">' for each in widths) + "<col>"
    rows = "".join(_row(column, message) for column in message.columns)
    return (
        f'<div class="scroll"><table><caption>Columns of {_safe(message.table)}</caption><colgroup>{groups}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(column: ProfiledColumn, message: ProfileMessage) -> str:
    second = message.target.second_label if message.target is not None else ""
    name = f'<details><summary title="{_safe(column.name)}">{_safe(column.name, 60)}</summary></details>'
    storage = storage_text(column)
    stored = f' <span class="q wide">{_safe(storage, 24)}</span>' if storage else ""
    ranges = range_text(column)
    aside = ' class="aside"' if column.kind in _SET_ASIDE else ""
    picture = small_picture(column.picture, message.n_rows, _safe(spoken(column.picture, second)))
    return (
        f'<tr{aside}><th scope="row">{name}</th><td title="{_safe(column.reason)}">{_safe(kind_text(column), 20)}{stored}</td>'
        f'<td class="n wide">{_missing(column, message.n_rows)}</td><td class="n wide">{count(column.n_distinct)}</td>'
        f'<td>{picture}</td><td class="q wide" title="{_safe(ranges)}">{_safe(ranges, 60)}</td><td>{_badges(column.notes)}</td></tr>'
        f'<tr class="more"><td colspan="7">{_more(column, message)}</td></tr>'
    )


def _missing(column: ProfiledColumn, n_rows: int) -> str:
    if not column.n_missing or not n_rows:
        return f'<span class="q">{MISSING}</span>'
    share = 100 * column.n_missing / n_rows
    return f'<span class="meter"><span style="width:{share:.1f}%"></span></span>{_safe(share_text(column.n_missing, n_rows))}'


def _badges(notes: tuple[ColumnNote, ...]) -> str:
    ordered = sorted(notes, key=lambda note: ("error", "warning", "info").index(note.level))
    badges = "".join(
        f'<span class="badge {note.level}" title="{_safe(note.text)}">{_safe(note.kind, 20)}</span>'
        for note in ordered[:3]
    )
    first = (
        f'<span class="q wide" title="{_safe(ordered[0].text)}">{_safe(ordered[0].text, 160)}</span>' if ordered else ""
    )
    return badges + first


def _more(column: ProfiledColumn, message: ProfileMessage) -> str:
    """What an opened row tells."""
    facts = [("Type", f"{_safe(kind_text(column))}: {_safe(column.reason)}; stored as {_safe(column.dtype)}")]
    facts += [(_safe(note.kind, 20).capitalize(), _safe(note.text, 300)) for note in column.notes]
    present = message.n_rows - column.n_missing
    missing = (
        f"{count(column.n_missing)} missing, {share_text(column.n_missing, message.n_rows)}"
        if column.n_missing
        else "none missing"
    )
    facts.append(("Rows", f"{count(present)} known, {missing}; {count(column.n_distinct)} different"))
    facts += _figure_facts(column)
    if column.alone is not None and message.target is not None:
        nothing = "0.5" if message.target.n_classes else "0"
        facts.append(
            (
                "Alone",
                f"tells {_safe(message.target.name, 60)} with {message.target.alone_label} {number(column.alone, 3)} out of fold ({nothing} is nothing)",
            )
        )
    if column.picture.style == "shares" and column.picture.labels:
        facts.append(("Values", _levels(column.picture, message)))
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts) + "</dl>"


def _figure_facts(column: ProfiledColumn) -> list[tuple[str, str]]:
    figures = column.figures
    if figures is None or figures.minimum == figures.maximum:
        return []
    quartiles = (figures.minimum, figures.lower_quartile, figures.median, figures.upper_quartile, figures.maximum)
    words = " · ".join(value_text(value, figures, column.kind) for value in quartiles)
    facts = [("Quartiles", _safe(words))]
    if column.kind != "date":
        mean = (
            f"{value_text(figures.mean, figures, column.kind)} ±{value_text(figures.deviation, figures, column.kind)}"
        )
        facts.append(("Mean", f"{_safe(mean)} (standard deviation)"))
    if column.picture.cut:
        facts.append(("Picture", "its outer bars also hold what lies beyond, so that outliers do not hide the rest"))
    return facts


def _levels(picture: ColumnPicture, message: ProfileMessage) -> str:
    lines = []
    second = picture.second or (0,) * len(picture.counts)
    label = message.target.second_label if message.target is not None else ""
    for name, n, part in zip(picture.labels, picture.counts, second, strict=True):
        rate = f'<span class="q">{share_text(part, n)} {_safe(label, 24)}</span>' if picture.second else "<span></span>"
        lines.append(
            f'<li><span title="{_safe(name)}">{_safe(name, 60) or "“”"}</span><span class="n">{count(n)}</span>{rate}</li>'
        )
    if picture.rest:
        rate = (
            f'<span class="q">{share_text(picture.rest_second, picture.rest)} {_safe(label, 24)}</span>'
            if picture.second
            else "<span></span>"
        )
        lines.append(f'<li><span class="q">all others</span><span class="n">{count(picture.rest)}</span>{rate}</li>')
    return f"<ul>{''.join(lines)}</ul>"


def _foot(message: ProfileMessage) -> str:
    line = fit_line(message)
    parts = [_safe(message.hidden)] if message.hidden else []
    parts.append("All rows were counted.")
    if 0 < message.judged_rows < message.n_rows:
        parts.append(f"What a column tells alone was judged on {count(message.judged_rows)} rows drawn at random.")
    spans = " ".join(f"<span>{each}</span>" for each in parts)
    return f'<div class="foot">{spans}{f" <code>{_safe(line, 400)}</code>" if line else ""}</div>'
