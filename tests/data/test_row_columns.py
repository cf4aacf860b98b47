"""Groups, times and weights of rows: read as they come, or refused in one sentence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.row_columns import as_column, read_groups, read_times, read_weights
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, SplitColumnError, TimeColumnError, WeightsError

# fmt: off
GROUPS = [
    ["a", "b", "a"], [3, 1, 3], [1.5, 2.5, 1.5], [True, False, True], pd.Categorical(["x", "y", "x"]),
    [(1,), (2,), (1,)], [[1], [2], [1]], pd.array([1, 2, 1], dtype="Int64"), pd.array(["a", "b", "a"], dtype="string"),
    pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-01"]), [Decimal(1), Decimal(2), Decimal(1)],
]
TIMES = [
    [1, 2, 3], [1.5, 2.5, 3.5], ["2024-01-01", "2024-01-02", "2024-01-03"], ["1/12/2023", "2/12/2023", "13/12/2023"],
    pd.date_range("2024-01-01", periods=3), pd.date_range("2024-01-01", periods=3, tz="Europe/Berlin"),
    pd.period_range("2024-01", periods=3, freq="M"), [dt.date(2024, 1, 1), dt.date(2024, 1, 2), dt.date(2024, 2, 1)],
    ["1", "2", "10"], pd.array([1, 2, 3], dtype="Int64"), pd.to_timedelta([1, 2, 3], unit="h"),
    ["2024-10-27 02:30+02:00", "2024-10-27 02:10+01:00", "2024-10-27 03:00+01:00"],
]
BAD_GROUPS = [
    (["a", None, "b"], "1 row has no group in column 'c'. Fill it"),
    ([np.nan, np.nan, 1.0], "2 rows have no group in column 'c'"),
    (["a", "a", "a"], "All rows are of one group in column 'c'"),
]
BAD_TIMES = [
    (["2024-01-01", None, "2024-01-02"], "1 row has no time in column 'c'"),
    ([1.0, np.nan, np.nan], "2 rows have no time in column 'c'"),
    (["monday", "tuesday", "noon"], "holds 'monday', which is neither a date nor a number"),
    (["2024-01-01", "soon", "2024-01-02"], "which is neither a date nor a number"),
    ([1 + 2j, 2 + 1j, 3j], "complex"),
    ([1.0, np.inf, 2.0], "infinite"),
    ([[1], [2], [3]], "neither a date nor a number"),
]
BAD_WEIGHTS = [
    ([1, -2, 3], "hold -2, and a weight is never negative"),
    ([0, 0, 0], "All weights in 'c' are zero"),
    ([1.0, np.nan, 2.0], "1 row has no weight in 'c'. Fill it: 0 leaves a row out"),
    (["heavy", "light", "light"], "hold 'heavy', which is not a number"),
    ([1.0, np.inf, 2.0], "contain infinity"),
    ([1, None, "x"], "hold 'x', which is not a number"),
    (pd.to_datetime(["2024-01-01"] * 3), "which is not a number"),
]
# fmt: on


def assert_one_sentence(error, said):
    assert isinstance(error, LeptonError)
    assert isinstance(error, ValueError)
    assert said in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("values", GROUPS, ids=str)
def test_groups_of_any_type_are_told_apart(values):
    codes = read_groups(pd.Series(values), "c")
    assert codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize("values", TIMES, ids=str)
def test_times_of_any_type_rise(values):
    times = read_times(pd.Series(values), "c")
    assert (np.diff(times) > 0).all()


@pytest.mark.parametrize("values", [[2, 0, 1.5], ["2", "0", "1.5"], pd.array([2, 0, 1.5], dtype="Float64")])
def test_weights_of_any_type_are_numbers(values):
    assert read_weights(pd.Series(values), "c").tolist() == [2.0, 0.0, 1.5]


@pytest.mark.parametrize(("values", "said"), BAD_GROUPS)
def test_groups_that_cannot_be_used(values, said):
    with pytest.raises(GroupColumnError) as caught:
        read_groups(pd.Series(values), "c")
    assert_one_sentence(caught.value, said)


@pytest.mark.parametrize(("values", "said"), BAD_TIMES)
def test_times_that_cannot_be_read(values, said):
    with pytest.raises(TimeColumnError) as caught:
        read_times(pd.Series(values), "c")
    assert_one_sentence(caught.value, said)


@pytest.mark.parametrize(("values", "said"), BAD_WEIGHTS)
def test_weights_that_cannot_be_used(values, said):
    with pytest.raises(WeightsError) as caught:
        read_weights(pd.Series(values), "c")
    assert_one_sentence(caught.value, said)


@pytest.mark.parametrize(
    ("values", "said"),
    [([1, 2], "w has 2 values, but the table has 3 rows"), (np.ones((3, 2)), "w must be 1D array"), ("x", None)],
)
def test_values_beside_the_table_are_one_for_each_row(values, said):
    if said is None:
        assert as_column(values, 3, "w").tolist() == ["x", "x", "x"]
        return
    with pytest.raises(SplitColumnError) as caught:
        as_column(values, 3, "w")
    assert_one_sentence(caught.value, said)
