from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.evaluation.column_reference import (
    MOST_COLUMNS,
    ColumnReference,
    references_from_json,
    references_of,
    references_to_json,
)
from lepton_jupyter.evaluation.drift_measures import kolmogorov_smirnov

VALUES = st.lists(st.one_of(st.floats(-10, 10, width=32), st.sampled_from([0.0, 1.0, np.nan])), min_size=1, max_size=60)


@given(VALUES, VALUES)
def test_every_row_is_counted_and_the_distance_is_no_larger_than_that_of_all_values(first, second):
    first, second = np.array(first), np.array(second)
    reference = ColumnReference.of("x", first)
    assert sum(reference.counts) + reference.n_missing == len(first)
    assert references_from_json(references_to_json([reference])) == (reference,)
    shift = reference.shift(second)
    known, others = first[~np.isnan(first)], second[~np.isnan(second)]
    if len(known) and len(others):
        assert shift.distance <= kolmogorov_smirnov(np.sort(known), np.sort(others)).size + 1e-12
    assert reference.shift(first).stability_index == pytest.approx(0.0, abs=1e-9)


def test_nothing_drifts_by_chance():
    random = np.random.default_rng(0)
    table = np.column_stack([random.normal(size=8_000), random.choice(3, 8_000), random.exponential(size=8_000)])
    references = references_of(["a", "b", "c"], table[:3_000])
    shifts = [
        reference.shift(rows[:, place])
        for rows in table[3_000:].reshape(-1, 200, 3)
        for place, reference in enumerate(references)
    ]
    assert not any(shift.drifted for shift in shifts)


@pytest.mark.parametrize(
    ("then", "now", "measure"),
    [
        (np.random.default_rng(0).normal(size=3000), np.random.default_rng(1).normal(1.0, 1, 500), "PSI"),
        (np.random.default_rng(0).normal(size=3000), np.random.default_rng(1).normal(0.6, 0.9, 300), "PSI"),
        (np.zeros(3000), np.full(500, 0.1), "PSI"),  # a constant that is another one
        (np.repeat([0.0, 1.0], 1500), np.repeat([0.0, 1.0, 2.0], [200, 200, 200]), "PSI"),  # a new largest category
        (np.ones(3000), np.where(np.arange(500) % 4 == 0, np.nan, 1.0), "PSI"),  # missing where none was
        (np.full(300, np.nan), np.ones(500), "PSI"),
    ],
)
def test_what_changed_is_told(then, now, measure):
    assert ColumnReference.of("x", then).shift(now).drifted == measure


def test_a_wide_table_is_watched_in_part():
    assert len(references_of([str(n) for n in range(400)], np.zeros((5, 400)))) == MOST_COLUMNS
