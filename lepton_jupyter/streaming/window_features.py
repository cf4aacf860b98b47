"""Columns of windows and lags for rows as they come: by the time in the row, whatever order they arrive in.

The watermark follows the latest time that was seen, by the lateness that is allowed. A row before the watermark is
late: it is predicted with these columns missing, and is in no window any more. What a row is told is of before its own
time less the lateness: by then every row that may still count has come. So the same rows in another order, within the
lateness, are told the same, and so is a table in which a model learns from these columns.
"""

from __future__ import annotations

import math
import statistics
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.data.readings import label_of
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.lagged_values import LaggedValues
from lepton_jupyter.streaming.pane_windows import PaneWindows
from lepton_jupyter.streaming.session_windows import SessionWindows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.streaming.stream_source import Row
    from lepton_jupyter.streaming.window_spec import WantedColumns, WindowSpec


#: Microseconds since 1970 are whole numbers of 64 bits, as those of dates are.
_FARTHEST_SECONDS = 2.0**63 / 1e6 - 1

#: A day: what clocks and zones that nobody named can be wrong by.
_AHEAD_MICROSECONDS = 86_400_000_000


class Extended(NamedTuple):
    """Rows with their columns of windows.

    Parameters
    ----------
    rows : list of dict
        Those that were not refused, in their order.
    refused : dict of int to RowRefusal
        The others, by their place.
    """

    rows: list[dict[str, Any]]
    refused: dict[int, RowRefusal]


