"""Each rule finds what it is made for, and leaves honest columns alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from lepton_jupyter.inspection.table_profile import profile_table

N = 400
RNG = np.random.default_rng(5)
Y = np.where(RNG.random(N) < 0.3, "yes", "no")
RED = [f"r{i % 4}" for i in range(N)]
NOISE = RNG.normal(size=N)


def notes_of(values, *, name="a", target=True):
    frame = pd.DataFrame({name: values, "other": NOISE, "y": Y})
    message = profile_table(frame, target="y" if target else None)
    return {note.kind: note for each in message.columns if each.name == name for note in each.notes}


#: Name of the rule, the column that it finds, words of its reason.
FOUND = {
    "an identifier": ("identifier", [f"u{i}" for i in range(N)], "all different"),
    "a constant": ("constant", ["x"] * N, "one value"),
    "nothing known": ("empty", [None] * N, "no value is known"),
    "numbers as text": ("as text", [str(i % 90) for i in range(N)], "numbers stored as text"),
    "blanks among numbers": ("as text", [" " if i % 9 == 0 else str(i) for i in range(N)], "blank in 45 rows"),
    "question marks among numbers": ("as text", ["?" if i < 11 else str(i) for i in range(N)], "“?” in 11 rows"),
    "dates as text": ("as text", [f"2021-0{1 + i % 9}-1{i % 7}" for i in range(N)], "dates stored as text"),
    "a mark among words": ("marker", ["?" if i % 8 == 0 else f"k{i % 5}" for i in range(N)], "“?” in 50 rows"),
    "-999": ("marker", [-999 if i % 7 == 0 else 20 + i % 60 for i in range(N)], "−999 in 58 rows"),
    "near-unique": ("near-unique", [f"v{i % 300}" for i in range(N)], "300 different values in 400 rows"),
    "mixed": ("mixed", [i if i % 2 else f"w{i % 7}" for i in range(N)], "mixed types"),
    "mostly missing": ("mostly missing", [i % 50 if i % 3 == 0 else None for i in range(N)], "66.5 % of rows"),
    "a leak": ("leak", np.where(Y == "yes", 1.0, 0.0) + NOISE * 0.01, "AUC 1.000 out of fold"),
    "a leak by category": ("leak", np.where(Y == "yes", RED, "none"), "tells the target alone"),
    "the target itself": ("leak", np.where(Y == "yes", "Y", "N"), "the target y under another name"),
    "the target's missing": ("leak", np.where(Y == "yes", np.arange(N) % 17, np.nan), "tells the target"),
    "time": ("time", pd.date_range("2020-01-01", periods=N, freq="h"), "fit --time a"),
    "infinite": ("infinite", np.where(np.arange(N) == 3, np.inf, NOISE), "infinity in 1 row"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FOUND))
def test_what_is_suspicious_is_named_with_its_reason(name):
    kind, values, words = FOUND[name]
    found = notes_of(values)
    assert kind in found, found
    assert words in found[kind].text


#: Columns that deserve no note at all.
HONEST = {
    "numbers": NOISE,
    "whole numbers with 99": np.arange(N) % 100,
    "minus one among small ones": np.arange(N) % 5 - 1,
    "categories": [f"k{i % 5}" for i in range(N)],
    "truths": NOISE > 0,
    "dates in no order": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.permutation(N) % 391, unit="D"),
    "some missing": np.where(NOISE > 1, np.nan, NOISE),
    "a telling number": np.where(Y == "yes", 1.0, 0.0) + NOISE,
}  # fmt: skip


@pytest.mark.parametrize("name", list(HONEST))
def test_what_is_honest_has_no_note(name):
    assert notes_of(HONEST[name]) == {}


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer, load_wine, load_diabetes])
def test_real_tables_have_no_leak(load):
    frame = load(as_frame=True).frame
    message = profile_table(frame, target="target")
    assert [each.name for each in message.columns for note in each.notes if note.kind == "leak"] == []


def test_a_number_that_is_the_target_in_other_units_leaks():
    price = RNG.lognormal(3, 1, N)
    frame = pd.DataFrame({"cents": (100 * price).round(), "size": price + RNG.normal(size=N) * 9, "price": price})
    leaks = {each.name: [note.kind for note in each.notes] for each in profile_table(frame, target="price").columns}
    assert leaks == {"cents": ["leak"], "size": []}


def test_columns_that_say_the_same_are_named_by_the_first():
    town = RNG.choice(["Ulm", "Bonn", "Kiel"], N)
    frame = pd.DataFrame({
        "town": town, "copy": town, "code": pd.Series(town).map({"Ulm": 1, "Bonn": 2, "Kiel": 3}),
        "other": RNG.choice(["Ulm", "Bonn", "Kiel"], N), "price": NOISE, "price again": NOISE, "x": "same", "y": "same",
    })  # fmt: skip
    found = {
        each.name: [note.text for note in each.notes if note.kind == "duplicate"]
        for each in profile_table(frame).columns
    }
    assert found == {
        "town": [], "copy": ["the same values as town"],
        "code": ["one value for each value of town: the same told twice"],
        "other": [], "price": [], "price again": ["the same values as price"], "x": [], "y": [],
    }  # fmt: skip


def test_the_time_of_rows_is_the_column_that_a_fit_would_name():
    dates = pd.Series(pd.date_range("2020-01-01", periods=N)).sample(frac=1, random_state=0).to_numpy()
    assert "time" not in notes_of(dates)
    assert "time" in notes_of(np.arange(N) // 3 + 1990, name="year", target=False)
    assert "time" not in notes_of(np.arange(N) // 3 + 1990, name="height")
    assert 'fit --time "created on"' in notes_of(np.arange(N) // 3, name="created on")["time"].text


def test_a_table_of_few_rows_is_not_judged():
    frame = pd.DataFrame({"a": [0, 0, 1, 1], "y": ["n", "n", "y", "y"]})
    message = profile_table(frame, target="y")
    assert message.judged_rows == 0
    assert message.columns[0].alone is None
