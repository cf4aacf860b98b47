"""What contestants are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from benchmarks.race.contest_table import ContestTable
from benchmarks.race.shipped_tables import SHIPPED, write_shipped
from sklearn.metrics import log_loss

if TYPE_CHECKING:
    from pathlib import Path


def table(task: str, y: list[object], y_test: list[object]) -> ContestTable:
    rows, test_rows = pd.DataFrame({"x": range(len(y))}), pd.DataFrame({"x": range(len(y_test))})
    return ContestTable("t", task, rows, pd.Series(y, dtype=object), test_rows, pd.Series(y_test, dtype=object))


def test_probabilities_may_come_in_any_order_of_the_classes() -> None:
    three = table("multiclass", ["a", "b", "c"], ["a", "b", "c", "c"])
    found = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.5, 0.3, 0.2]])
    expected = log_loss(["a", "b", "c", "c"], found, labels=["a", "b", "c"])
    assert three.loss(found[:, [2, 0, 1]], ["c", "a", "b"]) == pytest.approx(expected)


def test_a_class_that_was_only_in_the_test_part_costs_and_does_not_fail() -> None:
    known = table("multiclass", ["a", "b", "a"], ["a", "c"])
    assert known.loss(np.array([[1.0, 0.0], [0.5, 0.5]]), ["a", "b"]) > 5.0


def test_two_classes_are_judged_by_what_the_auc_lacks_to_one() -> None:
    two = table("binary", ["0", "1"], ["0", "1", "1", "0"])
    positive = np.array([0.1, 0.9, 0.2, 0.3])
    assert two.loss(np.column_stack([1 - positive, positive]), ["0", "1"]) == pytest.approx(0.25)


def test_the_standard_error_is_that_of_a_mean() -> None:
    random = np.random.default_rng(0)
    errors = random.normal(size=2_000)
    values = table("regression", [0.0] * 3, list(errors))
    # Of a root mean square, by the delta method: that of the mean square over twice the root.
    expected = np.std(errors**2) / np.sqrt(len(errors)) / (2 * np.sqrt(np.mean(errors**2)))
    assert values.loss_error(np.zeros(len(errors)), None) == pytest.approx(expected, rel=0.15)


def test_a_shipped_table_is_cut_in_two_and_read_back(tmp_path: Path) -> None:
    write_shipped(tmp_path, ("seats",))
    found = ContestTable.open(tmp_path, "seats")
    whole, target, task = SHIPPED["seats"]()
    assert (len(found.X) + len(found.X_test), found.task, target) == (len(whole), task, "seats")
    assert "seats" not in found.X
    # None for what is missing, and str: what all systems understand.
    assert {type(each) for each in found.X["engine"]} <= {str, type(None)}
