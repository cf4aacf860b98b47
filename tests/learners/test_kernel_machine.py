from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contracts.learner_contract import JumpingClock, easy_table
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.kernel_machine import KernelMachineLearner, n_landmarks
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.training_data import TableShape

if TYPE_CHECKING:
    from lepton_jupyter.learners.kernel_machine import KernelModel
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.search.space import Point

NO_LIMIT = Deadline(math.inf)
LEARNER = KernelMachineLearner()


def fitted(data: TrainingData, point: Point, deadline: Deadline = NO_LIMIT) -> KernelModel:
    return LEARNER.fit(data.fold(0, "linear"), point, deadline=deadline, seed=0)


def ring(n_rows: int = 400) -> TrainingData:
    """Class 1 lies around class 0."""
    data = easy_table(2, n_rows=n_rows, n_columns=2, missing=False)
    radius = np.linalg.norm(data.views["linear"], axis=1)
    return dataclasses.replace(data, y=(radius > np.median(radius)).astype(np.int64))


def test_it_is_scikit_learns_kernel_ridge_where_all_rows_are_landmarks() -> None:
    data = easy_table(0)
    fold = data.fold(0, "linear")
    model = fitted(data, {"nearness": 0.5, "alpha": 0.1})
    assert len(model.landmarks) == len(fold.X_train)
    kernel = Nystroem(gamma=model.gamma, n_components=len(fold.X_train), random_state=0)
    known = make_pipeline(kernel, Ridge(alpha=0.1)).fit(fold.X_train, fold.y_train)
    np.testing.assert_allclose(model.predict(fold.X_validation)[:, 0], known.predict(fold.X_validation), atol=1e-2)


def test_it_is_scikit_learns_logistic_regression_on_the_kernel() -> None:
    data = easy_table(4)
    fold = data.fold(0, "linear")
    model = fitted(data, {"nearness": 0.5, "C": 1.0})
    kernel = Nystroem(gamma=model.gamma, n_components=len(fold.X_train), random_state=0)
    known = make_pipeline(kernel, LogisticRegression(C=1.0)).fit(fold.X_train, fold.y_train)
    np.testing.assert_allclose(model.predict(fold.X_validation), known.predict_proba(fold.X_validation), atol=0.02)


def test_it_learns_what_no_line_can_tell() -> None:
    data = ring()
    fold = data.fold(0, "linear")
    right = {}
    for learner in (LEARNER, LinearLearner()):
        model = learner.fit(fold, learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)
        right[learner.name] = float(np.mean(model.predict(fold.X_validation).argmax(axis=1) == fold.y_validation))
    assert right["kernel_machine"] > 0.95
    assert right["linear"] < 0.7


def test_rows_told_twice_and_columns_without_spread_do_no_harm() -> None:
    data = easy_table(2)
    X = np.repeat(data.views["linear"][::4], 4, axis=0)
    for view in (X, np.ones_like(X)):
        point = LEARNER.starting_points(data.shape)[0]
        assert np.isfinite(fitted(dataclasses.replace(data, views={"linear": view}), point).predict(view)).all()


def test_many_rows_have_fewer_landmarks_and_no_fit_costs_more_than_a_limit() -> None:
    for n_classes in (0, 2, 6):
        counts = [n_landmarks(n_rows, n_classes) for n_rows in (2_000, 20_000, 100_000)]
        assert counts == sorted(counts, reverse=True)
        for n_rows in (100, 2_000, 20_000, 100_000):
            shape = TableShape(n_rows, {"linear": 30}, n_classes)
            assert LEARNER.cost_units(LEARNER.starting_points(shape)[0], shape) < 4.0
    assert n_landmarks(30, 2) == 30


@pytest.mark.parametrize(("n_rows", "n_columns"), [(100_001, 10), (1_000, 501)])
def test_large_tables_do_not_suit(n_rows: int, n_columns: int) -> None:
    assert LEARNER.supports(TableShape(100_000, {"linear": 500}, 2))
    assert not LEARNER.supports(TableShape(n_rows, {"linear": n_columns}, 2))


def test_it_ends_before_features_are_made() -> None:
    data = easy_table(0)
    with pytest.raises(DeadlinePassedError, match="Kernel machine"):
        fitted(data, LEARNER.starting_points(data.shape)[0], Deadline(1.0, JumpingClock(1)))
