"""Validation rows of large tables: no more than it takes, each class among them, groups whole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.evaluation.validation_sample import sample_validation


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=12, max_size=200), st.integers(2, 4), st.integers(2, 40), st.integers(0, 3))
def test_folds_keep_some_rows_of_each_class_and_no_row_changes_its_fold(codes, n_folds, most, seed):
    y = np.array(codes)
    dealt = assign_folds(y, 3, n_folds, seed)
    sampled = sample_validation(dealt, y, None, seed, most)
    kept = sampled >= 0
    np.testing.assert_array_equal(sampled[kept], dealt[kept])
    for fold in range(n_folds):
        before, after = np.bincount(y[dealt == fold], minlength=3), np.bincount(y[sampled == fold], minlength=3)
        share = min(1.0, most / before.sum())
        np.testing.assert_array_equal(after, np.ceil(share * before - 1e-9))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=60, max_size=300), st.integers(5, 60))
def test_no_group_is_split_between_learning_and_validation(groups, most):
    groups = np.array(groups)
    y = np.arange(len(groups)) % 2
    if len(np.unique(groups)) < 2:
        return
    dealt = assign_folds(y, 2, 2, 0, groups)
    sampled = sample_validation(dealt, y, groups, 0, most)
    for group in np.unique(groups):
        assert len(np.unique(sampled[groups == group])) == 1
    for fold in (0, 1):
        assert set(y[sampled == fold]) == set(y[dealt == fold])


def test_many_groups_leave_about_as_many_rows():
    groups = np.arange(20_000) // 2
    dealt = assign_folds(np.zeros(20_000), 0, 2, 0, groups)
    sampled = sample_validation(dealt, None, groups, 0, 1_000)
    assert all(900 < (sampled == fold).sum() < 1_100 for fold in (0, 1))


def test_small_tables_stay_as_they_are():
    dealt = np.arange(100, dtype=np.int16) % 3
    assert sample_validation(dealt, None, None, 0) is dealt
