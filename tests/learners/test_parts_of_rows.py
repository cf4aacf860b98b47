"""Parts of the training rows: alike for every fit, one within the other, each class with its share."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.training_data import TrainingData


def table(y, n_classes, *, in_time=False, weights=None, n_folds=2):
    rows = np.arange(len(y))
    return TrainingData(
        views={"linear": rows[:, None].astype(np.float32)}, categorical=(), y=y, n_classes=n_classes,
        fold_of_row=(rows % n_folds if not in_time else rows * n_folds // len(y)).astype(np.int16),
        n_folds=n_folds, metric="neg_log_loss", weights=weights, in_time=in_time,
    )  # fmt: skip


def rows_of(fold):
    return set(fold.X_train[:, 0].astype(int))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=20, max_size=200), st.booleans())
def test_a_smaller_part_lies_within_a_larger_one_and_knows_every_class(codes, in_time):
    data = table(np.array(codes), 4, in_time=in_time)
    whole = data.fold(1, "linear")
    parts = [data.fold(1, "linear", share) for share in (0.5, 0.25, 0.125)]
    for larger, smaller in zip([whole, *parts], parts, strict=False):
        assert rows_of(smaller) <= rows_of(larger)
        np.testing.assert_array_equal(smaller.X_validation, whole.X_validation)
    for part in parts:
        for code, count in zip(*np.unique(whole.y_train, return_counts=True), strict=True):
            assert (part.y_train == code).sum() == np.ceil(part.row_share * count)


def test_targets_and_weights_go_with_their_rows_and_weightless_rows_stay_out():
    y = np.linspace(0, 1, 400)
    weights = np.where(np.arange(400) % 5 == 0, 0.0, 1.0 + y)
    part = table(y, 0, weights=weights).fold(0, "linear", 0.25)
    rows = part.X_train[:, 0].astype(int)
    np.testing.assert_array_equal(part.y_train, y[rows])
    np.testing.assert_array_equal(part.weights_train, weights[rows])
    assert len(rows) == 40
    assert not (rows % 5 == 0).any()


def test_what_is_derived_from_a_part_is_kept_apart():
    data = table(np.zeros(100, dtype=np.int64), 1)
    cache = FoldCache()
    sizes = [cache.get(data.fold(0, "linear", share), lambda fold: len(fold.y_train)) for share in (1.0, 0.5, 1.0)]
    assert sizes == [50, 25, 50]
