"""Folds in time: never validated on what is earlier than training, ties together, blocks of about the same size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.time_folds import FIRST_PART, assign_time_folds
from lepton_jupyter.exceptions.split_errors import TimeColumnError


@settings(deadline=None)
@given(
    moments=st.lists(st.integers(-1000, 1000), min_size=3, max_size=300),
    n_folds=st.integers(1, 8),
)
def test_no_fold_is_validated_on_what_is_as_early_as_something_it_learnt_from(moments, n_folds):
    times = np.array(moments)
    if len(np.unique(times)) <= n_folds:
        with pytest.raises(TimeColumnError):
            assign_time_folds(times, n_folds)
        return
    fold_of_row = assign_time_folds(times, n_folds)
    assert sorted(set(fold_of_row.tolist())) == list(range(-1, n_folds))
    for fold in range(n_folds):
        assert times[fold_of_row < fold].max() < times[fold_of_row == fold].min()


@settings(deadline=None)
@given(moments=st.lists(st.integers(0, 30), min_size=40, max_size=200))
def test_rows_of_one_moment_stay_together(moments):
    times = np.array(moments)
    if len(np.unique(times)) <= 3:
        return
    fold_of_row = assign_time_folds(times, 3)
    assert all(len(set(fold_of_row[times == moment])) == 1 for moment in np.unique(times))


@pytest.mark.parametrize("n_folds", [2, 3, 5, 8])
def test_different_moments_make_blocks_of_one_size_in_the_later_half(n_folds):
    times = np.random.default_rng(0).permutation(10_000)
    fold_of_row = assign_time_folds(times, n_folds)
    sizes = np.bincount(fold_of_row + 1)
    assert abs(sizes[0] - FIRST_PART * 10_000) <= 1
    assert np.ptp(sizes[1:]) <= 1


def test_a_moment_of_most_rows_leaves_each_block_something():
    times = np.r_[np.zeros(5), np.ones(990), 2, 3, 4, 5, 6]
    fold_of_row = assign_time_folds(times, 5)
    assert (np.bincount(fold_of_row + 1) > 0).all()


def test_a_million_rows_are_dealt():
    fold_of_row = assign_time_folds(np.random.default_rng(0).random(1_000_000), 3)
    assert len(fold_of_row) == 1_000_000
