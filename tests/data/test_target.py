from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import DataConversionWarning

from lepton_jupyter.data.target import understand_target
from lepton_jupyter.exceptions.data_errors import InvalidTargetError, InvalidTaskError, UnknownLabelError


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["no", "yes"] * 5, "binary", ("no", "yes")),
        (["b", "a", "c"] * 5, "multiclass", ("a", "b", "c")),
        ([True, False] * 5, "binary", (False, True)),
        (pd.Series([True, False, None] * 5, dtype="boolean"), "binary", (False, True)),
        (pd.Series([True, False, None] * 5, dtype=object), "binary", (False, True)),
        ([0, 1] * 5, "binary", (0, 1)),
        ([5, -1] * 5, "binary", (-1, 5)),
        ([0.0, 1.0] * 5, "binary", (0.0, 1.0)),
        ([0.25, 0.75] * 5, "binary", (0.25, 0.75)),
        ([3, 1, 2] * 10, "multiclass", (1, 2, 3)),
        (np.array([3, 1, 2] * 10, dtype="uint8"), "multiclass", (1, 2, 3)),
        ([3, 1, 2] * 9, "regression", ()),
        (list(range(21)) * 50, "regression", ()),
        (np.linspace(0, 1, 30), "regression", ()),
        (pd.Series([3, 1, None] * 10, dtype="Int64"), "binary", (1, 3)),
        (["0", "1"] * 5, "binary", ("0", "1")),
        (["1.5", "2.5", "3.5"] * 5, "regression", ()),
        (pd.Series(["u", "v"] * 5, dtype="category"), "binary", ("u", "v")),
        (pd.Series([2, 1] * 5, dtype="category"), "binary", (1, 2)),
        (np.array(["u", "v"] * 5), "binary", ("u", "v")),
        (np.array(["u", "v"] * 5, dtype=object), "binary", ("u", "v")),
        (pl.Series(["u", "v"] * 5), "binary", ("u", "v")),
        (pd.to_timedelta([1, 2, 3] * 5, unit="s"), "regression", ()),
    ],
)
def test_task_and_classes_are_inferred(values, task, classes):
    target = understand_target(values)
    assert target.task == task
    assert target.classes == classes
    assert [type(label) for label in target.classes] == [type(label) for label in classes]
    assert target.reason
    if classes:
        assert target.y.dtype == np.int64
        assert sum(target.class_counts) == len(target.y)
        kept = pd.Series(values)[target.kept] if not isinstance(values, pl.Series) else values.to_list()
        assert [target.classes[code] for code in target.y] == list(kept)
    else:
        assert target.y.dtype == np.float64


def test_the_task_can_be_overridden():
    assert understand_target([1, 2, 3] * 20, task="regression").y.tolist() == [1, 2, 3] * 20
    assert understand_target(list(range(30)) * 2, task="classification").n_classes == 30
    assert understand_target(["1", "2", "3"] * 20, task="regression").y.tolist() == [1, 2, 3] * 20
    assert understand_target([0, 1] * 20, task="multiclass").task == "binary"


def test_numbers_stored_as_text_are_read_with_a_note():
    target = understand_target([f"{i / 3:.4f}" for i in range(50)])
    assert target.task == "regression"
    assert target.notes == ("Target 'target' holds numbers stored as text; they are read as numbers.",)


def test_rows_without_a_target_are_left_out_with_a_note():
    target = understand_target(pd.Series(["a", None, "b", " ", "a", "b"], dtype=object))
    assert target.kept.tolist() == [True, False, True, False, True, True]
    assert target.y.tolist() == [0, 1, 0, 1]
    assert target.notes == ("2 of 6 rows have no target and are left out.",)


@pytest.mark.parametrize(
    ("values", "positive", "classes"),
    [
        (["no", "yes"] * 2, "no", ("yes", "no")),
        (["no", "yes"] * 2, "YES", ("no", "yes")),
        ([0, 1] * 2, "0", (1, 0)),
        ([0.0, 1.0] * 2, "0", (1.0, 0.0)),
        ([True, False] * 2, "false", (True, False)),
        (["a", "A"] * 2, "A", ("a", "A")),
    ],
)
def test_the_positive_class_comes_last(values, positive, classes):
    target = understand_target(values, positive=positive)
    assert target.classes == classes
    assert [target.classes[code] for code in target.y] == list(values)


@pytest.mark.parametrize(
    ("values", "options", "error", "sentence"),
    [
        ([None, np.nan], {}, InvalidTargetError, "Every value of target 'target' is missing"),
        ([3, 3, 3], {}, InvalidTargetError, "one class or value only, 3"),
        (["x"] * 9, {}, InvalidTargetError, "one class or value only, 'x'"),
        ([1, 1], {"task": "classification"}, InvalidTargetError, "one class"),
        ([1.0, np.inf, 2.0, -np.inf], {}, InvalidTargetError, "infinity in 2 values"),
        (["a", "a", "b"], {}, InvalidTargetError, "Class 'b' of target 'target' has only one row"),
        (["a", "a", "b", "c", "d", "e"], {}, InvalidTargetError, "classes 'b', 'c', 'd' and 1 more"),
        ([f"name {i}" for i in range(200)], {}, InvalidTargetError, "200 different classes in 200 rows"),
        (pd.date_range("2020-01-01", periods=9), {}, InvalidTargetError, "holds dates"),
        ([dt.date(2020, 1, 1), dt.date(2020, 1, 2)], {}, InvalidTargetError, "holds dates"),
        (np.zeros((3, 2)), {}, InvalidTargetError, r"shape \(3, 2\)"),
        (["a", "b"] * 3, {"task": "regression"}, InvalidTaskError, "holds text such as 'a'"),
        ([0.1, 0.2, 0.3], {"task": "classification"}, InvalidTaskError, "Unknown label type: continuous"),
        (["a", "b", "c"] * 3, {"task": "binary"}, InvalidTaskError, "has 3"),
        (["a", "b"] * 3, {"task": "regresion"}, InvalidTaskError, "Did you mean 'regression'"),
        (["no", "yes"] * 3, {"positive": "yess"}, UnknownLabelError, "Did you mean 'yes'"),
        (["a", "b", "c"] * 3, {"positive": "a"}, UnknownLabelError, "the task is multiclass"),
        (np.linspace(0, 1, 30), {"positive": "a"}, UnknownLabelError, "the task is regression"),
    ],
)
def test_targets_that_cannot_be_learnt(values, options, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        understand_target(values, **options)
    assert isinstance(caught.value, ValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_target_of_one_column_is_read_with_a_warning():
    with pytest.warns(DataConversionWarning, match="column-vector"):
        target = understand_target(np.array([[0], [1], [0], [1]]))
    assert target.y.tolist() == [0, 1, 0, 1]


def test_words_for_missing_may_be_classes():
    assert understand_target(["none", "some"] * 4).classes == ("none", "some")


def test_mixed_labels_are_classes_by_their_text():
    assert understand_target([1, "a", 1, "a"]).classes == ("1", "a")


def test_labels_come_back_in_their_own_type():
    assert understand_target([0, 1] * 4).class_array().dtype.kind == "i"
    assert understand_target(["a", "b"] * 4).class_array().dtype == object
    assert understand_target([True, False] * 4).class_array().dtype == bool


def test_a_class_of_one_row_can_be_kept_with_a_note():
    target = understand_target(["a", "a", "b"], single_row_classes="keep")
    assert target.class_counts == (2, 1)
    assert target.notes == ("Class 'b' of target 'target' has only one row, too few to be validated.",)
