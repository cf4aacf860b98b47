"""One small decision tree: rarely the best, always the fastest, and it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from lepton_jupyter.learners.forest import ForestLearner
from lepton_jupyter.search.space import Integer, Space

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point


class DecisionTreeLearner(ForestLearner):
    """One decision tree, grown best cut first up to a number of leaves.

    References
    ----------
    .. [1] L. Breiman, J. Friedman, R. Olshen, C. Stone. Classification and regression trees. Wadsworth, 1984.
    """

    name: ClassVar[str] = "decision_tree"
    label: ClassVar[str] = "Decision tree"
    bootstraps: ClassVar[bool] = False
    seconds_per_cell: ClassVar[float] = 7e-8  # every column is sorted at every cut

    def space(self, shape: TableShape) -> Space:
        """Leaf size and number of leaves."""
        del shape
        return Space((Integer("min_samples_leaf", 1, 100, log=True), Integer("max_leaf_nodes", 4, 512, log=True)))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """About one leaf for each fifty rows."""
        leaves = min(256, max(8, shape.n_rows // 50))
        return ({"min_samples_leaf": 10 if shape.n_rows >= 200 else 3, "max_leaf_nodes": leaves},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Rows × columns × depth of one tree."""
        return super().cost_units({**point, "n_estimators": 1, "max_features": 1.0}, shape)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """One tree, and the filled copy of the rows."""
        return super().memory_bytes({**point, "n_estimators": 1}, shape)

    def describe(self, point: Point) -> str:
        """Number and size of leaves."""
        return f"{point['max_leaf_nodes']} leaves of at least {point['min_samples_leaf']} rows"

    def make_tree(self, parameters: dict[str, Any], *, classifies: bool, seed: int) -> Any:
        """The unfitted tree."""
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        return (DecisionTreeClassifier if classifies else DecisionTreeRegressor)(random_state=seed, **parameters)
