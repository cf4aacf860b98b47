"""The choice of a threshold as a figure: what each costs, and which was taken."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.figure_style import cycle_colour, ink, name_axes, put_legend, put_text
from lepton_jupyter.views.number_format import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import ThresholdChoice


def draw_threshold(choice: ThresholdChoice, ax: Axes) -> None:
    """Draw the value of each threshold on the rows it was chosen on, with the chosen one and one half marked.

    Precision and recall are drawn beside a value that is a score like them, not beside costs.

    Parameters
    ----------
    choice : ThresholdChoice
        With a curve.
    ax : Axes
    """
    style: dict[str, Any] = {"marker": "none", "zorder": 2}
    handles = ax.plot(choice.thresholds, choice.values, color=cycle_colour(0), linestyle="-", **style)
    names = [choice.objective]
    is_score = choice.cost_false_positive is None and choice.cost_false_negative is None
    if is_score:
        for index, (name, values) in enumerate((("precision", choice.precision), ("recall", choice.recall)), start=1):
            dashes = ("--", "-.")[index - 1]
            handles += ax.plot(choice.thresholds, values, color=cycle_colour(index), linestyle=dashes, **style)
            names.append(name)
    if not is_score:
        _draw_constants(choice, ax)
    if choice.threshold != 0.5:
        _draw_at("0.5", 0.5, "--", ax, side=1 if choice.threshold < 0.5 else -1)
    # Away from one half, where there is room: the two labels stand at the same height.
    outward = -1 if 0.2 <= choice.threshold < 0.5 or choice.threshold > 0.75 else 1
    _draw_at(f"chosen {number(choice.threshold, 2)}", choice.threshold, "-", ax, side=outward)
    ax.set_xlim(-0.02, 1.02)
    if not choice.smaller_is_better:
        ax.set_ylim(-0.02, 1.06)
    better = " (lower is better)" if choice.smaller_is_better else ""
    name_axes(ax, "Threshold", f"{choice.objective[:1].upper()}{choice.objective[1:]}{better}")
    if len(names) > 1:
        put_legend(ax, handles, names)


def _draw_constants(choice: ThresholdChoice, ax: Axes) -> None:
    """Lines of calling all rows or none positive, each labelled on the side away from the other."""
    said = {"never": "no row called positive", "always": "all called positive"}
    lines = [line for line in choice.lines if line.name in said and math.isfinite(line.value)]
    highest = max((line.value for line in lines), default=0.0)
    for line in lines:
        above = line.value == highest
        ax.axhline(line.value, color=ink(), linestyle=":", marker="none", zorder=1)
        place = {"xytext": (0, 2 if above else -2), "va": "bottom" if above else "top"}
        put_text(ax, said[line.name], (1.0, line.value), ha="right", **place)
    # Room above the curve for the labels of the thresholds.
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.18 * (high - low))


def _draw_at(text: str, threshold: float, dashes: str, ax: Axes, *, side: int) -> None:
    ax.axvline(threshold, color=ink(), linestyle=dashes, marker="none", zorder=1)
    put_text(
        ax, text, (threshold, 1.0), xycoords=ax.get_xaxis_transform(), xytext=(3 * side, -3),
        ha="left" if side > 0 else "right", va="top",
    )  # fmt: skip
