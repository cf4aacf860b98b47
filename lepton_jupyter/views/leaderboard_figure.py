"""The leaderboard as figures: each model beside the best, and fold by fold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.family_marks import family_marker
from lepton_jupyter.views.figure_style import (
    FAINT,
    cycle_colour,
    family_ink,
    family_style,
    figure_text,
    ink,
    mark_area,
    name_axes,
    put_legend,
    put_text,
)
from lepton_jupyter.views.number_format import number, table_decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.messages import BoardRow, RunPanelMessage

_DASHES = ("-", "--", "-.", ":")


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardPicture:
    """What the pictures of the leaderboard show.

    Parameters
    ----------
    rows : tuple of BoardRow
        The best first.
    scores : tuple of str
        As the table writes them.
    linear : BoardRow or None
        The linear baseline, if it was scored.
    metric : str
    greater_is_better : bool
    """

    rows: tuple[BoardRow, ...]
    scores: tuple[str, ...]
    linear: BoardRow | None
    metric: str
    greater_is_better: bool


def extract_leaderboard(message: RunPanelMessage, n: int = 10) -> LeaderboardPicture:
    """Take the best `n` models from what a panel shows; constant baselines are not among them.

    Parameters
    ----------
    message : RunPanelMessage
    n : int, default=10
        Most models.

    Returns
    -------
    picture : LeaderboardPicture
    """
    known = [each for each in message.rows if math.isfinite(each.score) and math.isfinite(each.difference)]
    rows = tuple(each for each in known if each.members or each.rank is not None)[:n]
    decimals = table_decimals(each.score for each in rows[:1])
    baseline = next((each.score for each in message.baselines if each.label == "linear"), None)
    return LeaderboardPicture(
        rows=rows,
        scores=tuple(number(each.score, decimals) for each in rows),
        linear=next((each for each in known if each.family == "linear" and each.score == baseline), None),
        metric=message.metric_label,
        greater_is_better=message.greater_is_better,
    )


def draw_leaderboard(picture: LeaderboardPicture, ax: Axes) -> None:
    """Draw each model's paired difference to the best with its 95 % interval, and write its score.

    A model whose interval reaches the best has a full mark, the others a pale one.

    Parameters
    ----------
    picture : LeaderboardPicture
        With one row at least.
    ax : Axes
    """
    rows = picture.rows
    ax.axvline(0.0, color=ink(), linestyle="-", marker="none", zorder=1)
    for height, row in enumerate(rows):
        alpha = 1.0 if row.tied else FAINT
        style = {"color": family_ink(row.family), "alpha": alpha, "linestyle": "-", "marker": "none", "zorder": 2}
        ax.plot(_interval(row), [height, height], **style)
        ax.scatter([row.difference], [height], s=mark_area(), alpha=alpha, zorder=3, **family_style(row.family))
    _set_differences(picture, ax)
    ax.set_yticks(range(len(rows)), [figure_text(_name(each), 44) for each in rows], parse_math=False)
    ax.set_ylim(len(rows) - 0.5, -0.8)
    _write_scores(picture, ax)
    name_axes(ax, f"{picture.metric}: gain over the best (95 %)", "")


def _interval(row: BoardRow) -> tuple[float, float]:
    error = row.difference_error if math.isfinite(row.difference_error) else 0.0
    return row.difference - error, row.difference + error


def _name(row: BoardRow) -> str:
    if row.members:
        return row.label
    return ", ".join(each for each in (_short_name(row), row.description) if each)


def _short_name(row: BoardRow) -> str:
    return row.label if row.rank is None else f"{row.rank} {row.label}"


def _set_differences(picture: LeaderboardPicture, ax: Axes) -> None:
    """Choose which differences the axis shows, and mark the linear baseline at its place or at the edge."""
    from matplotlib.ticker import MaxNLocator

    ends = [end for row in picture.rows for end in _interval(row)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    reach = high - low or 0.01 * abs(picture.rows[0].score) or 1.0
    linear = picture.linear.difference if picture.linear is not None else None
    if linear is not None and linear >= high - 3 * reach:
        low = min(low, linear)
    air = 0.08 * (high - low or reach)
    ax.set_xlim(low - air, high + air)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    if linear is None:
        return
    is_beyond = linear < low
    if not is_beyond:
        ax.axvline(linear, color=ink(), linestyle="--", marker="none", zorder=1)
    text = f"← linear {number(linear, table_decimals([linear]))}" if is_beyond else "linear"
    at = (low - air if is_beyond else linear, 1.0)
    put_text(ax, text, at, xycoords=ax.get_xaxis_transform(), xytext=(3, -2), ha="left", va="top")


def _write_scores(picture: LeaderboardPicture, ax: Axes) -> None:
    """Scores in a column at the right, under the metric's name."""
    beside = {"xycoords": ax.get_yaxis_transform(), "xytext": (4, 0), "ha": "left", "va": "center", "path_effects": []}
    put_text(ax, picture.metric, (1.0, -0.75), **beside)
    for height, score in enumerate(picture.scores):
        put_text(ax, score, (1.0, height), **beside)


def draw_folds(picture: LeaderboardPicture, ax: Axes) -> None:
    """Draw the score of each model in each fold: a fold that is hard for all is seen as one.

    Parameters
    ----------
    picture : LeaderboardPicture
    ax : Axes
    """
    from matplotlib.ticker import MaxNLocator

    handles, names = [], []
    for index, row in enumerate(picture.rows):
        style = {"color": cycle_colour(index), "linestyle": _DASHES[index % len(_DASHES)]}
        handles += _draw_fold_line(row, ax, marker=family_marker(row.family), **style)
        names.append(_short_name(row))
    if picture.linear is not None and picture.linear not in picture.rows:
        handles += _draw_fold_line(picture.linear, ax, marker=family_marker("linear"), color=ink(), linestyle=":")
        names.append("linear baseline")
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
    better = "" if picture.greater_is_better else " (lower is better)"
    name_axes(ax, "Fold", f"{picture.metric}{better}")
    put_legend(ax, handles, names)


def _draw_fold_line(row: BoardRow, ax: Axes, **style: Any) -> list[Any]:
    return ax.plot(range(1, len(row.fold_scores) + 1), row.fold_scores, **style)
