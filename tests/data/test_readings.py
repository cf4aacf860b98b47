from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.readings import NO_MOMENT, read_labels, read_moments, read_numbers, read_truths

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["1", "1.0", " 2e3 ", "true", "n/a", "-", "2020-01-02", "2020-01-02T03:04:05+02:00"]),
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    st.binary(max_size=3),
    st.lists(st.integers(0, 3), max_size=2),
)


def texts_of(labels):
    return [labels.texts[index] if index >= 0 else None for index in labels.indices]


@settings(deadline=None)
@given(values=st.lists(VALUES, min_size=1, max_size=12), repeats=st.sampled_from([1, 30]), cut=st.integers(0, 12))
def test_a_part_reads_as_it_does_in_the_whole(values, repeats, cut):
    whole = pd.Series(values * repeats, dtype=object)
    for part in (whole.iloc[:cut], whole.iloc[cut:]):
        rows = slice(0, cut) if part.index.equals(whole.index[:cut]) else slice(cut, None)
        assert texts_of(read_labels(part)) == texts_of(read_labels(whole))[rows]
        for read in (read_numbers, read_truths, read_moments):
            np.testing.assert_array_equal(read(part).values, read(whole).values[rows])


@settings(deadline=None)
@given(values=st.lists(VALUES, max_size=20))
def test_a_value_is_read_or_missing_or_unreadable(values):
    series = pd.Series(values, dtype=object)
    for read, gone in ((read_numbers, np.isnan), (read_truths, np.isnan), (read_moments, lambda v: v == NO_MOMENT)):
        reading = read(series)
        if reading.unreadable is not None:
            assert not np.any(reading.unreadable & ~gone(reading.values))
            assert not np.any(reading.unreadable & series.isna().to_numpy())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", " 2.5 ", "-3e2"], [1, 2.5, -300]),
        (["", "NA", "n/a", "?", "None", "-"], [np.nan] * 6),
        ([True, 2, None], [1, 2, np.nan]),
        (pd.Series(["1", "2"], dtype="category"), [1, 2]),
        (pd.to_timedelta(["90s", None]), [90, np.nan]),
        (pd.Series([dt.timedelta(minutes=1), None], dtype=object), [60, np.nan]),
    ],
)
def test_numbers(values, expected):
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    reading = read_numbers(series)
    np.testing.assert_array_equal(reading.values, expected)
    assert reading.unreadable is None


@pytest.mark.parametrize(
    "values", [["x", "1"], pd.to_datetime(["2020-01-01", None]), pd.period_range("2020", periods=2)]
)
def test_what_is_no_number_is_marked(values):
    assert read_numbers(pd.Series(values)).unreadable is not None


def test_whole_numbers_have_one_label_however_stored():
    stores = ["int64", "float64", "Int64", "object", "category", "float32", "int8", "int64[pyarrow]"]
    labels = {dtype: texts_of(read_labels(pd.Series([3, 5, 3], dtype=dtype))) for dtype in stores}
    assert set(map(tuple, labels.values())) == {("3", "5", "3")}


def test_truths_of_several_spellings():
    read = read_truths(pd.Series(["TRUE", "no", "0", "1.0", None, "", "perhaps"]))
    np.testing.assert_array_equal(read.values, [1, 0, 0, np.nan, np.nan, np.nan, np.nan])
    assert read.unreadable.tolist() == [False, False, False, True, False, False, True]


def test_moments_keep_the_clock_of_their_zone():
    berlin = pd.Series(pd.to_datetime(["2020-07-01 22:30"], utc=True)).dt.tz_convert("Europe/Berlin")
    local = pd.Series(pd.to_datetime(["2020-07-02 00:30"]))
    assert read_moments(berlin).values == read_moments(local).values
    utc = berlin.dt.tz_convert("UTC")
    assert read_moments(utc, timezone="Europe/Berlin").values == read_moments(local).values


def test_numbers_are_no_moments():
    assert read_moments(pd.Series([20200101, 3])).unreadable.all()
