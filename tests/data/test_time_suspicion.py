"""A column that looks like the time of each row is named; birthdays and random dates are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.schema import understand
from lepton_jupyter.data.time_suspicion import suspected_time

N = 600
DAYS = pd.date_range("2022-01-01", periods=N)


def suspected(target="y", **columns):
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=N), **columns, "y": columns.get("y", random.integers(0, 2, N))})
    schema = understand(table, target="y")
    return suspected_time(table, schema.columns, schema.target.y, schema.target.n_classes)


@pytest.fixture
def random():
    return np.random.default_rng(1)


def nearly_sorted(random):
    days = DAYS.to_numpy().copy()
    days[::100] = random.permutation(days[::100])
    return days


def test_a_date_by_which_rows_are_sorted():
    assert suspected(day=DAYS) == "day"
    assert suspected(day=DAYS[::-1]) == "day"
    assert suspected(day=DAYS.astype(str)) == "day"
    assert suspected(day=DAYS.repeat(2)[:N]) == "day"


def test_a_date_by_which_rows_are_nearly_sorted(random):
    assert suspected(day=nearly_sorted(random)) == "day"


def test_a_date_with_which_the_target_drifts(random):
    days = pd.Series(random.permutation(DAYS))
    late = (days > "2022-09-01").astype(int)
    assert suspected(day=days, y=np.where(random.random(N) < 0.6, late, random.integers(0, 2, N))) == "day"
    assert suspected(day=days, y=days.dt.day_of_year / 100 + random.normal(size=N)) == "day"


def test_dates_in_random_order_that_tell_nothing(random):
    assert suspected(day=random.permutation(DAYS)) is None


@pytest.mark.parametrize("name", ["timestamp", "time", "year", "event_time", "created_at", "week"])
def test_sorted_numbers_that_are_named_like_a_time(name):
    assert suspected(**{name: np.arange(N) // 3}) == name


@pytest.mark.parametrize("name", ["size", "timeout", "yearly_income", "dayrate"])
def test_sorted_numbers_of_another_name(name):
    assert suspected(**{name: np.arange(N) / 7}) is None


def test_dates_of_birth_and_few_times():
    assert suspected(birth_date=DAYS) is None
    assert suspected(day=pd.to_datetime("2022-01-01") + pd.to_timedelta(np.arange(N) // 100, unit="D")) is None


def test_only_the_first_is_named():
    assert suspected(day=DAYS, second=DAYS) == "day"


def test_small_tables_are_left_alone():
    table = pd.DataFrame({"day": DAYS[:30], "y": [0, 1] * 15})
    schema = understand(table, target="y")
    assert suspected_time(table, schema.columns, schema.target.y, 2) is None
