"""Parts of a fold: likenesses of it, with what belongs together on one side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.evaluation.stopping_parts import N_PARTS, stopping_parts


@given(seed=st.integers(0, 2**31 - 1), n_rows=st.integers(8, 200), n_classes=st.sampled_from([0, 2, 5]))
def test_parts_of_a_fold_differ_by_a_row_at_most(seed, n_rows, n_classes):
    random = np.random.default_rng(seed)
    y = random.integers(0, n_classes, n_rows) if n_classes else random.normal(size=n_rows)
    folds = assign_folds(y, n_classes, 2, seed)
    parts = stopping_parts(y, n_classes, folds, seed)
    for fold in (0, 1):
        counts = np.bincount(parts[folds == fold], minlength=N_PARTS)
        assert counts.min() >= 1
        assert np.ptp(counts) <= 1
        for code in range(n_classes):
            assert np.ptp(np.bincount(parts[(folds == fold) & (y == code)], minlength=N_PARTS)) <= 1
    assert np.array_equal(parts, stopping_parts(y, n_classes, folds, seed))


@given(seed=st.integers(0, 2**31 - 1), n_groups=st.integers(2, 30))
def test_a_group_is_in_one_part(seed, n_groups):
    random = np.random.default_rng(seed)
    groups = np.concatenate([np.arange(n_groups), random.integers(0, n_groups, 60)])
    y = random.integers(0, 2, len(groups))
    folds = assign_folds(y, 2, 2, seed, groups)
    parts = stopping_parts(y, 2, folds, seed, groups=groups)
    for group in range(n_groups):
        assert len(np.unique(parts[groups == group])) == 1
    for fold in (0, 1):
        expected = min(N_PARTS, len(np.unique(groups[folds == fold])))
        assert np.unique(parts[folds == fold]).tolist() == list(range(expected))


@pytest.mark.parametrize("moments", [np.arange(40), np.repeat([3, 7], 20), np.r_[np.zeros(38), 1.0, 2.0]])
def test_parts_in_time_follow_one_another(moments):
    order = np.random.default_rng(0).permutation(40)
    parts = stopping_parts(np.zeros(40), 0, np.zeros(40, np.int16), 0, moments=moments[order])
    used = np.unique(parts)
    assert used.tolist() == list(range(len(used)))
    assert 2 <= len(used) <= N_PARTS
    for part in used[:-1]:
        assert moments[order][parts == part].max() < moments[order][parts == part + 1].min()


def test_rows_that_are_never_validated_have_no_say():
    folds = np.array([-1, -1, 0, 0, 0, 0], np.int16)
    parts = stopping_parts(np.arange(6.0), 0, folds, 0)
    assert parts[:2].tolist() == [0, 0]
    assert sorted(parts[2:].tolist()) == [0, 1, 2, 3]
