"""How many rows share a value: rare and common ones told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from lepton_jupyter.preprocessing.column_key import ColumnKey, keys_from_arrays, keys_to_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Columns that hold how many training rows share each row's value; 0 for a value that training did not have.

    Parameters
    ----------
    keys : tuple of ColumnKey
    counts : tuple of ndarray of shape (n_levels + 1,)
        float32: sums of weights, where rows have any.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.training_rows import TrainingRows
    >>> X = np.array([[3], [3], [5]], np.float32)
    >>> counts = ValueCounts.learn(TrainingRows(X, np.zeros(3), categorical=(0,), n_classes=0), [0])
    >>> counts.columns(np.array([[3], [4], [5]], np.float32)).ravel()
    array([2., 0., 1.], dtype=float32)
    """

    kind: ClassVar[str] = "value counts"
    keys: tuple[ColumnKey, ...]
    counts: tuple[NDArray[np.float32], ...]

    @classmethod
    def learn(cls, rows: TrainingRows, columns: Sequence[int]) -> Self:
        """Count the values of some columns."""
        keys = tuple(ColumnKey.learn(rows.X, (place,)) for place in columns)
        counts = (np.bincount(key.codes(rows.X), rows.weights, minlength=key.n_levels + 1) for key in keys)
        return cls(keys, tuple(each.astype(np.float32) for each in counts))

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only."""
        kept = places.tolist()
        return replace(
            self, keys=tuple(self.keys[each] for each in kept), counts=tuple(self.counts[each] for each in kept)
        )

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of some rows."""
        made = [counts[key.codes(X)][:, None] for key, counts in zip(self.keys, self.counts, strict=True)]
        return np.hstack([np.empty((len(X), 0), dtype=np.float32), *made])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        counts = {f"counts_{place}": each for place, each in enumerate(self.counts)}
        return {**keys_to_arrays(self.keys), **counts}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        keys = keys_from_arrays(arrays)
        return cls(keys, tuple(arrays[f"counts_{place}"].astype(np.float32) for place in range(len(keys))))
