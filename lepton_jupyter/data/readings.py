"""The values of one column, read as numbers, labels, moments or truths, whatever they are stored as.

Every reading looks at one value at a time: a part of a column reads to the same values as the whole. A value that is
there but cannot be read is marked, so that the caller decides whether it is missing or an error.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: What people write where a number or a date is missing; compared in lower case, blanks stripped.
MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "<na>", "nat", "none", "null", "nil", "?", "-", "--"})
#: What a moment that is missing reads as.
NO_MOMENT = np.iinfo(np.int64).min

_TRUTHS = {
    "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "t": 1.0, "f": 0.0, "y": 1.0, "n": 0.0,
}  # fmt: skip
_FEW_ROWS = 100  # so many are labelled one by one: setting up a vectorised way takes longer
# Objects of one of these kinds differ exactly when their labels do; among others 1, 1.0 and True would be one.
_UNIFORM = frozenset({"string", "integer", "decimal", "date", "datetime", "boolean", "categorical", "empty", "bytes"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Values of a column and where they could not be read.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        float64 with NaN where missing, or int64 with `NO_MOMENT`.
    unreadable : ndarray of bool of shape (n_rows,) or None
        Where something is written that is not such a value; None when all could be read.
    """

    values: NDArray[Any]
    unreadable: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts of a column, each different one written once.

    Parameters
    ----------
    indices : ndarray of shape (n_rows,)
        int64 places in `texts`; -1 where missing.
    texts : tuple of str
        The different texts; two of them may be equal when different values are written alike.
    """

    indices: NDArray[np.int64]
    texts: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """How often each text occurs; those that never do are left out."""
        known = self.indices[self.indices >= 0]
        found: dict[str, int] = {}
        for text, count in zip(self.texts, np.bincount(known, minlength=len(self.texts)).tolist(), strict=True):
            if count:
                found[text] = found.get(text, 0) + count
        return found

    def map(self, codes: dict[str, Any], default: float) -> NDArray[np.float64]:
        """Number of each row's text in `codes`, `default` where it has none."""
        table = np.full(len(self.texts) + 1, default)  # the last place is what index -1 finds
        for place, text in enumerate(self.texts):
            table[place] = codes.get(text, default)
        return table[self.indices]


def plain(series: pd.Series[Any]) -> pd.Series[Any]:
    """The column without Arrow's, sparse or nullable storage of numbers that its values do not need.

    Examples
    --------
    >>> import pandas as pd
    >>> str(plain(pd.Series([1, 2], dtype="int64[pyarrow]")).dtype)
    'int64'
    """
    import pandas as pd

    if isinstance(series.dtype, pd.ArrowDtype):
        import pyarrow as pa

        return pd.Series(pa.array(series.array).to_pandas())
    if isinstance(series.dtype, pd.SparseDtype):
        return pd.Series(np.asarray(series.array.to_dense()))
    return series


def object_kind(series: pd.Series[Any]) -> str:
    """What the objects of a column are, in pandas' words, such as ``"string"``, ``"mixed"`` or ``"decimal"``."""
    import pandas as pd

    return str(pd.api.types.infer_dtype(series, skipna=True))


def holds_objects(series: pd.Series[Any]) -> bool:
    """Whether the column is stored as Python objects of any kind."""
    return series.dtype == np.object_


