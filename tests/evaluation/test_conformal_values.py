from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_pinball_loss

from lepton_jupyter.evaluation.conformal_values import ValueConformity
from lepton_jupyter.exceptions.conformal_errors import CoverageError


def fitted(X, y, n_folds=5, seed=0, weights=None):
    """Fold models of a ridge and what is known of their errors."""
    fold_of_row = np.random.default_rng(seed).permutation(len(y)) % n_folds
    out_of_fold, models = np.empty((len(y), 1)), []
    for fold in range(n_folds):
        rows = fold_of_row == fold
        models.append(Ridge().fit(X[~rows], y[~rows]))
        out_of_fold[rows, 0] = models[-1].predict(X[rows])
    conformity = ValueConformity.of(y, out_of_fold, fold_of_row, folds=range(n_folds), weights=weights)
    return conformity, models, out_of_fold[:, 0], fold_of_row


def by_fold(models, X):
    return np.array([model.predict(X) for model in models])


def covered(bounds, y):
    return (bounds[:, 0] <= y) & (y <= bounds[:, 1])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_folds=st.integers(1, 6), n_rows=st.integers(40, 400))
def test_bounds_are_those_of_all_sums_of_prediction_and_error(seed, n_folds, n_rows):
    random = np.random.default_rng(seed)
    y, out_of_fold = random.normal(size=n_rows), random.normal(size=(n_rows, 1))
    fold_of_row = random.integers(0, n_folds, n_rows)
    conformity = ValueConformity.of(y, out_of_fold, fold_of_row, folds=range(n_folds))
    new = random.normal(size=(n_folds, 7))
    scale = np.interp(out_of_fold[:, 0], conformity.knots, conformity.scales)
    errors = (y - out_of_fold[:, 0]) / scale
    sums = np.sort(
        new[fold_of_row] + np.interp(new[fold_of_row], conformity.knots, conformity.scales) * errors[:, None], axis=0
    )
    beyond = math.floor((n_rows + 1) * 0.1 + 1e-9)
    expected = np.column_stack([sums[beyond - 1], sums[n_rows - beyond]])
    assert conformity.interval(new, 0.8) == pytest.approx(expected, abs=1e-5)


def test_new_rows_are_covered_as_often_as_was_asked():
    hits = dict.fromkeys((0.5, 0.8, 0.95), 0)
    for seed in range(40):
        random = np.random.default_rng(seed)
        X = random.normal(size=(400, 3))
        y = X @ [1.0, -1.0, 0.5] + random.exponential(size=400) * (1 + np.abs(X[:, 0]))
        conformity, models, *_ = fitted(X[:200], y[:200], seed=seed)
        for coverage in hits:
            hits[coverage] += covered(conformity.interval(by_fold(models, X[200:]), coverage), y[200:]).sum()
    for coverage, count in hits.items():
        # Rows of one repetition share their calibration: a Beta of 200 rows beside the binomial of 200.
        error = math.sqrt(coverage * (1 - coverage) * (1 / 200 + 1 / 202) / 40)
        assert abs(count / 8000 - coverage) < 3.3 * error + 0.005, coverage


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_real_rows_that_were_held_out_are_covered(coverage):
    X, y = load_diabetes(return_X_y=True)
    rates = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(y))
        train, test = order[:300], order[300:]
        conformity, models, *_ = fitted(X[train], y[train], seed=seed)
        rates.append(covered(conformity.interval(by_fold(models, X[test]), coverage), y[test]).mean())
    low, high = binom.interval(0.999, 142, coverage)
    assert low / 142 < min(rates)
    assert max(rates) < high / 142
    assert abs(np.mean(rates) - coverage) < 0.025


def test_each_tail_is_cut_alike_though_errors_are_skewed():
    random = np.random.default_rng(0)
    X = random.normal(size=(6000, 2))
    y = X[:, 0] + random.exponential(size=6000)
    conformity, models, *_ = fitted(X[:3000], y[:3000])
    bounds = conformity.interval(by_fold(models, X[3000:]), 0.8)
    assert (y[3000:] < bounds[:, 0]).mean() == pytest.approx(0.1, abs=0.02)
    assert (y[3000:] > bounds[:, 1]).mean() == pytest.approx(0.1, abs=0.02)


