"""Extremely randomised trees: cuts at random places, all rows in every tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from lepton_jupyter.learners.forest import ForestLearner, share_of_columns, tree_count

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point


class ExtraTreesLearner(ForestLearner):
    """Extremely randomised trees, the cheapest good companion of boosted ones in an ensemble.

    References
    ----------
    .. [1] P. Geurts, D. Ernst, L. Wehenkel. Extremely randomized trees. Machine Learning 63:3-42, 2006.
    """

    name: ClassVar[str] = "extra_trees"
    label: ClassVar[str] = "Extra trees"
    bootstraps: ClassVar[bool] = False
    seconds_per_cell: ClassVar[float] = 1.2e-8

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Fully grown for values and many classes; for two classes leaves of two, which smooths probabilities."""
        two_classes = shape.n_classes == 2
        return ({
            "n_estimators": tree_count(shape),
            "min_samples_leaf": 2 if two_classes else 1,
            "max_features": share_of_columns(shape) if shape.n_classes else 0.5,
        },)  # fmt: skip

    def make_tree(self, parameters: dict[str, Any], *, classifies: bool, seed: int) -> Any:
        """One unfitted tree."""
        from sklearn.tree import ExtraTreeClassifier, ExtraTreeRegressor

        return (ExtraTreeClassifier if classifies else ExtraTreeRegressor)(random_state=seed, **parameters)
