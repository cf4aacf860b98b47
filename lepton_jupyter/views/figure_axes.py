"""The axes of a figure: which scores it shows, and round numbers on a logarithmic axis."""

from __future__ import annotations

import math
from statistics import median_high
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))


def score_limits(
    scores: Iterable[float], error: float, anchor: float, *, greater_is_better: bool
) -> tuple[float, float]:
    """Range of scores that competes with the best, as the panel chooses it.

    It reaches about twice as far below the best as the baseline to beat, or the error of the best, lies below it: one
    failed trial does not flatten all others into a line.

    Parameters
    ----------
    scores : iterable of float
        Of all that is drawn; what is not finite does not count.
    error : float
        Half the interval of the best; NaN where it is not known.
    anchor : float
        Score of the baseline to beat; NaN where there is none.
    greater_is_better : bool

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> low, high = score_limits([0.5, 0.84, 0.86], 0.01, 0.85, greater_is_better=True)
    >>> round(low, 3), round(high, 3)
    (0.838, 0.872)
    """
    sign = 1.0 if greater_is_better else -1.0
    finite = sorted(sign * each for each in scores if math.isfinite(each))
    base = sign * anchor if math.isfinite(anchor) else None
    best = finite[-1] if finite else base or 0.0
    width = error if math.isfinite(error) and error > 0 else 0.0
    reach = max(0.0 if base is None else best - base, 1.6 * width)
    if reach <= 0:
        reach = best - (median_high(finite) if finite else best)
    if reach <= 0:
        reach = abs(best) * 0.02 or 1.0
    competing = [each for each in (*finite, *(() if base is None else (base,))) if each >= best - 2.6 * reach]
    low, high = min(competing, default=best), max(best + width, best if base is None else base)
    low = min(low, best - width)
    # No score of scikit-learn's is above 1 and no loss below 0: a picture that went beyond would promise it.
    perfect = max(best, 1.0 if greater_is_better else 0.0)
    margin = 0.06 * (high - low or reach)
    low, high = low - margin, min(high + margin, perfect + 0.2 * margin)
    return (low, high) if greater_is_better else (-high, -low)


def plain_number(value: float, _position: int | None = None) -> str:
    """A tick's number without an exponent where a person would write none.

    Examples
    --------
    >>> plain_number(0.02), plain_number(2000.0), plain_number(1e-7)
    ('0.02', '2000', '1e-07')
    """
    return f"{value:.6g}"


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers for a logarithmic axis: 1, 2, 5 of each decade, more or fewer as they fit.

    Examples
    --------
    >>> log_ticks(0.02, 0.3), log_ticks(3, 90_000)
    ([0.02, 0.05, 0.1, 0.2], [10.0, 100.0, 1000.0, 10000.0])
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    choices = [
        [
            tick
            for decade in decades
            for digit in digits
            if low * 0.999 <= (tick := _power(digit, decade)) <= high * 1.001
        ]
        for digits in _DIGITS
    ]
    fitting = next((ticks for ticks in choices if len(ticks) <= most), None)
    if fitting is None:
        return choices[-1][:: math.ceil(len(choices[-1]) / most)]
    return fitting if len(fitting) >= 2 else choices[0]


def _power(digit: float, decade: int) -> float:
    return float(f"{digit * 10.0**decade:.6g}")


def set_log(axis: Any, low: float, high: float) -> None:
    """Make an axis logarithmic from `low` to `high`, with round numbers written out.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
    low, high : float
        Positive.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.axes.set(**{f"{axis.axis_name}lim": (low, high)})
    ticks = log_ticks(low, high)
    if len(ticks) >= 2:
        axis.set_ticks(ticks)
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(plain_number))
    axis.set_minor_formatter(NullFormatter())


def set_linear(axis: Any, low: float, high: float, *, whole: bool = False) -> None:
    """Make an axis linear from `low` to `high`; with `whole`, ticks stand at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.axes.set(**{f"{axis.axis_name}lim": (low, high)})
    if whole:
        axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
