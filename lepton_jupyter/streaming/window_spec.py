"""What windows are asked for, and what their columns are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lepton_jupyter.events.quantities import parse_duration
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.exceptions.stream_errors import StreamWindowError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a window says of a column of numbers.
STATISTICS = ("sum", "mean", "std", "min", "max", "last")
_SESSION = "session:"


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """One kind of window over event time; times in microseconds.

    Parameters
    ----------
    label : str
        By which its columns end: ``"10m"``, ``"1h_10m"``, ``"session_30m"``.
    size : int
        Length; of a session, the silence that ends it.
    slide : int
        From the start of one window to that of the next; equal to `size` where windows tumble. 0: sessions.

    Examples
    --------
    >>> WindowSpec.parse("10m")
    WindowSpec(label='10m', size=600000000, slide=600000000)
    >>> WindowSpec.parse("1h/10m").label, WindowSpec.parse("session:30m").label
    ('1h_10m', 'session_30m')
    """

    label: str
    size: int
    slide: int

    @classmethod
    def parse(cls, text: str) -> WindowSpec:
        """Read a window as a person types it: ``"10m"``, ``"1h/10m"`` or ``"session:30m"``.

        Raises
        ------
        StreamWindowError
            If it is none, or a window does not consist of whole slides.
        """
        try:
            if text.startswith(_SESSION):
                gap = text.removeprefix(_SESSION)
                return cls(f"session_{gap}", _positive(text, gap), 0)
            size_text, _, slide_text = text.partition("/")
            size = _positive(text, size_text)
            slide = _positive(text, slide_text) if slide_text else size
        except InvalidQuantityError:
            raise StreamWindowError.from_text(text) from None
        if size % slide:
            raise StreamWindowError.from_slide(text)
        return cls(f"{size_text}_{slide_text}" if slide_text else size_text, size, slide)

    @property
    def sessions(self) -> bool:
        """Whether it ends by silence."""
        return not self.slide


def _positive(text: str, part: str) -> int:
    microseconds = round(1e6 * parse_duration(part))
    if microseconds <= 0:
        raise StreamWindowError.from_text(text)
    return microseconds


class WantedColumns(NamedTuple):
    """What is to be computed of rows.

    Parameters
    ----------
    columns : tuple of str
        Columns of numbers that windows and lags are about.
    statistics : dict of str to tuple
        For the name of each new column of a window: its label, its column (empty: rows are counted), its statistic.
    lags : dict of str to tuple
        For the name of each new column of a lag: its column, and how many rows back.
    """

    columns: tuple[str, ...]
    statistics: dict[str, tuple[str, str, str]]
    lags: dict[str, tuple[str, int]]


def wanted_columns(names: Iterable[str], windows: Iterable[WindowSpec]) -> WantedColumns:
    """Columns of windows and lags among names, such as those that a model reads.

    Parameters
    ----------
    names : iterable of str
    windows : iterable of WindowSpec

    Returns
    -------
    wanted : WantedColumns

    Examples
    --------
    >>> wanted = wanted_columns(["amount", "amount_mean_10m", "rows_10m", "amount_lag2"], [WindowSpec.parse("10m")])
    >>> wanted.columns, list(wanted.statistics), wanted.lags
    (('amount',), ['amount_mean_10m', 'rows_10m'], {'amount_lag2': ('amount', 2)})
    """
    labels = "|".join(re.escape(window.label) for window in windows)
    pattern = re.compile(rf"(?:(?P<column>.+)_(?P<statistic>{'|'.join(STATISTICS)})|rows)_(?P<label>{labels})")
    lagged = re.compile(r"(?P<column>.+)_lag(?P<back>[1-9][0-9]?)")
    statistics: dict[str, tuple[str, str, str]] = {}
    lags: dict[str, tuple[str, int]] = {}
    for name in names:
        if labels and (found := pattern.fullmatch(name)):
            statistics[name] = (found["label"], found["column"] or "", found["statistic"] or "rows")
        elif found := lagged.fullmatch(name):
            lags[name] = (found["column"], int(found["back"]))
    columns = dict.fromkeys(
        [*(column for _, column, _ in statistics.values() if column), *(c for c, _ in lags.values())]
    )
    return WantedColumns(tuple(columns), statistics, lags)


def every_column(columns: Iterable[str], windows: Iterable[WindowSpec], lags: int) -> list[str]:
    """Names of all columns that windows and lags can have.

    Examples
    --------
    >>> every_column(["x"], [WindowSpec.parse("10m")], 1)
    ['rows_10m', 'x_sum_10m', 'x_mean_10m', 'x_std_10m', 'x_min_10m', 'x_max_10m', 'x_last_10m', 'x_lag1']
    """
    columns = list(columns)
    names = []
    for window in windows:
        names.append(f"rows_{window.label}")
        names += [f"{column}_{statistic}_{window.label}" for column in columns for statistic in STATISTICS]
    return names + [f"{column}_lag{back}" for column in columns for back in range(1, lags + 1)]
