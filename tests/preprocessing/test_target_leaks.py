"""A column that alone nearly determines the target is told of, whatever its kind; good and unique columns are not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.preprocessing.target_leaks import LeakWatch, PairCounts

N = 1_000
RANDOM = np.random.default_rng(2)
SEEN = RANDOM.normal(size=N)
BOUGHT = (SEEN + RANDOM.normal(size=N) > 0).astype(int)
PRICE = 100 + 20 * SEEN + 15 * RANDOM.normal(size=N)


def leaks(target, **columns):
    table = pd.DataFrame({"seen": SEEN, "y": target, **columns})
    explained = PreparationRecipe(target="y", drop_leaks=True).fit(table).explain()
    return explained[explained["step"] == "leaks"].set_index("column")["reason"].to_dict()


@pytest.mark.parametrize(
    "column",
    [
        np.where(BOUGHT == 1, "paid", "open"),
        np.where(BOUGHT == 1, RANDOM.uniform(5, 90, N), 0.0),
        np.where(BOUGHT == 1, np.datetime64("2024-03-01"), np.datetime64("NaT")),
        BOUGHT == 0,
        np.where(RANDOM.random(N) < 0.01, 1 - BOUGHT, BOUGHT) * 3.0,
    ],
    ids=["text", "amount", "date that is there", "truth", "with one row in a hundred wrong"],
)
def test_a_column_that_tells_the_class_is_found(column):
    found = leaks(BOUGHT, after=column)
    assert list(found) == ["after"]
    assert "of the rows that the commonest class gets wrong, in 1,000 rows" in found["after"]


@pytest.mark.parametrize("column", [2 * PRICE + 1, -PRICE, (PRICE - 60) ** 2 * 1e-3], ids=["line", "falling", "curve"])
def test_a_column_that_tells_a_number_is_found(column):
    assert list(leaks(PRICE, after=column)) == ["after"]


def test_good_columns_keys_and_noise_are_not_told_of():
    others = {
        "key": np.arange(N) * 7.5,
        "code": [f"text of row {number}" for number in RANDOM.permutation(N)],
        "noise": RANDOM.normal(size=N),
        "good": SEEN + 0.1 * RANDOM.normal(size=N),
    }
    assert leaks(BOUGHT, **others) == leaks(PRICE, **others) == {}


def test_it_is_told_and_left_in_unless_it_is_asked_for():
    table = pd.DataFrame({"seen": SEEN, "y": BOUGHT, "paid": BOUGHT * 2.0})
    assert "paid" in PreparationRecipe(target="y").fit(table).transform(table)
    assert "paid" not in PreparationRecipe(target="y", drop_leaks=True).fit(table).transform(table)
    assert "paid" in PreparationRecipe(target="y", drop_leaks=True, without=["paid:leaks"]).fit(table).transform(table)


@given(st.lists(st.integers(0, N), max_size=12))
@settings(max_examples=8, deadline=None)
def test_any_parts_give_the_same_counts(cuts):
    table = pa.table({"seen": SEEN, "y": BOUGHT, "town": np.where(SEEN > 1, "Ulm", "Bonn")})
    watch = LeakWatch.of_rows(table, look_at(table), "y")
    pieces = [table.slice(start, end - start) for start, end in pairwise([0, *sorted(cuts), N])]
    merged, whole = PairCounts.merged([watch.of(piece) for piece in pieces]), watch.of(table)
    for name, counts in whole.counts.items():
        assert counts.sum() == N
        assert merged.counts[name].tolist() == counts.tolist()
