"""What a model leans on, and where it is weak: bars of importance, and a table of slices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.family_marks import WARN
from lepton_jupyter.views.number_format import MISSING, count, number, score_with_error, table_decimals
from lepton_jupyter.views.page_parts import code, quiet, table
from lepton_jupyter.views.plain_text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, ImportanceLine, WeakSlice

_MOST_BARS = 15
_BAR = 130


def importance_table(message: EvaluationMessage) -> str:
    """Columns by what the score loses without them, drawn and written."""
    lines = [each for each in message.importance if math.isfinite(each.importance)]
    if not lines:
        return ""
    shown = lines[:_MOST_BARS]
    low = min(0.0, *(each.low for each in shown if math.isfinite(each.low)), 0.0)
    high = max(1e-12, *(each.high for each in shown if math.isfinite(each.high)), shown[0].importance)
    decimals = table_decimals([shown[0].importance])
    rows = [(code(each.column, 32), _bar(each, low, high), *_loss(each, decimals)) for each in shown]
    more = message.n_columns - len(shown)
    if more > 0 and len(lines) > len(shown):
        rest = f"{count(more)} more, none over {number(lines[len(shown)].importance, decimals)}"
        rows.append((quiet(rest), "", "", ""))
    word = "falls by" if message.greater_is_better else "grows by"
    heads = ("Column", "", f"{safe(message.metric_label, 30)} {word}", "95 %")
    return table("Permutation importance", heads, rows, left=frozenset({0, 1}))


def _loss(line: ImportanceLine, decimals: int) -> tuple[str, str]:
    error = (line.high - line.low) / 2
    return number(line.importance, decimals, signed=True), quiet(f"±{number(error, decimals)}")


def _bar(line: ImportanceLine, low: float, high: float) -> str:
    def x(value: float) -> float:
        return 2 + (_BAR - 4) * (min(high, max(low, value)) - low) / (high - low)

    zero, end = x(0.0), x(line.importance)
    start, width = min(zero, end), max(0.8, abs(end - zero))
    return (
        f'<svg width="{_BAR}" height="14" aria-hidden="true" fill="currentColor" style="display:block">'
        f'<path d="M{start:.1f} 3h{width:.1f}v8h-{width:.1f}z" fill-opacity=".45"/>'
        f'<path d="M{x(line.low):.1f} 7H{x(line.high):.1f}" stroke="currentColor"/>'
        f'<path d="M{zero:.1f} 0v14" stroke="currentColor" stroke-opacity=".4"/></svg>'
    )


def slices_table(message: EvaluationMessage) -> str:
    """Conditions under which rows are predicted worse than the others."""
    if not message.slices:
        return ""
    levels = message.task != "multiclass"
    what = safe(message.positive, 16) if message.task == "binary" else "mean"
    heads = ["Condition", "Rows", safe(message.metric_label, 24), "Loss", "Elsewhere"]
    heads += [f"{what} predicted", "and true"] if levels else []
    decimals = table_decimals([each.loss for each in message.slices])
    rows = [_slice_row(each, message, decimals, levels=levels) for each in message.slices]
    return table("Weak slices", heads, rows, left=frozenset({0}))


def _slice_row(line: WeakSlice, message: EvaluationMessage, decimals: int, *, levels: bool) -> Sequence[str]:
    score, error = score_with_error(line.score, (line.high - line.low) / 2)
    cells = [
        code(line.condition, 90),
        f"{count(line.n_rows)} {quiet(f'{number(100 * line.share, 1)} %')}",
        f"{score} {quiet(error)}" if math.isfinite(line.score) else MISSING,
        f'<b style="color:{WARN}">{number(line.loss, decimals)}</b>',
        number(line.rest_loss, decimals),
    ]
    if not levels:
        return cells
    if message.task == "binary":
        return [*cells, f"{number(100 * line.predicted, 1)} %", f"{number(100 * line.observed, 1)} %"]
    digits = table_decimals([line.predicted, line.observed])
    return [*cells, number(line.predicted, digits), number(line.observed, digits)]
