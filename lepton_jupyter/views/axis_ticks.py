"""Round numbers for the ticks of an axis."""

from __future__ import annotations

import math


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round numbers from `low` to `high`, equally spaced by 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low, high : float
        Ends of the axis, finite.
    most : int, default=5
        At least 4, so that there is always one.

    Returns
    -------
    ticks : list of float

    Examples
    --------
    >>> round_ticks(0.843, 0.871), round_ticks(0, 27.5, 4), round_ticks(1.0, 1.0)
    ([0.85, 0.86, 0.87], [0.0, 10.0, 20.0], [1.0])
    """
    if not high > low:
        return [low]
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def tick_decimals(ticks: list[float]) -> int:
    """Decimals that the labels of `ticks` need.

    Examples
    --------
    >>> tick_decimals([0.85, 0.86]), tick_decimals([500.0, 1000.0])
    (2, 0)
    """
    if len(ticks) < 2:
        return 4
    return max(0, min(9, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9)))
