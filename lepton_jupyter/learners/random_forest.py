"""Random forest: best cuts among some columns, each tree on rows drawn with replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from lepton_jupyter.learners.forest import ForestLearner, share_of_columns, tree_count

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point


class RandomForestLearner(ForestLearner):
    """Random forest.

    References
    ----------
    .. [1] L. Breiman. Random forests. Machine Learning 45:5-32, 2001.
    """

    name: ClassVar[str] = "random_forest"
    label: ClassVar[str] = "Random forest"
    bootstraps: ClassVar[bool] = True
    seconds_per_cell: ClassVar[float] = 4e-8

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Fully grown for values and many classes; for two classes leaves of three, which smooths probabilities."""
        two_classes = shape.n_classes == 2
        return ({
            "n_estimators": tree_count(shape),
            "min_samples_leaf": 3 if two_classes else 1,
            "max_features": share_of_columns(shape) if shape.n_classes else 0.4,
        },)  # fmt: skip

    def make_tree(self, parameters: dict[str, Any], *, classifies: bool, seed: int) -> Any:
        """One unfitted tree."""
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        return (DecisionTreeClassifier if classifies else DecisionTreeRegressor)(random_state=seed, **parameters)
