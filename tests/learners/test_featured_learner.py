from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from contracts.learner_contract import NO_LIMIT, EveryTaskContract, easy_table

from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.featured_learner import FeaturedLearner, FeaturedModel
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.perceptron import PerceptronLearner
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES, PIECES

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.learners.training_data import TableShape, TrainingData
    from lepton_jupyter.search.space import Point


class FirstWithFeatures(FeaturedLearner):
    """Begins with its last starting point, so that the contract is held by models with made features."""

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        return super().starting_points(shape)[::-1]


class TestLightGBMWithFeatures(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> FeaturedLearner:
        return FirstWithFeatures(LightGBMLearner(), started_with=("all",))


class TestExtraTreesWithFeatures(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> FeaturedLearner:
        return FirstWithFeatures(ExtraTreesLearner(), started_with=("pairs",))


class TestLinearWithPieces(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> FeaturedLearner:
        return FirstWithFeatures(LinearLearner(), started_with=("16 pieces",))


class TestPerceptronWithPieces(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> FeaturedLearner:
        return FirstWithFeatures(PerceptronLearner(), started_with=("8 pieces",))


def ratio_table(n_rows: int = 1_500) -> TrainingData:
    """A target that is the ratio of two columns: a tree needs many cuts for it, and one made column says it."""
    data = easy_table(0, n_rows=n_rows, n_columns=6)
    tree = data.views["tree"].copy()
    tree[:, :2] = np.random.default_rng(3).uniform(0.5, 3.0, (n_rows, 2))
    return dataclasses.replace(data, views={"tree": tree}, y=(tree[:, 0] / tree[:, 1]).astype(np.float64))


def point_with(learner: FeaturedLearner, data: TrainingData, choice: str) -> Point:
    return {**learner.starting_points(data.shape)[0], "features": choice}


def loss_of(learner: FeaturedLearner, data: TrainingData, point: Point) -> float:
    fold = data.fold(0, "tree")
    model = learner.fit(fold, point, deadline=NO_LIMIT, seed=0)
    return float(np.mean((model.predict(fold.X_validation)[:, 0] - fold.y_validation) ** 2))


def test_a_ratio_that_is_made_is_learnt_better() -> None:
    learner, data = FeaturedLearner(LightGBMLearner()), ratio_table()
    losses = [loss_of(learner, data, point_with(learner, data, choice)) for choice in ("plain", "pairs")]
    assert losses[1] < 0.3 * losses[0]


def test_what_boosting_knows_of_the_validation_rows_is_passed_on() -> None:
    learner, data = FeaturedLearner(LightGBMLearner()), easy_table(2)
    fold = data.fold(0, "tree")
    model: Any = learner.fit(fold, point_with(learner, data, "pairs"), deadline=NO_LIMIT, seed=0)
    np.testing.assert_allclose(model.on_validation, model.predict(fold.X_validation), rtol=1e-6)


def test_a_point_of_an_earlier_run_makes_none() -> None:
    learner, data = FeaturedLearner(LightGBMLearner()), easy_table(2)
    point = {name: value for name, value in point_with(learner, data, "plain").items() if name != "features"}
    space, fold = learner.space(data.shape), data.fold(0, "tree")
    np.testing.assert_array_equal(space.to_unit(point), space.to_unit({**point, "features": "plain"}))
    model = learner.fit(fold, point, deadline=NO_LIMIT, seed=0)
    own = LightGBMLearner().fit(fold, point, deadline=NO_LIMIT, seed=0)
    np.testing.assert_array_equal(model.predict(fold.X_validation), own.predict(fold.X_validation))
    assert learner.describe(point) == LightGBMLearner().describe(point)


def test_a_file_of_an_earlier_run_is_read(tmp_path: Path) -> None:
    data = easy_table(2)
    own = LightGBMLearner()
    fold = data.fold(0, "tree")
    model = own.fit(fold, own.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)
    own.save(model, tmp_path / "model")
    again = FeaturedLearner(own).load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(fold.X_validation), model.predict(fold.X_validation))


@pytest.mark.parametrize("choice", FEATURE_CHOICES[1:])
def test_rows_of_validation_are_not_learnt_from(choice: str) -> None:
    learner, data = FeaturedLearner(ExtraTreesLearner()), easy_table(0)
    X = data.fold(0, "tree").X_validation
    other = dataclasses.replace(data, y=np.where(data.fold_of_row == 0, -data.y, data.y))
    point = point_with(learner, data, choice)
    first, second = (learner.fit(each.fold(0, "tree"), point, deadline=NO_LIMIT, seed=0) for each in (data, other))
    assert isinstance(first, FeaturedModel)
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


def test_each_choice_is_a_step_of_the_search() -> None:
    learner, data = FeaturedLearner(LightGBMLearner()), easy_table(2)
    wide = dataclasses.replace(data.shape, n_columns={"tree": 100})
    assert "selected" not in learner.space(data.shape).dimensions[-1].options
    space = learner.space(wide)
    for choice in FEATURE_CHOICES:
        assert space.contains(point_with(learner, data, choice))
    costs = {choice: learner.cost_units(point_with(learner, data, choice), data.shape) for choice in FEATURE_CHOICES}
    assert min(costs, key=lambda choice: costs[choice]) == "plain"
    assert all(math.isfinite(cost) for cost in costs.values())


def test_a_single_column_has_nothing_to_be_paired_with() -> None:
    learner: Any = FeaturedLearner(LightGBMLearner(), started_with=("all",))
    shape = easy_table(2, n_columns=1).shape
    assert learner.starting_points(shape) == LightGBMLearner().starting_points(shape)
    assert learner.space(shape) == LightGBMLearner().space(shape)


def test_a_linear_model_of_pieces_follows_what_is_bent() -> None:
    data = easy_table(0, n_rows=900)
    bent = dataclasses.replace(data, y=np.abs(data.views["linear"][:, 0].astype(np.float64)))
    learner, fold = FeaturedLearner(LinearLearner()), bent.fold(0, "linear")
    losses = {
        choice: float(np.mean((model.predict(fold.X_validation)[:, 0] - fold.y_validation) ** 2))
        for choice in PIECES
        for model in [learner.fit(fold, point_with(learner, bent, choice), deadline=NO_LIMIT, seed=0)]
    }
    assert losses["16 pieces"] < 0.1 * losses["plain"]
    assert losses["8 pieces"] < 0.1 * losses["plain"]


def test_the_linear_view_is_cut_into_pieces_and_nothing_else() -> None:
    learner, shape = FeaturedLearner(LinearLearner(), started_with=("16 pieces",)), easy_table(2).shape
    assert learner.space(shape).dimensions[-1].options == ("plain", "8 pieces", "16 pieces")
    *own, cut = learner.starting_points(shape)
    assert [point["features"] for point in own] == ["plain"]
    assert learner.describe(cut) == "C 0.3 + 16 pieces"
    costs = [learner.cost_units({**cut, "features": choice}, shape) for choice in PIECES]
    assert costs == sorted(costs)
    assert costs[0] < costs[2]


def test_a_table_without_numbers_offers_no_pieces() -> None:
    shape = dataclasses.replace(easy_table(2).shape, n_columns={"tree": 5, "linear": 60}, n_categorical=5)
    learner = FeaturedLearner(LinearLearner(), started_with=("16 pieces",))
    assert learner.space(shape) == LinearLearner().space(shape)
    assert learner.starting_points(shape) == LinearLearner().starting_points(shape)
