"""Categories as the mean target of the training rows that share them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from lepton_jupyter.preprocessing.column_key import ColumnKey, keys_from_arrays, keys_to_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Classes that have a column of their own.
_MOST_CLASSES = 10
#: Parts of the training rows: each is encoded by what the others hold.
_PARTS = 4
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class TargetEncoding:
    """Columns that hold, for each row, the mean target of the training rows that share its key.

    A mean of few rows is drawn towards the mean of all by empirical Bayes [1]_: by as much as the spread within keys
    exceeds the spread between them. A key that training did not have is encoded by the mean of all.

    Parameters
    ----------
    keys : tuple of ColumnKey
    means : tuple of ndarray of shape (n_levels + 1, n_targets)
        float32; the last row of each is for keys not seen. As learnt, all have as many columns.

    References
    ----------
    .. [1] D. Micci-Barreca. A preprocessing scheme for high-cardinality categorical attributes in classification and
           prediction problems. SIGKDD Explorations 3(1):27-32, 2001.
    """

    kind: ClassVar[str] = "target encoding"
    keys: tuple[ColumnKey, ...]
    means: tuple[NDArray[np.float32], ...]

    @classmethod
    def learn(cls, rows: TrainingRows, keys: Sequence[tuple[int, ...]]) -> tuple[Self, NDArray[np.float32]]:
        """Learn the means, and encode the training rows themselves without their own targets.

        Were a training row encoded by a mean that its own target is part of, a model would learn to trust the encoding
        more than it deserves on new rows.

        Parameters
        ----------
        rows : TrainingRows
        keys : sequence of tuple of int
            Columns of each key.

        Returns
        -------
        encoding : TargetEncoding
        training : ndarray of shape (n_rows, n_columns)
            float32: each training row encoded by the three parts of the others that it does not belong to.
        """
        targets = rows.targets[:, :_MOST_CLASSES]
        weights = np.ones(len(targets)) if rows.weights is None else rows.weights
        part_of_row = np.random.default_rng(rows.seed).permutation(len(targets)) % _PARTS
        learnt, means, training = [], [], np.empty((len(targets), len(keys) * targets.shape[1]), dtype=np.float32)
        for place, columns in enumerate(keys):
            key = ColumnKey.learn(rows.X, columns)
            codes = key.codes(rows.X)
            block = training[:, place * targets.shape[1] : (place + 1) * targets.shape[1]]
            for part in range(_PARTS):
                others = part_of_row != part
                if others.any():
                    table = shrunken_means(codes[others], key.n_levels, targets[others], weights[others])
                    block[~others] = table[codes[~others]]
            learnt.append(key)
            means.append(shrunken_means(codes, key.n_levels, targets, weights).astype(np.float32))
        return cls(tuple(learnt), tuple(means)), training

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only, in the order in which they are."""
        per_key = self.means[0].shape[1] if self.means else 1
        kept = [np.array(sorted(places[places // per_key == key] % per_key)) for key in range(len(self.keys))]
        telling = [key for key, columns in enumerate(kept) if len(columns)]
        return replace(
            self,
            keys=tuple(self.keys[key] for key in telling),
            means=tuple(self.means[key][:, kept[key]] for key in telling),
        )

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of rows that were not learnt from."""
        blocks = [means[key.codes(X)] for key, means in zip(self.keys, self.means, strict=True)]
        return np.hstack([np.empty((len(X), 0), dtype=np.float32), *blocks])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        means = {f"means_{place}": each for place, each in enumerate(self.means)}
        return {**keys_to_arrays(self.keys), **means}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        keys = keys_from_arrays(arrays)
        return cls(keys, tuple(arrays[f"means_{place}"].astype(np.float32) for place in range(len(keys))))


def shrunken_means(
    codes: NDArray[np.int64], n_levels: int, targets: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean target of each level, drawn towards the mean of all by empirical Bayes.

    Parameters
    ----------
    codes : ndarray of shape (n_rows,)
        Level of each row, 0 … n_levels-1.
    n_levels : int
    targets : ndarray of shape (n_rows, n_targets)
    weights : ndarray of shape (n_rows,)

    Returns
    -------
    means : ndarray of shape (n_levels + 1, n_targets)
        The last row is the mean of all.

    Examples
    --------
    >>> codes, targets = np.array([0, 0, 0, 1, 1, 1]), np.array([[1.0], [1.0], [1.0], [5.0], [5.0], [5.0]])
    >>> shrunken_means(codes, 2, targets, np.ones(6)).ravel().round(2).tolist()
    [1.0, 5.0, 3.0]
    """
    total = np.bincount(codes, weights, minlength=n_levels + 1)
    found = total > 0
    n_found, n = int(found.sum()), float(total.sum())
    # Rows of an even level: what a mean square between levels is divided by.
    even = (n - float((total**2).sum()) / n) / max(1, n_found - 1)
    means = np.empty((n_levels + 1, targets.shape[1]))
    for place, target in enumerate(targets.T):
        overall = float(np.average(target, weights=weights))
        sums = np.bincount(codes, weights * target, minlength=n_levels + 1)
        raw = np.divide(sums, total, out=np.full(n_levels + 1, overall), where=found)
        within = float((weights * (target - raw[codes]) ** 2).sum()) / max(1.0, n - n_found)
        among = float((total * (raw - overall) ** 2).sum()) / max(1, n_found - 1)
        between = max((among - within) / max(even, _TINY), _TINY)
        strength = min(within / between, n)  # rows that the mean of all counts for
        means[:, place] = (sums + strength * overall) / np.maximum(total + strength, _TINY)
        means[~found, place] = overall
    return means
