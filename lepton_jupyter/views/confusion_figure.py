"""A confusion matrix as a figure: which classes are taken for which."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.figure_style import figure_text, name_axes, points, small
from lepton_jupyter.views.number_format import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import ConfusionTable

_LONGEST_LABEL = 18


def draw_confusion(table: ConfusionTable, ax: Axes) -> None:
    """Draw rows by true and predicted class: shaded by the share of the true class, with counts where there is room.

    Parameters
    ----------
    table : ConfusionTable
    ax : Axes
    """
    shares = [[cell / (sum(row) or 1) for cell in row] for row in table.counts]
    image = ax.imshow(shares, vmin=0.0, vmax=1.0)
    _name_classes([figure_text(each, _LONGEST_LABEL) for each in table.labels], ax)
    # A grid through the middle of the cells would cross out their numbers.
    ax.grid(visible=False)
    name_axes(ax, "Predicted", "True")
    if _is_room(table, ax):
        _write_counts(table, shares, image, ax)
    else:
        bar = ax.figure.colorbar(image, ax=ax)
        bar.set_label("Share of the true class")


def _name_classes(names: list[str], ax: Axes) -> None:
    """Write the classes' names at both axes; only every second or third where they would run into each other."""
    every = math.ceil(1.25 * points(small()) / _cell_points(len(names), ax))
    at = range(0, len(names), every)
    shown = names[::every]
    turned = len(names) > 4 or max(map(len, names), default=0) > 8
    style: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    ax.set_yticks(at, shown, parse_math=False)
    ax.set_xticks(at, shown, parse_math=False, **style)


def _cell_points(n: int, ax: Axes) -> float:
    return 72 * min(ax.bbox.width, ax.bbox.height) / ax.figure.dpi / max(1, n)


def _is_room(table: ConfusionTable, ax: Axes) -> bool:
    """Whether two lines with the largest count fit into a cell."""
    cell = _cell_points(len(table.labels), ax)
    longest = max((len(count(each)) for row in table.counts for each in row), default=1)
    letters = points(small())
    return cell > 2.6 * letters and cell > 0.66 * letters * max(4, longest)


def _write_counts(table: ConfusionTable, shares: list[list[float]], image: Any, ax: Axes) -> None:
    for height, row in enumerate(table.counts):
        for across, cell in enumerate(row):
            share = shares[height][across]
            red, green, blue, _ = image.cmap(image.norm(share))
            # Ink that is read on the cell, whichever colours the style's map has; weights of ITU-R BT.709.
            dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.45
            style = {"ha": "center", "va": "center", "fontsize": small(), "color": "white" if dark else "black"}
            ax.text(across, height, f"{count(cell)}\n{figure_text(f'{100 * share:.0f} %')}", **style)
