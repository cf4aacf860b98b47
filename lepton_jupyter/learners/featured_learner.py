"""Learners that may make features first: which ones is one more coordinate of their space."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.made_folds import MadeFolds, make_fold
from lepton_jupyter.learners.model_after_features import load_after_features, save_after_features
from lepton_jupyter.learners.model_file import is_model_file
from lepton_jupyter.learners.wrapped_learner import WrappedLearner
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES, MOST_MADE, PIECES, MadeFeatures
from lepton_jupyter.preprocessing.number_pieces import MOST_PIECES_OF_ALL
from lepton_jupyter.search.space import Choice, Space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

#: Coordinate that says whether features are made before the learner.
MADE_FEATURES = "features"
_LENGTH_NAME = "features_bytes"
_PLAIN = FEATURE_CHOICES[0]
#: Columns from which some may be left out.
_WIDE = 30
#: Seconds that making takes on one core: a constant, and for each row up to the screens' samples and beyond.
_MAKING_SECONDS, _SECONDS_PER_ROW, _SECONDS_PER_FURTHER_ROW = 0.05, 2e-5, 2e-6
_SCREENED_ROWS = 10_000
#: The same for each value of pieces, which are not screened.
_SECONDS_PER_PIECE = 5e-9
#: Values of pieces up to which they are made, 4 bytes each.
_MOST_VALUES = 2**23
# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call, and
# learners of different kinds share what is made.
_MADE_FOLDS = MadeFolds()


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
        """The learner's own coordinates and the features; these not where there is but one column.

        Columns are selected on wide tables alone: on narrow ones even the least telling column is worth having.
        """
        own = self.learner.space(shape)
        return Space((*own.dimensions, Choice(MADE_FEATURES, self._choices(shape)))) if self._may_make(shape) else own

    def _choices(self, shape: TableShape) -> tuple[str, ...]:
        if self.view == "linear":
            return tuple(PIECES)
        wide = shape.n_columns[self.view] >= _WIDE
        return FEATURE_CHOICES if wide else tuple(each for each in FEATURE_CHOICES if each != "selected")

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The learner's own without made features, then its first one with them."""
        own = self.learner.starting_points(shape)
        if not self._may_make(shape):
            return own
        made: list[Point] = [{**own[0], MADE_FEATURES: choice} for choice in self.started_with]
        return (*({**point, MADE_FEATURES: _PLAIN} for point in own), *made)

    def _may_make(self, shape: TableShape) -> bool:
        if self.view == "linear":
            most = _n_pieces(shape, max(PIECES.values()))
            return most > 0 and shape.n_rows * most <= _MOST_VALUES
        return shape.n_columns[self.view] > 1

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """The learner's cost on the wider table, and the making."""
        cost = self.learner.cost_units(point, _widened(shape, self.view, point))
        if _choice(point) == _PLAIN:
            return cost
        if self.view == "linear":
            return cost + _SECONDS_PER_PIECE * shape.n_rows * _n_made(shape, self.view, point)
        further = max(0, shape.n_rows - _SCREENED_ROWS)
        screened = shape.n_rows - further
        return cost + _MAKING_SECONDS + _SECONDS_PER_ROW * screened + _SECONDS_PER_FURTHER_ROW * further

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """The learner's memory on the wider table, and two copies of that."""
        wide = _widened(shape, self.view, point)
        copies = 0 if _choice(point) == _PLAIN else 8 * shape.n_rows * wide.n_columns[self.view]
        return self.learner.memory_bytes(point, wide) + copies

    def describe(self, point: Point) -> str:
        """The learner's own words, and the features."""
        made = _choice(point)
        own = self.learner.describe(point)
        return own if made == _PLAIN else f"{own} + {made}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
        """Fit on the fold, or on the same fold with its made features.

        Raises
        ------
        DeadlinePassedError
            If the deadline passed before there was any model worth returning.
        """
        own = {name: value for name, value in point.items() if name != MADE_FEATURES}
        if _choice(point) == _PLAIN:
            return self.learner.fit(fold, own, deadline=deadline, seed=seed)
        if self.view == "linear":  # in no time, and large: not kept
            made = make_fold(fold, _choice(point), stop=deadline.passed)
        else:
            made = _MADE_FOLDS.get(fold, _choice(point), stop=deadline.passed)
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
    def _with_features(self) -> str:
        return f"{self.name} with made features"


def _choice(point: Point) -> str:
    return str(point.get(MADE_FEATURES, _PLAIN))


def _widened(shape: TableShape, view: str, point: Point) -> TableShape:
    return replace(shape, n_columns={**shape.n_columns, view: shape.n_columns[view] + _n_made(shape, view, point)})


def _n_made(shape: TableShape, view: str, point: Point) -> int:
    if view == "linear":
        return _n_pieces(shape, PIECES.get(_choice(point), 0))
    return 0 if _choice(point) == _PLAIN else MOST_MADE


def _n_pieces(shape: TableShape, of_each: int) -> int:
    """About so many: a number stands for itself in both views, a category for several columns of the linear one."""
    n_numbers = min(shape.n_columns["linear"], shape.n_columns.get("tree", sys.maxsize) - shape.n_categorical)
    return 0 if 2 * n_numbers > MOST_PIECES_OF_ALL else min(MOST_PIECES_OF_ALL, max(0, n_numbers) * of_each)
