"""Copies of rows are found whatever the columns hold, and nothing else is taken for a copy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.duplicate_rows import duplicate_groups

COLUMNS = {
    "number": [0.0, -0.0, np.nan, np.nan, 2.5, 2.5, 3.0, 4.0],
    "whole": [1, 1, 2, 2, 3, 3, 4, 5],
    "text": ["a", "a", None, None, "b", "b", "c", "d"],
    "category": pd.Categorical(["a", "a", None, None, "b", "b", "c", "d"]),
    "date": pd.to_datetime(
        ["2024-01-01", "2024-01-01", None, None, "2024-02-01", "2024-02-01", "2024-03-01", "2025-01-01"]
    ),
    "boolean": pd.array([True, True, None, None, False, False, True, False], dtype="boolean"),
    "nullable": pd.array([1, 1, None, None, 3, 3, 4, 5], dtype="Int64"),
    "string": pd.array(["a", "a", None, None, "b", "b", "c", "d"], dtype="string"),
    "lists": [[1], [1], {"a": 1}, {"a": 1}, (2,), (2,), "x", 3],
    "float32": np.array([0.5, 0.5, np.nan, np.nan, 1, 1, 2, 3], dtype=np.float32),
}


@pytest.mark.parametrize("name", [*COLUMNS, "all"])
def test_pairs_of_equal_rows_share_a_group(name):
    table = pd.DataFrame(COLUMNS if name == "all" else {name: COLUMNS[name], "row": [0, 0, 1, 1, 2, 2, 3, 4]})
    groups = duplicate_groups(table)
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert groups[4] == groups[5]
    assert len(set(groups.tolist())) == 5


@settings(deadline=None, max_examples=200)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", None]), st.sampled_from([0.5, 1.5, None])),
        min_size=1,
        max_size=60,
    )
)
def test_rows_share_a_group_exactly_when_they_are_equal(rows):
    table = pd.DataFrame(rows, columns=["n", "t", "f"]).astype({"f": float})
    groups = duplicate_groups(table)
    if groups is None:
        assert len(set(rows)) == len(rows)
        return
    for row in set(rows):
        same = [index for index, each in enumerate(rows) if each == row]
        assert len(set(groups[same].tolist())) == 1
    assert len(set(groups.tolist())) == len(set(rows))


def test_columns_in_which_rows_differ_are_all_looked_at():
    table = pd.DataFrame(np.zeros((100, 30)))
    table[29] = np.arange(100)
    assert duplicate_groups(table) is None


def test_the_index_plays_no_part():
    table = pd.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "y"]}, index=[9, 9, 4])
    assert duplicate_groups(table).tolist() == [0, 0, 1]
