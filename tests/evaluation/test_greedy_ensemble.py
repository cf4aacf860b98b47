"""Ensembles: never worse than the best trial, the same for the same input, and in time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.blend_losses import blend_losses
from lepton_jupyter.evaluation.greedy_ensemble import select
from lepton_jupyter.evaluation.metrics import find_metric, metric_names
from lepton_jupyter.evaluation.pool_form import blend, pool_form
from lepton_jupyter.exceptions.metric_errors import NoCandidatesError
from lepton_jupyter.execution.deadline import Deadline

_SEEDS = st.integers(0, 2**32 - 1)
_TASKS = {2: "binary", 4: "multiclass", 0: "regression"}


def _candidates(seed, n_rows, n_classes, n_candidates):
    rng = np.random.default_rng(seed)
    if not n_classes:
        y = rng.gamma(2.0, size=n_rows) + 0.1
        values = {i: (y + rng.normal(scale=0.3 + i / 10, size=n_rows))[:, None] for i in range(n_candidates)}
        return y, {i: each.astype(np.float32) for i, each in values.items()}
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n_rows - n_classes)]
    found = {}
    for i in range(n_candidates):
        raw = rng.normal(scale=1 + i / 5, size=(n_rows, n_classes))
        raw[np.arange(n_rows), y] += 1
        exponential = np.exp(raw)
        found[i] = (exponential / exponential.sum(axis=1, keepdims=True)).astype(np.float32)
    return y, found


_CASES = [(name, n_classes) for n_classes, task in _TASKS.items() for name in metric_names(task)]


@pytest.mark.parametrize(("name", "n_classes"), _CASES)
@settings(max_examples=8, deadline=None)
@given(seed=_SEEDS, n_rows=st.integers(10, 60), n_candidates=st.integers(1, 6))
def test_an_ensemble_is_never_worse_than_its_best_trial_and_says_its_own_loss(
    name, n_classes, seed, n_rows, n_candidates
):
    y, candidates = _candidates(seed, n_rows, n_classes, n_candidates)
    metric = find_metric(name, _TASKS[n_classes])
    ensemble = select(candidates, y, metric, n_classes)
    assert ensemble.loss <= min(metric.loss(y, each, n_classes) for each in candidates.values())
    assert ensemble.loss == metric.loss(y, blend(candidates, ensemble.weights, ensemble.form), n_classes)
    assert sum(ensemble.weights.values()) == pytest.approx(1.0)
    assert all(weight > 0 for weight in ensemble.weights.values())
    assert set(ensemble.weights) <= set(candidates)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weighed", [False, True])
def test_the_least_loss_of_growing_log_pools_is_exact_and_no_other_is_said_to_be_less(n_classes, weighed):
    y, candidates = _candidates(3, 300, n_classes, 9)
    metric = find_metric("log_loss", _TASKS[n_classes])
    weights = np.random.default_rng(0).random(300) if weighed else None
    losses = blend_losses(metric, y, list(candidates.values()), weights)
    members: list[int] = []
    for picked in (2, 0, 2, 4):
        found = losses.with_each(np.arange(9))
        pools = [np.bincount([*members, each], minlength=9) / (len(members) + 1) for each in range(9)]
        plain = np.array(
            [
                metric.loss(y, blend(candidates, dict(enumerate(pool)), pool_form(metric)), n_classes, weights)
                for pool in pools
            ]
        )
        assert np.argmin(found) == np.argmin(plain)
        assert found.min() == pytest.approx(plain.min(), rel=1e-5)
        assert (found <= plain * (1 + 1e-5)).all()
        losses.add(picked)
        members.append(picked)


_SUMMED = [case for case in _CASES if not pool_form(find_metric(case[0], _TASKS[case[1]])).logarithmic]


@pytest.mark.parametrize(("name", "n_classes"), _SUMMED)
def test_losses_of_growing_blends_rank_as_the_metric_itself_does(name, n_classes):
    y, candidates = _candidates(3, 300, n_classes, 5)
    pool = list(candidates.values())
    metric = find_metric(name, _TASKS[n_classes])
    losses = blend_losses(metric, y, pool)
    members = []
    for picked in (2, 0, 2, 4):
        found = losses.with_each(np.arange(5))
        np.testing.assert_allclose(losses.with_each(np.array([3, 1])), found[[3, 1]], rtol=1e-6)
        plain = [metric.loss(y, sum([*members, each]) / np.float32(len(members) + 1), n_classes) for each in pool]
        order = np.argsort(plain)
        # Only gaps beyond the rounding of single precision are a ranking.
        clear = np.diff(np.array(plain)[order]) > 1e-5 * (1 + np.abs(np.array(plain)[order][1:]))
        assert (np.diff(found[order])[clear] > 0).all()
        losses.add(picked)
        members.append(pool[picked])


@pytest.mark.parametrize(("name", "n_classes"), [("roc_auc", 2), ("neg_log_loss", 2), ("neg_log_loss", 4), ("mae", 0)])
def test_a_big_table_is_decided_on_a_sample_and_judged_on_the_whole(name, n_classes):
    y, candidates = _candidates(1, 30_000, n_classes, 4)
    metric = find_metric(name, _TASKS[n_classes])
    ensemble = select(candidates, y, metric, n_classes)
    assert len(ensemble.weights) > 1
    assert ensemble.loss == metric.loss(y, blend(candidates, ensemble.weights, ensemble.form), n_classes)
    assert ensemble.loss < min(metric.loss(y, each, n_classes) for each in candidates.values())


def test_a_sample_that_misleads_does_not_replace_the_best_trial():
    # On the sample the two make up for each other; one row that it does not hold decides on the whole.
    y = np.zeros(30_000)
    steady, wild = np.full((30_000, 1), 0.5, np.float32), np.full((30_000, 1), -0.3, np.float32)
    outside = np.setdiff1d(np.arange(30_000), np.random.default_rng(0).choice(30_000, 10_000, replace=False))[0]
    wild[outside] = 1e6
    assert select({1: steady, 2: wild}, y, find_metric("rmse", "regression"), 0, seed=0).weights == {1: 1.0}


@given(seed=_SEEDS)
@settings(max_examples=10, deadline=None)
def test_neither_the_order_of_candidates_nor_a_second_call_changes_anything(seed):
    y, candidates = _candidates(seed, 80, 2, 8)
    metric = find_metric(None, "binary")
    ensemble = select(candidates, y, metric, 2)
    assert select(dict(reversed(candidates.items())), y, metric, 2) == ensemble


def test_copies_of_one_trial_gain_nothing():
    y, candidates = _candidates(0, 50, 2, 1)
    copies = {5: candidates[0], 7: candidates[0], 6: candidates[0]}
    for name in ("roc_auc", "neg_log_loss"):
        assert select(copies, y, find_metric(name, "binary"), 2).weights == {5: 1.0}


def test_many_candidates_are_cut_to_the_best_twenty_five():
    y, candidates = _candidates(0, 200, 2, 40)
    metric = find_metric("log_loss", "binary")
    ensemble = select(candidates, y, metric, 2)
    ranked = sorted(candidates, key=lambda each: metric.loss(y, candidates[each], 2))
    assert set(ensemble.weights) <= set(ranked[:25])


def test_a_deadline_that_has_passed_still_gives_the_best_trial():
    y, candidates = _candidates(0, 30_000, 2, 5)
    metric = find_metric("log_loss", "binary")
    ensemble = select(candidates, y, metric, 2, deadline=Deadline(at=0.0, clock=lambda: 1.0))
    assert len(ensemble.weights) == 1
    assert ensemble.loss == pytest.approx(min(metric.loss(y, each, 2) for each in candidates.values()), rel=0.05)


def test_rows_of_one_class_have_no_auc_and_still_give_an_ensemble():
    y, candidates = (
        np.zeros(10, dtype=int),
        {1: np.full((10, 2), 0.5, np.float32), 2: np.full((10, 2), 0.5, np.float32)},
    )
    ensemble = select(candidates, y, find_metric("auc", "binary"), 2)
    assert ensemble.weights == {1: 1.0}
    assert np.isnan(ensemble.loss)


def test_no_candidates_are_refused():
    with pytest.raises(NoCandidatesError, match="No trial has finished"):
        select({}, np.zeros(3), find_metric("rmse", "regression"), 0)


@pytest.mark.parametrize(("name", "n_classes"), _CASES)
def test_weights_decide_as_repeated_rows_do(name, n_classes):
    y, candidates = _candidates(3, 120, n_classes, 4)
    weights = np.random.default_rng(0).integers(1, 4, len(y))
    metric = find_metric(name, _TASKS[n_classes])
    ours = select(candidates, y, metric, n_classes, sample_weight=weights.astype(np.float64))
    repeated = {i: np.repeat(each, weights, axis=0) for i, each in candidates.items()}
    theirs = select(repeated, np.repeat(y, weights), metric, n_classes)
    assert ours.loss == pytest.approx(theirs.loss, rel=1e-6)


@pytest.mark.parametrize(("name", "n_classes"), _CASES)
def test_weights_of_one_give_the_same_ensemble(name, n_classes):
    y, candidates = _candidates(3, 120, n_classes, 4)
    metric = find_metric(name, _TASKS[n_classes])
    plain = select(candidates, y, metric, n_classes)
    weighed = select(candidates, y, metric, n_classes, sample_weight=np.ones(len(y)))
    assert weighed.loss == pytest.approx(plain.loss, rel=1e-6)
