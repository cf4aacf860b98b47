"""Values that cannot be become missing: numbers beyond a bound, days that stand for no date, dates of another age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NumbersBeyondAsMissing:
    """Numbers beyond what they can be are missing.

    Parameters
    ----------
    low, high : float or None
        None where there is no bound.

    Examples
    --------
    >>> NumbersBeyondAsMissing(0.0, 130.0).apply(np.array([-1.0, 31.0, 430.0]))
    array([nan, 31., nan])
    """

    low: float | None
    high: float | None

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers, NaN where they were beyond."""
        low, high = -np.inf if self.low is None else self.low, np.inf if self.high is None else self.high
        return np.where((values < low) | (values > high), np.nan, values)


@dataclass(frozen=True, slots=True)
class DaysAsMissing:
    """Dates of some days that stand for none, such as 1900-01-01, are missing.

    Parameters
    ----------
    days : tuple of str
        ISO 8601.

    Examples
    --------
    >>> DaysAsMissing(("1970-01-01",)).apply(np.array([0, 90_000_000_000])) == np.array([NO_MOMENT, 90_000_000_000])
    array([ True,  True])
    """

    days: tuple[str, ...]

    def apply(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Microseconds, `NO_MOMENT` where a date was of these days."""
        marks = np.array(self.days, dtype="datetime64[D]").astype(np.int64)
        return np.where(np.isin(values // 86_400_000_000, marks), NO_MOMENT, values)


@dataclass(frozen=True, slots=True)
class MomentsBeyondAsMissing:
    """Dates beyond a day are missing.

    Parameters
    ----------
    low, high : str or None
        ISO 8601: the first day that may be, and the last; None where there is no bound.

    Examples
    --------
    >>> MomentsBeyondAsMissing(None, "2100-01-01").apply(np.array([0, 2**62])) == np.array([0, NO_MOMENT])
    array([ True,  True])
    """

    low: str | None
    high: str | None

    def apply(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Microseconds, `NO_MOMENT` where a date was beyond."""
        days = values // 86_400_000_000
        beyond = np.zeros(len(values), dtype=bool)
        if self.low is not None:
            beyond |= days < np.datetime64(self.low, "D").astype(np.int64)
        if self.high is not None:
            beyond |= days > np.datetime64(self.high, "D").astype(np.int64)
        return np.where(beyond, NO_MOMENT, values)
