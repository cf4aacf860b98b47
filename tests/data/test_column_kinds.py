from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.column_kinds import understand_column
from lepton_jupyter.data.date_formats import sniff_date_format

N = 100


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("id", "identifier"), ("ID", "identifier"), ("user_id", "identifier"), ("userId", "identifier"),
        ("passengerID", "identifier"), ("Unnamed: 0", "identifier"), ("row", "identifier"), ("index", "identifier"),
        ("price", "number"), ("grid", "number"), ("humid", "number"), ("paid", "number"), ("x0", "number"),
        ("monkey", "number"), ("Rowing", "number"), ("price index", "number"), ("key", "identifier"),
    ],
)  # fmt: skip
def test_different_whole_numbers_are_identifiers_only_by_name(name, kind):
    assert understand_column(pd.Series(np.random.default_rng(0).permutation(N)), name).kind == kind


def test_an_identifier_occurs_once():
    assert understand_column(pd.Series([*range(N - 1), 0]), "id").kind == "number"


def test_few_whole_numbers_stay_numbers():
    assert understand_column(pd.Series([1, 2, 3] * 30), "class").kind == "number"


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([f"v{i % 60}" for i in range(N)], "category"),
        ([f"user{i}@example.org" for i in range(N)], "identifier"),
        ([f"graduate degree from a university of the {'north' if i % 2 else 'south'}" for i in range(N)], "category"),
        ([f"I liked the {i}th one a lot and would buy it" for i in range(N)], "text"),
        ([f"{i} Main Street" for i in range(N)], "text"),
        ([f"0{i:04}" for i in range(N)], "identifier"),
        ([f"{i / 7:.2f}" for i in range(N)], "number"),
        ([f"2020-{1 + i % 12:02}-01" for i in range(N)], "date"),
        (["1-2", "3-4"] * 50, "category"),
        (["2020", "2021"] * 50, "number"),
    ],
)
def test_texts(texts, kind):
    assert understand_column(pd.Series(texts), "column").kind == kind


def test_a_long_column_that_is_almost_constant_is_not_constant():
    values = pd.Series(["x"] * 50_000)
    values.iloc[12_345] = "y"
    assert understand_column(values, "a").kind == "category"
    assert understand_column(values == "x", "a").kind == "boolean"
    dates = pd.Series(pd.to_datetime(["2020-01-01"] * 50_000))
    dates.iloc[12_345] = pd.Timestamp("2021-01-01")
    assert understand_column(dates, "a").kind == "date"


def test_a_large_category_is_no_identifier_though_its_sample_is_unique():
    values = pd.Series([f"v{i % 60_000}" for i in range(120_000)])
    assert understand_column(values, "a").kind == "category"


def test_missing_values_are_counted_exactly():
    column = understand_column(pd.Series([1.0, np.nan, 3.0, np.nan]), "a")
    assert column.missing_share == 0.5
    assert understand_column(pd.Series(["1", "?", "2.5", ""] * 10), "a").missing_share == 0.5


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2020-01-01", "2020-12-31"], "ISO8601"),
        (["20200101", "20201231"], "ISO8601"),
        (["2020-01-01 10:00:00.5", "2020-12-31 11:30:00.25"], "ISO8601"),
        (["1/2/2020", "3/4/2020"], "%m/%d/%Y"),
        (["1/2/2020", "13/4/2020"], "%d/%m/%Y"),
        (["1.2.2020 10:30", "31.12.2020 11:45"], "%d.%m.%Y %H:%M"),
        (["Jan 3, 2020", "Dec 31, 2020"], "%b %d, %Y"),
        (["3-Jan-2020", "31-Dec-2020"], "%d-%b-%Y"),
        (["1.5", "2.5"], None),
        (["1-2-3", "x"], None),
        (["192.168.1.1", "10.0.0.1"], None),
        (["99/99/9999", "98/98/9998"], None),
        ([], None),
    ],
)
def test_date_formats(texts, expected):
    assert sniff_date_format(pd.Series(texts, dtype=object)) == expected


def test_numbers_among_many_words_for_missing():
    values = ["?"] * 99 + ["1.5"]
    column = understand_column(pd.Series(values * 10), "a")
    assert (column.kind, column.missing_share) == ("number", 0.99)
