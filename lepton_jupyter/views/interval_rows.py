"""Values with their intervals, one below the other, beside their names: how importances and weak slices are drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.figure_style import FAINT, cycle_colour, figure_text, ink, put_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


def draw_interval_rows(
    names: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    ax: Axes,
    *,
    reference: float,
    reference_name: str = "",
) -> None:
    """Draw values from top to bottom; one whose interval holds the reference is pale.

    Parameters
    ----------
    names : sequence of str
    values : sequence of float
    intervals : sequence of (low, high)
        NaN where an end is not known.
    ax : Axes
    reference : float
        Drawn as a line: no importance, or the score of all rows.
    reference_name : str, default=""
        What to write at that line.
    """
    ax.axvline(reference, color=ink(), linestyle="--", marker="none", zorder=1)
    if reference_name:
        across = ax.get_xaxis_transform()
        put_text(ax, reference_name, (reference, 1.0), xycoords=across, xytext=(0, 3), ha="center", va="bottom")
    colour = cycle_colour(0)
    for height, (value, (low, high)) in enumerate(zip(values, intervals, strict=True)):
        if not math.isfinite(value):
            continue
        alpha = FAINT if low <= reference <= high else 1.0
        if math.isfinite(low) and math.isfinite(high):
            ax.plot([low, high], [height, height], color=colour, alpha=alpha, linestyle="-", marker="none", zorder=2)
        ax.plot([value], [height], color=colour, alpha=alpha, linestyle="none", marker="o", zorder=3)
    ax.set_yticks(range(len(names)), [figure_text(each, 44) for each in names], parse_math=False)
    ax.set_ylim(len(names) - 0.5, -0.6)
