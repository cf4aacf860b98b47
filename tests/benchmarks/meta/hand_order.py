"""The order of starting points that was found by hand, which a learnt one has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_USUAL = (
    "linear-0 lightgbm-0 catboost-0 extra_trees-0 lightgbm-1 lightgbm-2 lightgbm-3 perceptron-0 random_forest-0 "
    "lightgbm-4 neighbours-0 xgboost-0 catboost-1 naive_bayes-0 decision_tree-0"
)
_CHEAP_FIRST = (
    "linear-0 extra_trees-0 lightgbm-3 perceptron-0 neighbours-0 naive_bayes-0 catboost-0 lightgbm-0 random_forest-0 "
    "lightgbm-2 lightgbm-1 xgboost-0 catboost-1 decision_tree-0 lightgbm-4"
)
MANY_CLASSES, _FEW_ROWS = 8, 500


def hand_order(n_rows: int, n_classes: int) -> tuple[str, ...]:
    """Keys of candidates, in the order in which a run tried them before there was a learnt one.

    Examples
    --------
    >>> hand_order(10_000, 2)[:2], hand_order(300, 2)[:2]
    (('linear-start0', 'lightgbm-start0'), ('linear-start0', 'extra_trees-start0'))
    """
    order = _CHEAP_FIRST if n_classes > MANY_CLASSES or n_rows < _FEW_ROWS else _USUAL
    return tuple(each.replace("-", "-start") for each in order.split())


def mixed(learnt: Sequence[str], by_hand: Sequence[str]) -> tuple[str, ...]:
    """An order between two: each key by the mean of its places, in which few tables can move a key by half alone.

    Parameters
    ----------
    learnt : sequence of str
        What it lacks gained nothing, and has the place after its last.
    by_hand : sequence of str
        What it lacks was never thought of, and has its learnt place.

    Examples
    --------
    >>> mixed(["linear", "perceptron", "new"], ["linear", "catboost", "perceptron"])
    ('linear', 'perceptron', 'new', 'catboost')
    """
    learnt_place = {key: place for place, key in enumerate(learnt)}
    hand_place = {key: place for place, key in enumerate(by_hand)}

    def place(key: str) -> float:
        first = learnt_place.get(key, len(learnt))
        return (first + hand_place.get(key, first)) / 2

    return tuple(sorted({**learnt_place, **hand_place}, key=place))
