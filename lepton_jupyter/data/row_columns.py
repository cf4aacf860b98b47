"""Columns that say something of rows rather than of what is predicted: their group, their time, their weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.column_kinds import understand_column
from lepton_jupyter.data.readings import NO_MOMENT, plain, read_labels, read_moments, read_numbers
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, SplitColumnError, TimeColumnError, WeightsError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def as_column(values: Any, n_rows: int, name: str) -> pd.Series[Any]:
    """One value for each row, as a column; a single number stands for all rows.

    Raises
    ------
    SplitColumnError
        If there are more or fewer values than rows, or several columns.

    Examples
    --------
    >>> as_column([1, 2], 2, "groups").tolist()
    [1, 2]
    """
    import pandas as pd

    if isinstance(values, pd.Series):
        column = values.reset_index(drop=True)
    else:
        array = np.asarray(values)
        if array.ndim == 0:
            array = np.full(n_rows, array)
        if array.ndim != 1:
            raise SplitColumnError.from_dimensions(name, array.ndim)
        column = pd.Series(array)
    if len(column) != n_rows:
        raise SplitColumnError.from_length(name, len(column), n_rows)
    return column


def read_groups(column: pd.Series[Any], name: str) -> NDArray[np.int64]:
    """Code of each row's group, in the order in which groups first occur.

    Raises
    ------
    GroupColumnError
        If a row has no group, or all rows have the same.

    Examples
    --------
    >>> import pandas as pd
    >>> read_groups(pd.Series(["ann", "bob", "ann"]), "customer").tolist()
    [0, 1, 0]
    """
    import pandas as pd

    column = plain(column)
    n_missing = int(column.isna().sum())
    if n_missing:
        raise GroupColumnError.from_missing(name, n_missing)
    try:
        codes = pd.factorize(column)[0]
    except TypeError:  # lists and the like: their text tells them apart
        codes = pd.factorize(read_labels(column).indices)[0]
    if not codes.any():
        raise GroupColumnError.from_single(name)
    return np.asarray(codes, dtype=np.int64)


def read_times(column: pd.Series[Any], name: str) -> NDArray[Any]:
    """When each row was, as numbers that rise with time: the column's own, or microseconds of its dates.

    Raises
    ------
    TimeColumnError
        If a time is missing, or is neither a date nor a number.

    Examples
    --------
    >>> import pandas as pd
    >>> read_times(pd.Series(["2024-02-01", "2024-01-01"]), "day").argsort().tolist()
    [1, 0]
    """
    missing = plain(column).isna().to_numpy()
    if missing.any():
        raise TimeColumnError.from_missing(name, int(missing.sum()))
    try:
        schema = understand_column(column, name)
    except LeptonError as error:
        raise TimeColumnError(str(error)) from None
    if schema.kind == "date":
        # In one zone for all, since wall clocks are turned back in autumn.
        moments = read_moments(column, text_format=schema.text_format, timezone="UTC").values
        unread = moments == NO_MOMENT
    else:
        moments = read_numbers(column).values
        if np.isnan(moments).any():  # a single date is a constant, and dates of a rare form are words
            dates = read_moments(column).values
            moments = moments if (dates == NO_MOMENT).any() else dates
        unread = np.isnan(moments)
    if unread.any():
        raise TimeColumnError.from_unreadable(name, column.iloc[int(np.flatnonzero(unread)[0])])
    return moments


def read_weights(column: pd.Series[Any], name: str) -> NDArray[np.float64]:
    """How much each row counts.

    Raises
    ------
    WeightsError
        If a weight is missing, infinite, negative or no number, or if all are 0.

    Examples
    --------
    >>> import pandas as pd
    >>> read_weights(pd.Series([0, 2, 1.5]), "w").tolist()
    [0.0, 2.0, 1.5]
    """
    column = plain(column)
    missing = column.isna().to_numpy()
    weights = np.asarray(read_numbers(column).values, dtype=np.float64)
    unread = np.isnan(weights) & ~missing
    if unread.any():
        raise WeightsError.from_text(name, column.iloc[int(np.flatnonzero(unread)[0])])
    if missing.any():
        raise WeightsError.from_missing(name, int(missing.sum()))
    if np.isinf(weights).any():
        raise WeightsError.from_infinite(name)
    if weights.min() < 0:
        raise WeightsError.from_negative(name, float(weights.min()))
    if not weights.any():
        raise WeightsError.from_zeros(name)
    return weights
