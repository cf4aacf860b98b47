"""Two tables compared: none differs from itself, and what was changed is found first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from lepton_jupyter.evaluation.drift_measures import (
    chance_index,
    cramers_v,
    drift_level,
    kolmogorov_smirnov,
    stability_index,
)
from lepton_jupyter.inspection.domain_classifier import separability
from lepton_jupyter.inspection.table_drift import COMPARED_ROWS
from lepton_jupyter.inspection.table_profile import profile_table

RNG = np.random.default_rng(2)


def table(n, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "age": rng.integers(18, 90, n), "income": rng.lognormal(8, 1, n),
        "town": rng.choice(["Ulm", "Bonn", "Kiel"], n),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
        "member": rng.random(n) < 0.3, "key": [f"u{i}" for i in range(n)], "paid": rng.choice(["no", "yes"], n),
    })  # fmt: skip


def drift_of(frame, other, **rest):
    return profile_table(frame, against=other, against_name="newer", **rest).drift


def test_a_table_does_not_differ_from_itself():
    frame = table(2_000)
    drift = drift_of(frame, frame, target="paid")
    assert drift.separability == 0.5
    assert all(each.stability_index == 0.0 and each.effect == 0.0 and each.p_value == 1.0 for each in drift.columns)
    assert [each.level for each in drift.columns] == [""] * 6
    assert drift.left_out == ("key",)


def test_nor_does_a_long_one_of_which_rows_are_drawn():
    frame = pd.DataFrame({"a": np.arange(COMPARED_ROWS + 5_000) % 977})
    drift = drift_of(frame, frame.copy())
    assert drift.compared_rows == COMPARED_ROWS
    assert drift.columns[0].stability_index == 0.0
    assert drift.separability == 0.5


def test_another_sample_of_the_same_kind_does_not_drift():
    drift = drift_of(table(3_000), table(3_000, seed=9), target="paid")
    assert [each.level for each in drift.columns] == [""] * 6
    assert drift.separability < 0.5 + 3 * drift.separability_error
    assert [each.level for each in drift_of(table(60), table(60, seed=9)).columns] == [""] * 6


def test_what_was_changed_comes_first():
    other = table(2_000, seed=4)
    other["age"] += 25
    other["town"] = np.where(RNG.random(2_000) < 0.2, "Jena", other["town"])
    other = other.drop(columns="income").assign(since=other["since"].astype(str).str[:4] + " or so", new=1)
    drift = drift_of(table(2_000), other, target="paid")
    found = {each.name: each for each in drift.columns}
    assert (drift.missing, drift.extra) == (("income",), ("new",))
    assert drift.columns[0].name == "since"
    assert {each.name for each in drift.columns[1:3]} == {"town", "age"}
    assert (found["since"].change, found["since"].text) == ("type", "date here, category in newer")
    assert (drift.n_retyped, drift.n_large, drift.n_moderate) == (1, 2, 0)
    assert found["town"].text.startswith("new: “Jena”, ")
    assert found["age"].text.startswith("median 5")
    assert found["age"].level == found["town"].level == "large"
    assert found["age"].effect == pytest.approx(0.35, abs=0.05)
    assert drift.separability > 0.7
    assert drift.n_columns == len(drift.columns)


def test_missing_values_are_drift():
    frame = table(2_000)
    other = frame.assign(age=frame["age"].where(RNG.random(2_000) < 0.5))
    first = drift_of(frame, other).columns[0]
    assert (first.name, first.level) == ("age", "large")
    assert "missing 0.0 → " in first.text


def test_a_shift_that_no_column_shows_is_seen_by_the_model():
    x = RNG.normal(size=(4_000, 1))
    frame = pd.DataFrame(np.c_[x, x + 0.1 * RNG.normal(size=x.shape)], columns=["a", "b"])
    apart = frame.assign(b=frame["b"].sample(frac=1, random_state=1).to_numpy())
    drift = drift_of(frame, apart)
    assert [each.level for each in drift.columns] == ["", ""]
    assert drift.separability > 0.9


@pytest.mark.parametrize("other", [table(0), pd.DataFrame(), table(3), pd.DataFrame({"z": [1, 2]})])
def test_odd_tables_are_compared_as_far_as_they_can_be(other):
    drift = drift_of(table(200), other)
    assert drift.separability is None
    back = drift_of(other, table(200))
    assert back.n_columns + back.n_extra + back.n_left_out >= 1


def test_the_measures_are_those_of_scipy():
    rng = np.random.default_rng(0)
    first, second = np.sort(rng.normal(size=800)), np.sort(rng.normal(0.1, 1, size=500))
    expected = ks_2samp(first, second, method="asymp")
    found = kolmogorov_smirnov(first, second)
    assert found.size == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue, rel=0.3)
    counts, others = np.array([50, 30, 20, 0]), np.array([20, 30, 30, 5])
    chi2 = chi2_contingency(np.stack([counts, others]), correction=False)
    found = cramers_v(counts, others)
    assert found.p_value == pytest.approx(chi2.pvalue)
    assert found.size == pytest.approx(np.sqrt(chi2.statistic / (counts.sum() + others.sum())))
    assert cramers_v(np.array([3, 0]), np.array([4, 0])) == (0.0, 1.0)


def test_chance_exceeds_its_limit_once_in_a_hundred_times():
    exceeded = 0
    for _ in range(400):
        draws = [np.bincount(RNG.integers(0, 10, n), minlength=10) for n in (300, 200)]
        exceeded += stability_index(*draws) > chance_index(300, 200, 10)
    assert exceeded <= 14
    assert drift_level(0.2, 10**6, 10**6, 10) == "moderate"


def test_too_few_rows_or_columns_are_not_told_apart():
    assert separability(np.zeros((10, 2)), np.zeros((500, 2))) is None
    assert separability(np.zeros((500, 0)), np.zeros((500, 0))) is None
    assert separability(np.zeros((500, 1)), np.zeros((500, 1))) is None


def test_new_rows_need_no_target():
    drift = drift_of(table(300), table(300, seed=1).drop(columns="paid"), target="paid")
    assert drift.n_missing == 0


def test_a_column_without_a_value_is_compared_too():
    frame = table(200).assign(empty=np.nan)
    drift = drift_of(frame, frame.assign(empty=1.0))
    assert drift.columns[0].name == "empty"
    assert drift.separability > 0.99
    only = frame[["empty"]]
    assert drift_of(only, only).columns[0].stability_index == 0.0
