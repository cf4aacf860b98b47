"""One column described: what is missing, how many values differ, where they lie, and a small picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.events.profile_messages import ColumnFigures, ColumnPicture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.column_values import ColumnValues

#: Bars of a histogram.
N_BARS = 21
#: Categories that are named and drawn; the others are counted.
MOST_LEVELS = 12
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
    known = numbers[numbers != NO_MOMENT] if numbers.dtype.kind == "i" else numbers[np.isfinite(numbers)]
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
    if values.numbers is not None and len(ordered):
        return _histogram(values.numbers, ordered, second)
    if values.codes is not None and len(counts) and (values.schema.used or len(counts) == 1):
        return _shares(values, counts, second)
    return _NO_PICTURE


def _histogram(numbers: NDArray[Any], ordered: NDArray[Any], second: NDArray[np.bool_] | None) -> ColumnPicture:
    low, high, cut = _edges(ordered)
    known = numbers != NO_MOMENT if numbers.dtype.kind == "i" else ~np.isnan(numbers)
    shown = numbers[known]
    n_bars = N_BARS if high > low else 1
    with np.errstate(over="ignore"):
        width = high - low
        places = (shown - low) / width * n_bars if 0 < width < np.inf else _far_places(shown, low, high, n_bars)
    bars = np.clip(np.nan_to_num(places, posinf=n_bars, neginf=0), 0, n_bars - 1).astype(np.int64)
    return ColumnPicture(
        style="histogram",
        counts=tuple(np.bincount(bars, minlength=n_bars).tolist()),
        second=() if second is None else tuple(np.bincount(bars[second[known]], minlength=n_bars).tolist()),
        labels=(),
        low=low,
        high=high,
        cut=cut,
    )


def _far_places(shown: NDArray[Any], low: float, high: float, n_bars: int) -> NDArray[np.float64]:
    if high <= low:
        return np.zeros(len(shown))
    return (shown / 2 - low / 2) / (high / 2 - low / 2) * n_bars


def _edges(ordered: NDArray[Any]) -> tuple[float, float, bool]:
    """Where a histogram begins and ends: outliers do not make one bar of all the rest."""
    low, high = float(ordered[0]), float(ordered[-1])
    inner_low, inner_high = (float(ordered[int(q * (len(ordered) - 1))]) for q in (0.01, 0.99))
    inner = inner_high / 2 - inner_low / 2
    if not inner > 0 or high / 2 - low / 2 <= 3 * inner:
        return low, high, False
    new_low = inner_low if inner_low / 2 - low / 2 > inner / 2 else low
    new_high = inner_high if high / 2 - inner_high / 2 > inner / 2 else high
    return new_low, new_high, True


def _shares(values: ColumnValues, counts: NDArray[np.int64], second: NDArray[np.bool_] | None) -> ColumnPicture:
    codes = values.codes
    if codes is None:  # cannot be: shares are drawn of codes
        return _NO_PICTURE
    most = (
        np.argpartition(-counts, MOST_LEVELS)[: 2 * MOST_LEVELS]
        if len(counts) > 2 * MOST_LEVELS
        else np.arange(len(counts))
    )
    most = sorted((int(code) for code in most if counts[code]), key=lambda code: (-counts[code], values.label(code)))
    shown = most[:MOST_LEVELS]
    coloured = None if second is None else np.bincount(codes[second] + 1, minlength=len(counts) + 1)[1:]
    return ColumnPicture(
        style="shares",
        counts=tuple(int(counts[code]) for code in shown),
        second=() if coloured is None else tuple(int(coloured[code]) for code in shown),
        labels=tuple(values.label(code) for code in shown),
        rest=int(counts.sum() - counts[shown].sum()),
        rest_second=0 if coloured is None else int(coloured.sum() - coloured[shown].sum()),
    )
