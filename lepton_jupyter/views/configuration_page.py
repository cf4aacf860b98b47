"""The settings as a table: what ``%lepton config`` shows in a page and in a terminal."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.family_marks import BAD
from lepton_jupyter.views.plain_text import fitted, one_line, width

if TYPE_CHECKING:
    from lepton_jupyter.events.configuration_messages import ConfigurationMessage, SettingRow

_HEADS = ("Setting", "Value", "From", "Meaning")
#: Columns of a terminal that a text may take, by its place in `_HEADS`.
_MOST_COLUMNS = (12, 28, 46, 60)
_RULE = "border-top:1px solid rgba(128,128,128,.25);background:none"
_QUIET = "opacity:.72"
_CODE = "background:none;padding:0;color:inherit"


def render_configuration_text(message: ConfigurationMessage) -> str:
    """Write the settings as aligned lines for a terminal.

    Parameters
    ----------
    message : ConfigurationMessage

    Returns
    -------
    text : str
    """
    rows = [_HEADS]
    for each in message.settings:
        rows.append((each.name, one_line(each.value, 60), _from(each), each.meaning))
        rows += [("", f"not {one_line(old.value, 50)}", _place(old.origin, old.place), "") for old in each.overridden]
    widths = [min(most, max(width(row[index]) for row in rows)) for index, most in enumerate(_MOST_COLUMNS)]
    lines = [
        "  ".join(fitted(cell, columns) for cell, columns in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    problems = [f"! {one_line(each, 400)}" for each in message.problems]
    return "\n".join([*problems, *([""] if problems else []), *lines, "", *_how_to_set(message)])


def render_configuration_html(message: ConfigurationMessage) -> str:
    """Write the settings as HTML with inline styles only; all text that a person wrote is escaped.

    Parameters
    ----------
    message : ConfigurationMessage

    Returns
    -------
    html : str
    """
    problems = "".join(
        f'<div style="padding:0 16px 6px;color:{BAD}">{_safe(one_line(each, 400))}</div>' for each in message.problems
    )
    heads = "".join(
        f'<th scope="col" align="left" style="text-align:left;font-weight:400;opacity:.75;width:{share}%{_pad(place)}">'
        f"{each}</th>"
        for place, (each, share) in enumerate(zip(_HEADS[:3], (36, 29, 35), strict=True))
    )
    rows = "".join(map(_rows, message.settings))
    set_where = "".join(f"<div>{_marked(line)}</div>" for line in _how_to_set(message))
    return (
        '<div class="lepton-static" style="max-width:900px;overflow-x:auto;border:1px solid rgba(128,128,128,.4);'
        "border-radius:6px;color:inherit;font:13px/1.4 system-ui,-apple-system,'Segoe UI',helvetica,arial,sans-serif\">"
        f'<div style="padding:8px 16px"><b style="font-weight:600">Settings</b> <span style="{_QUIET}">'
        f"{_safe(_summary(message))}</span></div>{problems}"
        '<table cellpadding="6" style="width:100%;margin:0;border:0;border-collapse:collapse;table-layout:auto;'
        f'color:inherit;font-size:12px"><thead><tr style="{_RULE}">{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'<div style="{_RULE};padding:8px 16px;font-size:12px;{_QUIET};overflow-wrap:anywhere">{set_where}</div></div>'
    )


def _rows(row: SettingRow) -> str:
    """The value that holds, and below it those that do not, each beside its origin."""
    built_in = row.origin == "built-in"
    value = _breakable(one_line(row.value, 200))
    # What somebody set stands out from what is there anyway.
    shown = f'<span style="{_QUIET}">{value}</span>' if built_in else f'<b style="font-weight:600">{value}</b>'
    origin = _breakable(_from(row))
    name = (
        f'<th scope="row" align="left" rowspan="{1 + len(row.overridden)}" style="text-align:left;font-weight:400;'
        f'white-space:normal;vertical-align:top{_pad(0)}"><code style="{_CODE}">{_safe(row.name)}</code>'
        f'<div style="{_QUIET}">{_safe(row.meaning)}</div></th>'
    )
    first = f"{name}{_cell(shown, 1)}{_cell(origin, 2, quiet=built_in)}"
    lines = [f'<tr style="{_RULE};vertical-align:top">{first}</tr>']
    for old in row.overridden:
        struck = _cell(f"<s>{_breakable(one_line(old.value, 200))}</s>", 1, below=True)
        source = _cell(_breakable(_place(old.origin, old.place)), 2, below=True)
        lines.append(f'<tr style="background:none;vertical-align:top">{struck}{source}</tr>')
    return "".join(lines)


def _cell(html: str, place: int, *, quiet: bool = False, below: bool = False) -> str:
    shade = (f";{_QUIET}" if quiet or below else "") + (";padding-top:0" if below else "")
    return (
        '<td align="left" style="text-align:left;white-space:normal;overflow-wrap:break-word;vertical-align:top'
        f'{shade}{_pad(place)}">{html}</td>'
    )


def _breakable(text: str) -> str:
    """The text as HTML whose long names and paths may go on in the next line."""
    return re.sub(r"([_/,.])(?=\S)", r"\1<wbr>", _safe(text))


def _pad(place: int) -> str:
    return ";padding-left:16px" if place == 0 else ";padding-right:16px" if place == 2 else ""


def _from(row: SettingRow) -> str:
    return _place(row.origin, row.place)


def _place(origin: str, place: str) -> str:
    return f"{origin}: {one_line(place, 300)}" if place else origin


def _summary(message: ConfigurationMessage) -> str:
    changed = sum(each.origin != "built-in" for each in message.settings)
    return f"{changed} of {len(message.settings)} set" if changed else "all as built in"


def _how_to_set(message: ConfigurationMessage) -> list[str]:
    user = f"{one_line(message.user_file, 300)}" + ("" if message.user_file_exists else " (not there yet)")
    project = one_line(message.project_file, 300) or "pyproject.toml, under [tool.lepton]"
    return [
        '`%config Lepton.budget = "20s"` for this kernel, None takes it back',
        "`LEPTON_BUDGET=20s` in the environment",
        f'`budget = "20s"` in {project} for a project',
        f'`budget = "20s"` in {user} for you',
    ]


def _marked(line: str) -> str:
    """The line as HTML, with what stands between backticks as code."""
    parts = line.split("`")
    return "".join(
        f'<code style="{_CODE}">{_safe(part)}</code>' if place % 2 else _safe(part) for place, part in enumerate(parts)
    )


def _safe(text: str) -> str:
    return escape(text, quote=True)
