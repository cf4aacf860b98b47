"""Columns of a profile as figures: what each holds, by class of the target, and how two tables differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.figure_style import cycle_colour, figure_text, name_axes, put_legend
from lepton_jupyter.views.interval_rows import draw_interval_rows
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.profile_messages import ColumnPicture, DriftPicture, ProfiledColumn, ProfiledTarget

_HATCH = "////"


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnBars:
    """What the picture of one column shows.

    Parameters
    ----------
    labels : tuple of str
        Of the bars of a category; empty for a histogram.
    edges : tuple of float
        Of the bars of a histogram, one more than bars; empty for a category.
    dated : bool
        Whether the edges are days since 1970, as matplotlib counts dates.
    first, second : tuple of int
        Rows in each bar, by colour; `second` is empty without a target.
    second_label : str
        What the second colour stands for.
    """

    labels: tuple[str, ...]
    edges: tuple[float, ...]
    dated: bool
    first: tuple[int, ...]
    second: tuple[int, ...]
    second_label: str


def extract_bars(picture: ColumnPicture, kind: str, target: ProfiledTarget | None) -> ColumnBars | None:
    """Take from what a profile shows of a column what its picture shows.

    Parameters
    ----------
    picture : ColumnPicture
    kind : str
        Of the column; a ``"date"`` has edges in microseconds since 1970.
    target : ProfiledTarget or None

    Returns
    -------
    bars : ColumnBars or None
        None for a column that is not drawn, such as an identifier.
    """
    if picture.style == "none" or not picture.counts:
        return None
    counts, second, labels = picture.counts, picture.second, picture.labels
    if picture.rest:
        counts, labels = (*counts, picture.rest), (*labels, "others")
        second = (*second, picture.rest_second) if second else ()
    first = tuple(each - other for each, other in zip(counts, second, strict=True)) if second else counts
    edges: tuple[float, ...] = ()
    if picture.style == "histogram":
        low, high = picture.low or 0.0, picture.high if picture.high is not None else 1.0
        unit = 86_400e6 if kind == "date" else 1.0
        width = (high - low) / len(counts)
        edges = tuple((low + width * index) / unit for index in range(len(counts) + 1))
    return ColumnBars(
        labels=() if edges else labels,
        edges=edges,
        dated=kind == "date",
        first=first,
        second=second,
        second_label=target.second_label if target is not None else "",
    )


def draw_bars(bars: ColumnBars, name: str, ax: Axes, *, longest: int = 40, legend: bool = True) -> None:
    """Draw how many rows a column has at each value, the rows of the second class of the target on top and hatched.

    Parameters
    ----------
    bars : ColumnBars
    name : str
        Of the column.
    ax : Axes
    longest : int, default=40
        Letters of a name that are written.
    legend : bool, default=True
        Whether to say what the colours are.
    """
    shown = one_line(name, longest)
    if bars.edges:
        begin = _first_day() if bars.dated else 0.0
        pairs = zip(bars.edges[:-1], bars.edges[1:], strict=True)
        middles = [begin + (left + right) / 2 for left, right in pairs]
        patches = _stack(bars, ax, middles, bars.edges[1] - bars.edges[0], upright=True)
        if bars.dated:
            _set_dates(ax)
        name_axes(ax, shown, "Rows")
    else:
        places = list(range(len(bars.labels)))
        patches = _stack(bars, ax, places, 0.8, upright=False)
        ax.set_yticks(places, [figure_text(each, longest // 2) for each in bars.labels], parse_math=False)
        ax.set_ylim(len(places) - 0.5, -0.5)
        name_axes(ax, "Rows", shown)
    if legend and bars.second and bars.second_label:
        put_legend(ax, patches, ("others", bars.second_label))


def _stack(bars: ColumnBars, ax: Axes, places: list[Any], size: float, *, upright: bool) -> list[Any]:
    draw, base, long = (ax.bar, "bottom", "width") if upright else (ax.barh, "left", "height")
    style: dict[str, Any] = {long: size}
    found = [draw(places, bars.first, color=cycle_colour(0), **style)]
    if bars.second:
        # Hatched as well, for who sees no colours.
        style |= {base: bars.first, "color": cycle_colour(1), "hatch": _HATCH}
        found.append(draw(places, bars.second, **style))
    return found


def _first_day() -> float:
    """1 January 1970 as matplotlib counts days, which a person may let begin on another day."""
    from matplotlib.dates import date2num

    return float(date2num(datetime(1970, 1, 1, tzinfo=UTC)))


def _set_dates(ax: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def draw_alone(columns: tuple[ProfiledColumn, ...], target: ProfiledTarget, ax: Axes) -> None:
    """Draw how well each column tells the target alone, out of fold, the best first.

    Parameters
    ----------
    columns : tuple of ProfiledColumn
        With a score each.
    target : ProfiledTarget
    ax : Axes
    """
    guess = 0.5 if target.alone_label == "AUC" else 0.0
    values = [each.alone if each.alone is not None else math.nan for each in columns]
    unknown = [(math.nan, math.nan)] * len(columns)
    draw_interval_rows([each.name for each in columns], values, unknown, ax, reference=guess, reference_name="no use")
    name_axes(ax, f"{target.alone_label} of the column alone", "")


def draw_drift(drift: DriftPicture, n: int, ax: Axes) -> None:
    """Draw the population stability index of the columns that drifted most; above 0.25 is held to be much.

    Parameters
    ----------
    drift : DriftPicture
    n : int
        Most columns.
    ax : Axes
    """
    columns = [each for each in drift.columns if each.stability_index is not None][:n]
    values = [each.stability_index if each.stability_index is not None else math.nan for each in columns]
    unknown = [(math.nan, math.nan)] * len(columns)
    draw_interval_rows([each.name for each in columns], values, unknown, ax, reference=0.25, reference_name="much")
    name_axes(ax, f"Population stability index, against {drift.table}", "")
