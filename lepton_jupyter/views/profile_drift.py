"""The part of a profile that compares two tables, as HTML and as text: the most drifted column first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import MISSING, count, number
from lepton_jupyter.views.plain_text import fitted, one_line, safe, width
from lepton_jupyter.views.profile_pictures import drift_picture
from lepton_jupyter.views.profile_sentences import drift_names, drift_note, drift_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.profile_messages import DriftedColumn, DriftPicture

_MOST_OPEN = 12
_MOST_LINES = 15


def drift_html(drift: DriftPicture | None) -> str:
    """The section of a page; empty without another table."""
    if drift is None:
        return ""
    shown = [each for each in drift.columns if each.change or each.level][:_MOST_OPEN]
    others = [each for each in drift.columns if each not in shown]
    title = (
        f'<div class="part"><span class="title">Against <code>{safe(drift.table, 80)}</code></span> '
        f'<span class="q">{safe(drift_text(drift), 300)}</span></div>'
    )
    left = drift.n_columns - len(shown)
    rest = ""
    if others:
        words = f"{count(left)} other column{'' if left == 1 else 's'}" if shown else f"all {count(left)} columns"
        cut = f'<div class="tell">… and {count(left - len(others))} more</div>' if left > len(others) else ""
        rest = f'<details class="rest"><summary>{words}</summary>{_table(drift, others)}{cut}</details>'
    names = "".join(f"<div>{safe(each, 600)}</div>" for each in drift_names(drift))
    said = f'<div class="tell">{names}<div>{safe(drift_note(drift), 400)}</div></div>'
    return f"{title}{_table(drift, shown)}{rest}{said}"


def _table(drift: DriftPicture, columns: Sequence[DriftedColumn]) -> str:
    if not columns:
        return ""
    key = f'<span style="color:var(--accent);font-weight:600">{safe(drift.table, 14)}</span> over bars'
    heads = (
        f'<th scope="col">Column</th><th scope="col" class="n">PSI</th><th scope="col" class="n wide">Effect</th>'
        f'<th scope="col">{key}</th><th scope="col">What differs</th>'
    )
    groups = '<col class="c-name"><col class="c-psi"><col class="c-effect wide"><col class="c-picture"><col>'
    rows = "".join(_row(each) for each in columns)
    return (
        f'<div class="scroll"><table><caption>Drift against {safe(drift.table)}</caption><colgroup>{groups}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(column: DriftedColumn) -> str:
    badge = column.change or column.level
    level = "error" if column.change or column.level == "large" else "warning"
    mark = f'<span class="badge {level}">{badge}</span> ' if badge else ""
    says = f"{column.name} in both tables"
    picture = drift_picture(column.shares, column.other_shares, joined=not column.labels, title=safe(says))
    words = f'<span class="q wide">{safe(column.text, 120)}</span>'
    name = f'<details><summary title="{safe(column.name)}">{safe(column.name, 60)}</summary></details>'
    return (
        f'<tr><th scope="row">{name}</th><td class="n">{number(column.stability_index, 2)}</td>'
        f'<td class="n wide">{safe(_effect(column))}</td><td>{picture}</td>'
        f'<td title="{safe(column.text)}"><div class="said">{mark}{words}</div></td></tr>'
        f'<tr class="more"><td colspan="4"><div>{_more(column)}</div></td><td class="wide"></td></tr>'
    )


def _more(column: DriftedColumn) -> str:
    facts = [("Differs", column.text or "hardly")]
    if column.effect is not None and column.p_value is not None:
        chance = f"p = {column.p_value:.2g}" if column.p_value >= 1e-6 else "p < 0.000001"
        facts.append(("Effect", f"{_effect(column)} ({chance}); PSI {number(column.stability_index, 3)}"))
    for label, share, other in list(zip(column.labels, column.shares, column.other_shares, strict=False))[:_MOST_OPEN]:
        facts.append((label or "“”", f"{number(100 * share, 1)} → {number(100 * other, 1)} %"))
    return "<dl>" + "".join(f"<dt>{safe(name, 40)}</dt><dd>{safe(text)}</dd>" for name, text in facts) + "</dl>"


def _effect(column: DriftedColumn) -> str:
    return f"{column.effect_name} {number(column.effect, 2)}" if column.effect is not None else MISSING


def drift_lines(drift: DriftPicture | None, columns: int) -> list[str]:
    """The section of a terminal, in lines of at most so many columns, the sentence first and not yet broken."""
    if drift is None:
        return []
    head = ["", one_line(f"Against {drift.table}: {drift_text(drift)}", 300)]
    head += [one_line(each, 600) for each in drift_names(drift)]
    shown = [each for each in drift.columns if each.change or each.level][:_MOST_LINES] or list(drift.columns[:5])
    if not shown:
        return head
    cells = [("Column", "PSI", "Effect", "What differs")]
    cells += [
        (
            one_line(each.name, 60),
            number(each.stability_index, 2),
            one_line(_effect(each)),
            one_line(f"{each.change or each.level}: {each.text}".strip(": ")),
        )
        for each in shown
    ]
    widths = [min(limit, max(width(row[place]) for row in cells)) for place, limit in enumerate((28, 6, 16))]
    widths.append(columns - sum(widths) - 2 * len(widths))
    lines = [
        "  ".join(fitted(cell, widths[place], right=place == 1) for place, cell in enumerate(row)).rstrip()
        for row in cells
    ]
    lines.insert(1, "─" * max(map(width, lines)))
    left = drift.n_columns - len(shown)
    more = [f"… and {count(left)} more"] if left > 0 else []
    return [*head, "", *lines, *more]
