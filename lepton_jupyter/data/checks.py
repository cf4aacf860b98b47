"""Checks of a table before a run, and of a table that is to be predicted."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.frames import duplicates, has_column_names, to_pandas
from lepton_jupyter.exceptions.data_errors import (
    DuplicateColumnsError,
    TableShapeError,
    TooFewRowsError,
    UnknownColumnError,
)
from lepton_jupyter.exceptions.prediction_errors import FeatureCountError, MissingColumnsError, UnusedColumnsWarning

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd


def check_table(frame: pd.DataFrame) -> None:
    """Refuse a table without rows or columns, or with columns of the same name.

    Raises
    ------
    TableShapeError, DuplicateColumnsError

    Examples
    --------
    >>> import pandas as pd
    >>> check_table(pd.DataFrame({"a": [1]}))
    """
    repeated = duplicates(frame.columns)
    if repeated:
        raise DuplicateColumnsError.from_names(repeated)
    if not frame.shape[1]:
        raise TableShapeError.from_no_columns(len(frame))
    if not len(frame):
        raise TableShapeError.from_no_rows(frame.shape[1])


def find_column(frame: pd.DataFrame, name: str, *, role: str = "column") -> str:
    """The name itself, if the table has such a column.

    Raises
    ------
    UnknownColumnError
        With the nearest name that exists.

    Examples
    --------
    >>> import pandas as pd
    >>> find_column(pd.DataFrame({"churn": [1]}), "churn")
    'churn'
    """
    if name not in frame.columns:
        raise UnknownColumnError.from_name(name, [str(each) for each in frame.columns], role=role)
    return name


def check_folds(n_rows: int, n_folds: int) -> None:
    """Refuse to validate on more folds than there are rows, or with a single row.

    Raises
    ------
    TooFewRowsError

    Examples
    --------
    >>> check_folds(10, 5)
    """
    if n_rows < max(2, n_folds):
        raise TooFewRowsError.from_folds(n_rows, n_folds)


def align(
    table: Any,
    names: Sequence[str],
    *,
    needed: Collection[str] | None = None,
    known: Collection[str] = (),
    owner: str = "Recipe",
) -> pd.DataFrame:
    """The table as pandas, with at least the columns a model was trained with.

    Columns are found by name, in whatever order; those of arrays and lists by place.

    Parameters
    ----------
    table : Any
        Whatever `to_pandas` reads.
    names : sequence of str
        Columns of the training table, in its order.
    needed : collection of str, optional
        Those that are learnt from; others may be missing. All of `names` by default.
    known : collection of str
        Columns that may be there beside `names` without a warning, such as the target.
    owner : str, default="Recipe"
        Who expects the columns, for the message.

    Returns
    -------
    frame : pandas.DataFrame

    Raises
    ------
    MissingColumnsError
        If a needed column is not there.
    FeatureCountError
        If an array has more or fewer columns than `names`.

    Warns
    -----
    UnusedColumnsWarning
        If there are other columns.

    Examples
    --------
    >>> align([[1, 2]], ["height", "width"]).columns.tolist()
    ['height', 'width']
    """
    frame = to_pandas(table)
    if not has_column_names(table):
        return _named_by_place(frame, names, owner)
    present = [str(name) for name in frame.columns]
    if present == list(names):
        return frame
    there = set(present)
    missing = [name for name in (names if needed is None else needed) if name not in there]
    if missing:
        raise MissingColumnsError.from_names(missing, [name for name in present if name not in set(names)])
    unused = sorted(there.difference(names, known), key=present.index)
    if unused:
        warnings.warn(UnusedColumnsWarning.from_names(unused), stacklevel=3)
    return frame


def _named_by_place(frame: pd.DataFrame, names: Sequence[str], owner: str) -> pd.DataFrame:
    if frame.shape[1] != len(names):
        raise FeatureCountError.from_counts(frame.shape[1], len(names), owner)
    if list(frame.columns) == list(names):
        return frame
    renamed = frame.copy(deep=False)
    renamed.columns = list(names)
    return renamed
