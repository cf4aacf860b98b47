"""A preparation as text and as a page in which nothing runs: what is done to each column and why, and how far it is."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count, counted, duration, number, size
from lepton_jupyter.views.page_parts import ACCENT, code, header, notices, panel, quiet, section, strong, table
from lepton_jupyter.views.plain_text import fitted, one_line, safe, width
from lepton_jupyter.views.text_table import COLUMNS, wrapped

if TYPE_CHECKING:
    from lepton_jupyter.events.preparation_events import PlannedColumn
    from lepton_jupyter.events.preparation_messages import PreparationMessage

_PHASES = {
    "copies": "Looking for copies", "near copies": "Looking for near copies", "earlier rows": "Looking back",
    "joining": "Joining", "counting": "Counting rows", "statistics": "Looking at all rows",
    "features": "Learning features", "writing": "Writing",
}  # fmt: skip
_WORDS = {"number": "number", "truth": "true or false", "moment": "date", "text": "text", "left out": "left out"}


def render_preparation_text(message: PreparationMessage) -> str:
    """Write a preparation in lines of at most 100 columns."""
    lines = wrapped(f"{message.table}: {plan_sentence(message)}", limit=400)
    progress = progress_sentence(message)
    lines += wrapped(progress) if progress else []
    for note in _notes(message):
        lines += wrapped(note, limit=400)
    if message.columns:
        lines.append("")
    name_width = min(24, max((width(one_line(column.name)) for column in message.columns), default=0))
    for column in message.columns:
        lines += _column_lines(column, name_width)
    if message.n_hidden:
        lines.append(f"… and {counted(message.n_hidden, 'more column')}")
    return "\n".join(lines)


def render_preparation_html(message: PreparationMessage) -> str:
    """Draw a preparation as a page without script; all text from data is escaped."""
    progress = progress_sentence(message)
    heads, rows = _rows(message)
    cells = [[code(name), *(safe(cell, 240) for cell in others)] for name, *others in rows]
    body = table("What is done to each column", heads, cells, left=frozenset({0, 1, 2, 5}))
    if message.n_hidden:
        body += quiet(f"… and {counted(message.n_hidden, 'more column')}")
    parts = [
        header([code(message.table), strong(safe(plan_sentence(message), 300))]),
        _time_line(message),
        header([quiet(safe(progress, 300))]) if progress else "",
        notices(_notes(message)),
        section("Columns", "", body) if rows else "",
    ]
    return panel(parts, name="preparation")


def plan_sentence(message: PreparationMessage) -> str:
    """What is planned or was done, in one sentence.

    Examples
    --------
    >>> from lepton_jupyter.views.preparation_board import preparation_message
    >>> plan_sentence(preparation_message([]))
    'nothing is known yet'
    """
    if message.failure:
        return message.failure
    if message.state == "stopped":
        return "stopped; nothing of it is kept"
    if not message.n_columns:
        return "nothing is known yet"
    parts = [f"{count(message.n_changed)} of {counted(message.n_columns, 'column')} cleaned"]
    if message.n_left_out:
        parts.append(f"{count(message.n_left_out)} left out")
    source = "planned from the first" if message.draft else "decided from all"
    return f"{', '.join(parts)}; {source} {counted(message.planned_rows, 'row')}"


def progress_sentence(message: PreparationMessage) -> str:
    """How far it is, how fast, and what it needs; empty for a plan."""
    if message.state == "planned":
        return f"{counted(message.n_partitions, 'partition')}, not begun" if message.n_partitions else ""
    parts = []
    if message.state in {"running", "stopped"} and message.phase:
        done = f"{count(message.n_done)} of {counted(message.n_partitions, 'partition')}"
        parts += [f"{_PHASES.get(message.phase, message.phase)}: {done}", counted(message.n_rows, "row")]
    elif message.state == "finished":
        parts += [f"{counted(message.n_rows, 'row')} in {counted(message.n_partitions - message.n_bad, 'partition')}"]
    if message.rows_per_second:
        parts.append(f"{count(round(message.rows_per_second))} rows/s")
    if message.worker_bytes:
        parts.append(f"at most {size(message.worker_bytes)} in a worker")
    return " · ".join([*parts, message.workers, duration(message.elapsed_seconds)])


def _time_line(message: PreparationMessage) -> str:
    if message.state != "running" or not message.n_partitions:
        return ""
    share = 100 * message.n_done / message.n_partitions
    return f'<div style="height:2px;width:{share:.1f}%;background:{ACCENT}"></div>'


def _notes(message: PreparationMessage) -> list[str]:
    bad = [f"{each.name} was left out: {each.problem}" for each in message.bad_partitions]
    more = message.n_bad - len(bad)
    return [*message.notes, *bad, *([f"… and {counted(more, 'more bad partition')}"] if more > 0 else [])]


def _column_lines(column: PlannedColumn, name_width: int) -> list[str]:
    """One line for the column, and one for each thing that is done to it."""
    stored, becomes = _WORDS.get(column.stored, column.stored), _WORDS.get(column.becomes, column.becomes)
    types = stored if stored == becomes else f"{stored} → {becomes}"
    missing = f", {number(100 * column.missing_share, 1)} % missing" if column.missing_share else ""
    name = fitted(one_line(column.name), name_width)
    role = ", target" if column.role else ""
    lines = [f"{name}  {types}{role}{missing}, {count(column.n_distinct)} different"]
    for step in column.steps:
        said = f"{step.action}: {step.reason}" if step.on else f"not done, {step.kind}: {step.reason}"
        margin = " " * (name_width + 2)
        lines += textwrap.wrap(one_line(said, 300), COLUMNS, initial_indent=margin, subsequent_indent=margin)
    return lines


def _rows(message: PreparationMessage) -> tuple[list[str], list[list[str]]]:
    heads = ["Column", "From", "To", "Missing", "Distinct", "What and why"]
    return heads, [_row(column) for column in message.columns]


def _row(column: PlannedColumn) -> list[str]:
    what = "; ".join(
        f"{step.action} ({step.reason})" if step.on else f"not {step.kind}: {step.reason}" for step in column.steps
    )
    role = "target; " if column.role else ""
    return [
        column.name,
        _WORDS.get(column.stored, column.stored),
        _WORDS.get(column.becomes, column.becomes),
        f"{number(100 * column.missing_share, 1)} %" if column.missing_share else "–",
        count(column.n_distinct),
        role + (what or "as it is"),
    ]
