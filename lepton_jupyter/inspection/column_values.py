"""The values of one column as a profile counts them: numbers, moments or codes, read as a run reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.column_kinds import ColumnSchema, understand_column
from lepton_jupyter.data.readings import (
    NO_MOMENT,
    holds_objects,
    label_of,
    object_kind,
    plain,
    read_labels,
    read_moments,
    read_numbers,
    read_truths,
)
from lepton_jupyter.exceptions.data_errors import ComplexDataError, InfiniteValuesError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ColumnValues:
    """A column, read.

    Parameters
    ----------
    schema : ColumnSchema
        What it is understood as; ``"unusable"`` where a fit would refuse it for its type.
    numbers : ndarray of shape (n_rows,) or None
        float64 numbers, NaN where missing; of dates int64 microseconds, `NO_MOMENT` where missing.
    codes : ndarray of int64 of shape (n_rows,) or None
        Categories in order of appearance, -1 where missing. A column has either numbers or codes.
    levels : tuple or ndarray
        Value of each code.
    n_infinite : int
    exact : ndarray of int64 of shape (n_rows,) or None
        Whole numbers that doubles cannot tell apart, such as keys of 19 digits; by these equal values are found.
    """

    schema: ColumnSchema
    numbers: NDArray[Any] | None
    codes: NDArray[np.int64] | None
    levels: Any
    n_infinite: int = 0
    exact: NDArray[np.int64] | None = None

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Where no value is known, as a run would see it."""
        if self.codes is not None:
            return self.codes < 0
        return no_number(self.numbers) if self.numbers is not None else np.zeros(0, dtype=bool)

    def label(self, code: int) -> str:
        """Text of one category."""
        return label_of(self.levels[code])


def no_number(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Where numbers or moments are missing.

    Examples
    --------
    >>> no_number(np.array([1.0, np.nan])), no_number(np.array([0, NO_MOMENT]))
    (array([False,  True]), array([False,  True]))
    """
    return np.asarray(numbers == NO_MOMENT if numbers.dtype.kind == "i" else np.isnan(numbers))


def text_lengths(values: ColumnValues) -> NDArray[np.float64]:
    """Letters of each row's text, NaN where it is missing; what free text is drawn and compared by.

    Examples
    --------
    >>> import pandas as pd
    >>> text_lengths(read_column(pd.Series(["red", None, "blue"]), "colour"))
    array([ 3., nan,  4.])
    """
    codes = values.codes if values.codes is not None else np.zeros(0, dtype=np.int64)
    lengths = np.array([len(str(level)) for level in values.levels] + [np.nan], dtype=np.float64)
    return lengths[codes]


def read_column(series: pd.Series[Any], name: str, kept: NDArray[np.bool_] | None = None) -> ColumnValues:
    """Understand and read one column.

    Parameters
    ----------
    series : pandas.Series
    name : str
    kept : ndarray of bool of shape (n_rows,), optional
        Rows that have a target: a run understands a column by these alone, and a profile must not disagree with it.

    Returns
    -------
    values : ColumnValues
        Of all rows.

    Examples
    --------
    >>> import pandas as pd
    >>> read_column(pd.Series(["red", None, "blue", "red"]), "colour").codes
    array([ 0, -1,  1,  0])
    >>> read_column(pd.Series([1.0, float("inf")]), "ratio").n_infinite
    1
    """
    judged = series if kept is None else series[kept]
    try:
        schema = understand_column(judged, name)
    except InfiniteValuesError:
        numbers = read_numbers(series).values
        share = float(np.isnan(numbers).mean())
        schema = ColumnSchema(name, "number", str(series.dtype), "numbers, some of them infinite", share, 0)
    except ComplexDataError:
        missing = series.isna().to_numpy()
        share = float(missing.mean()) if len(missing) else 0.0
        schema = ColumnSchema(name, "unusable", str(series.dtype), "complex numbers", share, 0)
        return _coded(series, schema)
    return read_as(series, schema)


def read_as(series: pd.Series[Any], schema: ColumnSchema) -> ColumnValues:
    """Read a column as what another one was understood as, such as that of an earlier table.

    Examples
    --------
    >>> import pandas as pd
    >>> schema = read_column(pd.Series(["1", "2.5"]), "size").schema
    >>> read_as(pd.Series([4, None]), schema).numbers
    array([ 4., nan])
    """
    if schema.kind == "number" or (schema.kind == "identifier" and "number" in schema.reason):
        values = read_numbers(series).values
        return ColumnValues(schema, values, None, (), int(np.count_nonzero(np.isinf(values))), _exact(series))
    if schema.kind == "date":
        moments = read_moments(series, text_format=schema.text_format, timezone=schema.timezone)
        return ColumnValues(schema, moments.values, None, ())
    if schema.kind == "boolean":
        truths = read_truths(series).values
        return ColumnValues(schema, None, np.where(np.isnan(truths), -1, truths).astype(np.int64), (False, True))
    return _coded(series, schema)


def _exact(series: pd.Series[Any]) -> NDArray[np.int64] | None:
    series = plain(series)
    if not (isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu" and series.dtype.itemsize == 8):
        return None
    whole = series.to_numpy()
    beyond = len(whole) and max(int(whole.max()), -int(whole.min())) > 2**53
    return whole.view(np.int64) if beyond else None


def _coded(series: pd.Series[Any], schema: ColumnSchema) -> ColumnValues:
    import pandas as pd

    series = plain(series)
    if isinstance(series.dtype, pd.StringDtype) or (holds_objects(series) and object_kind(series) == "string"):
        # Not read_labels: it writes a million different texts anew, and these are texts already.
        codes, levels = pd.factorize(series)
        return ColumnValues(schema, None, codes.astype(np.int64, copy=False), levels)
    labels = read_labels(series)
    places: dict[str, int] = {}
    merged = np.array([places.setdefault(text, len(places)) for text in labels.texts] + [-1], dtype=np.int64)
    return ColumnValues(schema, None, merged[labels.indices], tuple(places))
