"""Errors of a regression as figures: by what was predicted, as a distribution, and true against predicted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.figure_style import AREA, cycle_colour, figure_text, ink, name_axes, put_legend, put_text
from lepton_jupyter.views.number_format import score_with_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import ResidualPicture


def draw_residuals(picture: ResidualPicture, target: str, ax: Axes) -> None:
    """Draw the errors of rows with a like prediction: their median, and where half and 90 % of them lie.

    Parameters
    ----------
    picture : ResidualPicture
    target : str
        Name of what is predicted.
    ax : Axes
    """
    bands = picture.bands
    x = [each.predicted for each in bands]

    def errors(name: str) -> list[float]:
        return [getattr(each, name) - each.predicted for each in bands]

    colour = cycle_colour(0)
    style = {"color": colour, "linewidth": 0, "zorder": 1}
    wide = ax.fill_between(x, errors("low"), errors("high"), alpha=AREA, **style)
    narrow = ax.fill_between(x, errors("lower_quartile"), errors("upper_quartile"), alpha=2 * AREA, **style)
    middle = ax.plot(x, errors("median"), color=colour, marker="o", linestyle="-", zorder=3)
    ax.axhline(0.0, color=ink(), linestyle="--", marker="none", zorder=2)
    name_axes(ax, f"Predicted {target}", "True minus predicted")
    put_legend(ax, [*middle, narrow, wide], ("median", "half of the rows", "90 % of the rows"))


def draw_residual_histogram(picture: ResidualPicture, ax: Axes) -> None:
    """Draw how large the errors are; the outermost 0.5 % of the rows lie in the end bins.

    Parameters
    ----------
    picture : ResidualPicture
    ax : Axes
    """
    ax.stairs(picture.counts, picture.edges, fill=True, color=cycle_colour(0))
    ax.axvline(0.0, color=ink(), linestyle="--", marker="none")
    if math.isfinite(picture.mean):
        ax.axvline(picture.mean, color=ink(), linestyle="-", marker="none")
        value, error = score_with_error(picture.mean, picture.mean_error, signed=True)
        text = f"mean {value} {error}".rstrip()
        put_text(ax, text, (picture.mean, 1.0), xycoords=ax.get_xaxis_transform(), xytext=(4, -3), ha="left", va="top")
    name_axes(ax, "True minus predicted", "Rows")


def draw_predictions(picture: ResidualPicture, target: str, ax: Axes) -> None:
    """Draw how many rows have each pair of a true and a predicted value, on a logarithmic scale of shades.

    Parameters
    ----------
    picture : ResidualPicture
    target : str
        Name of what is predicted.
    ax : Axes
    """
    from matplotlib.colors import LogNorm

    rows = [[each or math.nan for each in row] for row in picture.grid]
    most = max((each for row in picture.grid for each in row), default=1)
    norm = LogNorm(1, max(2, most))
    mesh = ax.pcolormesh(picture.predicted_edges, picture.true_edges, rows, norm=norm, rasterized=True)
    low = max(picture.predicted_edges[0], picture.true_edges[0])
    high = min(picture.predicted_edges[-1], picture.true_edges[-1])
    ax.plot([low, high], [low, high], color=ink(), linestyle="--", marker="none")
    ax.figure.colorbar(mesh, ax=ax).set_label(figure_text("Rows"))
    name_axes(ax, f"Predicted {target}", f"True {target}")
