"""Count, mean, spread and extremes of numbers, in parts that merge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


#: Numbers whose squares can be added up, millions of them, without leaving the range of float64.
_LARGE = 1e140


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean, sum of squared deviations and extremes of the numbers of a part of a column.

    Values are taken from a pivot, which all parts of a column share: where it lies among the values, a mean of a
    thousand million with a spread of one keeps all its digits, and so does the merged spread. Parts are merged by the
    formula of Chan, Golub and LeVeque [1]_.

    Parameters
    ----------
    count : int
    pivot : float
        Near the values; the same for all parts of a column.
    shifted_mean : float
        Of value minus pivot; 0 without values.
    squared_deviations : float
        Sum of squared distances from the mean.
    low, high : float
        Extremes; NaN without values.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub, R. J. LeVeque. Updating formulae and a pairwise algorithm for computing sample
           variances. Technical report STAN-CS-79-773, Stanford University, 1979.

    Examples
    --------
    >>> first, second = Moments.of_values([1.0, 2.0]), Moments.of_values([6.0])
    >>> both = Moments.merged([first, second])
    >>> both.count, both.mean, both.variance, both.high
    (3, 3.0, 4.666666666666667, 6.0)
    """

    count: int = 0
    pivot: float = 0.0
    shifted_mean: float = 0.0
    squared_deviations: float = 0.0
    low: float = math.nan
    high: float = math.nan

    @classmethod
    def of_values(cls, values: Iterable[float], *, pivot: float = 0.0) -> Self:
        """Of finite numbers, each of which counts once."""
        ordered = np.sort(np.asarray(values, dtype=np.float64))
        return cls.of_counted(ordered, np.ones(len(ordered), dtype=np.int64), pivot=pivot)

    @classmethod
    def of_counted(cls, ordered: NDArray[np.float64], counts: NDArray[np.int64], *, pivot: float = 0.0) -> Self:
        """Of ascending finite numbers and how often each occurs."""
        if not len(ordered):
            return cls(pivot=pivot)
        n = int(counts.sum())
        largest = max(abs(float(ordered[0])), abs(float(ordered[-1])), abs(pivot))
        # Beyond this a sum or a square may be larger than any number: then all is done to parts of the largest.
        unit = largest if largest > _LARGE else 1.0
        shifted = ordered - pivot if unit == 1.0 else ordered / unit - pivot / unit
        mean = float((shifted * counts).sum() / n)
        apart = shifted - mean
        # The second sum would be zero but for rounding: it takes back what the rounded mean put in.
        squares = max(0.0, float((apart * apart * counts).sum() - (apart * counts).sum() ** 2 / n))
        # What is still too large is infinite, and nothing is no number.
        return cls(n, pivot, mean * unit, squares * unit * unit, float(ordered[0]), float(ordered[-1]))

    @classmethod
    def merged(cls, parts: Iterable[Moments]) -> Self:
        """Of all parts; merged in their order, so that the same parts give the same bits."""
        all_parts = tuple(parts)
        count, mean, squares = 0, 0.0, 0.0
        low, high = math.nan, math.nan
        pivot = all_parts[0].pivot if all_parts else 0.0
        for part in all_parts:
            if not part.count:
                continue
            other_mean = part.shifted_mean + (part.pivot - pivot)
            apart = other_mean - mean
            both = count + part.count
            squares += part.squared_deviations
            if count:  # the square may be infinite, and nothing times that is no number
                squares += apart * apart * (count * part.count / both)
            # From the larger side, as Chan advises: of two equal parts the plain mean.
            mean = _mean_of(count, mean, part.count, other_mean) if count else other_mean
            low, high = float(np.fmin(low, part.low)), float(np.fmax(high, part.high))
            count = both
        return cls(count, pivot, mean, squares, low, high)

    @property
    def mean(self) -> float:
        """Mean; NaN without values."""
        return self.pivot + self.shifted_mean if self.count else math.nan

    @property
    def variance(self) -> float:
        """Mean squared distance from the mean; NaN without values."""
        return self.squared_deviations / self.count if self.count else math.nan


def _mean_of(count: int, mean: float, other_count: int, other_mean: float) -> float:
    both = count + other_count
    found = (count * mean + other_count * other_mean) / both
    return found if math.isfinite(found) else mean * (count / both) + other_mean * (other_count / both)
