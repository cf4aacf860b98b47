"""One column described: what is missing, how many values differ, where they lie, and a small picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.events.profile_messages import ColumnFigures, ColumnPicture
from lepton_jupyter.inspection.column_values import no_number, text_lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.column_values import ColumnValues

#: Bars of a histogram.
N_BARS = 21
#: Categories that are named and drawn; the others are counted.
MOST_LEVELS = 12
_MOST_LETTERS = 200  # of a category's name
_MOST_TIED = 1_000  # categories that are as common as the last one shown, of which the first by name is chosen
_FEW_WHOLE = 210  # so many whole numbers have bars of equally many
_NO_PICTURE = ColumnPicture(style="none", counts=(), second=(), labels=())


def level_counts(values: ColumnValues) -> NDArray[np.int64]:
    """Rows of each category, by its code.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.inspection.column_values import read_column
    >>> level_counts(read_column(pd.Series(["red", None, "blue", "red"]), "colour"))
    array([2, 1])
    """
    codes = values.codes if values.codes is not None else np.zeros(0, dtype=np.int64)
    return np.bincount(codes + 1, minlength=len(values.levels) + 1)[1:]


def known_sorted(values: ColumnValues) -> NDArray[Any]:
    """Finite numbers or moments of a column in ascending order; empty for categories."""
    numbers = values.numbers
    if numbers is None:
        return np.zeros(0)
    known = numbers[~no_number(numbers)] if numbers.dtype.kind == "i" else numbers[np.isfinite(numbers)]
    return np.sort(known)


def count_distinct(ordered: NDArray[Any]) -> int:
    """How many values differ in a sorted array.

    Examples
    --------
    >>> count_distinct(np.array([1.0, 1.0, 2.0])), count_distinct(np.array([]))
    (2, 0)
    """
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])) if len(ordered) else 0


def figures_of(ordered: NDArray[Any]) -> ColumnFigures | None:
    """Where sorted numbers lie; None where there is none.

    Quartiles are values of the column: the lower of two where a quartile lies between them.

    Examples
    --------
    >>> figures_of(np.array([1.0, 2.0, 3.0, 4.0])).median
    2.0
    """
    if not len(ordered):
        return None
    places = [int(q * (len(ordered) - 1)) for q in (0, 0.25, 0.5, 0.75, 1)]
    low, lower, median, upper, high = (float(ordered[place]) for place in places)
    # Around the scale of the largest: the squares of numbers near the end of the range would overflow.
    scale = max(abs(low), abs(high)) or 1.0
    scaled = ordered / scale
    return ColumnFigures(
        minimum=low,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=high,
        mean=float(scaled.mean()) * scale,
        deviation=float(scaled.std()) * scale,
    )


def picture_of(
    values: ColumnValues, ordered: NDArray[Any], counts: NDArray[np.int64], second: NDArray[np.bool_] | None
) -> ColumnPicture:
    """The small picture of a column, of all its rows.

    Parameters
    ----------
    values : ColumnValues
    ordered : ndarray
        As `known_sorted` gives it.
    counts : ndarray
        As `level_counts` gives it.
    second : ndarray of bool of shape (n_rows,) or None
        Rows in the second colour.

    Returns
    -------
    picture : ColumnPicture
    """
    if values.schema.kind == "text":
        lengths = text_lengths(values)
        return histogram(lengths, np.sort(lengths[~np.isnan(lengths)]), second)
    if values.numbers is not None and values.schema.kind != "identifier":
        return histogram(values.numbers, ordered, second)
    if values.codes is not None and (values.schema.used or len(counts) == 1):
        return _shares(values.codes, values, counts, second)
    return _NO_PICTURE


def histogram(numbers: NDArray[Any], ordered: NDArray[Any], second: NDArray[np.bool_] | None) -> ColumnPicture:
    """Bars of equal width; infinite numbers are in the outer ones.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        Numbers or moments with missing ones.
    ordered : ndarray
        The finite ones in ascending order.
    second : ndarray of bool of shape (n_rows,) or None

    Returns
    -------
    picture : ColumnPicture
    """
    if not len(ordered):
        return _NO_PICTURE
    edges = _edges(ordered)
    known = ~no_number(numbers)
    bars = _bars(numbers[known], edges)
    return ColumnPicture(
        style="histogram",
        counts=tuple(np.bincount(bars, minlength=edges.n_bars).tolist()),
        second=() if second is None else tuple(np.bincount(bars[second[known]], minlength=edges.n_bars).tolist()),
        labels=(),
        low=edges.low,
        high=edges.high,
        cut=edges.cut,
    )


def bar_shares(numbers: NDArray[Any], ordered: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of two sets of numbers in the bars of the second: for a picture of how they differ.

    Examples
    --------
    >>> first, second = bar_shares(np.array([0.0, 9.0]), np.array([0.0, 3.0, 6.0, 9.0]))
    >>> first[[0, -1]], second[[0, -1]]
    (array([0.5, 0.5]), array([0.25, 0.25]))
    """
    edges = _edges(ordered)
    parts = [np.bincount(_bars(each, edges), minlength=edges.n_bars) for each in (numbers, ordered)]
    return parts[0] / max(1, len(numbers)), parts[1] / max(1, len(ordered))


