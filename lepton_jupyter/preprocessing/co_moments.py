"""Means and co-moments of several columns of numbers, in parts that merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class CoMoments:
    """Count, means and sums of products of deviations of complete columns.

    Parts are merged by the formula of Chan, Golub and LeVeque, as `Moments` are, for products of two columns.

    Parameters
    ----------
    count : int
    means : ndarray of shape (n_columns,)
    products : ndarray of shape (n_columns, n_columns)

    Examples
    --------
    >>> first, second = CoMoments.of(np.array([[1.0, 2.0]])), CoMoments.of(np.array([[3.0, 6.0], [5.0, 10.0]]))
    >>> CoMoments.merged([first, second]).products.tolist()
    [[8.0, 16.0], [16.0, 32.0]]
    """

    count: int
    means: NDArray[np.float64]
    products: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Of an array of shape (n_rows, n_columns) without missing values."""
        if not len(values):
            n_columns = values.shape[1]
            return cls(0, np.zeros(n_columns), np.zeros((n_columns, n_columns)))
        means = values.mean(axis=0)
        apart = values - means
        return cls(len(values), means, apart.T @ apart)

    @classmethod
    def merged(cls, parts: Iterable[CoMoments]) -> Self:
        """Of all parts, at least one, in their order."""
        held = list(parts)
        count, means, products = 0, np.zeros_like(held[0].means), np.zeros_like(held[0].products)
        for part in held:
            if not part.count:
                continue
            both = count + part.count
            apart = part.means - means
            products = products + part.products + np.outer(apart, apart) * (count * part.count / both)
            means = (count * means + part.count * part.means) / both
            count = both
        return cls(count, means, products)
