"""The score of a column alone is what scikit-learn would say of its rates out of fold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from lepton_jupyter.data.target import understand_target
from lepton_jupyter.inspection.column_values import read_column
from lepton_jupyter.inspection.target_leaks import JudgedRows, auc_of_counts

RNG = np.random.default_rng(11)


def test_auc_of_groups_is_that_of_their_rows():
    scores = RNG.integers(0, 9, 500) / 9
    y = RNG.random(500) < scores
    groups = np.unique(scores)
    positives = np.array([np.sum(y[scores == each]) for each in groups], dtype=float)
    negatives = np.array([np.sum(~y[scores == each]) for each in groups], dtype=float)
    found = auc_of_counts(groups, positives, negatives)
    assert found.value == pytest.approx(roc_auc_score(y, scores))
    assert 0 < found.error < 0.1


def test_a_class_without_rows_has_no_auc():
    assert auc_of_counts(np.array([0.1, 0.2]), np.array([1.0, 2.0]), np.zeros(2)) is None


def test_the_score_out_of_fold_is_that_of_rates_from_other_folds():
    x = RNG.integers(0, 6, 900)
    y = (RNG.random(900) < x / 8).astype(int)
    judged = JudgedRows.draw(understand_target(y), 3)
    rates = np.zeros(900)
    for fold in range(5):
        others = judged.fold != fold
        prior = y.mean()
        for value in range(6):
            known = others & (x == value)
            rates[~others & (x == value)] = (y[known].sum() + prior / 2) / (known.sum() + 0.5)
    found = judged.score(read_column(pd.Series(x), "x"))
    assert found.value == pytest.approx(roc_auc_score(y, rates))


def test_a_number_is_told_by_its_ranks():
    x = RNG.normal(size=2_000)
    judged = JudgedRows.draw(understand_target(np.exp(3 * x)), 3)
    told = judged.score(read_column(pd.Series(-x), "x"))
    assert told.value > 0.99
    assert told.at_least > 0.98
    noise = judged.score(read_column(pd.Series(RNG.normal(size=2_000)), "x"))
    assert noise.value < 0.05


def test_r2_is_that_of_scikit_learn():
    x = RNG.integers(0, 4, 500)
    y = x + RNG.normal(size=500)
    judged = JudgedRows.draw(understand_target(y), 3)
    predicted = np.zeros(500)
    for fold in range(5):
        for value in range(4):
            known = (judged.fold != fold) & (x == value)
            rate = (judged.y[known].sum() + judged.y.mean() / 2) / (known.sum() + 0.5)
            predicted[(judged.fold == fold) & (x == value)] = rate
    found = judged.score(read_column(pd.Series(x), "x"))
    assert found.value == pytest.approx(r2_score(judged.y, predicted))


def test_many_classes_are_judged_with_the_rare_ones_together():
    y = RNG.integers(0, 80, 4_000)
    judged = JudgedRows.draw(understand_target(pd.Series(y).astype("category")), 3)
    assert judged.n_classes == 50
    assert judged.score(read_column(pd.Series([f"k{each}" for each in y]), "x")).value > 0.99


def test_a_wide_table_is_judged_on_fewer_rows():
    target = understand_target(RNG.integers(0, 2, 50_000))
    assert len(JudgedRows.draw(target, 10).rows) == 20_000
    assert len(JudgedRows.draw(target, 5_000).rows) == 4_000
    first, second = JudgedRows.draw(target, 10), JudgedRows.draw(target, 10)
    assert np.array_equal(first.rows, second.rows)
    assert np.array_equal(first.fold, second.fold)
