"""Weak slices are found where they were put, and nowhere else more often than chance allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.inspection.column_cuts import cut_column
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.inspection.weak_slices import find_weak_slices, row_losses

KINDS = {"tenure": "number", "contract": "category", "since": "date", "note": "text", "paperless": "boolean"}


def table_of(n_rows, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "tenure": random.integers(0, 72, n_rows),
            "contract": random.choice(["month", "year", "two years"], n_rows),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, n_rows), unit="D"),
            "note": [f"note {i}" for i in range(n_rows)],
            "paperless": random.random(n_rows) < 0.5,
        }
    )


def judged(table, inside, seed=0):
    """Rows of which those inside are predicted by a coin that is as sure of itself as the model elsewhere."""
    random = np.random.default_rng([seed, 1])  # another stream than the table's
    p = random.choice([0.15, 0.85], len(table))
    happened = np.where(inside, random.random(len(table)) < 0.5, random.random(len(table)) < p)
    return LabelledRows(happened.astype(int), np.column_stack([1 - p, p]), ("no", "yes"))


def test_a_weak_pair_is_found_and_named_in_words():
    table = table_of(4_000)
    inside = (table["tenure"] < 14) & (table["contract"] == "month")
    found = find_weak_slices(table, judged(table, inside), find_metric("roc_auc", "binary"), KINDS)
    [weak] = found.slices
    assert set(weak.columns) == {"tenure", "contract"}
    assert "contract = month" in weak.condition
    assert "tenure < 1" in weak.condition
    assert weak.p_value < 0.001
    assert weak.loss > weak.rest_loss
    assert weak.low < weak.score < weak.high
    assert found.n_looked_at > 50


def test_a_weak_category_is_found_alone():
    table = table_of(3_000, 1)
    found = find_weak_slices(
        table, judged(table, table["contract"] == "year", 1), find_metric("log_loss", "binary"), KINDS
    )
    assert [weak.condition for weak in found.slices] == ["contract = year"]


def test_missing_values_are_a_condition():
    table = table_of(3_000, 2)
    gone = np.arange(3_000) % 5 == 0
    table["tenure"] = table["tenure"].astype(float).mask(gone)
    found = find_weak_slices(table, judged(table, gone, 2), find_metric("log_loss", "binary"), KINDS)
    assert [weak.condition for weak in found.slices] == ["tenure is missing"]


def test_chance_is_not_shown_as_a_finding():
    shown = 0
    metric = find_metric("roc_auc", "binary")
    for seed in range(40):
        table = table_of(600, seed)
        shown += bool(find_weak_slices(table, judged(table, False, seed), metric, KINDS).slices)
    assert shown <= 6  # 2 are to be expected at 5 %; more than 6 has a chance of 0.4 %


def test_few_rows_are_not_looked_at():
    table = table_of(100)
    found = find_weak_slices(table, judged(table, False), find_metric("roc_auc", "binary"), KINDS)
    assert found.slices == ()
    assert "a slice needs 30 rows" in found.note


def test_regressions_are_judged_by_the_kind_of_their_metric():
    rows = LabelledRows(np.array([1.0, 3.0]), np.array([[2.0], [1.0]]))
    assert row_losses(rows, find_metric("mae", "regression"))[0].tolist() == [1.0, 2.0]
    assert row_losses(rows, find_metric("rmse", "regression"))[0].tolist() == [1.0, 4.0]


@pytest.mark.parametrize(
    ("values", "kind", "conditions"),
    [
        ([1, 2, 1, 2], "number", ("x = 1", "x = 2")),
        ([1.5, None, 2.5], "number", ("x = 1.5", "x = 2.5", "x is missing")),
        (["3", "4"], "number", ("x = 3", "x = 4")),
        ([True, False], "boolean", ("x = True", "x = False")),
        (["a"] * 3, "text", None),
        ([5, 5, 5], "number", None),
        ([None, None], "category", None),
    ],
)
def test_columns_are_cut_into_words(values, kind, conditions):
    column = cut_column(pd.Series(values, name="x"), kind)
    assert (column and column.conditions) == conditions


@pytest.mark.parametrize("seed", range(5))
def test_each_row_is_in_the_part_that_its_condition_says(seed):
    random = np.random.default_rng(seed)
    values = pd.Series(random.gamma(2, 1000, 500).round(seed), name="x").mask(random.random(500) < 0.1)
    column = cut_column(values, "number")
    for code, condition in enumerate(column.conditions):
        here = values[column.codes == code]
        if condition.endswith("missing"):
            assert here.isna().all()
        else:
            words = condition.replace("≤", "<=").replace("≥", ">=")
            assert here.apply(lambda x, words=words: eval(words, {"x": x})).all()


def test_dates_are_cut_at_days():
    column = cut_column(table_of(500)["since"], "date")
    assert column.conditions[0].startswith("since < 2024-")
    assert len(column.conditions[0]) == len("since < 2024-05-20")


def test_a_sliced_search_of_many_columns_stays_within_its_numbers():
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(2_000, 40)), columns=[f"c{i}" for i in range(40)])
    found = find_weak_slices(
        table, judged(table, False), find_metric("roc_auc", "binary"), dict.fromkeys(table, "number")
    )
    assert found.n_looked_at > 10_000
    assert found.slices == ()
