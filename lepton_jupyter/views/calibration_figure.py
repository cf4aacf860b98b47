"""Calibration as a figure: whether a probability of 30 % comes true in 30 of 100 rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.figure_style import cycle_colour, ink, name_axes, put_legend
from lepton_jupyter.views.number_format import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import CalibrationCurve


def draw_calibration(curve: CalibrationCurve, ax: Axes) -> None:
    """Draw what came true against what was predicted, each bin of rows with its 95 % interval.

    Parameters
    ----------
    curve : CalibrationCurve
    ax : Axes
    """
    points = [each for each in curve.points if math.isfinite(each.predicted) and math.isfinite(each.observed)]
    perfect = ax.plot([0, 1], [0, 1], color=ink(), linestyle=":", marker="none", zorder=1)
    bars = ax.errorbar(
        [each.predicted for each in points],
        [each.observed for each in points],
        yerr=[
            [max(0.0, each.observed - each.low) for each in points],
            [max(0.0, each.high - each.observed) for each in points],
        ],
        color=cycle_colour(0),
        marker="o",
        linestyle="-",
        zorder=2,
    )
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    subject = f"Probability of {curve.label}" if curve.label else "Probability of the most probable class"
    name_axes(ax, subject, "Share that came true")
    handles: list[Any] = [bars, *perfect]
    put_legend(ax, handles, [_summary(curve), "perfect"], columns=2)


def _summary(curve: CalibrationCurve) -> str:
    return f"Brier {number(curve.brier, 3)} (shares alone {number(curve.brier_baseline, 3)})"
