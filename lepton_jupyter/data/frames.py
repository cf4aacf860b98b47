"""Any table a person has, as a pandas DataFrame with unique text names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.opened_table import OpenedTable
from lepton_jupyter.exceptions.data_errors import (
    ComplexDataError,
    DuplicateColumnsError,
    TableShapeError,
    UnknownTableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd


def to_pandas(table: Any) -> pd.DataFrame:
    """The table as a pandas DataFrame whose columns are named by unique texts.

    A pandas frame that is in order is returned as it is, without a copy; nothing that is given is ever changed.
    Columns of arrays and lists have no names and get scikit-learn's: ``x0``, ``x1``, … Names that are not text are
    written as text; the levels of a MultiIndex are joined by an underscore.

    Parameters
    ----------
    table : DataFrame, LazyFrame, Table, array-like of shape (n_rows, n_columns) or dict of columns
        pandas, polars (eager or lazy), pyarrow and whatever else narwhals reads; NumPy arrays; lists of rows.

    Returns
    -------
    frame : pandas.DataFrame

    Raises
    ------
    UnknownTableError
        If it is no table, or a sparse matrix.
    TableShapeError
        If it is not two-dimensional.
    DuplicateColumnsError
        If two columns have the same name.
    ComplexDataError
        If it is an array of complex numbers.

    Examples
    --------
    >>> to_pandas([[1, 2.5], [3, 4.5]]).columns.tolist()
    ['x0', 'x1']
    """
    import pandas as pd

    if isinstance(table, OpenedTable):
        table = table.frame
    if isinstance(table, pd.DataFrame):
        return _with_text_names(table)
    if isinstance(table, pd.Series):
        raise TableShapeError.from_dimensions(1)
    if hasattr(table, "tocsr") or hasattr(table, "tocoo"):
        raise UnknownTableError.from_sparse(table)
    if isinstance(table, np.ndarray):
        return _from_array(table)
    if isinstance(table, str | bytes) or table is None:
        raise UnknownTableError.from_value(table)
    if isinstance(table, dict):
        return _from_columns(table)
    if isinstance(table, list | tuple):
        return _from_rows(table)
    return _from_other(table)


def has_column_names(table: Any) -> bool:
    """Whether the columns of `table` are known by name rather than by place.

    Examples
    --------
    >>> import pandas as pd
    >>> has_column_names(pd.DataFrame({"a": [1]})), has_column_names([[1]])
    (True, False)
    """
    if isinstance(table, OpenedTable):
        return table.named
    if isinstance(table, dict):
        return True
    if isinstance(table, list):
        return bool(table) and isinstance(table[0], dict)
    if isinstance(table, np.ndarray):
        return table.dtype.names is not None
    # In this order: polars warns when the columns of a lazy frame are asked for.
    return hasattr(table, "collect_schema") or hasattr(table, "columns") or hasattr(table, "column_names")


def duplicates(names: Iterable[Any]) -> list[str]:
    """Names that occur more than once, in order of their second appearance.

    Examples
    --------
    >>> duplicates(["a", "b", "a", "a"])
    ['a']
    """
    seen: set[Any] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[str(name)] = None
        seen.add(name)
    return list(twice)


def _with_text_names(frame: pd.DataFrame) -> pd.DataFrame:
    names = list(frame.columns)
    texts = [name_as_text(name) for name in names]
    repeated = duplicates(texts)
    if repeated:
        raise DuplicateColumnsError.from_names(repeated)
    if all(type(name) is str for name in names) and frame.columns.nlevels == 1:
        return frame
    renamed = frame.copy(deep=False)
    renamed.columns = _index_of(texts)
    return renamed


def _index_of(names: Sequence[str]) -> pd.Index[Any]:
    import pandas as pd

    return pd.Index(names, dtype=object)


def name_as_text(name: Any) -> str:
    """Name of a column as text; the levels of a MultiIndex are joined by an underscore.

    Examples
    --------
    >>> name_as_text(7), name_as_text(("price", "net"))
    ('7', 'price_net')
    """
    if isinstance(name, tuple):
        return "_".join(str(level) for level in name if str(level))
    return str(name)


def _from_array(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    import pandas as pd

    if array.dtype.names is not None:
        return _with_text_names(pd.DataFrame(np.atleast_1d(array)))
    if array.ndim != 2:
        raise TableShapeError.from_dimensions(array.ndim)
    if np.iscomplexobj(array):
        raise ComplexDataError.from_column("x0")
    if array.dtype == np.float16:  # pandas has no index of it, and float32 holds every value
        array = array.astype(np.float32)
    return pd.DataFrame(array, columns=_places(array.shape[1]))


def _places(n_columns: int) -> pd.Index[Any]:
    return _index_of([f"x{place}" for place in range(n_columns)])


def _from_columns(columns: dict[Any, Any]) -> pd.DataFrame:
    import pandas as pd

    try:
        return _with_text_names(pd.DataFrame(columns))
    except ValueError as error:
        raise UnknownTableError.from_value(columns) from error


def _from_rows(rows: Sequence[Any]) -> pd.DataFrame:
    import pandas as pd

    if not rows:
        return pd.DataFrame()
    if isinstance(rows[0], dict):
        return _with_text_names(pd.DataFrame.from_records(list(rows)))
    if any(not hasattr(row, "__len__") or isinstance(row, str | bytes) for row in rows):
        raise TableShapeError.from_dimensions(1)
    if len({len(row) for row in rows}) > 1:
        raise UnknownTableError.from_records()
    # By column, not through np.asarray: one text would turn all numbers into text.
    return pd.DataFrame([list(row) for row in rows], columns=_places(len(rows[0])))


def _from_other(table: Any) -> pd.DataFrame:
    import narwhals as nw

    names = getattr(table, "column_names", None)  # pyarrow allows twins, narwhals does not
    if isinstance(names, list) and duplicates(names):
        raise DuplicateColumnsError.from_names(duplicates(names))
    try:
        frame = nw.from_native(table)
    except TypeError:
        return _from_array_like(table)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    return _with_text_names(frame.to_pandas())


def _from_array_like(table: Any) -> pd.DataFrame:
    if not hasattr(table, "__array__"):
        if hasattr(table, "__len__") and hasattr(table, "__getitem__"):
            return _from_rows(list(table))
        raise UnknownTableError.from_value(table)
    return _from_array(np.asarray(table))
