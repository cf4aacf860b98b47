from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from contracts.learner_contract import easy_table

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners import lightgbm
from lepton_jupyter.learners.lightgbm import LightGBMLearner

NO_LIMIT = Deadline(math.inf)


def test_bins_are_made_once_for_all_trials_of_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    data, binned = easy_table(2), []
    bin_columns = lightgbm._bin_columns
    monkeypatch.setattr(lightgbm, "_bin_columns", lambda fold: binned.append(fold.index) or bin_columns(fold))
    for point in LightGBMLearner().starting_points(data.shape):
        for fold_index in (0, 1):
            # A new learner for each trial, as workers receive it.
            LightGBMLearner().fit(data.fold(fold_index, "tree"), point, deadline=NO_LIMIT, seed=0)
    assert binned == [0, 1]


def test_fits_side_by_side_on_shared_bins_equal_fits_in_turn() -> None:
    data, learner = easy_table(2, n_rows=600), LightGBMLearner()
    points, fold = learner.starting_points(data.shape), data.fold(0, "tree")

    def fit(number: int) -> str:
        return learner.fit(fold, points[number % len(points)], deadline=NO_LIMIT, seed=number).text

    in_turn = [fit(number) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fit, range(8))) == in_turn


def test_the_metric_of_the_run_decides_when_to_stop() -> None:
    learner, rounds = LightGBMLearner(), {}
    for metric in ("roc_auc", "neg_log_loss", "accuracy"):
        data = easy_table(2, metric=metric)
        point = learner.starting_points(data.shape)[0]
        rounds[metric] = learner.fit(data.fold(0, "tree"), point, deadline=NO_LIMIT, seed=0).n_iterations
    assert rounds["roc_auc"] == rounds["neg_log_loss"] != rounds["accuracy"]


def test_absolute_errors_are_also_what_is_boosted() -> None:
    data, learner = easy_table(0, metric="neg_mean_absolute_error"), LightGBMLearner()
    # One far outlier in ten pulls a mean, and leaves a median where it is.
    y = np.where(np.arange(len(data.y)) % 10 == 4, 1e4, data.y)
    object.__setattr__(data, "y", y)
    fold = data.fold(0, "tree")
    outputs = learner.fit(fold, learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0).predict(
        fold.X_validation
    )
    assert np.median(outputs) < 100.0


def test_the_low_end_of_a_penalty_is_none() -> None:
    data = easy_table(0)
    point = LightGBMLearner().starting_points(data.shape)[0]
    parameters = lightgbm.booster_parameters(data.fold(0, "tree"), point, seed=0)
    assert parameters["path_smooth"] == 0.0
    assert parameters["lambda_l1"] == 0.0


@pytest.mark.parametrize("n_classes", [0, 2, 4])
def test_predictions_kept_of_the_validation_rows_are_those_of_its_file(n_classes: int) -> None:
    data, learner = easy_table(n_classes), LightGBMLearner()
    fold = data.fold(0, "tree")
    for point in learner.starting_points(data.shape):
        model = learner.fit(fold, point, deadline=NO_LIMIT, seed=0)
        assert model.on_validation == pytest.approx(model.predict(fold.X_validation), abs=1e-6)


def test_the_rate_rises_where_few_rounds_are_affordable() -> None:
    data, learner = easy_table(0, n_rows=600), LightGBMLearner()
    now = iter(np.arange(0.0, 1e6, 0.05))  # a clock on which 20 looks are a second
    point = learner.starting_points(data.shape)[0]
    hurried = learner.fit(data.fold(0, "tree"), point, deadline=Deadline(4.0, clock=lambda: float(next(now))), seed=0)
    assert "[learning_rate: 0.1]" not in hurried.text
    assert "[learning_rate: 0.1]" in learner.fit(data.fold(0, "tree"), point, deadline=NO_LIMIT, seed=0).text
