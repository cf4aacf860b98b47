"""Steps within folds keep what every learner promises, see training rows alone, and come back from files."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from contracts.learner_contract import NO_LIMIT, EveryTaskContract, easy_table

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.featured_learner import FeaturedLearner
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.stepped_learner import SteppedLearner, SteppedModel

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TrainingData
    from lepton_jupyter.search.space import Point


class TestLinearAfterSteps(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> SteppedLearner:
        return SteppedLearner(LinearLearner(), ("variance", "redundancy", "information"))


class TestLightGBMAfterSteps(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> SteppedLearner:
        return SteppedLearner(FeaturedLearner(LightGBMLearner()), ("variance", "encode"))


def fitted(learner: SteppedLearner, data: TrainingData, view: str) -> Any:
    return learner.fit(data.fold(0, view), learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)


def with_noise(n_noise: int) -> TrainingData:
    data = easy_table(2, n_rows=900, n_columns=5)
    noise = np.random.default_rng(7).normal(size=(900, n_noise)).astype(np.float32)
    return dataclasses.replace(data, views={name: np.hstack([view, noise]) for name, view in data.views.items()})


@pytest.mark.parametrize("steps", [("information",), ("shadows",), ("variance", "redundancy", "information", "encode")])
@pytest.mark.parametrize("view", ["tree", "linear"])
def test_rows_of_validation_are_not_learnt_from(steps: tuple[str, ...], view: str) -> None:
    own = FeaturedLearner(LightGBMLearner()) if view == "tree" else LinearLearner()
    learner, data = SteppedLearner(own, steps), with_noise(6)
    other = dataclasses.replace(data, y=np.where(data.fold_of_row == 0, 1 - data.y, data.y))
    first, second = (fitted(learner, each, view) for each in (data, other))
    assert isinstance(first, SteppedModel)
    assert first.features.to_bytes() == second.features.to_bytes()


def test_folds_choose_for_themselves_and_the_views_apart() -> None:
    data = with_noise(20)
    tree = SteppedLearner(LightGBMLearner(), ("information",))
    linear = SteppedLearner(LinearLearner(), ("information", "encode"))
    assert linear.steps == ("information",)
    models = [fitted(tree, data, "tree"), fitted(linear, data, "linear")]
    for model in models:
        assert {0, 1} <= set(model.features.own.tolist())
        assert len(model.features.own) < 10
    assert linear.together([models[1], models[1]]) == (models[1], models[1])


def test_the_time_of_a_trial_is_not_spent_on_what_all_trials_share() -> None:
    now = [0.0]

    def clock() -> float:  # a second passes whenever it is looked at
        now[0] += 1.0
        return now[0]

    learner, data = SteppedLearner(LightGBMLearner(), ("information", "shadows")), with_noise(6)
    left: list[float] = []

    class Watched(LightGBMLearner):
        def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
            left.append(deadline.at - now[0])
            return super().fit(fold, point, deadline=NO_LIMIT, seed=seed)

    learner.learner = Watched()
    fold, point = data.fold(0, "tree"), learner.starting_points(data.shape)[0]
    learner.fit(fold, point, deadline=Deadline(3.0, clock), seed=0)
    assert left[0] == 2.0  # one second was counted before the learning began

    ended = threading.Event()
    ended.set()
    with pytest.raises(DeadlinePassedError):
        learner.fit(data.fold(1, "tree"), point, deadline=Deadline(3.0, clock, ended), seed=0)


def test_constraints_stay_with_their_columns() -> None:
    data = dataclasses.replace(with_noise(20), monotone=(1, 0, 0, -1, *(0 for _ in range(21))))
    learner = SteppedLearner(FeaturedLearner(LightGBMLearner()), ("information",)).held_monotone()
    model = fitted(learner, data, "tree")
    X = np.repeat(data.views["tree"][:40], 25, axis=0)
    X[:, 0] = np.tile(np.linspace(-2, 2, 25), 40)
    rising = model.predict(X)[:, 1].reshape(40, 25)
    assert (np.diff(rising, axis=1) >= -1e-9).all()
    assert np.ptp(rising) > 0.2


def test_a_file_of_the_learner_itself_is_read(tmp_path: Path) -> None:
    own, data = LinearLearner(), easy_table(2)
    fold = data.fold(0, "linear")
    model = own.fit(fold, own.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)
    own.save(model, tmp_path / "model")
    again = SteppedLearner(own).load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(fold.X_validation), model.predict(fold.X_validation))
    assert len(SteppedLearner(own).together([again, again])) == len(own.together([model, model]))
