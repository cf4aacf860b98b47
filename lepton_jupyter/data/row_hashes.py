"""Hashes of whole rows, made column by column; the same in every process, since folds and files depend on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Any odd number with its bits well mixed.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def with_column(hashes: NDArray[np.uint64], values: NDArray[Any]) -> NDArray[np.uint64]:
    """Hashes of rows with one more column.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n_rows,)
        Of the columns before; zeros if there are none.
    values : ndarray of unsigned integers, shape (n_rows,)
        The column's bits, or hashes of its values.

    Returns
    -------
    hashes : ndarray of uint64, shape (n_rows,)

    Examples
    --------
    >>> first = with_column(np.zeros(2, np.uint64), np.array([1, 2], np.uint64))
    >>> second = with_column(first, np.array([2, 1], np.uint64))
    >>> len({*first.tolist(), *second.tolist()})
    4
    """
    mixed = (hashes ^ values) * _FACTOR
    return np.asarray(mixed ^ (mixed >> np.uint64(29)))
