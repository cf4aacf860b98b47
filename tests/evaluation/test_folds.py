"""Folds: disjoint, covering, level, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.folds import assign_folds, choose_n_folds
from lepton_jupyter.exceptions.data_errors import TooFewRowsError

_SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def _class_targets(draw):
    n_classes = draw(st.integers(2, 6))
    n_folds = draw(st.integers(2, 8))
    y = draw(st.lists(st.integers(0, n_classes - 1), min_size=n_folds, max_size=120))
    return np.array(y), n_classes, n_folds


@settings(deadline=None)
@given(target=_class_targets(), seed=_SEEDS)
def test_folds_of_classes_cover_and_are_level_in_all_and_in_each_class(target, seed):
    y, n_classes, n_folds = target
    fold_of_row = assign_folds(y, n_classes, n_folds, seed)
    assert fold_of_row.dtype == np.int16
    assert set(fold_of_row.tolist()) == set(range(n_folds))
    assert np.ptp(np.bincount(fold_of_row, minlength=n_folds)) <= 1
    for each in range(n_classes):
        assert np.ptp(np.bincount(fold_of_row[y == each], minlength=n_folds)) <= 1


@settings(deadline=None)
@given(target=_class_targets(), seed=_SEEDS)
def test_a_rare_class_is_missing_from_at_most_one_training_part(target, seed):
    y, n_classes, n_folds = target
    fold_of_row = assign_folds(y, n_classes, n_folds, seed)
    for each in range(n_classes):
        n_rows = int((y == each).sum())
        n_without = sum(not (y[fold_of_row != fold] == each).any() for fold in range(n_folds))
        assert n_without == {0: n_folds, 1: 1}.get(n_rows, 0)


@settings(deadline=None)
@given(
    y=st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0]), min_size=8, max_size=300),
    n_folds=st.integers(2, 8),
    seed=_SEEDS,
)
def test_folds_of_values_cover_and_are_level_in_each_quantile(y, n_folds, seed):
    values = np.array(y)
    fold_of_row = assign_folds(values, 0, n_folds, seed)
    assert np.ptp(np.bincount(fold_of_row, minlength=n_folds)) <= 1
    lower = np.sort(values)[: len(values) // 2]
    distinct = np.unique(values)
    if len(distinct) == len(values):  # with ties the half is not one set of rows
        held = np.bincount(fold_of_row[np.isin(values, lower)], minlength=n_folds)
        assert np.ptp(held) <= 3


@settings(deadline=None)
@given(
    groups=st.lists(st.integers(0, 30), min_size=12, max_size=150).filter(lambda g: len(set(g)) >= 5),
    n_classes=st.sampled_from([0, 3]),
    seed=_SEEDS,
)
def test_rows_of_a_group_share_a_fold(groups, n_classes, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, len(groups)) if n_classes else rng.normal(size=len(groups))
    fold_of_row = assign_folds(y, n_classes, 5, seed, groups=np.array(groups))
    assert fold_of_row.min() >= 0
    for each in set(groups):
        assert len(set(fold_of_row[np.array(groups) == each].tolist())) == 1


@settings(deadline=None)
@given(seed=_SEEDS, n_duplicated=st.integers(0, 40))
def test_single_rows_make_up_for_what_duplicates_tipped(seed, n_duplicated):
    y = np.zeros(400, dtype=np.int64)
    groups = np.arange(400)
    groups[: 2 * n_duplicated] //= 2
    fold_of_row = assign_folds(y, 2, 5, seed, groups=groups)
    assert np.bincount(fold_of_row).tolist() == [80] * 5


def test_very_many_groups_are_dealt_level_too():
    random = np.random.default_rng(0)
    groups = random.permutation(np.repeat(np.arange(20_000), random.integers(2, 5, 20_000)))
    y = random.integers(0, 3, groups.max() + 1)[groups]
    fold_of_row = assign_folds(y, 3, 5, 0, groups)
    assert sum(len(np.unique(groups[fold_of_row == fold])) for fold in range(5)) == 20_000
    counts = np.array([np.bincount(y[fold_of_row == fold]) for fold in range(5)])
    assert np.ptp(counts, axis=0).max() < 0.02 * len(y) / 15


def test_folds_depend_on_the_seed_alone():
    y = np.random.default_rng(3).integers(0, 3, 200)
    first = assign_folds(y, 3, 5, seed=1)
    np.testing.assert_array_equal(first, assign_folds(y, 3, 5, seed=1))
    assert (first != assign_folds(y, 3, 5, seed=2)).any()


def test_one_fold_is_a_stratified_holdout_of_a_fifth():
    y = np.repeat([0, 1], [80, 20])
    fold_of_row = assign_folds(y, 2, 1, seed=0)
    assert sorted(set(fold_of_row.tolist())) == [-1, 0]
    assert np.bincount(y[fold_of_row == 0]).tolist() == [16, 4]


def test_folds_that_cannot_be_made_are_refused():
    with pytest.raises(TooFewRowsError, match=r"n_samples=3 .* 5 folds"):
        assign_folds(np.array([0, 1, 0]), 2, 5, seed=0)
    with pytest.raises(TooFewRowsError, match="2 groups of rows cannot be split into 3 folds"):
        assign_folds(np.array([0, 1, 0, 1]), 2, 3, seed=0, groups=np.array([7, 7, 8, 8]))
    with pytest.raises(TooFewRowsError, match="0 folds cannot be made"):
        assign_folds(np.array([0, 1, 0]), 2, 0, seed=0)
    with pytest.raises(TooFewRowsError, match="n_samples=2"):
        choose_n_folds(2)


def test_the_number_of_folds_falls_with_size_and_with_time():
    assert [choose_n_folds(n) for n in (100, 2_500, 2_501, 15_000, 15_001)] == [8, 8, 5, 5, 3]
    assert choose_n_folds(100, fold_seconds=0.1, budget_seconds=10) == 8
    assert choose_n_folds(100, fold_seconds=0.3, budget_seconds=10) == 5
    assert choose_n_folds(100, fold_seconds=0.4, budget_seconds=10) == 3
    assert choose_n_folds(100, fold_seconds=0.4, budget_seconds=10, n_workers=4) == 8
    assert choose_n_folds(100, fold_seconds=1.0, budget_seconds=10) == 3
    assert choose_n_folds(100, fold_seconds=2.0, budget_seconds=10) == 2
    assert choose_n_folds(100_000, fold_seconds=0.1, budget_seconds=10) == 8


def test_the_rarest_class_asks_for_fewer_folds_but_never_fewer_than_three():
    assert choose_n_folds(1_000, smallest_class=40) == 8
    assert choose_n_folds(1_000, smallest_class=6) == 6
    assert choose_n_folds(1_000, smallest_class=1) == 3
    assert choose_n_folds(5) == 5


@settings(deadline=None)
@given(n_rows=st.integers(3, 10**7), fold_seconds=st.floats(0, 1e4), budget=st.floats(0.1, 1e5))
def test_cross_validation_never_costs_more_than_its_share(n_rows, fold_seconds, budget):
    n_folds = choose_n_folds(n_rows, fold_seconds=fold_seconds, budget_seconds=budget)
    share = {2: np.inf, 3: 0.5}.get(n_folds, 0.15)
    assert n_folds * fold_seconds <= share * budget * (1 + 1e-9)
    assert n_folds <= n_rows
