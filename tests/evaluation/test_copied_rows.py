"""What copies of training rows are answered with."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.evaluation.copied_rows import CopiedRows, learn_copies, row_keys
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.exceptions.run_errors import DamagedRunError

LOG_LOSS = find_metric("log_loss", "multiclass")
RMSE = find_metric("rmse", "regression")


def copied_table(n_different, seed=0):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n_different, 3)).astype(np.float32)
    return np.repeat(rows, 2, axis=0), random


def test_copies_that_agree_are_believed():
    X, random = copied_table(100)
    y = np.repeat(random.integers(0, 3, size=100), 2)
    copies = learn_copies(X, y, np.full((200, 3), 1 / 3), LOG_LOSS, n_classes=3)
    assert copies.strength == 0.01
    assert copies.loss < 0.05
    assert copies.loss_without > 1.0
    assert (copies.answer(X, np.full((200, 3), 1 / 3)).argmax(axis=1) == y).all()


def test_copies_whose_targets_are_drawn_anew_are_not():
    X, random = copied_table(400)
    y = random.integers(0, 3, size=800)
    assert learn_copies(X, y, np.full((800, 3), 1 / 3), LOG_LOSS, n_classes=3) is None


def test_copies_of_values_are_shrunk_by_their_noise():
    X, random = copied_table(2_000)
    level = np.repeat(random.normal(size=2_000), 2)
    y = level + random.normal(size=4_000)
    copies = learn_copies(X, y, np.zeros((4_000, 1)), RMSE, n_classes=0)
    # Noise and level vary alike: the best a single other copy can do is to be halved.
    assert copies.strength == 1.0
    assert copies.loss == pytest.approx(np.sqrt(1.5), rel=0.05)


def test_weights_count_as_so_many_copies():
    X, random = copied_table(100)
    y = np.repeat(random.integers(0, 3, size=100), 2)
    unknowing = np.full((200, 3), 1 / 3)
    once = learn_copies(X, y, unknowing, LOG_LOSS, n_classes=3, weights=np.ones(200))
    assert once.answer(X, unknowing) == pytest.approx(learn_copies(X, y, unknowing, LOG_LOSS, 3).answer(X, unknowing))


def test_without_copies_there_is_nothing_to_learn():
    X = np.arange(100, dtype=np.float32)[:, None]
    assert learn_copies(X, np.arange(100) % 3, np.full((100, 3), 1 / 3), LOG_LOSS, n_classes=3) is None


def test_unknown_rows_keep_their_predictions():
    X, random = copied_table(100)
    y = np.repeat(random.integers(0, 3, size=100), 2)
    copies = learn_copies(X, y, np.full((200, 3), 1 / 3), LOG_LOSS, n_classes=3)
    predictions = random.dirichlet(np.ones(3), size=50)
    assert (copies.answer(random.normal(size=(50, 3)).astype(np.float32), predictions) == predictions).all()


def test_it_is_read_back_as_it_was_written(tmp_path):
    X, random = copied_table(100)
    y = np.repeat(random.integers(0, 3, size=100), 2)
    copies = learn_copies(X, y, np.full((200, 3), 1 / 3), LOG_LOSS, n_classes=3)
    copies.save(tmp_path / "copies.npz")
    again = CopiedRows.load(tmp_path / "copies.npz")
    assert (again.answer(X, np.full((200, 3), 1 / 3)) == copies.answer(X, np.full((200, 3), 1 / 3))).all()
    assert (again.loss, again.loss_without) == (copies.loss, copies.loss_without)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "copies.npz"
    path.write_bytes(b"PK nothing of the kind")
    with pytest.raises(DamagedRunError, match=r"copies\.npz"):
        CopiedRows.load(path)


@given(
    hnp.arrays(
        np.float32, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.sampled_from([0.0, -0.0, 1.5, np.nan])
    )
)
def test_equal_rows_and_no_others_share_a_key(X):
    keys = row_keys(X)
    alike = ((X[:, None] == X[None]) | (np.isnan(X[:, None]) & np.isnan(X[None]))).all(axis=2)
    assert ((keys[:, None] == keys[None]) == alike).all()