def label_of(value: Any) -> str:
    """A value as the name of a category: whole numbers look alike, however they are stored.

    Examples
    --------
    >>> label_of(3.0), label_of(3), label_of("3"), label_of(True), label_of(b"ab")
    ('3', '3', '3', 'True', 'ab')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def read_numbers(series: pd.Series[Any]) -> Reading:
    """Read a column as numbers: texts are parsed, durations become seconds, truths 0 and 1.

    Parameters
    ----------
    series : pandas.Series

    Returns
    -------
    reading : Reading
        float64, NaN where missing or unreadable.

    Examples
    --------
    >>> import pandas as pd
    >>> read_numbers(pd.Series(["1.5", " 2", "n/a", "many"]))
    Reading(values=array([1.5, 2. , nan, nan]), unreadable=array([False, False, False,  True]))
    """
    import pandas as pd

    series = plain(series)
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _take(read_numbers(pd.Series(series.cat.categories)), series.cat.codes.to_numpy())
    if dtype.kind in "iufb":
        extended = not isinstance(dtype, np.dtype)
        values = series.to_numpy(dtype=np.float64, na_value=np.nan) if extended else series.to_numpy()
        return Reading(values.astype(np.float64, copy=False))
    if dtype.kind == "m" or (holds_objects(series) and object_kind(series) == "timedelta"):
        try:
            return Reading(_seconds(pd.to_timedelta(series)))
        except pd.errors.OutOfBoundsTimedelta:  # more than 292 years, which only Python's own can hold
            gone = series.isna().to_numpy()
            pairs = zip(gone, series, strict=True)
            return Reading(np.array([np.nan if none else value.total_seconds() for none, value in pairs]))
    if holds_objects(series) or isinstance(dtype, pd.StringDtype):
        return _parse_numbers(series)
    return _nothing_readable(series, np.nan)


def _parse_numbers(series: pd.Series[Any]) -> Reading:
    import pandas as pd

    parsed = pd.to_numeric(series.astype(object), errors="coerce")
    if parsed.dtype.kind == "c":  # a complex number among others: it alone cannot be read
        real = series.map(lambda value: None if isinstance(value, complex | np.complexfloating) else value)
        parsed = pd.to_numeric(real.astype(object), errors="coerce")
    values = parsed.to_numpy(dtype=np.float64, na_value=np.nan)
    return Reading(values, _written(series, np.isnan(values)))


def read_labels(series: pd.Series[Any]) -> Labels:
    """Read a column as texts, each different one once.

    Parameters
    ----------
    series : pandas.Series

    Returns
    -------
    labels : Labels

    Examples
    --------
    >>> import pandas as pd
    >>> read_labels(pd.Series(["red", None, "blue", "red"])).counts()
    {'red': 2, 'blue': 1}
    """
    import pandas as pd

    series = plain(series)
    if len(series) <= _FEW_ROWS or (holds_objects(series) and object_kind(series) not in _UNIFORM):
        return _label_each(series)
    if isinstance(series.dtype, pd.CategoricalDtype):
        texts = tuple(label_of(value) for value in series.cat.categories)
        return Labels(series.cat.codes.to_numpy().astype(np.int64), texts)
    codes, uniques = pd.factorize(series)
    return Labels(codes.astype(np.int64, copy=False), tuple(label_of(value) for value in uniques))


def _label_each(series: pd.Series[Any]) -> Labels:
    places: dict[str, int] = {}
    values = series.tolist()
    if all(type(value) is str for value in values):  # most single rows: asking what is missing takes longer than they
        indices = [places.setdefault(value, len(places)) for value in values]
        return Labels(np.array(indices, dtype=np.int64), tuple(places))
    indices = [
        -1 if gone else places.setdefault(label_of(value), len(places))
        for gone, value in zip(series.isna().to_numpy(), series.array, strict=True)
    ]
    return Labels(np.array(indices, dtype=np.int64), tuple(places))


def read_truths(series: pd.Series[Any]) -> Reading:
    """Read a column as true (1), false (0) or missing (NaN).

    Parameters
    ----------
    series : pandas.Series

    Returns
    -------
    reading : Reading
        float64.

    Examples
    --------
    >>> import pandas as pd
    >>> read_truths(pd.Series([True, None, "no", 1.0])).values
    array([ 1., nan,  0.,  1.])
    """
    if series.dtype == np.bool_:
        return Reading(series.to_numpy().astype(np.float64))
    labels = read_labels(series)
    known = {text: _TRUTHS.get(text.strip().lower(), np.nan) for text in labels.texts}
    values = labels.map(known, np.nan)
    texts = {text: float(text.strip().lower() not in MISSING_WORDS) for text in labels.texts}
    unreadable = np.isnan(values) & (labels.map(texts, 0.0) > 0)
    return Reading(values, unreadable if unreadable.any() else None)


def read_moments(series: pd.Series[Any], *, text_format: str | None = None, timezone: str | None = None) -> Reading:
    """Read a column as moments in microseconds since 1970, on the clock of its own time zone.

    Hours and weekdays mean most on the wall clock of the place, so zones are dropped after conversion to `timezone`.

    Parameters
    ----------
    series : pandas.Series
        Dates, times, periods, or texts written in `text_format`.
    text_format : str, optional
        As for ``strptime``, or ``"ISO8601"``, the default for texts.
    timezone : str, optional
        Zone of the training table. Moments that have no zone are taken as they are.

    Returns
    -------
    reading : Reading
        int64 microseconds, `NO_MOMENT` where missing or unreadable.

    Examples
    --------
    >>> import pandas as pd
    >>> read_moments(pd.Series(["1970-01-02", None])).values.tolist() == [86_400_000_000, NO_MOMENT]
    True
    """
    import pandas as pd

    series = plain(series)
    if isinstance(series.dtype, pd.CategoricalDtype):
        categories = read_moments(pd.Series(series.cat.categories), text_format=text_format, timezone=timezone)
        return _take(categories, series.cat.codes.to_numpy())
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    if series.dtype.kind == "M":
        return Reading(_microseconds(series, timezone))
    if not (holds_objects(series) or isinstance(series.dtype, pd.StringDtype)):
        return _nothing_readable(series, NO_MOMENT)
    moments = _parse(series, text_format or "ISO8601")
    values = _microseconds(moments, timezone if text_format is None else None)
    return Reading(values, _written(series, values == NO_MOMENT))


def _parse(series: pd.Series[Any], text_format: str) -> pd.Series[Any]:
    import pandas as pd

    kind = object_kind(series)
    if kind in {"date", "datetime", "datetime64"}:
        return pd.to_datetime(series, errors="coerce", utc=True)
    if kind == "period":
        return pd.Series(pd.PeriodIndex(series).to_timestamp())
    if kind != "string":
        labels = read_labels(series)
        series = pd.Series(np.array([*labels.texts, None], dtype=object)[labels.indices], dtype=object)
    return pd.to_datetime(series.str.strip(), format=text_format, errors="coerce", utc=True)


def _microseconds(moments: pd.Series[Any], timezone: str | None) -> NDArray[np.int64]:
    if moments.dt.tz is not None:
        if timezone is not None:
            moments = moments.dt.tz_convert(timezone)
        moments = moments.dt.tz_localize(None)
    return moments.to_numpy().astype("datetime64[us]").view(np.int64)


def _seconds(durations: pd.Series[Any]) -> NDArray[np.float64]:
    raw = durations.to_numpy().astype("timedelta64[us]")
    return np.where(np.isnat(raw), np.nan, raw.view(np.int64) / 1e6)


def _take(reading: Reading, codes: NDArray[Any]) -> Reading:
    gone = NO_MOMENT if reading.values.dtype == np.int64 else np.nan
    values = np.append(reading.values, gone)[codes]
    unreadable = None if reading.unreadable is None else np.append(reading.unreadable, False)[codes]
    return Reading(values, unreadable if unreadable is not None and unreadable.any() else None)


def _nothing_readable(series: pd.Series[Any], gone: float) -> Reading:
    return Reading(np.full(len(series), gone), series.notna().to_numpy())


def _written(series: pd.Series[Any], unread: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Where a value that was not read is more than a word for missing."""
    places = np.flatnonzero(unread)
    if not len(places):
        return None
    labels = read_labels(series.iloc[places])
    words = {text: float(text.strip().lower() not in MISSING_WORDS) for text in labels.texts}
    written = labels.map(words, 0.0) > 0
    if not written.any():
        return None
    unreadable = np.zeros(len(series), dtype=bool)
    unreadable[places] = written
    return unreadable
