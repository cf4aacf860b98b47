"""Figures as a message carries them: six significant digits, all that a picture can show, in half the bytes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def short_figures(values: NDArray[Any]) -> tuple[float, ...]:
    """Values with six significant digits; NaN for those that are infinite, which JSON has not.

    Examples
    --------
    >>> short_figures(np.array([1 / 3, np.inf]))
    (0.333333, nan)
    """
    return tuple(float(f"{value:.6g}") if np.isfinite(value) else math.nan for value in values)