def test_intervals_are_wider_where_errors_are_larger():
    random = np.random.default_rng(0)
    X = random.uniform(1, 10, size=(6000, 1))
    y = X[:, 0] * (1 + 0.2 * random.normal(size=6000))
    conformity, models, *_ = fitted(X[:3000], y[:3000])
    bounds = conformity.interval(by_fold(models, X[3000:]), 0.9)
    low, high = X[3000:, 0] < 3, X[3000:, 0] > 8
    width = bounds[:, 1] - bounds[:, 0]
    assert width[high].mean() > 2.5 * width[low].mean()
    for rows in (low, high):
        assert covered(bounds, y[3000:])[rows].mean() == pytest.approx(0.9, abs=0.04)


def test_quantiles_never_cross_and_lose_less_than_those_of_the_target_alone():
    X, y = load_diabetes(return_X_y=True)
    conformity, models, *_ = fitted(X[::2], y[::2])
    asked = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    found = conformity.quantiles(by_fold(models, X[1::2]), asked)
    assert (np.diff(found, axis=1) >= 0).all()
    for quantile, column in zip(asked, found.T, strict=True):
        constant = np.full(len(y[1::2]), np.quantile(y[::2], quantile))
        assert mean_pinball_loss(y[1::2], column, alpha=quantile) < mean_pinball_loss(y[1::2], constant, alpha=quantile)


def test_many_rows_are_told_by_few_points():
    random = np.random.default_rng(0)
    y, out_of_fold, fold_of_row = random.normal(size=60_000), np.zeros((60_000, 1)), np.arange(60_000) % 3
    conformity = ValueConformity.of(y, out_of_fold, fold_of_row, folds=range(3))
    assert conformity.n_rows == 60_000
    assert len(json.dumps(conformity.to_dict())) < 50_000
    bounds = conformity.interval(np.zeros((3, 1)), 0.95)[0]
    assert bounds == pytest.approx(np.quantile(y, [0.025, 0.975]), abs=0.03)


def test_it_is_the_same_when_read_back():
    X, y = load_diabetes(return_X_y=True)
    conformity, models, *_ = fitted(X, y)
    again = ValueConformity.from_dict(json.loads(json.dumps(conformity.to_dict())))
    new = by_fold(models, X)
    assert again.interval(new, 0.9) == pytest.approx(conformity.interval(new, 0.9), rel=1e-4)


def test_rows_of_other_folds_are_not_looked_at():
    random = np.random.default_rng(0)
    y, fold_of_row = random.normal(size=300), np.arange(300) % 3
    y[fold_of_row != 2] *= 100
    conformity = ValueConformity.of(y, np.zeros((300, 1)), fold_of_row, folds=(2,))
    assert conformity.n_rows == 100
    assert np.abs(conformity.interval(np.zeros((1, 1)), 0.9)).max() < 4


def test_heavy_rows_count_more():
    y = np.concatenate([np.linspace(-1, 1, 300), np.linspace(9, 11, 300)])
    weights = np.repeat([1.9, 0.1], 300)
    zero, fold_of_row = np.zeros((600, 1)), np.arange(600) % 2
    plain, weighed = (
        ValueConformity.of(y, zero, fold_of_row, folds=(0, 1), weights=each).quantiles(np.zeros((2, 1)), [0.75])
        for each in (None, weights)
    )
    assert plain[0, 0] > 9
    assert weighed[0, 0] < 1


@pytest.mark.parametrize("coverage", [0.96, 0.999])
def test_few_rows_say_what_can_be_asked_of_them(coverage):
    y = np.arange(40.0)
    conformity = ValueConformity.of(y, y[:, None] + 1, np.arange(40) % 2, folds=(0, 1))
    with pytest.raises(CoverageError, match=r"needs more rows than the 40 that were judged .* at most 0\.9512"):
        conformity.interval(np.zeros((2, 1)), coverage)
    assert conformity.interval(np.zeros((2, 1)), 0.9512).shape == (1, 2)
    with pytest.raises(CoverageError, match=r"Ask for 0\.0244 to 0\.9756"):
        conformity.quantiles(np.zeros((2, 1)), [0.001])


def test_models_without_an_error_promise_what_they_saw():
    y = np.arange(50.0)
    conformity = ValueConformity.of(y, y[:, None], np.arange(50) % 2, folds=(0, 1))
    assert conformity.interval(np.full((2, 1), 7.0), 0.9).tolist() == [[7.0, 7.0]]
