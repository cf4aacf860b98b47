from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import BayesianRidge

from lepton_jupyter.learners.custom import learner_from_estimator
from lepton_jupyter.learners.portfolio import opening
from lepton_jupyter.learners.registry import choose_learners
from lepton_jupyter.learners.training_data import TableShape


def shape_of(n_rows: int, n_classes: int) -> TableShape:
    return TableShape(n_rows=n_rows, n_columns={"tree": 10, "linear": 20}, n_classes=n_classes, n_categorical=2)


@given(n_rows=st.integers(10, 200_000), n_classes=st.sampled_from([0, 2, 3, 12]))
def test_every_starting_point_is_opened_once(n_rows: int, n_classes: int) -> None:
    shape = shape_of(n_rows, n_classes)
    learners = choose_learners(shape=shape)
    tried = [(name, repr(point)) for name, point in opening(shape, learners)]
    asked = [(learner.name, repr(point)) for learner in learners for point in learner.starting_points(shape)]
    assert sorted(tried) == sorted(asked)


@pytest.mark.parametrize(("n_rows", "n_classes"), [(5_000, 0), (5_000, 2), (100, 2), (5_000, 20)])
def test_baselines_come_first(n_rows: int, n_classes: int) -> None:
    shape = shape_of(n_rows, n_classes)
    names = [name for name, _ in opening(shape, choose_learners(shape=shape))]
    assert names[:2] == ["majority" if n_classes else "mean", "linear"]


def test_the_quick_booster_follows_the_linear_model() -> None:
    shape = shape_of(5_000, 2)
    tried = opening(shape, choose_learners(shape=shape))
    assert tried[2][0] == "lightgbm"
    assert tried[2][1]["learning_rate"] == 0.1


@pytest.mark.parametrize(
    ("n_rows", "n_classes", "place"), [(1_000, 0, 2), (5_000, 2, 2), (50_000, 2, 2), (50_000, 0, 2), (1_000, 2, 3)]
)
def test_made_features_are_tried_early_but_for_few_rows_of_classes(n_rows: int, n_classes: int, place: int) -> None:
    shape = shape_of(n_rows, n_classes)
    tried = opening(shape, choose_learners(shape=shape))
    features = [point["features"] for name, point in tried if name == "lightgbm"]
    assert features.index("all") == place
    assert features.count("all") == 1


@pytest.mark.parametrize(("n_rows", "n_classes"), [(100, 0), (5_000, 20)])
def test_cheap_learners_come_before_boosters_where_boosters_are_dear(n_rows: int, n_classes: int) -> None:
    shape = shape_of(n_rows, n_classes)
    names = [name for name, _ in opening(shape, choose_learners(shape=shape))]
    assert names.index("extra_trees") < names.index("lightgbm")


@pytest.mark.parametrize(("n_rows", "n_classes"), [(100, 2), (1_000, 2), (4_000, 20)])
def test_discriminant_analysis_is_early_for_few_rows_of_classes(n_rows: int, n_classes: int) -> None:
    shape = shape_of(n_rows, n_classes)
    names = [name for name, _ in opening(shape, choose_learners(shape=shape))]
    assert names.index("discriminant") < min(names.index("perceptron"), names.index("neighbours"))
    assert names.count("discriminant") == 2


@pytest.mark.parametrize(("n_rows", "n_classes"), [(100, 0), (2_000, 0), (2_000, 2), (4_000, 20)])
def test_the_kernel_machine_comes_after_what_gains_more(n_rows: int, n_classes: int) -> None:
    shape = shape_of(n_rows, n_classes)
    names = [name for name, _ in opening(shape, choose_learners(shape=shape))]
    earlier = max(names.index("extra_trees"), names.index("perceptron"))
    assert earlier < names.index("kernel_machine") < names.index("neighbours")


def test_an_unknown_learner_comes_after_the_linear_one() -> None:
    shape = shape_of(5_000, 0)
    own = learner_from_estimator(BayesianRidge(), name="own")
    names = [name for name, _ in opening(shape, (own, *choose_learners(shape=shape)))]
    assert names[:4] == ["mean", "linear", "own", "lightgbm"]


@pytest.mark.parametrize("n_classes", [0, 2, 3])
def test_the_first_start_keeps_its_place_where_it_is_the_last_one_too(n_classes: int) -> None:
    # Categories alone: no numbers to be cut, and so fewer starting points.
    shape = TableShape(n_rows=300, n_columns={"tree": 5, "linear": 20}, n_classes=n_classes, n_categorical=5)
    names = [name for name, _ in opening(shape, choose_learners(["linear", "extra_trees", "lightgbm"], shape=shape))]
    assert names[1] == "linear"
    assert "extra_trees" in names[2:4]
