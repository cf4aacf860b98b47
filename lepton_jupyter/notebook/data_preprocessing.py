"""The preprocessing of the project's first document: standardise, then keep the first principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.exceptions.preprocessing_errors import ComponentCountError, NotNumbersError
from lepton_jupyter.notebook.plain_numbers import is_whole, plain_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


@overload
def preprocess_data(X_train: Any, X_test: None = None, *, n_components: int = 2) -> NDArray[np.float64]: ...
@overload
def preprocess_data(
    X_train: Any, X_test: Any, *, n_components: int = 2
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def preprocess_data(X_train: Any, X_test: Any = None, *, n_components: int = 2) -> Any:
    """Scale each column to mean 0 and variance 1, then keep the first principal components.

    Means, scales and components are those of the first table; nothing is remembered between calls. Given one table, all
    its rows are used: whoever calls it on a whole table and splits that into training and test rows afterwards has let
    the test rows shape the columns that the model is trained on. Such a leak makes the test score a little too good,
    and more so the fewer rows there are. Give both tables, and the second is transformed by what the first one taught.

    Parameters
    ----------
    X_train : DataFrame or array-like of shape (n_train_rows, n_columns)
        Complete numbers.
    X_test : DataFrame or array-like of shape (n_test_rows, n_columns), optional
    n_components : int, default=2
        At most the number of columns and of training rows.

    Returns
    -------
    transformed : ndarray of shape (n_train_rows, n_components), or a pair of such arrays

    Raises
    ------
    NotNumbersError
        If a column holds anything but finite numbers, or the second table has other columns.
    ComponentCountError
        If there are not that many components.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X = load_iris().data
    >>> preprocess_data(X).shape
    (150, 2)
    >>> train, test = preprocess_data(X[::2], X[1::2], n_components=3)
    >>> train.shape, test.shape
    ((75, 3), (75, 3))
    """
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train = _numbers(X_train, "X_train")
    most = min(train.shape)
    if not is_whole(n_components):
        raise ComponentCountError.from_value(n_components)
    if not 1 <= n_components <= most:
        raise ComponentCountError.from_count(int(n_components), *train.shape)
    # A full decomposition, whose result depends on no seed; signs are those of scikit-learn's rule.
    steps = make_pipeline(StandardScaler(), PCA(n_components=int(n_components), svd_solver="full"))
    if X_test is None:
        return steps.fit_transform(train)
    test = _numbers(X_test, "X_test")
    if train.shape[1] != test.shape[1]:
        raise NotNumbersError.from_width(train.shape[1], test.shape[1])
    return steps.fit_transform(train), steps.transform(test)


def _numbers(table: Any, which: str) -> NDArray[np.float64]:
    if hasattr(table, "tocsr"):
        table = table.toarray()
    plain = plain_numbers(table, takes_missing=False)
    if plain is None:
        raise NotNumbersError.from_table(which, _first_bad_column(to_pandas(table)))
    return np.asarray(plain, dtype=np.float64)


def _first_bad_column(frame: Any) -> tuple[str, str]:
    if not frame.size:
        return "", "nothing"
    for name in frame.columns:
        column = frame[name]
        if not (isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb"):
            return str(name), "values that are not plain numbers"
        if not np.isfinite(column.to_numpy(dtype=np.float64)).all():
            return str(name), "missing values" if column.isna().any() else "infinite numbers"
    return str(frame.columns[0]), "numbers too large to be added"
