"""Which columns, alone or together, are worth a target encoding."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.preprocessing.target_encoding import TargetEncoding

if TYPE_CHECKING:
    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Columns of encodings, each class counted.
MOST_ENCODINGS = 40
#: Different values of a column that is encoded by itself: a booster cuts between two without help.
_FEWEST_VALUES = 3
#: Rows that the values of whole numbers repeat, at least: else they tell rows apart, not kinds of them.
_ROWS_OF_A_VALUE = 10
#: Columns that crosses are made of, and crosses that are kept.
_MOST_CROSSED = 6
_MOST_CROSSES = 4
#: Variance of the target that a cross must explain beyond its parts.
_LEAST_GAIN = 0.01
_MOST_ROWS = 10_000


def encoded_keys(rows: TrainingRows, ordered: tuple[int, ...] = ()) -> tuple[tuple[int, ...], ...]:
    """Columns and crosses of columns whose mean targets are worth telling a booster.

    Candidates are columns of categories, whole numbers that many rows share (codes of categories too many to be cut as
    such are among them), pairs of categories that tell more than both, and the first digits of an ordered cross. They
    are judged by the variance of the target that their cross-fitted encoding explains.

    Parameters
    ----------
    rows : TrainingRows
    ordered : tuple of int
        Digits of an ordered cross.

    Returns
    -------
    keys : tuple of tuple of int
        The first digits of the cross, pairs of categories, then single columns, the most telling first.
    """
    few = rows.sample(_MOST_ROWS)
    singles = [(place,) for place in repeating_columns(few)]
    explained = {key: _explained(few, key) for key in singles}
    singles.sort(key=lambda key: -explained[key])
    categories = sorted([key for key in singles if key[0] in rows.categorical][:_MOST_CROSSED])
    gains = {
        first + second: _explained(few, first + second) - max(explained[first], explained[second])
        for first, second in combinations(categories, 2)
    }
    crosses = sorted((key for key, gain in gains.items() if gain > _LEAST_GAIN), key=lambda key: -gains[key])
    # All rows, not a sample: how many rows share a long key is what decides about it.
    prefixes = {ordered[:length]: _explained(rows, ordered[:length]) for length in range(2, len(ordered) + 1)}
    best_prefix = [max(prefixes, key=lambda key: prefixes[key])] if prefixes else []
    most = MOST_ENCODINGS // (rows.n_classes if rows.n_classes > 2 else 1)
    return tuple([*best_prefix, *crosses[:_MOST_CROSSES], *singles][:most])


def repeating_columns(rows: TrainingRows) -> tuple[int, ...]:
    """Columns of categories, or of whole numbers that many rows share, with more than two values."""
    categories = (place for place in rows.categorical if len(np.unique(rows.X[:, place])) >= _FEWEST_VALUES)
    return (*categories, *rows.whole_numbers(fewest=_FEWEST_VALUES, most=len(rows.y) // _ROWS_OF_A_VALUE))


def _explained(rows: TrainingRows, key: tuple[int, ...]) -> float:
    _, encoded = TargetEncoding.learn(rows, [key])
    targets = rows.targets[:, : encoded.shape[1]]
    weights = np.ones(len(targets)) if rows.weights is None else rows.weights
    around = targets - np.average(targets, axis=0, weights=weights)
    whole = float((weights[:, None] * around**2).sum())
    return 1.0 - float((weights[:, None] * (targets - encoded) ** 2).sum()) / whole if whole > 0 else 0.0
