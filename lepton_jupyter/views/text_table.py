"""Tables and sentences for a terminal, in lines of at most 100 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.plain_text import fitted, one_line, width

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 100


def wrapped(text: str, *, limit: int = 1_000) -> list[str]:
    """Lines of at most 100 columns, broken at blanks where there are any.

    Examples
    --------
    >>> wrapped("a few words")
    ['a few words']
    """
    lines = [""]
    for word in one_line(text, limit).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= COLUMNS:
            lines[-1] = longer
        else:
            lines.append(fitted(word, min(COLUMNS, width(word))))
    return [line for line in lines if line]


def text_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, most: int = 40) -> list[str]:
    r"""Aligned columns, the first to the left and the others to the right; the first gives way where there is no room.

    Examples
    --------
    >>> print("\n".join(text_table(("Class", "Rows"), [("yes", "12"), ("no", "130")])))
    Class  Rows
    ───────────
    yes      12
    no      130
    """
    cells = [tuple(one_line(cell, most) for cell in row) for row in (heads, *rows)]
    widths = [max(width(row[index]) for row in cells) for index in range(len(heads))]
    widths[0] = min(widths[0], max(8, COLUMNS - sum(widths[1:]) - 2 * (len(widths) - 1)))
    lines = []
    for row in cells:
        words = (fitted(cell, widths[index], right=index > 0) for index, cell in enumerate(row))
        lines.append("  ".join(words).rstrip())
    return [lines[0], "─" * max(map(width, lines)), *lines[1:]]
