"""Values that cannot be, told by what a column is called and by how the others lie: never by a name alone."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lepton_jupyter.preprocessing.impossible_steps import DaysAsMissing, MomentsBeyondAsMissing, NumbersBeyondAsMissing
from lepton_jupyter.preprocessing.planned_step import PlannedStep, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_summary import ColumnSummary

DAY_MICROSECONDS = 86_400_000_000
_CENTURY = 36_525 * DAY_MICROSECONDS


class PossibleRange(NamedTuple):
    """What values of a column can be.

    Parameters
    ----------
    low, high : float
    says : str
        Why no value can be beyond.
    most_beyond : float
        Where a larger share of the values is beyond, the name means something else.
    """

    low: float
    high: float
    says: str
    most_beyond: float


_ANYTHING = PossibleRange(-math.inf, math.inf, "", 0.0)
_COUNTS = PossibleRange(0.0, math.inf, "no count is negative", 0.02)
_AGES = PossibleRange(0.0, 130.0, "nobody is younger than 0 or older than 130", 0.05)
_PERCENTAGES = PossibleRange(0.0, 100.0, "a percentage lies between 0 and 100", 0.01)
_COUNT_NAMES = frozenset({
    "count", "counts", "qty", "quantity", "num", "anzahl", "menge", "visits", "clicks", "views", "orders", "items",
    "children", "rooms", "bedrooms", "bathrooms", "pieces", "units",
})  # fmt: skip
_AGE_NAMES = frozenset({"age", "ages", "alter"})
_PERCENTAGE_NAMES = frozenset({"percent", "percentage", "pct", "perc", "prozent", "%"})
#: Differences may be negative, and grow beyond a hundred per cent.
_DIFFERENCE_NAMES = frozenset({
    "change", "changes", "delta", "diff", "difference", "growth", "return", "returns", "gain", "loss", "margin", "net",
    "balance", "increase", "decrease", "deviation", "error", "trend", "adjustment", "correction", "log",
})  # fmt: skip
#: Ages of things and of times are not those of people.
_OTHER_AGES = frozenset(
    {"days", "months", "weeks", "hours", "minutes", "seconds", "house", "building", "car", "vehicle"}
)
_WORD = re.compile(r"[A-Z]?[a-zäöüß]+|[A-Z]+(?![a-z])|%")

#: Days that stand for no date: the first one that a program knows, or its last.
_DAYS = (
    "0001-01-01", "1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1970-01-01",
    "2079-06-06", "2099-12-31", "2999-12-31", "9999-12-31",
)  # fmt: skip
#: Amid the others such a day must be as frequent as so many of the next commonest, and in this share of the rows.
_TIMES_THE_NEXT, _SHARE_AMID = 10, 0.01
_FENCE = 3.0
_MOST_FAR = 0.005


def possible_range(name: str, summary: ColumnSummary) -> PossibleRange:
    """What numbers of a column of this name can be, where its values bear the name out.

    Parameters
    ----------
    name : str
    summary : ColumnSummary

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> from lepton_jupyter.preprocessing.column_summary import ColumnSummary
    >>> ages = pa.array([20.0, 31.0, 44.0, 52.0] * 10 + [430.0])
    >>> possible_range("customerAge", ColumnSummary.of(ages, look_at(pa.table({"a": ages}))[0])).high
    130.0
    """
    words = {word.lower() for word in _WORD.findall(name)}
    if words & _DIFFERENCE_NAMES:
        return _ANYTHING
    if words & _PERCENTAGE_NAMES:
        # Up to one they are shares, and what is beyond is one in another unit.
        return _PERCENTAGES if summary.quantiles.quantile(0.75) > 1 else _ANYTHING
    if words & _AGE_NAMES and not words & _OTHER_AGES:
        return _AGES
    counts = bool(words & _COUNT_NAMES) or re.match(r"n_|number_of_", name, re.IGNORECASE) is not None
    return _COUNTS if counts and summary.whole else _ANYTHING


def impossible_numbers(name: str, summary: ColumnSummary, marks: tuple[float, ...]) -> list[PlannedStep]:
    """What is done to numbers that cannot be: they become missing.

    Parameters
    ----------
    name : str
        Of the column.
    summary : ColumnSummary
    marks : tuple of float
        Numbers that mark a missing value, which are no others.
    """
    possible = possible_range(name, summary)
    points, weights = summary.quantiles.points, summary.quantiles.weights
    other = ~np.isin(points, marks)
    beyond = other & ((points < possible.low) | (points > possible.high))
    n_beyond = float(weights[beyond].sum())
    if not n_beyond or n_beyond > possible.most_beyond * float(weights[other].sum()):
        return []
    low, high = (None if math.isinf(bound) else bound for bound in (possible.low, possible.high))
    step = NumbersBeyondAsMissing(low, high)
    said = rows_of(n_beyond, about=bool(summary.quantiles.rank_error))
    reason = f"{said} with {points[beyond].min():,.6g} … {points[beyond].max():,.6g}; {possible.says}"
    return [PlannedStep("impossible", "impossible numbers become missing", reason.replace("-", "−"), step=step)]


def marking_days(summary: ColumnSummary) -> list[PlannedStep]:
    """What is done to days such as 1900-01-01 that stand for no date, where they repeat and stand out.

    A day stands out that is farther from all others than those lie apart, or that lies amid them and is in one row of
    a hundred and as frequent as ten of the next commonest dates.
    """
    held = np.asarray(summary.numbers.values, dtype=np.float64)
    counts, error = summary.numbers.counts, summary.numbers.error
    days = np.floor(held / DAY_MICROSECONDS)
    rest_days = np.floor(summary.quantiles.points / DAY_MICROSECONDS)
    candidates = np.array([_day(day) for day in _DAYS], dtype=np.float64)
    ordinary = ~np.isin(rest_days, candidates)
    rest = summary.quantiles.points[ordinary]
    others = counts[~np.isin(days, candidates)]
    next_commonest = int(others.max(initial=1)) + error
    found, n_found = [], 0
    for text, day in zip(_DAYS, candidates.tolist(), strict=True):
        n_times = int(counts[days == day].sum())
        if n_times < 2 or len(rest) < 2:
            continue
        gap = float(np.abs(rest - day * DAY_MICROSECONDS).min())
        apart = gap > max(float(rest[-1] - rest[0]), 366.0 * DAY_MICROSECONDS)
        amid = n_times >= _TIMES_THE_NEXT * next_commonest and n_times >= max(20.0, _SHARE_AMID * summary.n_known)
        if apart or amid:
            found.append(text)
            n_found += n_times
    if not found:
        return []
    reason = f"{', '.join(found)} in {rows_of(n_found)}, apart from all others or far too often"
    return [PlannedStep("missing", "marks become missing", reason, step=DaysAsMissing(tuple(found)))]


def impossible_dates(summary: ColumnSummary, marks: tuple[str, ...]) -> list[PlannedStep]:
    """What is done to the few dates that are a hundred years beyond the others: they become missing.

    Parameters
    ----------
    summary : ColumnSummary
    marks : tuple of str
        Days that mark a missing value.
    """
    points, weights = summary.quantiles.points, summary.quantiles.weights
    valid = ~np.isin(np.floor(points / DAY_MICROSECONDS), [_day(day) for day in marks])
    if not valid.any():
        return []
    points, weights = points[valid], weights[valid]
    lower, upper = _quarters(points, weights)
    far = max(_FENCE * (upper - lower), _CENTURY)
    before, after = points < lower - far, points > upper + far
    n_far = float(weights[before | after].sum())
    if not n_far or n_far > _MOST_FAR * float(weights.sum()):
        return []
    low, high = (
        _text(each) if any_far else None for each, any_far in ((lower - far, before.any()), (upper + far, after.any()))
    )
    said = rows_of(n_far, about=bool(summary.quantiles.rank_error))
    where = " or ".join(word for word, there in (("before", before.any()), ("after", after.any())) if there)
    reason = f"{said} more than a hundred years {where} the middle half of all dates"
    step = MomentsBeyondAsMissing(low, high)
    return [PlannedStep("impossible", "impossible dates become missing", reason, step=step)]


def _quarters(points: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    reached = np.cumsum(weights)
    lower, upper = (float(points[np.searchsorted(reached, share * reached[-1])]) for share in (0.25, 0.75))
    return lower, upper


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def _text(microseconds: float) -> str:
    # To the day: a bound that was computed is none to the microsecond.
    return str(np.datetime64(int(microseconds // DAY_MICROSECONDS), "D"))
