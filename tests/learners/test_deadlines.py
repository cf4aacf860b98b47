"""Fits on a larger table, told to end early by a clock that moves on with each reading."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contracts.learner_contract import easy_table, log_loss_or_square_error

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear_solvers import fit_ridge
from lepton_jupyter.learners.perceptron import PerceptronLearner

if TYPE_CHECKING:
    from lepton_jupyter.learners.learner import Learner


class TickingClock:
    """Each reading is a tenth of a second later than the one before."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> float:
        self.readings += 1
        return self.readings / 10


@pytest.mark.parametrize("learner", [LightGBMLearner(), ExtraTreesLearner(), PerceptronLearner()])
def test_more_time_gives_more_iterations(learner: Learner) -> None:
    data = easy_table(2, n_rows=1_000, n_columns=8)
    fold, point = data.fold(0, learner.view), learner.starting_points(data.shape)[0]
    short, long = (
        learner.fit(fold, point, deadline=Deadline(seconds, TickingClock()), seed=0) for seconds in (0.6, 4.0)
    )
    assert short.n_iterations is not None
    assert long.n_iterations is not None
    assert short.n_iterations < long.n_iterations
    losses = [log_loss_or_square_error(each.predict(fold.X_validation), fold.y_validation, 2) for each in (short, long)]
    assert losses[1] < losses[0]


def test_a_cancelled_fit_returns_what_it_has() -> None:
    data, cancelled = easy_table(2), threading.Event()
    learner = LightGBMLearner()

    class CancellingClock:
        def __call__(self) -> float:
            cancelled.set()  # the first reading is the one before the first round
            return 0.0

    model = learner.fit(
        data.fold(0, "tree"), learner.starting_points(data.shape)[0],
        deadline=Deadline(1.0, CancellingClock(), cancelled), seed=0,
    )  # fmt: skip
    assert model.n_iterations == 1


def test_large_forests_begin_with_a_pilot() -> None:
    data = easy_table(0, n_rows=9_000)
    learner = ExtraTreesLearner()
    # Three readings around the pilot say .1 s for a sixteenth of the rows: a whole tree would end too late.
    model = learner.fit(
        data.fold(0, "tree"), learner.starting_points(data.shape)[0], deadline=Deadline(1.5, TickingClock()), seed=0
    )
    assert model.n_iterations == 1
    assert sum(len(tree.feature) for tree in model.trees) < 2 * 6_000 / 16


def test_ridge_stops_between_blocks_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lepton_jupyter.learners.linear_solvers._OPERATIONS_PER_LOOK", 1_000)
    X = np.random.default_rng(0).normal(size=(1_000, 3)).astype(np.float32)
    y = X @ np.array([1.0, -2.0, 0.5]) + 3.0
    part = fit_ridge(X, y, alpha=1e-6, deadline=Deadline(0.45, TickingClock()))
    assert part is not None
    coefficients, intercept, n_rows = part
    assert 0 < n_rows < 1_000
    np.testing.assert_allclose(coefficients, [1.0, -2.0, 0.5], atol=1e-4)
    assert intercept == pytest.approx(3.0, abs=1e-4)


def test_ridge_of_a_wide_table_stops_between_blocks_of_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lepton_jupyter.learners.linear_solvers._OPERATIONS_PER_LOOK", 10_000)
    X = np.random.default_rng(0).normal(size=(20, 900)).astype(np.float32)
    part = fit_ridge(X, 4.0 * X[:, 0] + 3.0, alpha=1e-6, deadline=Deadline(0.45, TickingClock()))
    assert part is not None
    coefficients, intercept, n_rows = part
    assert n_rows == 20
    seen = coefficients != 0
    assert 20 < seen.sum() < 900
    assert seen[: seen.sum()].all()
    np.testing.assert_allclose(X @ coefficients + intercept, 4.0 * X[:, 0] + 3.0, atol=1e-3)
