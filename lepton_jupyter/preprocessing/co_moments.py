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
    """Count, means and sums of products of deviations of complete columns, with each other or with mixtures of them.

    Parts are merged by the formula of Chan, Golub and LeVeque, as `Moments` are, for products of two columns. Products
    with a few mixtures, each of which is a sum of all columns, take the place of very many columns' products with each
    other, and merge just so.

    Parameters
    ----------
    count : int
    means, squares : ndarray of shape (n_columns,)
        Of each column: its mean, and the sum of its squared deviations.
    mixture_means : ndarray of shape (n_mixtures,)
    products : ndarray of shape (n_columns, n_mixtures)

    Examples
    --------
    >>> first, second = CoMoments.of(np.array([[1.0, 2.0]])), CoMoments.of(np.array([[3.0, 6.0], [5.0, 11.0]]))
    >>> both = CoMoments.merged([first, second])
    >>> both.products.round(3).tolist()
    [[8.0, 18.0], [18.0, 40.667]]
    >>> both.correlation().round(3).tolist()
    [[1.0, 0.998], [0.998, 1.0]]
    """

    count: int
    means: NDArray[np.float64]
    squares: NDArray[np.float64]
    mixture_means: NDArray[np.float64]
    products: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64], mixtures: NDArray[np.float64] | None = None) -> Self:
        """Of an array of shape (n_rows, n_columns) without missing values.

        Parameters
        ----------
        values : ndarray
        mixtures : ndarray of shape (n_columns, n_mixtures), optional
            How much of each column is in each mixture. Default: each column by itself.
        """
        means = values.mean(axis=0) if len(values) else np.zeros(values.shape[1])
        apart = values - means
        mixed, mixture_means = (apart, means) if mixtures is None else (apart @ mixtures, means @ mixtures)
        return cls(len(values), means, (apart * apart).sum(axis=0), mixture_means, apart.T @ mixed)

    @classmethod
    def merged(cls, parts: Iterable[CoMoments]) -> Self:
        """Of all parts, at least one, in their order."""
        first, *others = parts
        count, means, mixture_means = first.count, first.means, first.mixture_means
        squares, products = first.squares, first.products
        for part in others:
            if not part.count:
                continue
            both = count + part.count
            apart, weight = part.means - means, count * part.count / both
            squares = squares + part.squares + apart * apart * weight
            products = products + part.products + np.outer(apart, part.mixture_means - mixture_means) * weight
            means = (count * means + part.count * part.means) / both
            mixture_means = (count * mixture_means + part.count * part.mixture_means) / both
            count = both
        return cls(count, means, squares, mixture_means, products)

    @property
    def deviations(self) -> NDArray[np.float64]:
        """Standard deviation of each column; 1 where it has none."""
        spread = np.sqrt(self.squares / max(1, self.count))
        return np.where(spread > 0, spread, 1.0)

    def correlation(self) -> NDArray[np.float64]:
        """Correlation of each column with each, 0 for a column that does not vary; there must be no mixtures."""
        return np.asarray(self.products / max(1, self.count) / np.outer(self.deviations, self.deviations))
