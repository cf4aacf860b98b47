"""Rows told apart by the values of one column or of several together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ColumnKey:
    """Numbers rows by the values that they hold in some columns.

    Parameters
    ----------
    columns : tuple of int
    values : tuple of ndarray
        Different values of each column in training, ascending, NaN left out.
    seen : ndarray of shape (n_levels,)
        int64: combinations that training had, ascending.

    Examples
    --------
    >>> X = np.array([[1, 0], [2, 0], [1, 1], [1, np.nan]], np.float32)
    >>> key = ColumnKey.learn(X, (0, 1))
    >>> key.n_levels, key.codes(X).tolist(), key.codes(np.array([[2, 1]], np.float32)).tolist()
    (4, [0, 3, 1, 2], [4])
    """

    columns: tuple[int, ...]
    values: tuple[NDArray[np.float32], ...]
    seen: NDArray[np.int64]

    @classmethod
    def learn(cls, X: NDArray[np.float32], columns: tuple[int, ...]) -> Self:
        """Number the combinations that the training rows hold.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
        columns : tuple of int
            With so few different values that their product fits in 63 bits.
        """
        values = tuple(np.unique(X[~np.isnan(X[:, place]), place]) for place in columns)
        return cls(columns, values, np.unique(_combined(X, columns, values)))

    @property
    def n_levels(self) -> int:
        """Combinations that training had."""
        return len(self.seen)

    def codes(self, X: NDArray[np.float32]) -> NDArray[np.int64]:
        """Number of each row's combination; `n_levels` for one that training did not have."""
        combined = _combined(X, self.columns, self.values)
        places = np.searchsorted(self.seen, combined).clip(max=len(self.seen) - 1)
        return np.where(self.seen[places] == combined, places, len(self.seen))


def keys_to_arrays(keys: Sequence[ColumnKey]) -> dict[str, NDArray[np.generic]]:
    """Keys as arrays that can stand beside others."""
    arrays: dict[str, NDArray[np.generic]] = {"key_sizes": np.array([len(key.columns) for key in keys], dtype=np.int64)}
    for number, key in enumerate(keys):
        arrays[f"key_{number}_columns"] = np.array(key.columns, dtype=np.int64)
        arrays[f"key_{number}_seen"] = key.seen
        arrays |= {f"key_{number}_values_{place}": each for place, each in enumerate(key.values)}
    return arrays


def keys_from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> tuple[ColumnKey, ...]:
    """From what `keys_to_arrays` gave, whatever stands beside."""
    return tuple(
        ColumnKey(
            tuple(arrays[f"key_{number}_columns"].astype(np.int64).tolist()),
            tuple(arrays[f"key_{number}_values_{place}"].astype(np.float32) for place in range(size)),
            arrays[f"key_{number}_seen"].astype(np.int64),
        )
        for number, size in enumerate(arrays["key_sizes"].astype(np.int64).tolist())
    )


def _combined(
    X: NDArray[np.float32], columns: tuple[int, ...], values: tuple[NDArray[np.float32], ...]
) -> NDArray[np.int64]:
    combined = np.zeros(len(X), dtype=np.int64)
    for place, known in zip(columns, values, strict=True):
        column = X[:, place]
        digit = np.searchsorted(known, column)
        # A missing value and one that training did not have are the same level, as in the tree view.
        unknown = digit == len(known)
        unknown[~unknown] = known[digit[~unknown]] != column[~unknown]
        combined = combined * (len(known) + 1) + np.where(unknown, len(known), digit)
    return combined