class WindowFeatures:
    """Extends rows by aggregates over windows of their entity, and by its earlier values.

    State is in memory, bounded by each kind of window, and begins anew with the process. A row that is read again after
    a lost connection counts again.

    Parameters
    ----------
    windows : sequence of WindowSpec
    wanted : WantedColumns
    time : str
        Column with the time of a row: dates, or seconds since 1970 as numbers.
    entity : str, optional
        Column that says whose row it is; one that does not say so is told nothing. Default: all are of one.
    lateness : int, default=0
        Microseconds that a row may be behind the latest one.
    clock : callable, optional
        Gives the time now, in seconds since 1970: a row whose time is more than a day ahead of it and of the latest row
        is refused. Default: times are taken as they are.

    Examples
    --------
    >>> from lepton_jupyter.streaming.window_spec import WindowSpec, wanted_columns
    >>> windows = [WindowSpec.parse("10s")]
    >>> features = WindowFeatures(windows, wanted_columns(["x_sum_10s", "x_lag1"], windows), time="at")
    >>> rows = [{"at": 2, "x": 1.0}, {"at": 9, "x": 2.0}, {"at": 14, "x": 4.0}, {"at": 3, "x": 8.0}]
    >>> rows = features.extend(rows).rows
    >>> [row["x_sum_10s"] for row in rows], [row["x_lag1"] for row in rows], features.n_late
    ([None, None, 3.0, None], [None, 1.0, 2.0, None], 1)
    """

    def __init__(
        self,
        windows: Sequence[WindowSpec],
        wanted: WantedColumns,
        *,
        time: str,
        entity: str | None = None,
        lateness: int = 0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._time, self._entity, self._lateness = time, entity, lateness
        self._clock = clock
        self._columns = wanted.columns
        places = {column: place for place, column in enumerate(wanted.columns)}
        used = {label for label, _, _ in wanted.statistics.values()}
        self._windows: dict[str, PaneWindows | SessionWindows] = {
            window.label: (SessionWindows if window.sessions else PaneWindows)(window, len(wanted.columns))
            for window in windows
            if window.label in used
        }
        self._statistics = [
            (name, label, places.get(column, 0), statistic)
            for name, (label, column, statistic) in wanted.statistics.items()
        ]
        self._lags = [(name, places[column], back - 1) for name, (column, back) in wanted.lags.items()]
        self._lagged = LaggedValues(max((back + 1 for _, _, back in self._lags), default=0)) if self._lags else None
        self._latest: int | None = None
        self.n_late = 0

    @property
    def names(self) -> list[str]:
        """Columns that rows get."""
        return [*(name for name, _, _, _ in self._statistics), *(name for name, _, _ in self._lags)]

    @property
    def watermark(self) -> int | None:
        """Time before which rows are late, in microseconds since 1970; None before the first row."""
        return None if self._latest is None else self._latest - self._lateness

    @property
    def n_held(self) -> int:
        """Aggregates and entities that are in memory."""
        return sum(each.n_held for each in self._states())

    @property
    def n_lost(self) -> int:
        """How many had to give way, since the beginning."""
        return sum(each.n_lost for each in self._states())

    def _states(self) -> list[PaneWindows | SessionWindows | LaggedValues]:
        return [*self._windows.values(), *([] if self._lagged is None else [self._lagged])]

    def extend(self, rows: Sequence[Row]) -> Extended:
        """Take rows in, and tell each what was before it.

        Parameters
        ----------
        rows : sequence of mapping
            In the order they came.

        Returns
        -------
        extended : Extended
        """
        times = event_times([row.get(self._time) for row in rows])
        refused: dict[int, RowRefusal] = {}
        taken: list[tuple[Row, int, str | None]] = []
        usual = self._usual_until(times)
        for place, (row, at) in enumerate(zip(rows, times, strict=True)):
            if at is None:
                refused[place] = RowRefusal("no event time", f"Its {self._time!r} is no time: {row.get(self._time)!r}.")
                continue
            if at > usual and (self._latest is None or at > self._latest + _AHEAD_MICROSECONDS):
                refused[place] = RowRefusal("event time far ahead", self._far_ahead(row, at))
                continue
            entity = self._entity_of(row)
            taken.append((row, at, entity if self._fold(row, at, entity) else None))
        # Only now, which changes nothing: what came later is not before the times that are asked for.
        nothing = dict.fromkeys(self.names)
        extended = [
            {**row, **(nothing if entity is None else self._tell(at - self._lateness, entity))}
            for row, at, entity in taken
        ]
        if self.watermark is not None:
            for state in self._states():
                state.forget(self.watermark - self._lateness)
        return Extended(extended, refused)

    def _usual_until(self, times: Sequence[int | None]) -> float:
        """Time up to which rows are taken whatever the latest one is."""
        if self._clock is None:
            return math.inf
        now = round(1e6 * self._clock())
        if self._latest is None and (known := [at for at in times if at is not None]):
            # The first rows may all be ahead, as those of a made-up table are; one of them alone is wrong.
            now = max(now, statistics.median_low(known))
        return now + _AHEAD_MICROSECONDS

    def _far_ahead(self, row: Row, at: int) -> str:
        value = row.get(self._time)
        hint = "; numbers are seconds since 1970" if isinstance(value, int | float) else ""
        return (
            f"Its {self._time!r} is {value!r}, which is {written_time(at)}, more than a day ahead of the clock{hint}."
        )

    def _entity_of(self, row: Row) -> str | None:
        """Whose row it is; None if it does not say so."""
        if self._entity is None:
            return ""
        value = row.get(self._entity)
        return None if value is None or value != value else label_of(value)  # noqa: PLR0124  NaN

    def _fold(self, row: Row, at: int, entity: str | None) -> bool:
        """Take a row in; False if it is late, or nobody's."""
        watermark = self.watermark
        if watermark is not None and at < watermark:
            self.n_late += 1
            return False
        if entity is None:
            return False
        self._latest = at if self._latest is None else max(self._latest, at)
        values = [_number(row.get(name)) for name in self._columns]
        for state in self._states():
            state.fold(entity, at, values)
        return True

    def _tell(self, before: int, entity: str) -> dict[str, float | None]:
        found = {label: window.ask(entity, before) for label, window in self._windows.items()}
        told: dict[str, float | None] = {}
        for name, label, column, statistic in self._statistics:
            rows = found[label]
            told[name] = (0 if statistic == "rows" else None) if rows is None else rows.says(column, statistic)
        if self._lagged is not None:
            earlier = self._lagged.ask(entity, before)
            told |= {name: earlier[back][column] if back < len(earlier) else None for name, column, back in self._lags}
        return told


def event_times(values: Sequence[Any]) -> list[int | None]:
    """Times in microseconds since 1970; None where there is none.

    Parameters
    ----------
    values : sequence
        Numbers are seconds; texts are read as ISO 8601, in UTC where they name no zone; dates are dates.

    Examples
    --------
    >>> event_times([1.5, "1970-01-01T00:00:02Z", None, "soon", True])
    [1500000, 2000000, None, None, None]
    """
    times = [_microseconds(each) for each in values]
    unread = [
        place
        for place, value in enumerate(values)
        if times[place] is None and value is not None and not isinstance(value, bool | int | float)
    ]
    if unread:
        import pandas as pd

        # In one call: pandas takes longer to begin than to read.
        series = pd.Series([values[place] for place in unread], dtype=object)
        read = pd.to_datetime(series, utc=True, format="ISO8601", errors="coerce")
        moments = read.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        for place, known, moment in zip(unread, read.notna(), moments.astype("int64").tolist(), strict=True):
            times[place] = moment if known else None
    return times


def _microseconds(value: Any) -> int | None:
    seconds = _number(value)
    return None if seconds is None or abs(seconds) > _FARTHEST_SECONDS else round(1e6 * seconds)


def written_time(microseconds: int) -> str:
    """A time in UTC as a person reads it.

    Examples
    --------
    >>> written_time(1_732_199_505_500_000), written_time(10**18)
    ('2024-11-21 14:31:45', '1000000000000 s')
    """
    try:
        return f"{datetime.fromtimestamp(microseconds // 1_000_000, tz=UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):  # numbers that count something else than seconds since 1970
        return f"{microseconds // 1_000_000} s"


def _number(value: Any) -> float | None:
    """A value as a finite number; None for all others, truths and texts among them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
