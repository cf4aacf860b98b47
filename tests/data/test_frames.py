from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lepton_jupyter.data.frames import has_column_names, to_pandas
from lepton_jupyter.exceptions.data_errors import DuplicateColumnsError, UnknownTableError


def test_a_pandas_frame_in_order_is_not_copied():
    frame = pd.DataFrame({"a": [1], "b": [2]})
    assert to_pandas(frame) is frame


def test_names_become_text_and_the_values_are_shared_not_copied():
    frame = pd.DataFrame(np.arange(6.0).reshape(3, 2))
    named = to_pandas(frame)
    assert named.columns.tolist() == ["0", "1"]
    assert frame.columns.tolist() == [0, 1]
    assert np.shares_memory(named.to_numpy(), frame.to_numpy())


def test_levels_of_names_are_joined():
    columns = pd.MultiIndex.from_tuples([("size", "cm"), ("size", "inch"), ("name", "")])
    assert to_pandas(pd.DataFrame([[1, 2, 3]], columns=columns)).columns.tolist() == ["size_cm", "size_inch", "name"]


def test_levels_that_join_to_the_same_name_are_refused():
    columns = pd.MultiIndex.from_tuples([("a_b", "c"), ("a", "b_c")])
    with pytest.raises(DuplicateColumnsError, match="'a_b_c'"):
        to_pandas(pd.DataFrame([[1, 2]], columns=columns))


def test_columns_of_arrays_are_named_as_in_scikit_learn():
    assert to_pandas(np.zeros((2, 3))).columns.tolist() == ["x0", "x1", "x2"]


def test_lists_keep_the_type_of_each_column():
    frame = to_pandas([[1, "a"], [2, "b"]])
    assert frame["x0"].dtype.kind == "i"
    assert frame["x1"].tolist() == ["a", "b"]


def test_whatever_turns_into_an_array_is_a_table():
    class Wrapped:
        def __array__(self, dtype=None, copy=None):
            return np.eye(2)

    assert to_pandas(Wrapped()).shape == (2, 2)


@pytest.mark.parametrize(
    "table", [pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pl.LazyFrame({"a": [1]}), {"a": [1]}, [{"a": 1}]]
)
def test_tables_with_names(table):
    assert has_column_names(table)
    assert to_pandas(table).columns.tolist() == ["a"]


@pytest.mark.parametrize("table", [np.eye(2), [[1, 2]], ((1, 2),)])
def test_tables_without_names(table):
    assert not has_column_names(table)


def test_what_is_no_table_is_named_by_its_type():
    with pytest.raises(UnknownTableError, match="A set is not a table"):
        to_pandas({1, 2})
