"""Learners that may make features first: which ones is one more coordinate of their space."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.model_after_features import load_after_features, save_after_features
from lepton_jupyter.learners.model_file import is_model_file
from lepton_jupyter.learners.offered_features import OFFERED, PLAIN
from lepton_jupyter.learners.wrapped_learner import WrappedLearner
from lepton_jupyter.search.space import Choice, Space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.learners.offered_features import OfferedFeatures
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.preprocessing.made_features import MadeFeatures
    from lepton_jupyter.search.space import Point

#: Coordinate that says whether features are made before the learner.
MADE_FEATURES = "features"
_LENGTH_NAME = "features_bytes"


class FeaturedModel:
    """A model that makes its features before it predicts.

    Parameters
    ----------
    features : MadeFeatures
    model : FoldModel
        Fitted on the columns of the view with the made ones on the right.
    """

    def __init__(self, features: MadeFeatures, model: FoldModel) -> None:
        self.features, self.model = features, model
        self.n_iterations = model.n_iterations

    @property
    def on_validation(self) -> NDArray[np.float64] | None:
        """Its predictions of the validation rows, where the model kept them."""
        kept: NDArray[np.float64] | None = getattr(self.model, "on_validation", None)
        return kept

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        return self.model.predict(self.features.beside(X))


class FeaturedLearner(WrappedLearner):
    """A learner with one more coordinate: the features that are made within each fold.

    The search steps along it as along any other, so features are made where they pay. A point without the coordinate,
    as runs logged it before there was one, makes none.

    Parameters
    ----------
    learner : Learner
    started_with : tuple of str, default=()
        Choices that its first starting point is also tried with, as further starting points after its own.

    Examples
    --------
    >>> from lepton_jupyter.learners.lightgbm import LightGBMLearner
    >>> from lepton_jupyter.learners.training_data import TableShape
    >>> shape = TableShape(n_rows=1000, n_columns={"tree": 5}, n_classes=0)
    >>> learner = FeaturedLearner(LightGBMLearner(), started_with=("all",))
    >>> learner.describe(learner.starting_points(shape)[-1])
    '31 leaves, rate 0.1 + all'
    """

    def __init__(self, learner: Learner, *, started_with: tuple[str, ...] = ()) -> None:
        super().__init__(learner)
        self.started_with = started_with

    def held_monotone(self) -> Learner:
        """The learner alone: what is made of a constrained column with others need not rise where that rises."""
        return self.learner.held_monotone()

    def space(self, shape: TableShape) -> Space:
        """The learner's own coordinates and the features; these not on a table which nothing is made of."""
        own = self.learner.space(shape)
        choices = self._offered.choices(shape)
        return own if len(choices) == 1 else Space((*own.dimensions, Choice(MADE_FEATURES, choices)))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The learner's own without made features, then its first one with them."""
        own = self.learner.starting_points(shape)
        if len(self._offered.choices(shape)) == 1:
            return own
        made: list[Point] = [{**own[0], MADE_FEATURES: choice} for choice in self.started_with]
        return (*({**point, MADE_FEATURES: PLAIN} for point in own), *made)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """The learner's cost on the wider table, and the making."""
        cost = self.learner.cost_units(point, self._widened(shape, point))
        return cost + self._offered.making_seconds(_choice(point), shape)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """The learner's memory on the wider table, and two copies of that."""
        wide = self._widened(shape, point)
        copies = 0 if _choice(point) == PLAIN else 8 * shape.n_rows * wide.n_columns[self.view]
        return self.learner.memory_bytes(point, wide) + copies

    def describe(self, point: Point) -> str:
        """The learner's own words, and the features."""
        made = _choice(point)
        own = self.learner.describe(point)
        return own if made == PLAIN else f"{own} + {made}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
        """Fit on the fold, or on the same fold with its made features.

        Raises
        ------
        DeadlinePassedError
            If the deadline passed before there was any model worth returning.
        """
        own = {name: value for name, value in point.items() if name != MADE_FEATURES}
        if _choice(point) == PLAIN:
            return self.learner.fit(fold, own, deadline=deadline, seed=seed)
        made = self._offered.make(fold, _choice(point), stop=deadline.passed)
        if made is None:
            raise DeadlinePassedError.from_learner(self.label)
        return FeaturedModel(made.features, self.learner.fit(made.fold, own, deadline=deadline, seed=seed))

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """Models of other folds made other features, and stay apart; those without any are the learner's own."""
        if any(isinstance(model, FeaturedModel) for model in models):
            return tuple(models)
        return self.learner.together(models)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the learner's own file, with the features before it where there are any."""
        if not isinstance(model, FeaturedModel):
            self.learner.save(model, path)
            return
        save_after_features(
            path, self.learner, model.features, model.model, name=self._with_features, length_name=_LENGTH_NAME
        )

    def load(self, path: Path) -> FoldModel:
        """Read what `save` wrote, or what the learner itself did.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        if not is_model_file(path, self._with_features):
            return self.learner.load(path)
        return FeaturedModel(
            *load_after_features(path, self.learner, name=self._with_features, length_name=_LENGTH_NAME)
        )

    @property
    def _offered(self) -> OfferedFeatures:
        return OFFERED[self.view]

    def _widened(self, shape: TableShape, point: Point) -> TableShape:
        n_columns = shape.n_columns[self.view] + self._offered.n_made(_choice(point), shape)
        return replace(shape, n_columns={**shape.n_columns, self.view: n_columns})

    @property
    def _with_features(self) -> str:
        return f"{self.name} with made features"


def _choice(point: Point) -> str:
    return str(point.get(MADE_FEATURES, PLAIN))
