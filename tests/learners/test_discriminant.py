from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contracts.learner_contract import JumpingClock, easy_table
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.discriminant import DiscriminantLearner
from lepton_jupyter.learners.training_data import TableShape

if TYPE_CHECKING:
    from lepton_jupyter.learners.discriminant import DiscriminantModel
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.search.space import Point

NO_LIMIT = Deadline(math.inf)


def fitted(data: TrainingData, point: Point, deadline: Deadline = NO_LIMIT) -> DiscriminantModel:
    return DiscriminantLearner().fit(data.fold(0, "linear"), point, deadline=deadline, seed=0)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_all_pooled_is_linear_discriminant_analysis(n_classes: int) -> None:
    data = easy_table(n_classes)
    fold = data.fold(0, "linear")
    model = fitted(data, {"pooling": 1.0, "shrinkage": 0.0, "tempering": 1.0})
    known = LinearDiscriminantAnalysis(solver="lsqr").fit(fold.X_train, fold.y_train)
    np.testing.assert_allclose(model.predict(fold.X_validation), known.predict_proba(fold.X_validation), atol=2e-3)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_none_pooled_is_quadratic_discriminant_analysis(n_classes: int) -> None:
    data = easy_table(n_classes)
    fold = data.fold(0, "linear")
    model = fitted(data, {"pooling": 0.0, "shrinkage": 0.0, "tempering": 1.0})
    known = QuadraticDiscriminantAnalysis().fit(fold.X_train, fold.y_train)
    # scikit-learn divides by one row less.
    np.testing.assert_allclose(model.predict(fold.X_validation), known.predict_proba(fold.X_validation), atol=0.03)


def test_classes_that_differ_in_spread_alone_are_told_apart() -> None:
    data = easy_table(2, n_columns=20)
    noise = np.random.default_rng(1).normal(size=(len(data.y), 20))
    X = (noise * np.where(data.y == 1, 3.0, 1.0)[:, None]).astype(np.float32)
    spread = dataclasses.replace(data, views={"linear": X})
    right = {}
    for pooling in (0.0, 1.0):
        outputs = fitted(spread, {"pooling": pooling, "shrinkage": 0.02, "tempering": 1.0}).predict(X)
        right[pooling] = float(np.mean(outputs.argmax(axis=1) == data.y))
    assert right[0.0] > 0.95
    assert right[1.0] < 0.7


def test_more_columns_than_rows_and_columns_told_twice_do_no_harm() -> None:
    data = easy_table(2, n_rows=40, n_columns=60, missing=False)
    X = np.hstack([data.views["linear"]] * 2 + [np.ones((40, 1), np.float32)])
    twice = dataclasses.replace(data, views={"linear": X})
    for shrinkage in (1e-3, 1.0):
        outputs = fitted(twice, {"pooling": 0.0, "shrinkage": shrinkage, "tempering": 1.0}).predict(X)
        assert np.isfinite(outputs).all()


def test_columns_without_spread_do_no_harm() -> None:
    data = easy_table(2)
    flat = dataclasses.replace(data, views={"linear": np.ones_like(data.views["linear"])})
    outputs = fitted(flat, DiscriminantLearner().starting_points(data.shape)[0]).predict(flat.views["linear"])
    np.testing.assert_allclose(outputs, 0.5, atol=0.02)


def test_it_ends_between_two_classes() -> None:
    data = easy_table(4)
    with pytest.raises(DeadlinePassedError, match="Discriminant analysis"):
        fitted(data, DiscriminantLearner().starting_points(data.shape)[0], Deadline(1.0, JumpingClock(2)))


@pytest.mark.parametrize(
    ("n_columns", "n_classes", "suits"), [(300, 2, True), (301, 2, False), (300, 100, False), (10, 0, False)]
)
def test_wide_tables_of_many_classes_do_not_suit(n_columns: int, n_classes: int, suits: bool) -> None:
    shape = TableShape(1_000, {"tree": 1, "linear": n_columns}, n_classes)
    assert DiscriminantLearner().supports(shape) == suits
