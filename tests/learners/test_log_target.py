from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from contracts.learner_contract import NO_LIMIT, TASKS, EveryTaskContract, easy_table
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lepton_jupyter.learners.featured_learner import FeaturedLearner
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.log_target import LogScale, LogTargetLearner, LogTargetModel
from lepton_jupyter.learners.portfolio import opening
from lepton_jupyter.learners.registry import choose_learners, learner_named

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.learners.training_data import TableShape, TrainingData
    from lepton_jupyter.search.space import Point


class FirstInLogarithms(LogTargetLearner):
    """Begins with its last starting point, so that the contract is held by models of logarithms."""

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        return super().starting_points(shape)[:: -1 if shape.right_skewed else 1]


def prices(n_rows: int = 240, seed: int = 0) -> TrainingData:
    """The easy table with values that double and halve where they rose and fell."""
    data = easy_table(0, n_rows=n_rows, seed=seed)
    return dataclasses.replace(data, y=100.0 * np.exp((data.y - 10.0) / 3.0))


def prices_or_classes(task: str) -> TrainingData:
    return easy_table(TASKS[task]) if TASKS[task] else prices()


class TestLinearOfLogarithms(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> LogTargetLearner:
        return FirstInLogarithms(LinearLearner())

    @pytest.fixture
    def data(self, task: str) -> TrainingData:
        return prices_or_classes(task)


class TestLightGBMOfLogarithms(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> LogTargetLearner:
        return FirstInLogarithms(FeaturedLearner(LightGBMLearner(), started_with=("pairs",)))

    @pytest.fixture
    def data(self, task: str) -> TrainingData:
        return prices_or_classes(task)


def fitted(learner: Any, data: TrainingData, scale: str) -> Any:
    point = {**learner.starting_points(data.shape)[0], "target_scale": scale}
    return learner.fit(data.fold(0, learner.view), point, deadline=NO_LIMIT, seed=0)


def loss_of(model: Any, data: TrainingData, view: str) -> float:
    fold = data.fold(0, view)
    return float(np.mean((model.predict(fold.X_validation)[:, 0] - fold.y_validation) ** 2))


def test_what_is_straight_in_logarithms_is_learnt_better_in_them() -> None:
    learner, data = LogTargetLearner(LinearLearner()), prices(2_000)
    plain, log = (loss_of(fitted(learner, data, scale), data, "linear") for scale in ("plain", "log"))
    assert log < 0.7 * plain


def test_what_is_derived_from_a_table_is_not_shared_by_both_scales() -> None:
    # LightGBM keeps binned columns with their target for each fold of a table.
    learner, data, again = LogTargetLearner(LightGBMLearner()), prices(), prices()
    both = [fitted(learner, data, scale) for scale in ("plain", "log")]
    other_way_round = [fitted(learner, again, scale) for scale in ("log", "plain")][::-1]
    X = data.fold(0, "tree").X_validation
    for one, other in zip(both, other_way_round, strict=True):
        np.testing.assert_array_equal(one.predict(X), other.predict(X))
    assert not np.array_equal(both[0].predict(X), both[1].predict(X))


def test_rows_of_validation_are_not_learnt_from() -> None:
    learner, data = LogTargetLearner(LinearLearner()), prices()
    other = dataclasses.replace(data, y=np.where(data.fold_of_row == 0, 3.0 * data.y, data.y))
    X = data.fold(0, "linear").X_validation
    first, second = (fitted(learner, each, "log") for each in (data, other))
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


def test_boosting_is_judged_in_values() -> None:
    learner, data = LogTargetLearner(LightGBMLearner()), prices()
    model = fitted(learner, data, "log")
    np.testing.assert_allclose(model.on_validation, model.predict(data.fold(0, "tree").X_validation.copy()), rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "skewed"),
    [
        (np.exp(np.random.default_rng(0).normal(size=500)), True),
        (np.random.default_rng(0).poisson(0.5, 500).astype(float), True),
        (-np.exp(np.random.default_rng(0).normal(size=500)), False),
        (np.exp(np.random.default_rng(0).normal(size=500)) - 1.0, False),
        (np.random.default_rng(0).normal(50.0, 5.0, 500), False),
        (np.full(500, 3.0), False),
    ],
    ids=["prices", "counts", "left", "below 0", "symmetric", "constant"],
)
def test_logarithms_are_offered_where_values_lie_far_to_the_right(y: np.ndarray, skewed: bool) -> None:
    data = dataclasses.replace(easy_table(0, n_rows=500), y=y)
    assert data.shape.right_skewed is skewed
    names = [each.name for each in LogTargetLearner(LinearLearner()).space(data.shape).dimensions]
    assert ("target_scale" in names) is skewed


@pytest.mark.parametrize("n_classes", [2, 4])
def test_classes_have_no_logarithms(n_classes: int) -> None:
    shape = easy_table(n_classes).shape
    learner, own = LogTargetLearner(LinearLearner()), LinearLearner()
    assert learner.space(shape).dimensions == own.space(shape).dimensions
    assert learner.starting_points(shape) == own.starting_points(shape)


def test_a_point_and_a_file_of_an_earlier_run_are_read(tmp_path: Path) -> None:
    data, own = prices(), LightGBMLearner()
    fold, point = data.fold(0, "tree"), own.starting_points(data.shape)[0]
    model = own.fit(fold, point, deadline=NO_LIMIT, seed=0)
    learner = LogTargetLearner(own)
    again = learner.fit(fold, point, deadline=NO_LIMIT, seed=0)
    own.save(model, tmp_path / "model")
    for read in (again, learner.load(tmp_path / "model")):
        np.testing.assert_array_equal(read.predict(fold.X_validation), model.predict(fold.X_validation))
    assert learner.describe(point) == own.describe(point)


def test_predictions_far_beyond_what_was_seen_are_held() -> None:
    data = prices()
    model = fitted(LogTargetLearner(LinearLearner()), data, "log")
    assert isinstance(model, LogTargetModel)
    far = model.predict(np.full((2, 5), [[50.0], [-50.0]], np.float32))
    assert far.max() == pytest.approx(2.0 * data.fold(0, "linear").y_train.max())
    assert far.min() >= 0.0


@given(
    arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(0.0, 1e12, allow_subnormal=False)).filter(
        lambda y: y.mean() > 1e-300
    )
)
def test_values_come_back(y: np.ndarray) -> None:
    scale = LogScale.of(y)
    np.testing.assert_allclose(scale.values(scale.logarithms(y)), y, rtol=1e-9, atol=1e-9 * scale.unit)


def test_a_skewed_target_is_opened_in_both_scales_and_with_made_features_where_they_were() -> None:
    shape = dataclasses.replace(prices(2_000).shape, n_columns={"tree": 20, "linear": 20})
    learners = choose_learners(["linear", "lightgbm"], shape=shape)
    opened = [(name, point.get("target_scale"), point.get("features")) for name, point in opening(shape, learners)]
    assert opened[:7] == [
        ("mean", None, None), ("linear", "plain", "plain"), ("linear", "log", "plain"), ("lightgbm", "plain", "plain"),
        ("lightgbm", "log", "plain"), ("linear", "plain", "16 pieces"), ("lightgbm", "plain", "plain"),
    ]  # fmt: skip
    assert opened[7] == ("lightgbm", "plain", "all")


def test_monotone_learners_stay_what_they_are() -> None:
    held = learner_named("lightgbm").held_monotone()
    assert held.keeps_monotone
    assert "target_scale" in [each.name for each in held.space(prices().shape).dimensions]
