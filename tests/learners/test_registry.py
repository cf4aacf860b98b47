from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sklearn.linear_model import BayesianRidge

from lepton_jupyter.exceptions.learner_errors import (
    LearnerNameTakenError,
    MissingLearnerPackageError,
    UnknownLearnerError,
    UnsuitableLearnerError,
)
from lepton_jupyter.learners.custom import learner_from_estimator
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.registry import (
    available_learners,
    choose_learners,
    learner_named,
    missing_learners,
    register,
    unregister,
)
from lepton_jupyter.learners.training_data import TableShape

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPE = TableShape(n_rows=1_000, n_columns={"tree": 5, "linear": 8}, n_classes=0)


class LightGBMWithoutItsPackage(LightGBMLearner):
    name = "absent"

    def missing_package(self) -> str | None:
        return "a_package_that_is_not_there"


@pytest.fixture
def absent() -> Iterator[Any]:
    yield register(LightGBMWithoutItsPackage())
    unregister("absent")


def test_every_learner_is_known_by_its_own_name() -> None:
    assert all(name == learner.name for name, learner in available_learners().items())
    assert set(available_learners()).isdisjoint(missing_learners())
    assert len({learner.label for learner in available_learners().values()}) == len(available_learners())


def test_all_that_suit_are_chosen_baseline_first() -> None:
    chosen = [learner.name for learner in choose_learners(shape=SHAPE)]
    assert chosen[:3] == ["mean", "linear", "lightgbm"]
    assert "majority" not in chosen
    assert "naive_bayes" not in chosen


def test_a_name_brings_the_constant_baseline_along() -> None:
    assert [learner.name for learner in choose_learners(["lightgbm"], shape=SHAPE)] == ["mean", "lightgbm"]


def test_without_leaves_baselines_out_too() -> None:
    assert [learner.name for learner in choose_learners(["linear"], ["mean"], shape=SHAPE)] == ["linear"]


def test_the_nearest_name_is_given() -> None:
    with pytest.raises(UnknownLearnerError, match=r"no learner 'lightgmb'\. Did you mean 'lightgbm'"):
        choose_learners(["lightgmb"], shape=SHAPE)
    with pytest.raises(UnknownLearnerError, match=r"'liner'\. Did you mean 'linear'"):
        choose_learners(without=["liner"], shape=SHAPE)


def test_a_learner_that_does_not_suit_is_said_to() -> None:
    with pytest.raises(UnsuitableLearnerError, match="'naive_bayes' does not suit a regression task with 1000 rows"):
        choose_learners(["naive_bayes"], shape=SHAPE)


def test_something_must_be_left_to_try() -> None:
    with pytest.raises(UnsuitableLearnerError, match="No learner is left"):
        choose_learners(["linear"], ["linear"], shape=SHAPE)
    assert [learner.name for learner in choose_learners(["mean"], shape=SHAPE)] == ["mean"]


def test_a_missing_package_is_named(absent: Any) -> None:
    assert missing_learners()["absent"] == "a_package_that_is_not_there"
    assert "absent" not in available_learners()
    assert "absent" not in [learner.name for learner in choose_learners(shape=SHAPE)]
    with pytest.raises(MissingLearnerPackageError, match="'absent' needs the package 'a_package_that_is_not_there'"):
        learner_named("absent")
    with pytest.raises(MissingLearnerPackageError):
        choose_learners(["absent"], shape=SHAPE)


def test_the_extra_is_named_for_boosters() -> None:
    error = MissingLearnerPackageError.from_learner("catboost", "catboost")
    assert "lepton-jupyter[boosting]" in str(error)


def test_a_name_is_taken_once() -> None:
    own = learner_from_estimator(BayesianRidge(), name="own")
    register(own)
    try:
        assert learner_named("own") is own
        with pytest.raises(LearnerNameTakenError, match="already a learner 'own'"):
            register(own)
        other = register(learner_from_estimator(BayesianRidge(), name="own"), replace=True)
        assert learner_named("own") is other
    finally:
        unregister("own")
    assert "own" not in available_learners()
