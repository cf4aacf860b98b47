"""The board as plain text, for a terminal, a console and pages that show nothing else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.header_sentence import header_sentence
from lepton_jupyter.views.number_format import (
    count,
    milliseconds_cell,
    number,
    seconds_cell,
    size,
    table_decimals,
)
from lepton_jupyter.views.plain_text import fitted, one_line, width
from lepton_jupyter.views.text_table import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.messages import BoardRow, RunPanelMessage

_WIDTH = 100
_LEAST_NAME = 24
_MOST_ROWS = 10


def render_text(message: RunPanelMessage) -> str:
    """Draw a board in lines of at most 100 columns.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    text : str
        The sentence of the head, its notices, and the ten best models; no escape sequences. ``=`` before a rank says
        that the model is tied with the best, ``!`` after a training score that it parts from the one out of fold.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> from lepton_jupyter.views.run_panel import extract
    >>> print(render_text(extract(BoardState(), live=True)))
    Reading the table
    """
    lines = wrapped(header_sentence(message).text)
    for notice in message.notices:
        lines += wrapped(notice, limit=300)
    if message.rows:
        lines += ["", *_table(message)]
    return "\n".join(lines)


def _table(message: RunPanelMessage) -> list[str]:
    shown = message.rows[:_MOST_ROWS]
    decimals = table_decimals(each.score for each in shown[:1])
    tested = any(row.test_score is not None for row in shown)
    # Three scores with their errors leave no room for what a fit took.
    heads = ["#", "Model", one_line(message.metric_label, 14), "vs best, 95 %", "Train, 95 %"]
    heads += ["Test, 95 %"] if tested else ["Fit, s"]
    cells = [[*heads, "Row, ms", "Size"], *(_cells(row, decimals, tested=tested) for row in shown)]
    widths = [max(width(row[index]) for row in cells) for index in range(len(cells[0]))]
    # The model's name gives way first: it is the one column without a natural width. Scores of eleven digits may leave
    # it none, and lines are longer then.
    left_for_name = _WIDTH - sum(widths[:1] + widths[2:]) - 2 * (len(widths) - 1)
    widths[1] = min(widths[1], max(_LEAST_NAME, left_for_name))
    lines = [
        "  ".join(
            fitted(cell, columns, right=index != 1)
            for index, (cell, columns) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    lines.insert(1, "─" * max(map(width, lines)))
    left = message.n_rows - len(shown)
    return [*lines, f"… and {count(left)} more"] if left > 0 else lines


def _cells(row: BoardRow, decimals: int, *, tested: bool) -> Sequence[str]:
    rank = "" if row.rank is None else f"={row.rank}" if row.tied else str(row.rank)
    return (
        rank,
        f"{one_line(row.label, 60)}  {one_line(row.description)}".rstrip(),
        number(row.score, decimals),
        _difference(row, decimals),
        _with_error(row.train_score, row.train_error, min(decimals, 3)) + ("!" if row.parted else ""),
        _with_error(row.test_score, row.test_error, min(decimals, 3)) if tested else seconds_cell(row.fit_seconds),
        milliseconds_cell(row.row_milliseconds),
        size(row.size_bytes),
    )


def _with_error(score: float | None, error: float | None, decimals: int) -> str:
    shown = f" ±{number(error, decimals)}" if error is not None and math.isfinite(error) else ""
    return f"{number(score, decimals)}{shown}"


def _difference(row: BoardRow, decimals: int) -> str:
    if row.difference == 0 and row.difference_error == 0:
        return "best"
    error = f" ±{number(row.difference_error, decimals)}" if math.isfinite(row.difference_error) else ""
    return f"{number(row.difference, decimals, signed=True)}{error}"
