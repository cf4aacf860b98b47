"""A difference of runs does not depend on which is named first, and is surer the more it shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.inspection.run_comparison import difference_by_fold, difference_by_row, difference_unpaired

SCORES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=8)


@given(pairs=SCORES, up=st.booleans())
def test_by_fold_it_is_antisymmetric(pairs, up):
    one, other = map(list, zip(*pairs, strict=True))
    there = difference_by_fold(("a", "b"), one, other, greater_is_better=up)
    back = difference_by_fold(("b", "a"), other, one, greater_is_better=up)
    assert there.mean == pytest.approx(-back.mean, abs=1e-12)
    assert there.error == pytest.approx(back.error, abs=1e-12)
    assert there.parts == pytest.approx([-each for each in back.parts])
    assert (there.first, there.second) == (back.second, back.first)


def test_the_interval_is_the_corrected_resampled_t():
    one, other = [0.86, 0.91, 0.80, 0.85, 0.88], [0.85, 0.89, 0.79, 0.85, 0.86]
    gaps = np.subtract(one, other)
    expected = 2.7764451 * gaps.std(ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    found = difference_by_fold(("a", "b"), one, other, greater_is_better=True)
    assert found.error == pytest.approx(expected)
    assert found.mean == pytest.approx(gaps.mean())


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 0.5), st.booleans())
def test_unpaired_it_is_antisymmetric(one, other, error, again, up):
    there = difference_unpaired(("a", "b"), (one, other), (error, again), greater_is_better=up)
    back = difference_unpaired(("b", "a"), (other, one), (again, error), greater_is_better=up)
    assert there.mean == -back.mean
    assert there.tied == back.tied


def judged(noise, seed=0):
    random = np.random.default_rng(5)
    y = random.integers(0, 2, 800)
    p = 1 / (1 + np.exp(-(2 * y - 1 + np.random.default_rng(seed).normal(size=800) * noise)))
    return LabelledRows(y, np.column_stack([1 - p, p]), ("no", "yes"))


@pytest.mark.parametrize("name", ["roc_auc", "neg_log_loss", "accuracy"])
def test_by_row_it_is_antisymmetric_and_finds_the_better(name):
    metric = find_metric(name, "binary")
    good, bad = judged(0.8), judged(3.0)
    there = difference_by_row(("good", "bad"), good, bad, metric)
    back = difference_by_row(("bad", "good"), bad, good, metric)
    assert there.mean == pytest.approx(-back.mean)
    assert there.error == pytest.approx(back.error)
    assert there.mean > there.error > 0
    assert not there.tied
    assert there.n == 800


def test_by_row_a_run_ties_with_itself():
    found = difference_by_row(("a", "b"), judged(1.0), judged(1.0), find_metric("roc_auc", "binary"))
    assert (found.mean, found.error, found.tied) == (0, 0, True)


def test_by_row_is_surer_than_both_intervals_apart():
    metric = find_metric("roc_auc", "binary")
    one = judged(1.0)
    nudged = LabelledRows(
        one.y, np.clip(one.predictions + 0.01 * np.sin(np.arange(1600)).reshape(800, 2), 0, 1), ("no", "yes")
    )
    paired = difference_by_row(("a", "b"), one, nudged, metric)
    from lepton_jupyter.inspection.bootstrap_intervals import bootstrap_intervals

    low, high = bootstrap_intervals(
        {"auc": lambda rows: metric.score(one.y[rows], one.predictions[rows], 2)}, 800
    ).ends["auc"]
    assert paired.error < 0.3 * (high - low)
