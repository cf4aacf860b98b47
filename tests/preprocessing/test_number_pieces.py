from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lepton_jupyter.preprocessing.number_pieces import MOST_PIECES_OF_ALL, NumberPieces
from lepton_jupyter.preprocessing.training_rows import TrainingRows


def rows_of(X: np.ndarray) -> TrainingRows:
    return TrainingRows(X.astype(np.float32), np.zeros(len(X)), categorical=(), n_classes=0)


tables = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=30),
    elements=st.one_of(st.floats(-1e6, 1e6, width=32), st.sampled_from([0.0, 1.0, 1.5])),
)


@given(tables, tables, st.integers(2, 16))
def test_pieces_of_any_numbers_rise_within_their_height(seen: np.ndarray, new: np.ndarray, n_pieces: int) -> None:
    pieces = NumberPieces.learn(rows_of(seen), n_pieces)
    assert np.bincount(pieces.places, minlength=1).max() <= n_pieces
    assert (pieces.low < pieces.high).all()
    width = seen.shape[1]
    rows = np.resize(new, (len(new), width))
    made = pieces.columns(rows)
    assert made.shape == (len(rows), len(pieces.places))
    assert made.dtype == np.float32
    assert np.isfinite(made).all()
    assert (np.abs(made) <= np.float32(0.3) + 1e-6).all()
    for column, place in enumerate(pieces.places):
        assert (np.diff(made[np.argsort(rows[:, place]), column]) >= -1e-6).all()


@given(tables)
def test_pieces_are_the_same_from_a_file_and_row_by_row(seen: np.ndarray) -> None:
    pieces = NumberPieces.learn(rows_of(seen), 8)
    again = NumberPieces.from_arrays(pieces.to_arrays())
    np.testing.assert_array_equal(again.columns(seen), pieces.columns(seen))
    np.testing.assert_array_equal(pieces.columns(seen[:1]), pieces.columns(seen)[:1])


def test_rows_are_left_as_they_were() -> None:
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    before = X.copy()
    NumberPieces.learn(rows_of(X), 8).columns(X)
    np.testing.assert_array_equal(X, before)


def test_few_values_are_cut_between_them_and_two_not_at_all() -> None:
    X = np.column_stack([np.tile([0.0, 1.0, 5.0], 20), np.tile([0.0, 1.0], 30), np.zeros(60)])
    pieces = NumberPieces.learn(rows_of(X), 8)
    np.testing.assert_array_equal(pieces.places, [0, 0])
    np.testing.assert_array_equal(np.stack([pieces.low, pieces.high], axis=1), [[0, 1], [1, 5]])


@pytest.mark.parametrize(("n_columns", "n_each"), [(10, 16), (128, 8), (512, 2), (600, 0)])
def test_many_columns_are_cut_less(n_columns: int, n_each: int) -> None:
    X = np.random.default_rng(0).normal(size=(100, n_columns))
    pieces = NumberPieces.learn(rows_of(X), 16)
    assert len(pieces.places) == n_each * n_columns <= MOST_PIECES_OF_ALL


def test_the_pieces_that_are_kept_are_those_asked_for() -> None:
    X = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    pieces = NumberPieces.learn(rows_of(X), 4)
    np.testing.assert_array_equal(pieces.keeping(np.array([1, 7])).columns(X), pieces.columns(X)[:, [1, 7]])
