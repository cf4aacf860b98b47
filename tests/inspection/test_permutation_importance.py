"""Importance is scikit-learn's, within what shuffling leaves open, and keeps to its time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance as sklearns
from sklearn.linear_model import LogisticRegression

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.inspection.permutation_importance import permutation_importance


@pytest.fixture(scope="module")
def fitted():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(1_500, 4)), columns=["strong", "weak", "none", "other"])
    y = (random.random(1_500) < 1 / (1 + np.exp(-2.5 * X["strong"] - 0.6 * X["weak"]))).astype(int).to_numpy()
    return LogisticRegression().fit(X, y), X, y


def measured(fitted, seconds=60.0, **more):
    model, X, y = fitted
    rows = LabelledRows(y, model.predict_proba(X), (0, 1))
    return permutation_importance(
        lambda table, _: model.predict_proba(table), X, rows, find_metric("roc_auc", "binary"), list(X),
        seconds=seconds, **more,
    )  # fmt: skip


def test_figures_are_scikit_learns(fitted):
    model, X, y = fitted
    found = {line.column: line for line in measured(fitted).lines}
    expected = sklearns(model, X, y, scoring="roc_auc", n_repeats=20, random_state=0)
    for column, mean, spread in zip(X, expected.importances_mean, expected.importances_std, strict=True):
        # five shuffles against twenty
        assert found[column].importance == pytest.approx(mean, abs=4 * spread * np.sqrt(1 / 5 + 1 / 20) + 1e-9)


def test_the_order_is_that_of_what_matters(fitted):
    found = measured(fitted)
    assert [line.column for line in found.lines[:2]] == ["strong", "weak"]
    assert found.lines[0].low > 0
    assert found.note == "5 shuffles of 1,500 rows"
    assert measured(fitted).lines == found.lines, "seeded"


def test_a_metric_of_errors_is_turned(fitted):
    model, X, y = fitted
    rows = LabelledRows(y, model.predict_proba(X), (0, 1))
    found = permutation_importance(
        lambda table, _: model.predict_proba(table),
        X,
        rows,
        find_metric("log_loss", "binary"),
        ["strong"],
        seconds=60.0,
    )
    assert found.lines[0].importance > 0


def test_time_that_runs_out_is_said(fitted):
    ticks = iter(range(10_000))
    found = measured(fitted, seconds=3.0, clock=lambda: float(next(ticks)))
    assert 1 <= len(found.lines) < 4
    assert "time did not suffice for" in found.note


def test_each_line_says_which_row_it_was_made_from(fitted):
    model, X, y = fitted
    rows = LabelledRows(y, model.predict_proba(X), (0, 1))

    def predict(table, places):
        assert (table["other"].to_numpy() == X["other"].to_numpy()[places]).all()
        return model.predict_proba(table)

    permutation_importance(predict, X, rows, find_metric("roc_auc", "binary"), ["strong", "weak"], seconds=60.0)
