"""The path of a learner's single point as a figure: how it searches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.family_marks import family_marker
from lepton_jupyter.views.figure_axes import set_linear, set_log
from lepton_jupyter.views.figure_style import (
    FAINT,
    family_handle,
    family_style,
    ink,
    mark_area,
    name_axes,
    put_legend,
    put_text,
)
from lepton_jupyter.views.number_format import counted, number, table_decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.messages import PathPicture, PathPoint, RunPanelMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class PathFigure:
    """What the picture of a path shows.

    Parameters
    ----------
    path : PathPicture
    walked : tuple of PathPoint
        The start and the accepted steps, in order.
    rejected : tuple of PathPoint
    start, best : str
        Scores of the first and the last point walked, as they are written there.
    """

    path: PathPicture
    walked: tuple[PathPoint, ...]
    rejected: tuple[PathPoint, ...]
    start: str
    best: str


def extract_path(message: RunPanelMessage, learner: str | None = None) -> PathFigure | None:
    """Take the path of one learner from what a panel shows.

    Parameters
    ----------
    message : RunPanelMessage
    learner : str, optional
        Its name or its label; by default the one with the best point.

    Returns
    -------
    picture : PathFigure or None
        None where no step was judged.
    """
    path = next((each for each in message.paths if learner in {None, each.learner, each.label}), None)
    if path is None:
        return None
    points = [each for each in path.points if math.isfinite(each.x) and math.isfinite(each.y)]
    walked = tuple(each for index, each in enumerate(points) if each.accepted or index == 0)
    decimals = table_decimals(each.score for each in points)
    return PathFigure(
        path=path,
        walked=walked,
        rejected=tuple(each for index, each in enumerate(points) if index > 0 and not each.accepted),
        start=f"start {number(walked[0].score, max(2, decimals - 1))}" if len(walked) > 1 else "",
        best=number(walked[-1].score, decimals),
    )


def draw_path(picture: PathFigure, ax: Axes) -> None:
    """Draw the points walked as a line, the steps rejected as crosses, and the scores at both ends.

    Parameters
    ----------
    picture : PathFigure
    ax : Axes
    """
    path, walked, rejected = picture.path, picture.walked, picture.rejected
    ax.plot(
        [each.x for each in walked], [each.y for each in walked], color=ink(), linestyle="-", marker="none", zorder=2
    )
    if rejected:
        crosses = {"marker": "x", "color": ink(), "alpha": FAINT, "s": mark_area(0.6), "zorder": 1.5}
        ax.scatter([each.x for each in rejected], [each.y for each in rejected], **crosses)
    areas = [mark_area(0.8)] * (len(walked) - 1) + [mark_area(2.2)]
    ax.scatter([each.x for each in walked], [each.y for each in walked], s=areas, zorder=3, **family_style(path.family))
    points = (*walked, *rejected)
    _set_scale(ax.xaxis, [each.x for each in points], is_log=path.x_log)
    _set_scale(ax.yaxis, [each.y for each in points], is_log=path.y_log)
    name_axes(ax, path.x_name, path.y_name)
    _label_ends(picture, ax)
    put_legend(ax, *_legend(picture), columns=2)


def _set_scale(axis: Any, values: list[float], *, is_log: bool) -> None:
    low, high = min(values), max(values)
    if is_log and low > 0:
        air = (high / low) ** 0.12
        set_log(axis, low / air, high * air)
    else:
        air = 0.12 * (high - low) or 0.05 * abs(low) or 1.0
        set_linear(axis, low - air, high + air, whole=all(each == round(each) for each in values))


def _label_ends(picture: PathFigure, ax: Axes) -> None:
    walked = picture.walked
    _label_end(picture.best, walked[-1], walked[-2] if len(walked) > 1 else walked[-1], ax)
    if picture.start:
        _label_end(picture.start, walked[0], walked[1], ax)


def _label_end(text: str, end: PathPoint, neighbour: PathPoint, ax: Axes) -> None:
    """Write above or below the end of a line, away from where it comes from, and not beyond the sides."""
    up = end.y >= neighbour.y
    share = ax.transAxes.inverted().transform(ax.transData.transform((end.x, end.y)))[0]
    align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    put_text(ax, text, (end.x, end.y), xytext=(0, 6 if up else -6), ha=align, va="bottom" if up else "top")


def _legend(picture: PathFigure) -> tuple[list[Any], list[str]]:
    from matplotlib.lines import Line2D

    n_steps = len(picture.walked) - 1
    handles = [family_handle(picture.path.family)]
    handles[0].set(linestyle="-", color=ink(), marker=family_marker(picture.path.family))
    labels = [f"{picture.path.label}: {counted(n_steps, 'step')} accepted"]
    if picture.rejected:
        handles.append(Line2D([], [], linestyle="none", marker="x", color=ink(), alpha=FAINT))
        labels.append(f"{len(picture.rejected)} rejected")
    return handles, labels
