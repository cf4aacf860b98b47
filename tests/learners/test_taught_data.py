"""Training parts as a teacher tells them."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.learners.taught_data import MadeRows, taught
from lepton_jupyter.learners.training_data import TrainingData


def table(n_classes: int, **changed):
    y = np.array([0, 1, 2, 0, 1, 2]) if n_classes else np.arange(6.0)
    values = {
        "views": {"linear": np.arange(6, dtype=np.float32)[:, None]}, "categorical": (), "y": y, "n_classes": n_classes,
        "fold_of_row": np.array([0, 1, 0, 1, 0, 1], np.int16), "n_folds": 2, "metric": "r2",
    }  # fmt: skip
    return TrainingData(**values | changed)


def test_values_are_mixed_with_the_truth_and_validation_rows_are_left_alone():
    lessons = (np.full((3, 1), 10.0), np.full((3, 1), 20.0))
    fold = taught(table(0), lessons, truth_share=0.25).fold(0, "linear")
    assert fold.X_train.ravel().tolist() == [1.0, 3.0, 5.0]
    assert fold.y_train == pytest.approx(0.25 * np.array([1, 3, 5]) + 7.5)
    assert fold.y_validation.tolist() == [0.0, 2.0, 4.0]
    assert fold.weights_train is None


def test_the_truth_alone_is_the_table_as_it_is():
    data = table(3)
    lessons = tuple(np.full((3, 3), 1 / 3) for _ in range(2))
    plain, told = data.fold(1, "linear"), taught(data, lessons, truth_share=1.0).fold(1, "linear")
    assert np.array_equal(told.X_train, plain.X_train)
    assert np.array_equal(told.y_train, plain.y_train)
    assert told.weights_train.tolist() == [1.0, 1.0, 1.0]


def test_each_row_weighs_as_much_as_before_however_many_classes_it_stands_for():
    weights = np.array([1.0, 2.0, 1.0, 3.0, 1.0, 0.0])
    lessons = tuple(np.tile([0.5, 0.49, 0.01], (n, 1)) for n in (2, 3))
    fold = taught(table(3, weights=weights), lessons, truth_share=0.0).fold(0, "linear")
    # The row of weight 0 is not learnt from, and the class that is next to impossible neither.
    assert fold.X_train.ravel().tolist() == [1.0, 1.0, 3.0, 3.0]
    assert fold.y_train.tolist() == [0, 1, 0, 1]
    assert fold.weights_train.reshape(2, 2).sum(axis=1) == pytest.approx([2.0, 3.0])


def test_a_made_row_is_learnt_from_where_the_row_it_was_made_from_is():
    made = MadeRows({"linear": np.array([[100.0], [101.0]], np.float32)}, np.array([0, 1]))
    lessons, made_lessons = (np.zeros((3, 1)),) * 2, (np.array([[7.0], [8.0]]), np.array([[5.0], [6.0]]))
    data = taught(table(0), lessons, 0.5, made, made_lessons)
    first, second = data.fold(0, "linear"), data.fold(1, "linear")
    assert (first.X_train[-1, 0], first.y_train[-1], len(first.y_train)) == (101.0, 8.0, 4)
    assert (second.X_train[-1, 0], second.y_train[-1], len(second.y_train)) == (100.0, 5.0, 4)
