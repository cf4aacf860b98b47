"""Score over time as a figure: is more time worth it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.family_marks import family_order
from lepton_jupyter.views.figure_axes import score_limits
from lepton_jupyter.views.figure_style import (
    AREA,
    FAINT,
    family_handle,
    family_style,
    ink,
    mark_area,
    name_axes,
    put_legend,
    put_text,
)
from lepton_jupyter.views.number_format import number, score_with_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.messages import BaselineLine, HistoryPoint, RunPanelMessage

_DASHES = ("--", ":", "-.")
_CARETS = {"caretup": 6, "caretdown": 7}  # as matplotlib.markers numbers them, their tips on the point


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPicture:
    """What the picture of scores over time shows.

    Parameters
    ----------
    points : tuple of HistoryPoint
        All that was scored, oldest first.
    times : tuple of float
        When, in `unit`.
    end : float
        Now, or when the run ended, in `unit`.
    unit : {"s", "min", "h"}
    baselines : tuple of BaselineLine
    best : str
        Score of the best with its error, as a sentence writes it; empty without one.
    metric : str
    limits : tuple of float
        Least and greatest score on the axis; what lies beyond is marked at its edge.
    greater_is_better : bool
    """

    points: tuple[HistoryPoint, ...]
    times: tuple[float, ...]
    end: float
    unit: str
    baselines: tuple[BaselineLine, ...]
    best: str
    metric: str
    limits: tuple[float, float]
    greater_is_better: bool

    def is_beyond(self, score: float) -> bool:
        """Whether a score is worse than all that the axis shows."""
        return score < self.limits[0] if self.greater_is_better else score > self.limits[1]


def extract_history(message: RunPanelMessage) -> HistoryPicture:
    """Take from what a panel shows what its picture of scores over time shows.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    picture : HistoryPicture
        Without points if nothing was scored.
    """
    points = tuple(each for each in message.history if math.isfinite(each.score))
    baselines = tuple(each for each in message.baselines if math.isfinite(each.score))
    last = points[-1] if points else None
    seconds = max(message.elapsed_seconds, last.elapsed_seconds if last else 0.0)
    unit, size = ("s", 1.0) if seconds < 180 else ("min", 60.0) if seconds < 10_800 else ("h", 3600.0)
    anchor = next((each.score for each in baselines if each.label == "linear"), math.nan)
    value, error = score_with_error(message.score, message.score_error)
    return HistoryPicture(
        points=points,
        times=tuple(each.elapsed_seconds / size for each in points),
        end=seconds / size,
        unit=unit,
        baselines=baselines,
        best="" if message.score is None else f"{value} {error}".rstrip(),
        metric=message.metric_label,
        limits=score_limits(
            (score for each in points for score in (each.score, each.best_score)),
            last.best_error if last else math.nan,
            anchor,
            greater_is_better=message.greater_is_better,
        ),
        greater_is_better=message.greater_is_better,
    )


def draw_history(picture: HistoryPicture, ax: Axes) -> None:
    """Draw the best so far with its interval, all that was tried by family, and the baselines.

    Parameters
    ----------
    picture : HistoryPicture
        With one point at least.
    ax : Axes
    """
    _draw_best(picture, ax)
    _draw_points(picture, ax)
    _draw_beyond(picture, ax)
    for index, line in enumerate(picture.baselines):
        _draw_baseline(picture, line, _DASHES[index % len(_DASHES)], ax)
    if picture.best:
        # Nothing is better than the best: that side of its line is free.
        _put_beside(picture, picture.best, picture.points[-1].best_score, ax)
    air = 0.02 * (picture.end or 1.0)
    ax.set_xlim(-air, picture.end + air)
    ax.set_ylim(picture.limits)
    better = "" if picture.greater_is_better else " (lower is better)"
    name_axes(ax, f"Time ({picture.unit})", f"{picture.metric}{better}")
    _draw_legend(picture, ax)


def _draw_best(picture: HistoryPicture, ax: Axes) -> None:
    times = [*picture.times, picture.end]
    best = [each.best_score for each in picture.points]
    errors = [each.best_error if math.isfinite(each.best_error) else 0.0 for each in picture.points]
    low = [score - error for score, error in zip(best, errors, strict=True)]
    high = [score + error for score, error in zip(best, errors, strict=True)]
    ax.fill_between(
        times, [*low, low[-1]], [*high, high[-1]], step="post", color=ink(), alpha=AREA, linewidth=0, zorder=1
    )
    ax.plot(times, [*best, best[-1]], drawstyle="steps-post", color=ink(), linestyle="-", marker="none", zorder=2)


def _families(picture: HistoryPicture) -> list[str]:
    found = dict.fromkeys(each.family for each in picture.points)
    order = family_order()
    return sorted(found, key=lambda family: order.index(family) if family in order else len(order))


def _draw_points(picture: HistoryPicture, ax: Axes) -> None:
    at = list(zip(picture.times, picture.points, strict=True))
    for family in _families(picture):
        # What did not improve lies behind the line of the best.
        for improved, share, alpha, zorder in ((False, 0.5, FAINT, 1.5), (True, 1.0, 1.0, 3.0)):
            chosen = [(time, each.score) for time, each in at if (each.family, each.improved) == (family, improved)]
            if chosen:
                times, scores = zip(*chosen, strict=True)
                style = family_style(family)
                ax.scatter(times, scores, s=mark_area(share), alpha=alpha, zorder=zorder, **style)


def _draw_beyond(picture: HistoryPicture, ax: Axes) -> None:
    """Carets at the edge, where a score lies off the axis."""
    times = [time for time, each in zip(picture.times, picture.points, strict=True) if picture.is_beyond(each.score)]
    if times:
        edge, marker = (0.0, "caretdown") if picture.greater_is_better else (1.0, "caretup")
        style = {"linestyle": "none", "marker": _CARETS[marker], "color": ink(), "alpha": FAINT, "clip_on": False}
        ax.plot(times, [edge] * len(times), transform=ax.get_xaxis_transform(), **style)


def _draw_baseline(picture: HistoryPicture, line: BaselineLine, dashes: str, ax: Axes) -> None:
    ax.axhline(line.score, linestyle=dashes, color=ink(), marker="none", zorder=1)
    if not picture.is_beyond(line.score):
        # Beside the best, whose own label is on the better side, a baseline is named on the other.
        low, high = picture.limits
        near = abs(line.score - picture.points[-1].best_score) < 0.08 * (high - low)
        _put_beside(picture, line.label, line.score, ax, better=not near)
        return
    up = not picture.greater_is_better
    text = f"{line.label} {number(line.score, 2 if abs(line.score) < 100 else 0)} {'↑' if up else '↓'}"
    corner, side = ((1.0, 1.0), -1) if up else ((1.0, 0.0), 1)
    put_text(
        ax,
        text,
        corner,
        xycoords="axes fraction",
        xytext=(-3, 2 * side),
        ha="right",
        va="top" if up else "bottom",
    )


def _put_beside(picture: HistoryPicture, text: str, score: float, ax: Axes, *, better: bool = True) -> None:
    """Write at the end of a line, on its better side or on the other."""
    side, align = (1, "bottom") if picture.greater_is_better is better else (-1, "top")
    put_text(ax, text, (picture.end, score), xytext=(0, 3 * side), ha="right", va=align)


def _draw_legend(picture: HistoryPicture, ax: Axes) -> None:
    from matplotlib.patches import Patch

    families = _families(picture)
    handles: list[Any] = [family_handle(each) for each in families]
    if any(math.isfinite(each.best_error) for each in picture.points):
        handles.append(Patch(color=ink(), alpha=AREA, linewidth=0))
        families = [*families, "95 % of the best"]
    put_legend(ax, handles, families)
