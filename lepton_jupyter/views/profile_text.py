"""A profile as plain text, for a terminal, a console and pages that show nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.column_ranges import range_text, share_text
from lepton_jupyter.views.number_format import MISSING, count
from lepton_jupyter.views.plain_text import fitted, one_line, width
from lepton_jupyter.views.profile_drift import drift_lines
from lepton_jupyter.views.profile_sentences import attention_text, fit_line, kind_text, size_text, target_text
from lepton_jupyter.views.text_table import wrapped

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ColumnPicture, ProfiledColumn, ProfileMessage

_WIDTH = 100
_MOST_ROWS = 60
_MOST_NOTES = 20
_BARS = " ▁▂▃▄▅▆▇█"
_PICTURE = 11


def render_profile_text(message: ProfileMessage) -> str:
    """Draw a profile in lines of at most 100 columns, without escape sequences.

    Parameters
    ----------
    message : ProfileMessage

    Returns
    -------
    text : str
    """
    what, why = attention_text(message)
    lines = [f"{message.table}: {size_text(message)}", f"{what}: {why}" if why else what, *message.notes]
    if message.target is not None:
        lines.append(f"Target {message.target.name}: {target_text(message.target)}")
        lines += message.target.notes
    lines = [part for line in lines for part in wrapped(line, limit=400)]
    for line in drift_lines(message.drift, _WIDTH):
        lines += wrapped(line) if width(line) > _WIDTH else [line]
    if message.columns:
        lines += ["", *_table(message), *_notes(message)]
    if message.hidden:
        lines += wrapped(message.hidden, limit=120)
    line = fit_line(message)
    return "\n".join([*lines, *(["", one_line(line, 300)] if line else [])])


def _notes(message: ProfileMessage) -> list[str]:
    """The reasons of the notes, one a line, the worst first."""
    notes = [
        (("error", "warning", "info").index(note.level), f"{one_line(column.name, 40)}: {one_line(note.text, 200)}")
        for column in message.columns
        for note in column.notes
    ]
    lines = [part for _, text in sorted(notes, key=lambda each: each[0])[:_MOST_NOTES] for part in wrapped(text)]
    more = [f"… and {count(len(notes) - _MOST_NOTES)} more notes"] if len(notes) > _MOST_NOTES else []
    return ["", *lines, *more] if lines else []


def _table(message: ProfileMessage) -> list[str]:
    heads = ("Column", "Type", "Missing", "Distinct", "Values", "Range, or most", "Note")
    shown = message.columns[:_MOST_ROWS]
    cells = [heads, *(_cells(column, message.n_rows) for column in shown)]
    limits = (20, 10, 7, 9, _PICTURE, 20, 40)
    widths = [min(limit, max(width(row[place]) for row in cells)) for place, limit in enumerate(limits)]
    widths[-1] = _WIDTH - sum(widths[:-1]) - 2 * (len(widths) - 1)
    lines = [
        "  ".join(fitted(cell, widths[place], right=place in {2, 3}) for place, cell in enumerate(row)).rstrip()
        for row in cells
    ]
    lines.insert(1, "─" * max(map(width, lines)))
    left = len(message.columns) - len(shown)
    return [*lines, f"… and {count(left)} more"] if left > 0 else lines


def _cells(column: ProfiledColumn, n_rows: int) -> tuple[str, ...]:
    notes = ", ".join(note.kind for note in column.notes)
    return (
        one_line(column.name, 60),
        kind_text(column),
        share_text(column.n_missing, n_rows) if column.n_missing else MISSING,
        count(column.n_distinct),
        sparkline(column.picture),
        one_line(range_text(column), 60),
        one_line(notes),
    )


def sparkline(picture: ColumnPicture) -> str:
    """The picture in a few block characters.

    Examples
    --------
    >>> from lepton_jupyter.events.profile_messages import ColumnPicture
    >>> sparkline(ColumnPicture(style="shares", counts=(8, 4, 1), second=(), labels=("a", "b", "c")))
    '█▄▁'
    """
    counts = list(picture.counts)
    each = -(-len(counts) // _PICTURE)  # as many bars in every character, so that none looks taller for it
    counts = [sum(counts[start : start + each]) for start in range(0, len(counts), each or 1)]
    tallest = max(counts, default=0)
    return "".join(_BARS[max(1, round(8 * n / tallest))] if n else " " for n in counts)
