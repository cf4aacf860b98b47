from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from magics.notebook_stand_in import Run

from lepton_jupyter.magics.named_objects import frame_names, is_frame, is_run, run_reference


class Mine(pd.DataFrame):
    pass


class DataFrame:
    """Called like a table, and none."""


@pytest.mark.parametrize("table", [Mine(), pl.DataFrame(), pl.LazyFrame(), pa.table({"x": [1]})], ids=type)
def test_tables_are_known_by_their_library(table):
    assert is_frame(table)


@pytest.mark.parametrize("value", [DataFrame(), {"DataFrame": 1}, pd.Series([1.0]), pd.DataFrame, None])
def test_other_values_are_no_tables(value):
    assert not is_frame(value)


def test_private_names_are_left_out():
    frame = pd.DataFrame()
    assert frame_names({"b": frame, "_": frame, "a": frame, "n": 1}) == ["b", "a"]


def test_a_run_is_meant_by_its_variable_or_its_name():
    names = {"mine": Run(id="7"), "df": pd.DataFrame()}
    assert [run_reference(text, names) for text in ("mine", "df", "churn-1", None)] == ["7", "df", "churn-1", None]
    assert not is_run(pd.DataFrame())
