"""Columns of windows over event time: of a table that a model is to learn from, and of a stream that it predicts."""

from __future__ import annotations

from time import time as now
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.settings import as_names
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.events.quantities import parse_duration
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError, StreamWindowError
from lepton_jupyter.streaming.window_features import WindowFeatures, event_times
from lepton_jupyter.streaming.window_spec import WindowSpec, every_column, wanted_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from lepton_jupyter.notebook.stream_wishes import StreamWishes

_CHUNK_ROWS = 10_000


def window_features(
    table: Any,
    *,
    time: str,
    window: str | Sequence[str] = (),
    columns: str | Sequence[str],
    entity: str | None = None,
    lags: int = 0,
    lateness: str = "0s",
) -> pd.DataFrame:
    """Add columns of windows and lags to a table, as a stream with the same options adds them to its rows.

    A model that learns from them can be asked on a stream by ``--window``, ``--entity``, ``--time`` and ``--lateness``:
    both are made by the same code, and a row is told only what was known before its time less the lateness.

    Parameters
    ----------
    table : DataFrame
        In any order.
    time : str
        Column with the time of each row: dates, or seconds as numbers.
    window : str or sequence of str
        ``"10m"``: the last whole ten minutes; ``"1h/10m"``: the last whole hour, moved each ten minutes;
        ``"session:30m"``: the last session, which half an hour without a row has ended.
    columns : str or sequence of str
        Columns of numbers: each gets ``COLUMN_mean_10m``, also ``sum``, ``std``, ``min``, ``max`` and ``last``. Rows
        are counted in ``rows_10m``.
    entity : str, optional
        Column that says whose row it is, such as that of customers. Default: all rows are of one.
    lags : int, default=0
        So many earlier values of each column, ``COLUMN_lag1`` the newest.
    lateness : str, default="0s"
        How far a row of the stream may be behind the latest one.

    Returns
    -------
    table : pandas.DataFrame
        A new one, in the order of the rows given; NaN where there is nothing.

    Raises
    ------
    StreamWindowError
        If a window is none, or rows have no time.
    StreamPlaceError
        If a column is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"at": [0, 30, 70, 90], "who": ["a", "a", "a", "b"], "amount": [1.0, 3.0, 5.0, 7.0]})
    >>> wide = window_features(orders, time="at", window="1m", columns="amount", entity="who", lags=1)
    >>> wide["amount_mean_1m"].tolist(), wide["amount_lag1"].tolist()
    ([nan, nan, 2.0, nan], [nan, 1.0, 3.0, nan])
    """
    frame = to_pandas(table)
    columns = as_names("columns", columns) or ()
    for option, name in (("time", time), ("entity", entity), *(("columns", each) for each in columns)):
        if name is not None and name not in frame.columns:
            raise StreamPlaceError.from_column(name, option, [str(each) for each in frame.columns])
    windows = [WindowSpec.parse(each) for each in as_names("window", window) or ()]
    made = every_column(columns, windows, lags)
    features = WindowFeatures(
        windows, wanted_columns(made, windows), time=time, entity=entity, lateness=_microseconds(lateness)
    )
    times = event_times(frame[time].tolist())
    if None in times:
        raise StreamWindowError.from_times(time, times.count(None))
    order = np.argsort(np.array(times, dtype=np.int64), kind="stable")
    needed = list(dict.fromkeys([time, *columns, *([] if entity is None else [entity])]))
    told: list[list[Any]] = []
    for start in range(0, len(order), _CHUNK_ROWS):
        some = frame[needed].iloc[order[start : start + _CHUNK_ROWS]]
        values = zip(*(some[name].tolist() for name in needed), strict=True)
        rows = features.extend([dict(zip(needed, each, strict=True)) for each in values]).rows
        told += [[row[name] for name in features.names] for row in rows]
    added = np.full((len(frame), len(features.names)), np.nan)
    if told:
        added[order] = np.array(told, dtype=np.float64)
    result = frame.copy()
    result[features.names] = added
    return result


def stream_windows(wishes: StreamWishes, model_columns: Iterable[str], model: str) -> WindowFeatures | None:
    """Windows of a stream: the columns that its model reads, or that are kept.

    Parameters
    ----------
    wishes : StreamWishes
    model_columns : iterable of str
    model : str
        What a person calls the model.

    Returns
    -------
    windows : WindowFeatures or None
        None where no windows are wished.

    Raises
    ------
    StreamWindowError
        If the model reads none of their columns, and none is kept.
    """
    if not wishes.windowed or wishes.time is None:
        return None
    windows = [WindowSpec.parse(each) for each in wishes.window]
    wanted = wanted_columns([*model_columns, *wishes.keep], windows)
    if not wanted.statistics and not wanted.lags:
        example = f"rows_{windows[0].label}" if windows else "COLUMN_lag1"
        raise StreamWindowError.from_unwanted(model, example)
    return WindowFeatures(
        windows,
        wanted,
        time=wishes.time,
        entity=wishes.entity,
        lateness=_microseconds(wishes.lateness or "0s"),
        clock=now,
    )


def check_windows(wishes: StreamWishes) -> None:
    """Refuse windows that cannot be made, before anything begins.

    Raises
    ------
    StreamWindowError, StreamPlaceError, InvalidQuantityError
    """
    for each in wishes.window:
        WindowSpec.parse(each)
    if wishes.windowed and wishes.time is None:
        option = "--window" if wishes.window else "--entity"
        raise StreamPlaceError.from_option(option, "--time COLUMN, the time of each row")
    if wishes.lateness is not None:
        _microseconds(wishes.lateness)
        if not wishes.windowed:
            raise StreamPlaceError.from_option("--lateness", "--window or --entity")


def _microseconds(duration: str) -> int:
    return round(1e6 * parse_duration(duration))
