"""The order in which starting points are tried: what gains most for each second comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point

#: (learner, number of its starting point), best gain per second first, as found by trial on public tables; -1 is the
#: last one, however many a learner has for the table.
_USUAL: tuple[tuple[str, int], ...] = (
    ("majority", 0), ("mean", 0), ("linear", 0), ("lightgbm", 0), ("linear", 1), ("linear", -1), ("lightgbm", 2),
    ("lightgbm", -1), ("perceptron", 0), ("catboost", 0), ("extra_trees", 0), ("perceptron", 1), ("discriminant", 0),
    ("lightgbm", 3), ("lightgbm", 1),
    ("kernel_machine", 0), ("random_forest", 0), ("lightgbm", 4), ("neighbours", 0), ("xgboost", 0), ("catboost", 1),
    ("discriminant", 1), ("naive_bayes", 0), ("decision_tree", 0),
)  # fmt: skip
#: Features made within folds gain nothing on most small tables of classes.
_FEW_ROWS_OF_CLASSES: tuple[tuple[str, int], ...] = (
    ("majority", 0), ("mean", 0), ("linear", 0), ("lightgbm", 0), ("linear", 1), ("linear", -1), ("discriminant", 0),
    ("lightgbm", 2), ("catboost", 0), ("extra_trees", 0), ("perceptron", 0), ("lightgbm", 3), ("perceptron", 1),
    ("lightgbm", -1), ("lightgbm", 1),
    ("kernel_machine", 0), ("random_forest", 0), ("neighbours", 0), ("xgboost", 0), ("catboost", 1),
    ("discriminant", 1), ("naive_bayes", 0), ("lightgbm", 4), ("decision_tree", 0),
)  # fmt: skip
#: With many rows there is more to fit than small trees can; what does not help the blend is given up after two folds.
_MANY_ROWS_FIRST: tuple[tuple[str, int], ...] = (
    ("majority", 0), ("mean", 0), ("linear", 0), ("lightgbm", 0), ("lightgbm", 4), ("lightgbm", -1), ("linear", 1),
    ("linear", -1), ("catboost", 0), ("lightgbm", 1), ("extra_trees", 0), ("perceptron", 0), ("lightgbm", 2),
    ("perceptron", 1), ("xgboost", 0),
    ("lightgbm", 3), ("random_forest", 0), ("kernel_machine", 0), ("neighbours", 0), ("catboost", 1),
    ("discriminant", 0), ("discriminant", 1), ("naive_bayes", 0), ("decision_tree", 0),
)  # fmt: skip
#: With many classes a boosting round is as many trees; with few rows a booster overfits before it learns.
_CHEAP_FIRST: tuple[tuple[str, int], ...] = (
    ("majority", 0), ("mean", 0), ("linear", 0), ("linear", 1), ("extra_trees", 0), ("discriminant", 0),
    ("linear", -1), ("lightgbm", 3), ("perceptron", 0), ("kernel_machine", 0), ("perceptron", 1),
    ("neighbours", 0), ("discriminant", 1),
    ("naive_bayes", 0), ("catboost", 0), ("lightgbm", 0), ("random_forest", 0), ("lightgbm", -1), ("lightgbm", 2),
    ("lightgbm", 1), ("xgboost", 0), ("catboost", 1), ("decision_tree", 0), ("lightgbm", 4),
)  # fmt: skip
#: Learners that start on the logarithms of a skewed target, too.
_ON_LOGARITHMS = frozenset({"linear", "lightgbm", "catboost", "perceptron"})
_MANY_CLASSES = 8
_FEW_ROWS = 500
_MANY_ROWS = 15_000
_ROWS_FOR_MADE_FEATURES = 5_000


def _order(shape: TableShape) -> tuple[tuple[str, int], ...]:
    usual = _usual_order(shape)
    return _with_logarithms(usual) if shape.right_skewed else usual


def _with_logarithms(order: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """The same with each learner's start on the logarithms of the target, its last one, after its first one."""
    found: list[tuple[str, int]] = []
    for name, number in order:
        # What was the last one is now the last but one.
        found.append((name, number - 1 if number < 0 else number))
        if number == 0 and name in _ON_LOGARITHMS:
            found.append((name, -1))
    return tuple(found)


def _usual_order(shape: TableShape) -> tuple[tuple[str, int], ...]:
    if shape.n_classes > _MANY_CLASSES or shape.n_rows < _FEW_ROWS:
        return _CHEAP_FIRST
    if shape.n_classes and shape.n_rows < _ROWS_FOR_MADE_FEATURES:
        return _FEW_ROWS_OF_CLASSES
    return _MANY_ROWS_FIRST if shape.n_rows > _MANY_ROWS else _USUAL


def opening(shape: TableShape, learners: Sequence[Learner]) -> tuple[tuple[str, Point], ...]:
    """Starting points in the order in which a run tries them.

    Parameters
    ----------
    shape : TableShape
        With more than 8 classes or fewer than 500 rows, learners whose cost does not grow with the number of classes
        and those that need few rows come before the boosters; with more than 15,000 rows large trees come early.
    learners : sequence of Learner
        Those that the run tries; ones that this order does not know come after linear, in the order given.

    Returns
    -------
    opening : tuple of (str, dict)
        Name of a learner, and one of its starting points; every starting point of every learner once.

    Examples
    --------
    >>> from lepton_jupyter.learners.registry import choose_learners
    >>> from lepton_jupyter.learners.training_data import TableShape
    >>> shape = TableShape(n_rows=1000, n_columns={"tree": 5, "linear": 5}, n_classes=0)
    >>> [name for name, _ in opening(shape, choose_learners(["linear", "extra_trees"], shape=shape))]
    ['mean', 'linear', 'linear', 'extra_trees']
    """
    order = _order(shape)
    place = {key: index for index, key in enumerate(order)}
    known = {name for name, _ in order}
    after_linear = order.index(("linear", 0)) + 0.5
    entries: list[tuple[float, str, Point]] = []
    for learner in learners:
        points = learner.starting_points(shape)
        last = after_linear if learner.name not in known else len(order)
        for number, point in enumerate(points):
            by_number = place.get((learner.name, number), last)
            # The first one has its own place, though it be the last one too.
            by_end = place.get((learner.name, number - len(points)), by_number) if number else by_number
            entries.append((by_end, learner.name, point))
    # Sorting is stable: what has no place of its own keeps the order in which it was given.
    return tuple((name, point) for _, name, point in sorted(entries, key=lambda entry: entry[0]))
