"""Late parts: rows that folds of nearly all rows leave out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.evaluation.late_parts import N_LATE, late_parts


@settings(max_examples=20)
@given(seed=st.integers(0, 2**31 - 2), n_rows=st.integers(2_000, 3_000), n_classes=st.sampled_from([0, 2, 5]))
def test_each_late_fold_leaves_a_twentieth_out_and_is_a_likeness(seed, n_rows, n_classes):
    random = np.random.default_rng(seed)
    y = random.integers(0, n_classes, n_rows) if n_classes else random.normal(size=n_rows)
    folds = assign_folds(y, n_classes, 3, seed)
    parts = late_parts(y, n_classes, folds, seed)
    assert np.unique(parts).tolist() == [-1, *range(N_LATE)]
    for part in range(N_LATE):
        assert abs((parts == part).sum() - n_rows / 20) <= 1
        assert np.ptp(np.bincount(folds[parts == part], minlength=3)) < n_rows / 20  # of all folds, not of one
        for code in range(n_classes):
            assert abs(((parts == part) & (y == code)).sum() - (y == code).sum() / 20) <= 1
    assert np.array_equal(parts, late_parts(y, n_classes, folds, seed))


def test_a_group_is_left_out_together():
    groups = np.random.default_rng(0).integers(0, 300, 4_000)
    y = np.arange(4_000.0)
    parts = late_parts(y, 0, assign_folds(y, 0, 3, 0, groups), 0, groups=groups)
    assert all(len(np.unique(parts[groups == group])) == 1 for group in range(300))


@pytest.mark.parametrize(
    ("n_rows", "n_folds", "n_groups", "never_validated"),
    [(1_999, 3, None, 0), (4_000, 5, None, 0), (4_000, 3, 19, 0), (4_000, 3, None, 1)],
)
def test_there_are_none_where_they_would_gain_little(n_rows, n_folds, n_groups, never_validated):
    y = np.arange(float(n_rows))
    groups = None if n_groups is None else np.arange(n_rows) % n_groups
    folds = assign_folds(y, 0, n_folds, 0, groups)
    folds[:never_validated] = -1
    assert late_parts(y, 0, folds, 0, groups=groups) is None
