"""What forests and the single tree share: trees grown one by one, with a look at the deadline before each."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.learners.array_learner import ArrayLearner
from lepton_jupyter.learners.closing_time import closing_seconds
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.packed_forest import PackedForest, PackedTree, fill_missing, missing_fill
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

#: A pilot tree is grown on this share of the rows where a whole tree may overstep a deadline.
_PILOT_SHARE = 16
_PILOT_ROWS = 5000
#: Up to so many classes a tree learns an indicator of each. Gini impurity is the sum of their variances, so that the
#: cuts and the shares are those of a classifier, which looks its classes up anew for each tree: on some hundred rows
#: that takes as long as the tree, and holds other threads up. With many classes the indicators take longer.
_MOST_INDICATORS = 8


class ForestLearner(ArrayLearner):
    """Trees on independently drawn rows or cuts, averaged.

    Trees are grown one at a time rather than by scikit-learn's forests: the deadline is looked at before each, and a
    tree is packed at once, so that a growing forest never holds more than one in full.
    """

    family: ClassVar[str] = "forest"
    view: ClassVar[str] = "tree"
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml", "treelite")
    model_type = PackedForest
    bootstraps: ClassVar[bool]
    seconds_per_cell: ClassVar[float]  # of a tree: rows × tried columns × depth

    @abstractmethod
    def make_tree(self, parameters: dict[str, Any], *, classifies: bool, seed: int) -> Any:
        """One unfitted scikit-learn tree."""

    def space(self, shape: TableShape) -> Space:
        """Leaf size and columns tried at each cut; more trees are always better, so their number is not searched."""
        least = 1.0 / max(1, shape.n_columns[self.view])
        return Space(
            (Integer("min_samples_leaf", 1, 30, log=True), Real("max_features", min(0.1, max(least, 0.02)), 1.0))
        )

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Trees × rows × tried columns × depth."""
        rows = max(2.0, 0.8 * shape.n_rows)
        leaf = number(point, "min_samples_leaf")
        tried = max(1.0, number(point, "max_features") * shape.n_columns[self.view])
        depth = np.log2(max(2.0, rows / leaf)) + 1.0
        n_trees = number(point, "n_estimators")
        one_tree = 5e-4 + rows * depth * (self.seconds_per_cell * tried + 4e-8)
        return float(n_trees * one_tree)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Packed trees, one unpacked tree, and the filled copy of the rows."""
        leaves = max(2, shape.n_rows // max(1, int(number(point, "min_samples_leaf"))))
        packed = leaves * (15 + 4 * shape.n_outputs) * int(number(point, "n_estimators"))
        unpacked = 2 * leaves * (72 + 8 * shape.n_outputs)
        return int(2**22 + packed + unpacked + 5 * shape.n_rows * shape.n_columns[self.view])

    def describe(self, point: Point) -> str:
        """Trees, leaf size and share of columns."""
        return (
            f"{point['n_estimators']} trees, leaf {point['min_samples_leaf']}, {point['max_features']:.0%} of columns"
        )

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> PackedForest:
        """Grow trees until there are enough or the next would end after the deadline."""
        from sklearn import config_context

        self.keep_to(deadline)
        parameters = dict(point)
        n_trees = int(parameters.pop("n_estimators", 1) or 1)
        self.make_tree(parameters, classifies=False, seed=seed)  # imports, before any tree is timed
        fill = missing_fill(fold.X_train)
        grower = _Grower(self, fold, fill_missing(fold.X_train, fill), parameters, seed)
        # What is checked of each tree takes a fifth of the time of a small one, and none of it leaves other threads in.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            trees = _grow(grower, n_trees, deadline)
        return PackedForest(trees, fill, fold.n_classes)


def _grow(grower: _Grower, n_trees: int, deadline: Deadline) -> list[PackedTree]:
    trees: list[PackedTree] = []
    tree_seconds = 0.0
    if deadline.seconds_left() != np.inf and len(grower.X) > _PILOT_ROWS:
        started = deadline.clock()
        pilot = grower.grow(0, every=_PILOT_SHARE)
        tree_seconds = (deadline.clock() - started) * _PILOT_SHARE * 1.2
        if deadline.seconds_left() < tree_seconds:
            return [pilot]
    for index in range(n_trees):
        # Trees take nearly the same time, and to predict with them takes some too.
        if trees and deadline.seconds_left() < 0.5 * tree_seconds + _closing_seconds(grower.fold, trees):
            break
        started = deadline.clock()
        trees.append(grower.grow(index))
        tree_seconds = deadline.clock() - started
        if deadline.passed():
            break
    return trees


def _closing_seconds(fold: Fold, trees: list[PackedTree]) -> float:
    """Seconds to unpack the trees twice and to walk them, as measured."""
    n_nodes = len(trees) * len(trees[-1].feature)
    return closing_seconds(fold, writing=6e-8 * n_nodes, per_row=2e-7 * len(trees))


class _Grower:
    """Grows one tree after another on the same rows."""

    def __init__(
        self, learner: ForestLearner, fold: Fold, X: NDArray[np.float32], parameters: dict[str, Any], seed: int
    ) -> None:
        self.learner, self.fold, self.X, self.parameters, self.n_classes = learner, fold, X, parameters, fold.n_classes
        self.indicates = 0 < fold.n_classes <= _MOST_INDICATORS
        # float64 in columns is what trees take without a check or a copy.
        self.y = np.ascontiguousarray(fold.y_train, dtype=np.float64)[:, None]
        if fold.n_classes == 2:
            self.y = (self.y == 1).astype(np.float64)
        elif self.indicates:
            self.y = (self.y == np.arange(fold.n_classes)).astype(np.float64)
        self.seeds = np.random.SeedSequence(seed)

    def grow(self, index: int, every: int = 1) -> PackedTree:
        """Tree number `index`; with `every` above one, on a strided share of the rows."""
        # Spawned by number: a tree is the same whichever trees were grown before it.
        random = np.random.default_rng(np.random.SeedSequence(self.seeds.entropy, spawn_key=(index,)))
        X, y = np.ascontiguousarray(self.X[::every]), np.ascontiguousarray(self.y[::every])
        given = self.fold.weights_train
        weight = None if given is None else given[::every]
        if self.learner.bootstraps:
            drawn = np.bincount(random.integers(len(X), size=len(X)), minlength=len(X)).astype(np.float64)
            weight = drawn if weight is None else drawn * weight
        tree = self.learner.make_tree(
            self.parameters,
            classifies=self.n_classes > 0 and not self.indicates,
            seed=int(random.integers(2**31 - 1)),
        )
        tree.fit(X, y, sample_weight=weight, check_input=False)
        return PackedTree.from_sklearn(tree.tree_, self._values(tree))

    def _values(self, tree: Any) -> NDArray[np.float64]:
        if self.indicates:
            shares = np.asarray(tree.tree_.value[:, :, 0], dtype=np.float64)
            return np.hstack([1.0 - shares, shares]) if self.n_classes == 2 else shares
        values = tree.tree_.value[:, 0, :]
        if not self.n_classes:
            return np.asarray(values, dtype=np.float64)
        shares = np.zeros((len(values), self.n_classes))
        total = values.sum(axis=1, keepdims=True)
        shares[:, np.asarray(tree.classes_, dtype=np.int64)] = values / np.where(total > 0, total, 1.0)
        return shares


def tree_count(shape: TableShape) -> int:
    """Trees of a forest: 200, and 100 on large tables, where each is better and dearer."""
    return 200 if shape.n_rows < 20_000 else 100


def share_of_columns(shape: TableShape, least: float = 0.1) -> float:
    """Square root of the number of columns as a share of them, the usual choice for classes."""
    columns = max(1, shape.n_columns["tree"])
    return round(max(least, 1.0 / math.sqrt(columns)), 4)
