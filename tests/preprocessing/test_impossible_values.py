"""Values that cannot be become missing where name and values agree on what can be, and nothing else does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe

N = 2_000


def prepared(name, values):
    table = pd.DataFrame({name: values, "other": np.arange(len(values)) % 7 * 1.5})
    recipe = PreparationRecipe(without=["outliers", "identifiers"]).fit(table)
    again = PreparationRecipe.from_json(recipe.to_json())
    assert again.transform(table).equals(recipe.transform(table))
    return recipe.transform(table)[name], recipe.explain().query("column == @name")


def with_some(values, *others):
    values = np.array(values)
    values[: len(others)] = others
    return values


RANDOM = np.random.default_rng(4)
COUNTS = RANDOM.poisson(4, N).astype(float)
AGES = RANDOM.integers(18, 90, N).astype(float)
SHARES = RANDOM.uniform(0, 100, N)


@pytest.mark.parametrize(
    ("name", "values", "n_gone", "said"),
    [
        ("n_visits", with_some(COUNTS, -3, -2), 2, "no count is negative"),
        ("orderCount", with_some(COUNTS, -3), 1, "1 row with −3 … −3"),
        ("customer_age", with_some(AGES, 230, -4), 2, "nobody is younger than 0 or older than 130"),
        ("discount (%)", with_some(SHARES, 430.0), 1, "between 0 and 100"),
    ],
)
def test_what_the_name_and_the_values_rule_out_becomes_missing(name, values, n_gone, said):
    found, explained = prepared(name, values)
    assert found.isna().sum() == n_gone
    assert said in " ".join(explained["reason"])
    assert np.array_equal(found.dropna(), values[n_gone:])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("balance", with_some(COUNTS, -3)),
        ("visits_change", with_some(COUNTS, -3)),
        ("n_score", with_some(RANDOM.normal(size=N), -3)),
        ("quantity", COUNTS - 2),
        ("age_in_days", AGES * 365),
        ("percent", with_some(SHARES / 100, 1.5)),
        ("percent_growth", with_some(SHARES, 430.0)),
        ("percent", SHARES * 1.5),
        ("page", AGES * 10),
    ],
)
def test_what_may_be_is_left(name, values):
    found, _ = prepared(name, values)
    assert found.to_numpy().tobytes() == values.tobytes()


DAYS = pd.Timestamp("2021-01-01") + pd.to_timedelta(RANDOM.integers(0, 900, N), unit="D")


def dates(*others):
    values = np.array(DAYS, dtype="datetime64[us]")
    values[: len(others)] = np.array(others, dtype="datetime64[us]")
    return values


@pytest.mark.parametrize(
    ("values", "n_gone", "said"),
    [
        (dates("1900-01-01", "1900-01-01"), 2, "1900-01-01 in 2 rows"),
        (dates("9999-12-31", "9999-12-31T23:59:59", "1970-01-01", "1970-01-01"), 4, "1970-01-01, 9999-12-31 in 4 rows"),
        (dates("2199-05-05"), 1, "1 row more than a hundred years after"),
        (dates("0202-05-05", "2910-01-01"), 2, "before or after"),
    ],
)
def test_dates_that_stand_for_none_or_for_another_age_become_missing(values, n_gone, said):
    found, explained = prepared("day", values)
    assert found.isna().sum() == n_gone
    assert said in " ".join(explained["reason"])
    assert np.array_equal(found.to_numpy()[n_gone:], values[n_gone:])


def test_a_day_amid_the_others_is_a_mark_only_where_it_is_far_too_frequent():
    births = np.datetime64("1940-01-01") + RANDOM.integers(0, 25_000, N).astype("timedelta64[D]")
    few, many = births.copy(), births.copy()
    few[:3] = many[:60] = np.datetime64("1970-01-01")
    assert prepared("birth", few)[0].isna().sum() == 0
    assert prepared("birth", many)[0].isna().sum() >= 60


def test_dates_in_text_are_judged_like_dates():
    found, _ = prepared("day", pd.Series(dates("1900-01-01", "1900-01-01")).dt.strftime("%d.%m.%Y").astype(object))
    assert found.isna().sum() == 2
