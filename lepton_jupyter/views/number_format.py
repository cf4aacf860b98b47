"""Numbers as a person reads them: the same rules in HTML, in a terminal and in the log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands where a value is missing; never 0.
MISSING = "–"
_MINUS = "−"
_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def number(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """A number with a fixed count of decimals, thousands grouped, and a true minus sign.

    Parameters
    ----------
    value : float or None
        None, NaN and infinities are missing.
    decimals : int
    signed : bool, default=False
        Whether a plus is written too. What rounds to zero has no sign.

    Returns
    -------
    text : str

    Examples
    --------
    >>> number(1234.5, 1), number(-0.0012, 4), number(0.014, 3, signed=True), number(None, 2)
    ('1,234.5', '−0.0012', '+0.014', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    if not text.strip("0.,"):
        return text
    if value < 0:
        return _MINUS + text
    return f"+{text}" if signed else text


def rounded(value: float) -> float:
    """A figure with six significant digits: all that a picture or a table can show, in half the bytes.

    Examples
    --------
    >>> rounded(0.8593712345), rounded(54321.98765)
    (0.859371, 54322.0)
    """
    return float(f"{value:.6g}")


def count(value: int) -> str:
    """A whole number, thousands grouped.

    Examples
    --------
    >>> count(7043)
    '7,043'
    """
    return number(value, 0)


def counted(value: int, noun: str) -> str:
    """A whole number and what it counts.

    Examples
    --------
    >>> counted(1, "trial"), counted(1200, "trial")
    ('1 trial', '1,200 trials')
    """
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def table_decimals(values: Iterable[float | None]) -> int:
    """Decimals that all scores of one column share: four, fewer for large values, more for tiny ones.

    Examples
    --------
    >>> table_decimals([0.8594, 0.51]), table_decimals([54321.7, 812.0]), table_decimals([0.0000123])
    (4, 0, 8)
    """
    largest = max((abs(each) for each in values if each is not None and math.isfinite(each)), default=0.0)
    if largest == 0:
        return 4
    exponent = math.floor(math.log10(largest))
    return max(0, 4 - exponent) if exponent > 0 else min(12, max(4, 3 - exponent))


def sentence_decimals(error: float | None, value: float | None = None) -> int:
    """Decimals that an error deserves: up to its leading digit, one more where that is a 1.

    Parameters
    ----------
    error : float or None
        Half the width of an interval. If it is missing or zero, the rule of tables holds for `value`.
    value : float, optional

    Returns
    -------
    decimals : int

    Examples
    --------
    >>> sentence_decimals(0.009), sentence_decimals(0.012), sentence_decimals(812.0)
    (3, 3, 0)
    """
    if error is None or not math.isfinite(error) or error <= 0:
        return table_decimals([value])
    exponent = math.floor(math.log10(error))
    leading_one = error < 1.95 * 10.0**exponent  # what would be printed as 1
    return min(12, max(0, int(leading_one) - exponent))


def score_with_error(value: float | None, error: float | None, *, signed: bool = False) -> tuple[str, str]:
    """A score and its error as a sentence shows them.

    Returns
    -------
    value, error : str
        The error begins with ±, and is empty where it is not known or nothing.

    Examples
    --------
    >>> score_with_error(0.8602, 0.0091), score_with_error(0.0141, 0.0031, signed=True), score_with_error(0.8, None)
    (('0.860', '±0.009'), ('+0.014', '±0.003'), ('0.8000', ''))
    """
    decimals = sentence_decimals(error, value)
    shown_error = f"±{number(error, decimals)}" if error and math.isfinite(error) else ""
    return number(value, decimals, signed=signed), shown_error


def duration(seconds: float | None) -> str:
    """A stretch of time in the two largest units that matter.

    Examples
    --------
    >>> duration(0.42), duration(7.4), duration(250), duration(3900)
    ('0.4 s', '7 s', '4 min 10 s', '1 h 5 min')
    """
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if 0.05 <= seconds < 0.95:
        return f"{seconds:.1f} s"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _two_units(whole, 60, "min", 1, "s")
    if whole < 86400:
        return _two_units(whole, 3600, "h", 60, "min")
    return _two_units(whole, 86400, "d", 3600, "h")


def _two_units(whole: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    first, rest = divmod(whole, large)
    second = rest // small
    return f"{first} {large_unit} {second} {small_unit}" if second else f"{first} {large_unit}"


def seconds_cell(seconds: float | None) -> str:
    """Seconds of a table's column, unit in the head.

    Examples
    --------
    >>> seconds_cell(0.623), seconds_cell(1931.2)
    ('0.62', '1,931')
    """
    return number(seconds, 2 if seconds is None or abs(seconds) < 100 else 0)


def milliseconds_cell(milliseconds: float | None) -> str:
    """Latency of a table's column in ms: two decimals, above 100 none.

    Examples
    --------
    >>> milliseconds_cell(0.213), milliseconds_cell(0.004), milliseconds_cell(250.7), milliseconds_cell(None)
    ('0.21', '<0.01', '251', '–')
    """
    if milliseconds is not None and 0 < milliseconds < 0.005:
        return "<0.01"
    return number(milliseconds, 2 if milliseconds is None or abs(milliseconds) <= 100 else 0)


def size(n_bytes: float | None) -> str:
    """A size in decimal units with at most three digits.

    Examples
    --------
    >>> size(612_000), size(1_130_000), size(21_700_000), size(900), size(None)
    ('612 kB', '1.1 MB', '21.7 MB', '900 B', '–')
    """
    if n_bytes is None or not math.isfinite(n_bytes):
        return MISSING
    amount, unit = float(n_bytes), 0
    while abs(amount) >= 999.5 and unit < len(_SIZE_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{number(amount, 1 if unit > 1 and abs(amount) < 99.95 else 0)} {_SIZE_UNITS[unit]}"
