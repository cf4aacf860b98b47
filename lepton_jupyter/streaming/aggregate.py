"""What is kept of many rows: counts, moments, extremes and the last value of each column; two of them make one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Moments:
    """Of one column; means and squares are merged by Chan's formula, which does not cancel as plain sums would."""

    __slots__ = ("high", "last", "last_at", "low", "mean", "n", "squares")

    def __init__(self) -> None:
        self.n = 0
        self.mean = self.squares = 0.0
        self.low, self.high = math.inf, -math.inf
        self.last_at, self.last = -1, math.nan

    def add(self, at: int, value: float) -> None:
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self.squares += step * (value - self.mean)
        self.low, self.high = min(self.low, value), max(self.high, value)
        # Of values at one moment the largest: so that it does not matter in what order they came.
        self.last_at, self.last = max((self.last_at, self.last if self.n > 1 else -math.inf), (at, value))

    def merge(self, other: _Moments) -> None:
        if not other.n:
            return
        n = self.n + other.n
        step = other.mean - self.mean
        self.squares += other.squares + step * step * self.n * other.n / n  # a power would raise where this is infinite
        self.mean += step * other.n / n
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        own = (self.last_at, self.last if self.n else -math.inf)
        self.last_at, self.last = max(own, (other.last_at, other.last))
        self.n = n

    def says(self, statistic: str) -> float | None:
        if statistic == "std":
            return math.sqrt(self.squares / (self.n - 1)) if self.n > 1 else None
        if not self.n:
            return None
        if statistic == "sum":
            return self.mean * self.n
        return float({"mean": self.mean, "min": self.low, "max": self.high, "last": self.last}[statistic])


class Aggregate:
    """Rows together.

    Parameters
    ----------
    n_columns : int

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub, R. J. LeVeque. Algorithms for computing the sample variance: analysis and
           recommendations. The American Statistician 37(3):242-247, 1983.

    Examples
    --------
    >>> rows = Aggregate(1)
    >>> for at, amount in enumerate([2.0, None, 4.0]):
    ...     rows.add(at, [amount])
    >>> rows.says(0, "rows"), rows.says(0, "mean"), rows.says(0, "last"), round(rows.says(0, "std"), 3)
    (3, 3.0, 4.0, 1.414)
    """

    __slots__ = ("_columns", "n_rows")

    def __init__(self, n_columns: int) -> None:
        self.n_rows = 0
        self._columns = [_Moments() for _ in range(n_columns)]

    def add(self, at: int, values: Sequence[float | None]) -> None:
        """Take a row in; None is a missing value."""
        self.n_rows += 1
        for column, value in zip(self._columns, values, strict=True):
            if value is not None:
                column.add(at, value)

    def merge(self, other: Aggregate) -> None:
        """Take the rows of another one in."""
        self.n_rows += other.n_rows
        for column, more in zip(self._columns, other._columns, strict=True):
            column.merge(more)

    def says(self, column: int, statistic: str) -> float | None:
        """A statistic of a column; None where there is none, such as a deviation of one value or an infinite sum."""
        if statistic == "rows":
            return self.n_rows
        said = self._columns[column].says(statistic)
        return said if said is not None and math.isfinite(said) else None
