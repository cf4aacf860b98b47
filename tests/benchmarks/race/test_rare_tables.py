"""A rare class is made by showing few of its rows; the others are judged on."""

from __future__ import annotations

import pandas as pd
import pytest
from benchmarks.race.rare_tables import RareTable, parts_of


@pytest.mark.parametrize(
    ("target", "made", "n_rare_in_all"),
    [
        (["a"] * 60 + ["b"] * 30 + ["c"] * 10, RareTable("t", 5, 40, rare_class="b"), 30),
        (["a"] * 60 + ["b"] * 30 + ["c"] * 10, RareTable("t", 5, 40), 40),
        ([float(each) for each in range(100)], RareTable("t", 5, 40, above=0.8), 20),
    ],
)
def test_few_rare_rows_are_shown_and_all_others_are_judged(target, made, n_rare_in_all):
    frame = pd.DataFrame({"place": range(100), "target": target})
    train, test = parts_of(frame, "target", made, seed=0)
    assert sorted([*train["place"], *test["place"]]) == list(range(100))
    assert (train["target"] == "rare").sum() == 5
    assert len(train) == 45
    assert (test["target"] == "rare").sum() == n_rare_in_all - 5
