"""Where the values of a column lie, in a few words: numbers with the decimals their range deserves, dates, lengths."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import MISSING, duration, number

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ColumnFigures, ProfiledColumn

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DAY = 86_400_000_000  # microseconds


def value_text(value: float, figures: ColumnFigures, kind: str) -> str:
    """One value of a column, with the precision that the column's range deserves.

    Parameters
    ----------
    value : float
        A number; a moment in microseconds since 1970 where `kind` is ``"date"``.
    figures : ColumnFigures
        Of its column.
    kind : str

    Returns
    -------
    text : str

    Examples
    --------
    >>> from lepton_jupyter.events.profile_messages import ColumnFigures
    >>> ages = ColumnFigures(
    ...     minimum=18, lower_quartile=30, median=41, upper_quartile=60, maximum=90, mean=44.2, deviation=9
    ... )
    >>> value_text(18, ages, "number"), value_text(44.25, ages, "number")
    ('18', '44.25')
    """
    if not math.isfinite(value):
        return MISSING
    if kind == "date":
        return moment_text(value, figures.maximum - figures.minimum)
    largest = max(abs(figures.minimum), abs(figures.maximum))
    if largest >= 1e9 or (0 < largest < 1e-4):
        return _scientific(value)
    if value == int(value) and figures.minimum == int(figures.minimum) and figures.maximum == int(figures.maximum):
        return number(value, 0)
    spread = figures.maximum - figures.minimum or largest or 1.0
    return number(value, min(9, max(0, 3 - math.floor(math.log10(spread)))) if spread < 10_000 else 0)


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    if not float(mantissa):
        return "0"
    mantissa = mantissa.replace("-", "−")
    return mantissa if not int(exponent) else f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def moment_text(microseconds: float, span: float) -> str:
    """A moment as precisely as a span of microseconds deserves.

    Examples
    --------
    >>> moment_text(0, 4e15), moment_text(0, 30 * 86_400e6), moment_text(0, 5e6)
    ('1970', '1970-01-01', '1970-01-01 00:00:00')
    """
    try:
        moment = datetime(1970, 1, 1) + timedelta(microseconds=microseconds)  # noqa: DTZ001  on the column's own clock
    except OverflowError:  # years beyond those of Python's calendar
        return f"{1970 + microseconds / (365.2425 * _DAY):.0f}"
    for least, pattern in (
        (40 * 366 * _DAY, "{:%Y}"),
        (3 * 366 * _DAY, "{:%Y-%m}"),
        (3 * _DAY, "{:%Y-%m-%d}"),
        (_DAY / 24, "{:%Y-%m-%d %H:%M}"),
    ):
        if span >= least:
            return pattern.format(moment)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def range_text(column: ProfiledColumn) -> str:
    """What stands in the column of ranges: the range, or the commonest category.

    Parameters
    ----------
    column : ProfiledColumn

    Returns
    -------
    text : str
        Empty where neither is known.
    """
    picture, figures = column.picture, column.figures
    if column.kind == "text" and picture.low is not None and picture.high is not None:
        return f"{number(picture.low, 0)} … {number(picture.high, 0)} letters"
    if figures is not None:
        if column.reason.startswith("durations"):
            return f"{_duration(figures.minimum)} … {_duration(figures.maximum)}"
        low, high = (value_text(value, figures, column.kind) for value in (figures.minimum, figures.maximum))
        if column.kind == "date" and len(low) == 10 and low[:5] == high[:5] and low != high:
            high = high[5:]  # of the same year
        return low if low == high else f"{low} … {high}"
    return picture.labels[0] if picture.labels else ""


def _duration(seconds: float) -> str:
    return f"−{duration(-seconds)}" if seconds < 0 else duration(seconds)


def share_text(part: float, whole: float) -> str:
    """A share in per cent; what is rare is not written as nothing.

    Examples
    --------
    >>> share_text(735, 1000), share_text(1, 100_000), share_text(0, 9), share_text(9_999, 10_000)
    ('73.5 %', '<0.1 %', '0 %', '>99.9 %')
    """
    if not whole or not part:
        return "0 %"
    share = 100 * part / whole
    if share < 0.1:
        return "<0.1 %"
    if share > 99.9 and part < whole:
        return ">99.9 %"
    return "100 %" if part == whole else f"{share:.1f} %"
