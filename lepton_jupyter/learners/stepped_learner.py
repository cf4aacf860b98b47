"""Learners before which the steps of a preparation are fitted, within each fold."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.featured_learner import FeaturedModel
from lepton_jupyter.learners.made_folds import MadeFolds
from lepton_jupyter.learners.model_after_features import load_after_features, save_after_features
from lepton_jupyter.learners.model_file import is_model_file
from lepton_jupyter.learners.wrapped_learner import WrappedLearner
from lepton_jupyter.preprocessing.fold_steps import learn_fold_steps
from lepton_jupyter.preprocessing.made_features import MOST_MADE, MadeFeatures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.preprocessing.training_rows import TrainingRows
    from lepton_jupyter.search.space import Point, Space

#: Seconds for each row and column that learning a step takes on one core, from above, and of how many rows at most it
#: is learnt. Too little here, and a trial's time is over before its steps are learnt, and they are learnt anew.
_SECONDS_PER_VALUE: Mapping[str, tuple[float, int]] = {
    "variance": (2e-8, sys.maxsize),
    "redundancy": (1e-7, 50_000),
    "information": (1e-7, 50_000),
    "shadows": (3e-6, 5_000),
    "encode": (2e-7, sys.maxsize),
    "balance": (0.0, 0),
}
#: Seconds that a step takes however small the table is.
_SECONDS_PER_STEP = 0.05
_LENGTH_NAME = "steps_bytes"
# Of the process: all learners of a view share what was made of a fold.
_STEPPED_FOLDS = MadeFolds()


class SteppedModel(FeaturedModel):
    """A model before which the steps of its fold are taken."""


class SteppedLearner(WrappedLearner):
    """A learner before which steps of a preparation are fitted on the training rows of each fold.

    Parameters
    ----------
    learner : Learner
    steps : tuple of str
        See `lepton_jupyter.preprocessing.fold_steps.FOLD_STEPS`; mean targets are made for the tree view alone, since
        the linear one holds no codes. None: only files of others are read.

    Examples
    --------
    >>> from lepton_jupyter.learners.linear import LinearLearner
    >>> SteppedLearner(LinearLearner(), ("variance",)).label
    'Linear'
    """

    def __init__(self, learner: Learner, steps: Sequence[str] = ()) -> None:
        super().__init__(learner)
        self.steps = tuple(step for step in steps if learner.view == "tree" or step != "encode")
        # Steps look at rows, however much each of them weighs.
        self.weight_repeats = learner.weight_repeats and not self.steps  # type: ignore[misc]  # as above

    def held_monotone(self) -> Learner:
        """The same before the learner as it is used where columns are constrained."""
        return SteppedLearner(self.learner.held_monotone(), self.steps)

    def space(self, shape: TableShape) -> Space:
        """The learner's own."""
        return self.learner.space(shape)

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The learner's own."""
        return self.learner.starting_points(shape)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """The learner's cost on the widest table that may come of the steps, and theirs."""
        seconds = sum(
            _SECONDS_PER_STEP + each * min(shape.n_rows, most) * shape.n_columns[self.view]
            for each, most in map(_SECONDS_PER_VALUE.__getitem__, self.steps)
        )
        return self.learner.cost_units(point, self._widened(shape)) + seconds

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """The learner's memory on the widest table that may come of the steps, and two copies of that."""
        wide = self._widened(shape)
        return self.learner.memory_bytes(point, wide) + 8 * shape.n_rows * wide.n_columns[self.view]

    def describe(self, point: Point) -> str:
        """The learner's own words."""
        return self.learner.describe(point)

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
        """Fit on the fold as the steps make it.

        Raises
        ------
        DeadlinePassedError
            If the deadline passed before there was any model worth returning.
        """
        if not self.steps:
            return self.learner.fit(fold, point, deadline=deadline, seed=seed)
        # The view is part of the name: folds of both views have the same table and number.
        choice = f"{self.view}: {' '.join(self.steps)}"
        # All trials of the view share what is learnt here: the time of the one that comes first neither ends it nor is
        # spent on it, or each would begin anew and none would end.
        began = deadline.clock()
        made = _STEPPED_FOLDS.get(fold, choice, stop=deadline.given_up, learn=partial(_learn, self.steps))
        if made is None:
            raise DeadlinePassedError.from_learner(self.label)
        left = deadline.later(deadline.clock() - began)
        return SteppedModel(made.features, self.learner.fit(made.fold, point, deadline=left, seed=seed))

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """Models of other folds see other columns, and stay apart."""
        if any(isinstance(model, SteppedModel) for model in models):
            return tuple(models)
        return self.learner.together(models)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the learner's own file, with what was learnt by the steps before it."""
        if not isinstance(model, SteppedModel):
            self.learner.save(model, path)
            return
        save_after_features(
            path, self.learner, model.features, model.model, name=self._with_steps, length_name=_LENGTH_NAME
        )

    def load(self, path: Path) -> FoldModel:
        """Read what `save` wrote, or what the learner itself did.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        if not is_model_file(path, self._with_steps):
            return self.learner.load(path)
        return SteppedModel(*load_after_features(path, self.learner, name=self._with_steps, length_name=_LENGTH_NAME))

    def _widened(self, shape: TableShape) -> TableShape:
        made = MOST_MADE if "encode" in self.steps else 0
        return replace(shape, n_columns={**shape.n_columns, self.view: shape.n_columns[self.view] + made})

    @property
    def _with_steps(self) -> str:
        return f"{self.name} after steps"


def _learn(
    steps: tuple[str, ...], rows: TrainingRows, choice: str, *, stop: Any
) -> tuple[MadeFeatures, NDArray[np.float32]] | None:
    del choice
    return learn_fold_steps(rows, steps, stop=stop)
