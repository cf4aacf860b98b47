"""A table replayed as a stream: row after row, as fast as may be or as it happened."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT, read_moments
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.events.run_events import Scalar

_PARTITION = "rows"


class TableReplay:
    """The rows of a data frame, in its order or in that of a column of times.

    Parameters
    ----------
    frame : pandas.DataFrame
    label : str, default="table"
    time : str, optional
        Column of dates, or of seconds: rows come in its order, and with `speed` at its pace.
    speed : float, optional
        How many times as fast as it happened.
    clock : callable, default=time.monotonic

    Examples
    --------
    >>> import asyncio, pandas as pd
    >>> source = TableReplay(pd.DataFrame({"age": [31, 45]}))
    >>> asyncio.run(source.read(10)).payloads
    [{'age': 31}, {'age': 45}]
    """

    replays = True
    keeps_offsets = False

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        label: str = "table",
        time: str | None = None,
        speed: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self._clock = clock
        self._due: NDArray[np.float64] | None = None
        if time is not None:
            seconds = _event_seconds(frame, time)
            order = np.argsort(seconds, kind="stable")
            frame = frame.iloc[order]
            self._due = (seconds[order] - seconds[order[0]]) / speed if speed is not None and len(order) else None
        self._frame = frame
        self._place = 0
        self._began = clock()

    def check_columns(self, named: Iterable[tuple[str, str | None]]) -> None:
        """Refuse options that name a column which the table does not have.

        Parameters
        ----------
        named : iterable of tuple of str and str or None
            Options, and the column that each names.

        Raises
        ------
        StreamPlaceError
        """
        known = [str(each) for each in self._frame.columns]
        for option, name in named:
            if name and name not in known:
                raise StreamPlaceError.from_column(name, option, known)

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Begin after the rows that were stored."""
        self._place = min(int(offsets.get(_PARTITION) or 0), len(self._frame))
        self._began = self._clock()
        if self._due is not None and self._place < len(self._frame):
            self._began -= float(self._due[self._place])

    async def read(self, most_rows: int) -> Batch | None:
        """The next rows; those that are due, where they have their times."""
        start = self._place
        if start >= len(self._frame):
            return None
        stop = min(start + most_rows, len(self._frame))
        if self._due is not None:
            now = self._clock() - self._began
            if self._due[start] > now:
                await asyncio.sleep(min(PATIENCE_SECONDS, float(self._due[start]) - now))
                now = self._clock() - self._began
            stop = min(stop, start + int(np.searchsorted(self._due[start:stop], now, side="right")))
        self._place = stop
        positions = [str(place) for place in range(start, stop)]
        return Batch(_rows(self._frame.iloc[start:stop]), positions, {_PARTITION: stop} if stop > start else {})

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Nothing: the stream's checkpoint remembers the place."""

    async def lag(self) -> int | None:
        """Rows that are due and were not read yet."""
        if self._due is None:
            return len(self._frame) - self._place
        due = int(np.searchsorted(self._due, self._clock() - self._began, side="right"))
        return max(0, due - self._place)

    async def close(self) -> None:
        """Nothing to let go of."""


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    # Column by column: to_dict("records") takes several times as long.
    names = [str(name) for name in frame.columns]
    columns = [frame.iloc[:, place].tolist() for place in range(len(names))]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _event_seconds(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    import pandas as pd

    if name not in frame.columns:
        raise StreamPlaceError.from_column(name, "--time", [str(each) for each in frame.columns])
    column = frame[name]
    if pd.api.types.is_numeric_dtype(column):
        seconds = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        moments = read_moments(column).values
        seconds = np.where(moments == NO_MOMENT, np.nan, moments / 1e6)
    if not np.isfinite(seconds).all():
        raise StreamPlaceError.from_event_time(name)
    return seconds
