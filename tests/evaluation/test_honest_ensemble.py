"""An honest ensemble: chance looks like chance, the best trial is not lost, and the same is chosen each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.honest_ensemble import select_honestly
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.evaluation.pool_form import blend
from lepton_jupyter.execution.deadline import Deadline

_TASKS = {2: "binary", 4: "multiclass", 0: "regression"}
_CASES = [("roc_auc", 2), ("log_loss", 2), ("log_loss", 4), ("brier", 4), ("accuracy", 4), ("rmse", 0)]


def _candidates(seed, n_rows, n_classes, n_candidates, *, signal=1.0):
    random = np.random.default_rng(seed)
    if not n_classes:
        y = random.normal(size=n_rows)
        found = {i: (signal * y + random.normal(scale=0.3 + i / 10, size=n_rows))[:, None] for i in range(n_candidates)}
        return y, {i: each.astype(np.float32) for i, each in found.items()}
    y = np.r_[np.arange(n_classes), np.arange(n_classes), random.integers(0, n_classes, n_rows - 2 * n_classes)]
    found = {}
    for i in range(n_candidates):
        raw = random.normal(scale=1 + i / 5, size=(n_rows, n_classes))
        raw[np.arange(n_rows), y] += signal
        exponential = np.exp(raw)
        found[i] = (exponential / exponential.sum(axis=1, keepdims=True)).astype(np.float32)
    return y, found


def _folds(n_rows, n_folds=4):
    return np.arange(n_rows) % n_folds


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize(("name", "n_classes"), _CASES)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_candidates=st.integers(1, 6))
def test_what_is_chosen_is_never_worse_than_the_best_trial(name, n_classes, thorough, seed, n_candidates):
    y, candidates = _candidates(seed, 60, n_classes, n_candidates)
    metric = find_metric(name, _TASKS[n_classes])
    found = select_honestly(candidates, y, _folds(60), metric, n_classes, thorough=thorough)
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert min(found.weights.values()) > 0
    loss = metric.loss(y, blend(candidates, found.weights, found.form), n_classes)
    assert loss <= min(metric.loss(y, each, n_classes) for each in candidates.values()) + 1e-12
    assert np.isfinite(metric.loss(y, found.nested, n_classes))


@pytest.mark.parametrize(("name", "n_classes"), _CASES)
def test_neither_the_order_of_candidates_nor_a_second_call_changes_anything(name, n_classes):
    y, candidates = _candidates(2, 200, n_classes, 7)
    metric = find_metric(name, _TASKS[n_classes])
    one, other = (
        select_honestly(each, y, _folds(200), metric, n_classes, thorough=True)
        for each in (candidates, dict(reversed(candidates.items())))
    )
    assert (one.weights, one.form) == (other.weights, other.form)
    np.testing.assert_array_equal(one.nested, other.nested)


def test_an_ensemble_of_noise_says_that_it_is_noise():
    metric, promised, honest = find_metric("auc", "binary"), [], []
    for seed in range(6):
        y, candidates = _candidates(seed, 500, 2, 30, signal=0.0)
        found = select_honestly(candidates, y, _folds(500, 5), metric, 2, thorough=True)
        promised.append(metric.score(y, blend(candidates, found.weights, found.form), 2))
        honest.append(np.mean([metric.score(y[fold::5], found.nested[fold::5], 2) for fold in range(5)]))
    assert np.mean(promised) > 0.54
    assert np.mean(honest) == pytest.approx(0.5, abs=0.02)


def test_a_row_has_no_part_in_the_weights_it_is_judged_by():
    y, candidates = _candidates(0, 300, 2, 6)
    metric, folds = find_metric("log_loss", "binary"), _folds(300, 3)
    before = select_honestly(candidates, y, folds, metric, 2)
    turned = np.where(folds == 1, 1 - y, y)  # only of one fold: its own weights come from the other two
    after = select_honestly(candidates, turned, folds, metric, 2)
    np.testing.assert_array_equal(after.nested[folds == 1], before.nested[folds == 1])
    assert np.abs(after.nested[folds == 0] - before.nested[folds == 0]).max() > 0.05


def test_stacking_is_used_where_the_parts_left_out_gain_by_it():
    random = np.random.default_rng(0)
    truth = 3 * random.normal(size=1000)
    y = (random.random(1000) < 1 / (1 + np.exp(-truth))).astype(int)
    timid = {}
    for i in range(3):
        chance = 1 / (1 + np.exp(-(truth + random.normal(size=1000)) / 4))
        timid[i] = np.stack([1 - chance, chance], axis=1).astype(np.float32)
    metric = find_metric("log_loss", "binary")
    plain = select_honestly(timid, y, _folds(1000), metric, 2)
    stacked = select_honestly(timid, y, _folds(1000), metric, 2, thorough=True)
    assert plain.form.sharpness == 1.0
    assert stacked.form.sharpness > 2
    assert metric.loss(y, stacked.nested, 2) < 0.8 * metric.loss(y, plain.nested, 2)


def test_without_time_the_best_trial_is_judged_as_it_is():
    y, candidates = _candidates(0, 400, 4, 5)
    metric = find_metric("log_loss", "multiclass")
    late = Deadline(at=0.0, clock=lambda: 1.0)
    found = select_honestly(candidates, y, _folds(400), metric, 4, thorough=True, deadline=late)
    assert len(found.weights) == 1
    np.testing.assert_allclose(found.nested, candidates[next(iter(found.weights))], atol=1e-6)


def test_a_big_table_is_nested_on_a_sample_and_judged_on_the_whole():
    y, candidates = _candidates(1, 25_000, 2, 4)
    metric = find_metric("auc", "binary")
    found = select_honestly(candidates, y, _folds(25_000), metric, 2)
    whole = metric.score(y, blend(candidates, found.weights), 2)
    assert metric.score(y, found.nested, 2) == pytest.approx(whole, abs=0.003)
