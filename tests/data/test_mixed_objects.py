from __future__ import annotations

import datetime as dt
import decimal
import pathlib

import pandas as pd
import pyarrow as pa
import pytest

from lepton_jupyter.data.arrow_frames import plain_table
from lepton_jupyter.data.mixed_objects import of_one_type
from lepton_jupyter.preprocessing.stored_values import as_texts, one_array

ALONE = {
    "whole": [1, -7, 2**62],
    "halves": [0.5, 2.0, 1e20, -1e-7],
    "truths": [True, False],
    "bytes": [b"\xff\x00", b"ab"],
    "lists": [["ä", "b"], ["c"]],
    "times": [dt.time(7, 30), dt.time(0, 0, 1)],
    "moments": [pd.Timestamp("2024-03-01 10:00"), pd.Timestamp("2024-03-02")],
    "decimals": [decimal.Decimal("1.25"), decimal.Decimal(3)],
    "texts": ["x", "2,5 €"],
}


@pytest.mark.parametrize("values", ALONE.values(), ids=ALONE)
def test_a_value_has_the_text_that_it_has_in_a_column_of_its_own_type(values):
    mixed = of_one_type(pd.Series([*values, "a word", 3 if isinstance(values[0], str) else None], dtype=object))
    alone = plain_table(pa.table({"a": pa.array(values)})).column("a")
    assert mixed.tolist()[: len(values)] == as_texts(one_array(alone)).to_pylist()


def test_whole_numbers_of_any_size_and_what_arrow_does_not_know_are_texts():
    column = pd.Series([10**30, 1, None, pathlib.PurePosixPath("/a"), "\ud83d"], dtype=object)
    assert of_one_type(column).tolist() == ["1" + "0" * 30, "1", None, "/a", "\ufffd"]


def test_categories_of_several_types_are_texts():
    column = pd.Series(pd.Categorical([1, "x", None, 1]), index=[5, 5, 6, 7])
    read = of_one_type(column)
    assert read.tolist() == ["1", "x", None, "1"]
    assert read.index.tolist() == [5, 5, 6, 7]


def test_what_arrow_takes_is_left_as_it_is():
    column = pd.Series(["a", None], dtype=object)
    assert of_one_type(column) is column