class _Edges(NamedTuple):
    low: float
    high: float
    n_bars: int
    cut: bool


def _bars(shown: NDArray[Any], edges: _Edges) -> NDArray[np.int64]:
    # Halved, since the range of doubles is larger than the largest double; the smallest one has no half.
    low, span = edges.low / 2, edges.high / 2 - edges.low / 2
    if not span > 0:
        return np.zeros(len(shown), dtype=np.int64)
    # Held within the edges first: far outside narrow ones there is no such number of their widths.
    places = (np.clip(shown, edges.low, edges.high) / 2 - low) / span * edges.n_bars
    bars: NDArray[np.int64] = np.minimum(places, edges.n_bars - 1).astype(np.int64)
    return bars


def _edges(ordered: NDArray[Any]) -> _Edges:
    """Where a histogram begins and ends: outliers do not make one bar of all the rest."""
    low, high = float(ordered[0]), float(ordered[-1])
    if not high > low:
        return _Edges(low, high, 1, cut=False)
    new_low, new_high = _inner_edges(ordered, low, high)
    cut = new_low > low or new_high < high
    n_values = new_high - new_low + 1
    if n_values <= _FEW_WHOLE and np.all(ordered == np.floor(ordered)):
        width = _whole_width(int(n_values))
        n_bars = -int(-n_values // width)
        return _Edges(new_low - 0.5, new_low - 0.5 + n_bars * width, n_bars, cut=cut)
    return _Edges(new_low, new_high, N_BARS, cut=cut)


def _inner_edges(ordered: NDArray[Any], low: float, high: float) -> tuple[float, float]:
    inner_low, inner_high = (float(ordered[int(q * (len(ordered) - 1))]) for q in (0.01, 0.99))
    inner = inner_high / 2 - inner_low / 2
    if not inner > 0 or high / 2 - low / 2 <= 3 * inner:
        return low, high
    return (
        inner_low if inner_low / 2 - low / 2 > inner / 2 else low,
        inner_high if high / 2 - inner_high / 2 > inner / 2 else high,
    )


def _whole_width(n_values: int) -> int:
    """How many whole numbers share a bar: a bar of four among bars of three would look like a peak.

    Examples
    --------
    >>> _whole_width(12), _whole_width(72), _whole_width(73)
    (1, 4, 5)
    """
    widths = [width for width in range(1, n_values + 1) if 10 <= -(-n_values // width) <= N_BARS] or [1]
    return min(widths, key=lambda width: (-n_values % width / width, width))


def _shares(
    codes: NDArray[np.int64], values: ColumnValues, counts: NDArray[np.int64], second: NDArray[np.bool_] | None
) -> ColumnPicture:
    candidates = np.flatnonzero(counts >= np.sort(counts)[-min(len(counts), MOST_LEVELS) or 1 :].min(initial=0))
    by_name = candidates if len(candidates) <= _MOST_TIED else candidates[:_MOST_TIED]
    most = sorted((int(code) for code in by_name if counts[code]), key=lambda code: (-counts[code], values.label(code)))
    shown = most[:MOST_LEVELS]
    coloured = None if second is None else np.bincount(codes[second] + 1, minlength=len(counts) + 1)[1:]
    return ColumnPicture(
        style="shares",
        counts=tuple(int(counts[code]) for code in shown),
        second=() if coloured is None else tuple(int(coloured[code]) for code in shown),
        labels=tuple(values.label(code)[:_MOST_LETTERS] for code in shown),
        rest=int(counts.sum() - counts[shown].sum()),
        rest_second=0 if coloured is None else int(coloured.sum() - coloured[shown].sum()),
    )
