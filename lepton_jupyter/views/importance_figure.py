"""What a model relies on, and where it is weak, as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.figure_style import name_axes
from lepton_jupyter.views.interval_rows import draw_interval_rows
from lepton_jupyter.views.number_format import count
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, ImportanceLine


def draw_importance(lines: Sequence[ImportanceLine], metric: str, ax: Axes) -> None:
    """Draw how much worse the score becomes when a column is shuffled, with its 95 % interval.

    Parameters
    ----------
    lines : sequence of ImportanceLine
        The largest first.
    metric : str
        Label of the score.
    ax : Axes
    """
    draw_interval_rows(
        [each.column for each in lines],
        [each.importance for each in lines],
        [(each.low, each.high) for each in lines],
        ax,
        reference=0.0,
    )
    name_axes(ax, f"Loss of {metric} when shuffled (95 %)", "")


def draw_slices(message: EvaluationMessage, ax: Axes) -> None:
    """Draw the score on rows under conditions where the model is weak, beside that of all rows.

    Parameters
    ----------
    message : EvaluationMessage
        With one slice at least.
    ax : Axes
    """
    slices = message.slices
    draw_interval_rows(
        [f"{one_line(each.condition, 36)} ({count(each.n_rows)})" for each in slices],
        [each.score for each in slices],
        [(each.low, each.high) for each in slices],
        ax,
        reference=message.score,
        reference_name="all rows",
    )
    better = "" if message.greater_is_better else ", lower is better"
    name_axes(ax, f"{message.metric_label} (95 %{better})", "")
