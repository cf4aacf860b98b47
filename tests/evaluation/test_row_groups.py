"""Two reasons to share a fold make one partition that splits neither."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.evaluation.row_groups import joined_groups, n_sharing


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=60))
def test_joined_groups_split_neither(pairs):
    first, second = (np.array(each, dtype=np.int64) for each in zip(*pairs, strict=True))
    joined = joined_groups(first, second)
    for groups in (first, second):
        for group in np.unique(groups):
            assert len(np.unique(joined[groups == group])) == 1
    assert sorted(set(joined.tolist())) == list(range(joined.max() + 1))


@settings(deadline=None)
@given(seed=st.integers(0, 2**31 - 1), n_groups=st.integers(5, 40), n_classes=st.sampled_from([0, 2, 4]))
def test_folds_by_group_never_split_a_group(seed, n_groups, n_classes):
    random = np.random.default_rng(seed)
    groups = np.r_[np.arange(n_groups), random.integers(0, n_groups, 100)]
    y = random.integers(0, n_classes, len(groups)) if n_classes else random.normal(size=len(groups))
    fold_of_row = assign_folds(y, n_classes, 5, seed, groups)
    assert all(len(set(fold_of_row[groups == group])) == 1 for group in range(n_groups))
    assert set(fold_of_row.tolist()) == set(range(5))


def test_rows_that_share_are_counted():
    assert n_sharing(np.array([3, 3, 3, 0, 1])) == 3
    assert n_sharing(np.array([0, 1, 2])) == 0
