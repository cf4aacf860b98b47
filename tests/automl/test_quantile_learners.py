from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from contracts.learner_contract import NO_LIMIT, easy_table
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss

from lepton_jupyter import LeptonRegressor
from lepton_jupyter.automl.quantile_learners import learning_quantiles
from lepton_jupyter.compilation.compiled_pool import CompiledPool, ViewShape
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.evaluation.pool_form import MEAN
from lepton_jupyter.exceptions.metric_errors import MetricMismatchError, QuantileError
from lepton_jupyter.learners.quantile_level import quantile_level, quantile_of
from lepton_jupyter.learners.registry import available_learners, learner_named
from lepton_jupyter.learners.row_losses import row_losses

if TYPE_CHECKING:
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import TrainingData

LEARNING = [name for name, each in available_learners().items() if each.learns_quantiles]
if "catboost" in LEARNING:
    pytest.importorskip("catboost")  # which warns, once, of a numpy newer than the one it was built with


def spread_out(metric: str, n_rows: int = 3_000) -> TrainingData:
    """Values whose spread grows with the first column, so that quantiles are no mean that is moved."""
    data = easy_table(0, n_rows=n_rows, missing=False, metric=metric)
    random = np.random.default_rng(1)
    first = data.views["linear"][:, 0].astype(np.float64)
    return dataclasses.replace(data, y=first + np.exp(first) * random.normal(size=n_rows))


@pytest.mark.parametrize(
    "typed", ["pinball:0.9", "Pinball 90 %", "mean_pinball_loss:0.9", "neg_mean_pinball_loss:0.9", "pinball-90%"]
)
def test_a_quantile_may_be_written_in_many_ways(typed: str) -> None:
    metric = find_metric(typed, "regression")
    assert (metric.name, metric.label) == ("neg_mean_pinball_loss:0.9", "pinball loss, 90 %")
    assert find_metric(metric.name, "regression") == metric


@pytest.mark.parametrize("typed", ["pinball", "pinball:1.5", "pinball:0", "pinball:many", "pinball 150%"])
def test_a_pinball_loss_without_a_quantile_is_refused(typed: str) -> None:
    with pytest.raises(QuantileError, match="names no quantile"):
        find_metric(typed, "regression")


def test_classes_have_no_quantiles() -> None:
    with pytest.raises(MetricMismatchError, match="does not fit a binary task"):
        find_metric("pinball:0.9", "binary")


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.3, 0.5, 0.9]), st.booleans())
def test_it_is_scikit_learns_and_least_at_the_quantile(seed: int, level: float, weighted: bool) -> None:
    random = np.random.default_rng(seed)
    y, predicted = random.normal(size=(2, 40)).round(1)
    weights = random.integers(0, 4, 40).astype(np.float64) + (np.arange(40) == 0) if weighted else None
    metric = find_metric(f"pinball:{level}", "regression")
    found = metric.loss(y, predicted[:, None], 0, weights)
    assert found == pytest.approx(mean_pinball_loss(y, predicted, sample_weight=weights, alpha=level), abs=1e-12)
    rows = row_losses(y, 0, metric.name)(predicted)
    assert np.average(rows, weights=weights) == pytest.approx(found, abs=1e-12)
    at = quantile_of(y, level, weights)
    least = min(metric.loss(y, np.full((40, 1), each), 0, weights) for each in y)
    assert metric.loss(y, np.full((40, 1), at), 0, weights) == pytest.approx(least, abs=1e-12)


@pytest.mark.parametrize("name", LEARNING)
@pytest.mark.parametrize("level", [0.1, 0.9])
def test_the_share_of_rows_below_is_the_quantile(name: str, level: float) -> None:
    data, learner = spread_out(f"neg_mean_pinball_loss:{level}"), learner_named(name)
    fold = data.fold(0, learner.view)
    model = learner.fit(fold, learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)
    below = float(np.mean(fold.y_validation <= model.predict(fold.X_validation)[:, 0]))
    # Leaves of few rows take a quantile of few values, which new rows exceed more often.
    assert below == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("name", [each for each in LEARNING if each not in {"mean", "linear"}])
def test_boosters_learn_where_a_quantile_lies_apart_from_the_mean(name: str) -> None:
    learner = learner_named(name)

    def loss(metric: str) -> float:
        data = spread_out(metric)
        fold = data.fold(0, learner.view)
        model = learner.fit(fold, learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)
        predicted = model.predict(fold.X_validation)[:, 0]
        if quantile_level(metric) is None:  # the mean, moved as far as the training rows say
            predicted = predicted + quantile_of(fold.y_train - model.predict(fold.X_train)[:, 0], 0.9)
        return float(mean_pinball_loss(fold.y_validation, predicted, alpha=0.9))

    assert loss("neg_mean_pinball_loss:0.9") < 0.95 * loss("neg_root_mean_squared_error")


@pytest.mark.parametrize("name", [each for each in ("lightgbm", "xgboost") if each in LEARNING])
def test_compiled_trees_predict_the_same_quantile(name: str) -> None:
    pytest.importorskip("onnxruntime")
    data, learner = spread_out("neg_mean_pinball_loss:0.9", 900), learner_named(name)
    fold = data.fold(0, "tree")
    model = learner.fit(fold, learner.starting_points(data.shape)[0], deadline=NO_LIMIT, seed=0)

    class OneTrial:
        view, weight, every = "tree", 1.0, (model,)

        def predicting(self, form: object) -> tuple[FoldModel, ...]:
            return self.every

    pool = CompiledPool([OneTrial()], MEAN, 1, {"tree": ViewShape(5, {2: 3})})
    assert not pool.reasons
    found = pool.predict({"tree": fold.X_validation})
    np.testing.assert_allclose(found, model.predict(fold.X_validation), rtol=1e-4, atol=1e-4)


def test_learners_of_means_are_left_out_and_named() -> None:
    learners = [learner_named(each) for each in ("mean", "extra_trees", "lightgbm")]
    kept, notes = learning_quantiles(learners, "neg_mean_pinball_loss:0.05", monotone=False)
    assert [each.name for each in kept] == ["mean", "lightgbm"]
    assert notes == ("Predictions are the 5 % quantile. Left out, since they learn means: extra_trees.",)
    assert learning_quantiles(learners, "r2", monotone=True) == (tuple(learners), ())
    with pytest.raises(QuantileError, match="None of these learners learns quantiles: extra_trees"):
        learning_quantiles(learners[:2], "neg_mean_pinball_loss:0.05", monotone=False)
    with pytest.raises(QuantileError, match="cannot be held to --monotone"):
        learning_quantiles(learners, "neg_mean_pinball_loss:0.05", monotone=True)


def test_a_search_for_a_quantile_ends_with_one() -> None:
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(1_200, 4)), columns=list("abcd"))
    y = X["a"] + np.exp(X["b"]) * random.normal(size=1_200)
    model = LeptonRegressor("6trials", metric="pinball:0.9", verbose=0).fit(X[:800], y[:800])
    below = float(np.mean(y[800:] <= model.predict(X[800:])))
    assert below == pytest.approx(0.9, abs=0.06)
