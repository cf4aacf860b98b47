"""Rows of a table that are copies of each other, found by hashes of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import holds_objects, label_of, object_kind, plain
from lepton_jupyter.data.row_hashes import with_column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def duplicate_groups(table: pd.DataFrame) -> NDArray[np.int64] | None:
    """Group of each row, such that rows which are equal in every column share one; None if no two are.

    Columns of numbers are looked at first, and from then on only the rows that are not told apart yet: on most tables
    a column or two are enough. Missing values are equal. Two rows that differ share a hash of 64 bits with a chance of
    one in 10 million on a million rows, and then share a fold, which harms nobody.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    groups : ndarray of int64, shape (n_rows,), or None

    Examples
    --------
    >>> import pandas as pd
    >>> duplicate_groups(pd.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "x"]})).tolist()
    [0, 0, 1]
    >>> duplicate_groups(pd.DataFrame({"a": [1, 1, 2], "b": ["x", "y", "x"]})) is None
    True
    """
    rows = np.arange(len(table))
    hashes = np.zeros(len(table), dtype=np.uint64)
    # Numbers tell most rows apart and are hashed soonest.
    names = sorted(table.columns, key=lambda name: table[name].dtype.kind not in "fiuM")
    for n_seen, name in enumerate(names, start=1):
        column = table[name]
        hashes = with_column(hashes, _hashed(column if len(rows) == len(table) else column.iloc[rows]))
        # To look for equal hashes costs more than to hash a column: after 1, 2, 4, 8 … columns, and after the last.
        if n_seen & (n_seen - 1) and n_seen < len(names):
            continue
        alike = _occurring_again(hashes)
        rows, hashes = rows[alike], hashes[alike]
        if not len(rows):
            return None
    groups = np.full(len(table), -1, dtype=np.int64)
    groups[rows] = np.unique(hashes, return_inverse=True)[1]
    single = groups < 0
    n_shared = int(groups.max()) + 1
    groups[single] = n_shared + np.arange(int(single.sum()))
    return groups


def _occurring_again(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return np.zeros(len(hashes), dtype=bool)
    twice = twice[np.concatenate([[True], twice[1:] != twice[:-1]])]
    place = np.searchsorted(twice, hashes)
    return np.asarray(twice[np.minimum(place, len(twice) - 1)] == hashes)


def _hashed(column: pd.Series[Any]) -> NDArray[np.uint64]:
    from pandas.util import hash_array, hash_pandas_object

    column = plain(column)
    if column.dtype.kind == "f":
        values = column.to_numpy().astype(np.float64)
        # Minus zero is zero, and all that is not a number is missing.
        return hash_array(np.where(np.isnan(values), np.nan, values + 0.0))
    if holds_objects(column) and object_kind(column) != "string":
        texts = np.array([label_of(value) for value in column], dtype=object)
        return hash_array(texts)
    return np.asarray(hash_pandas_object(column, index=False), dtype=np.uint64)
