"""Score against the time that one row takes, as a figure: which model to use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.family_marks import family_order
from lepton_jupyter.views.figure_axes import score_limits, set_log
from lepton_jupyter.views.figure_style import (
    FAINT,
    family_handle,
    family_style,
    ink,
    mark_area,
    name_axes,
    points,
    put_legend,
    put_text,
    small,
)
from lepton_jupyter.views.number_format import size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.messages import BoardRow, RunPanelMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontierPicture:
    """What the picture of the speed–cost front shows.

    Parameters
    ----------
    rows : tuple of BoardRow
        Models within the limits, the fastest first.
    shares : tuple of float
        Size of each from 0, the smallest, to 1, by logarithm: models differ by a factor of a thousand.
    limits : tuple of float
        Least and greatest score on the axis.
    n_beyond : int
        Models worse than that.
    front_from_beyond : bool
        Whether the front begins with one of those: fast and useless, such as the majority.
    metric : str
    greater_is_better : bool
    """

    rows: tuple[BoardRow, ...]
    shares: tuple[float, ...]
    limits: tuple[float, float]
    n_beyond: int
    front_from_beyond: bool
    metric: str
    greater_is_better: bool

    @property
    def front(self) -> tuple[BoardRow, ...]:
        """Models that none is both faster and better than, the fastest first."""
        return tuple(each for each in self.rows if each.on_frontier)


def extract_frontier(message: RunPanelMessage) -> FrontierPicture | None:
    """Take from what a panel shows what its picture of the front shows.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    picture : FrontierPicture or None
        None with fewer than two models.
    """
    rows = [each for each in message.rows if math.isfinite(each.score) and each.row_milliseconds > 0]
    if len(rows) < 2:
        return None
    anchor = next((each.score for each in message.baselines if each.label == "linear"), math.nan)
    higher = message.greater_is_better
    limits = score_limits((each.score for each in rows), math.nan, anchor, greater_is_better=higher)
    shown = [each for each in rows if (each.score >= limits[0] if higher else each.score <= limits[1])]
    shown.sort(key=lambda each: (each.row_milliseconds, each.score if higher else -each.score))
    sizes = [math.log(max(1, each.size_bytes)) for each in shown]
    low, high = min(sizes), max(sizes)
    return FrontierPicture(
        rows=tuple(shown),
        shares=tuple((each - low) / (high - low) if high > low else 0.5 for each in sizes),
        limits=limits,
        n_beyond=len(rows) - len(shown),
        front_from_beyond=any(each.on_frontier and each not in shown for each in rows),
        metric=message.metric_label,
        greater_is_better=higher,
    )


def draw_frontier(picture: FrontierPicture, ax: Axes) -> None:
    """Draw the models by what one row costs, those on the front in full and joined by a step line.

    Parameters
    ----------
    picture : FrontierPicture
    ax : Axes
    """
    times = [each.row_milliseconds for each in picture.rows]
    # Room at the left: names of models stand before them.
    set_log(ax.xaxis, min(times) / _air(times, 0.25), max(times) * _air(times, 0.08))
    # And above the best, where its name stands.
    low, high = picture.limits
    air = 0.07 * (high - low)
    ax.set_ylim((low, high + air) if picture.greater_is_better else (low - air, high))
    _draw_line(picture, ax)
    for row, share in zip(picture.rows, picture.shares, strict=True):
        alpha, zorder = (1.0, 3.0) if row.on_frontier else (FAINT, 1.5)
        style = family_style(row.family)
        ax.scatter([row.row_milliseconds], [row.score], s=_area(share), alpha=alpha, zorder=zorder, **style)
    _draw_names(picture, ax)
    better = "" if picture.greater_is_better else " (lower is better)"
    name_axes(ax, "Time to predict one row (ms)", f"{picture.metric}{better}")
    put_legend(ax, *_legend(picture))


def _air(times: list[float], share: float) -> float:
    return max(1.3, float((max(times) / min(times)) ** share))


def _area(share: float) -> float:
    return mark_area(0.4 + 2.0 * share)


def _draw_line(picture: FrontierPicture, ax: Axes) -> None:
    front = picture.front
    if not front:
        return
    times = [each.row_milliseconds for each in front]
    scores = [each.score for each in front]
    if picture.front_from_beyond:
        times, scores = [times[0], *times], [picture.limits[0 if picture.greater_is_better else 1], *scores]
    times, scores = [*times, ax.get_xlim()[1]], [*scores, scores[-1]]
    ax.plot(times, scores, drawstyle="steps-post", color=ink(), linestyle="-", marker="none", zorder=2)


def _draw_names(picture: FrontierPicture, ax: Axes) -> None:
    """Name the models on the front, the best first, once each, as far as there is room."""
    taken: list[tuple[float, float, float]] = []
    named: set[str] = set()
    up = 1 if picture.greater_is_better else -1
    for row in reversed(picture.front):
        name = "ensemble" if row.members else row.label
        x, y = ax.transAxes.inverted().transform(ax.transData.transform((row.row_milliseconds, row.score)))
        left = x - _width(name, ax)
        if name in named or left < 0 or any(left < end and abs(y - at) < 0.08 for _, end, at in taken):
            continue
        named.add(name)
        taken.append((left, x, y))
        # Nothing is faster and better than a model on the front: that corner is free.
        at = (row.row_milliseconds, row.score)
        put_text(ax, name, at, xytext=(-4, 4 * up), ha="right", va="bottom" if up > 0 else "top")


def _width(text: str, ax: Axes) -> float:
    """About how much of the width of the axes a text takes."""
    return 0.62 * len(text) * points(small()) / (72 * ax.bbox.width / ax.figure.dpi)


def _legend(picture: FrontierPicture) -> tuple[list[Any], list[str]]:
    from matplotlib.lines import Line2D

    order = family_order()
    families = sorted(
        dict.fromkeys(each.family for each in picture.rows),
        key=lambda family: order.index(family) if family in order else len(order),
    )
    handles, labels = [family_handle(each) for each in families], list(families)
    for share, found in ((0.0, min), (1.0, max)):
        n_bytes = found(each.size_bytes for each in picture.rows)
        mark = {"markersize": math.sqrt(_area(share)), "markerfacecolor": "none", "markeredgecolor": ink()}
        if size(n_bytes) not in labels:
            handles.append(Line2D([], [], linestyle="none", marker="o", alpha=FAINT, **mark))
            labels.append(size(n_bytes))
    return handles, labels
