"""What is plain numbers, so that scikit-learn can take it as it is."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from lepton_jupyter.data.frames import to_pandas


def plain_numbers(X: Any, *, takes_missing: bool) -> Any:
    """The table as scikit-learn takes it, if it is numbers alone, else None.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_rows, n_columns)
    takes_missing : bool
        Whether NaN counts as a number.

    Returns
    -------
    numbers : ndarray, sparse matrix, pandas.DataFrame or None
        Arrays, sparse matrices and pandas frames are not copied; what else named its columns becomes a pandas frame.

    Examples
    --------
    >>> plain_numbers([[1, 2.5], [3, 4.5]], takes_missing=False)
    array([[1. , 2.5],
           [3. , 4.5]])
    >>> plain_numbers([[1, "a"]], takes_missing=False) is None
    True
    """
    if hasattr(X, "tocsr"):
        return X
    table: Any
    if isinstance(X, np.ndarray):
        table = X if X.ndim == 2 and X.dtype.kind in "iufb" and X.size else None
    else:
        frame = to_pandas(X)
        numeric = frame.size and all(isinstance(each, np.dtype) and each.kind in "iufb" for each in frame.dtypes)
        table = None if not numeric else frame.to_numpy() if isinstance(X, list | tuple) else frame
    if table is None or not _is_finite(table, takes_missing=takes_missing):
        return None
    return table


def is_whole(value: object) -> bool:
    """Whether a value is a whole number; True and False are none.

    Examples
    --------
    >>> is_whole(3), is_whole(np.int64(3)), is_whole(3.0), is_whole(True)
    (True, True, False, False)
    """
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_finite(table: Any, *, takes_missing: bool) -> bool:
    values = table if isinstance(table, np.ndarray) else table.to_numpy()
    if values.dtype.kind != "f":
        return True
    # The sum is finite if all are, and costs less than a look at each; where it is not, each is looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):
            return True
    return bool((~np.isinf(values)).all()) if takes_missing else bool(np.isfinite(values).all())
