from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from lepton_jupyter.compilation import compiled_pool
from lepton_jupyter.compilation.compiled_pool import BY_ITSELF, IN_LIGHTGBM, IN_NUMPY, IN_ONNX, CompiledPool, ViewShape
from lepton_jupyter.compilation.onnx_trees import is_installed
from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, MEAN
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.registry import available_learners, learner_named
from lepton_jupyter.learners.training_data import TrainingData

needs_onnx = pytest.mark.skipif(not is_installed(), reason="onnx and onnxruntime are not installed")
SHAPES = {"tree": ViewShape(5, {3: 4, 4: 30}), "linear": ViewShape(3, {})}


def rows(n, seed):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 5)).astype(np.float32)
    X[:, 3], X[:, 4] = random.integers(0, 4, n), random.integers(0, 30, n)
    X[:, 1] = np.rint(X[:, 1])  # cuts at values that rows have
    X[random.random((n, 5)) < 0.1] = np.nan
    X[:, 0] = random.normal(size=n)  # never missing in training
    return X


def data(n_classes):
    X = rows(600, 0)
    clean = np.nan_to_num(X)
    signal = clean[:, 0] + clean[:, 1] * clean[:, 2] + (clean[:, 4] % 3 == 1) - (clean[:, 3] == 2)
    signal = (signal + 0.3 * np.random.default_rng(0).normal(size=600)).astype(np.float64)
    y = np.digitize(signal, np.quantile(signal, np.arange(1, n_classes) / n_classes)) if n_classes else signal
    return TrainingData(
        views={"tree": X, "linear": clean[:, :3].copy()}, categorical=(3, 4), y=y, n_classes=n_classes,
        fold_of_row=(np.arange(600) % 2).astype(np.int16), n_folds=2,
        metric="neg_log_loss" if n_classes else "neg_root_mean_squared_error",
    )  # fmt: skip


@dataclass
class Member:
    view: str
    weight: float
    every: tuple

    def predicting(self, form):
        return self.every


def member(name, table, weight=1.0, **changed):
    learner = learner_named(name)
    point = dict(learner.starting_points(table.shape)[0]) | ({"n_estimators": 20} if "forest" in name else {}) | changed
    deadline = Deadline.after(60)
    models = [learner.fit(table.fold(fold, learner.view), point, deadline=deadline, seed=0) for fold in range(2)]
    return Member(learner.view, weight, tuple(models))


def expected(members, form, views):
    total = sum(
        each.weight / len(each.every) * form.opened(model.predict(views[each.view]))
        for each in members
        for model in each.every
    )
    return form.closed(total)


def views(n=400):
    X = rows(n, 7)
    X[:5] = np.nan  # also where training lacked no value
    return {"tree": X, "linear": np.nan_to_num(X)[:, :3].copy()}


def compiled(members, form, n_outputs):
    return CompiledPool(members, form, n_outputs, {view: SHAPES[view] for view in {each.view for each in members}})


def assert_alike(pool, members, form, given=None):
    given = given or views()
    truth = expected(members, form, given)
    scale = 1.0 if truth.shape[1] > 1 else truth.std()
    assert np.abs(pool.predict(given) - truth).max() < 1e-5 * scale
    for place in range(8):  # also those that lack everything
        one = {view: rows[place : place + 1] for view, rows in given.items()}
        assert np.abs(pool.predict(one) - truth[place]).max() < 1e-5 * scale


@needs_onnx
@pytest.mark.parametrize("n_classes", [0, 2, 3])
@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "random_forest"])
def test_trees_of_each_kind_are_one_call_that_says_what_they_say(name, n_classes):
    if name not in available_learners():
        pytest.skip(f"{name} is not installed")
    members = [member(name, data(n_classes))]
    pool = compiled(members, MEAN, max(1, n_classes))
    assert (dict(pool.how), pool.reasons) == ({IN_ONNX: 2}, [])
    assert_alike(pool, members, MEAN)


@needs_onnx
@pytest.mark.parametrize("form", [MEAN, LOGARITHMIC])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_pool_of_many_kinds_is_summed_as_it_is_pooled(form, n_classes):
    table = data(n_classes)
    names = {"lightgbm": 0.5, "random_forest": 0.2, "linear": 0.2, "naive_bayes": 0.1}
    members = [member(name, table, weight) for name, weight in names.items()]
    pool = compiled(members, form, n_classes)
    assert dict(pool.how) == {IN_ONNX: 4, IN_NUMPY: 2, BY_ITSELF: 2}
    assert "no compiled form of NaiveBayes models" in pool.reasons[0]
    assert_alike(pool, members, form)
    assert_alike(pickle.loads(pickle.dumps(pool)), members, form)


@pytest.mark.parametrize("name", ["linear", "perceptron"])
def test_products_after_pieces_are_products(name):
    members = [member(name, data(2), features="8 pieces")]
    pool = compiled(members, MEAN, 2)
    assert (dict(pool.how), pool.reasons) == ({IN_NUMPY: 2}, [])
    assert_alike(pool, members, MEAN)


@pytest.mark.parametrize("n_classes", [0, 2, 3])
def test_without_onnx_runtime_lightgbm_is_called_directly(n_classes, monkeypatch):
    monkeypatch.setattr(compiled_pool, "is_installed", lambda: False)
    members = [member("lightgbm", data(n_classes))]
    pool = compiled(members, MEAN, max(1, n_classes))
    assert dict(pool.how) == {IN_LIGHTGBM: 2}
    assert pool.reasons == ["ONNX Runtime is not installed: pip install 'lepton-jupyter[onnx]'"]
    assert_alike(pickle.loads(pickle.dumps(pool)), members, MEAN)


@needs_onnx
def test_a_forest_of_too_many_nodes_predicts_by_itself(monkeypatch):
    monkeypatch.setattr(compiled_pool, "MOST_NODES", 100)
    pool = compiled([member("random_forest", data(2))], MEAN, 2)
    assert dict(pool.how) == {BY_ITSELF: 2}
    assert "nodes of trees are more than the 100 that are compiled" in pool.reasons[0]
