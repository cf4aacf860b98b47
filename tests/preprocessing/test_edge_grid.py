"""A grid finds what a search finds, to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.edge_grid import edges_below

floats = st.floats(allow_nan=False, width=64)


@given(st.lists(floats, min_size=0, max_size=40, unique=True), st.lists(floats, max_size=40))
@settings(max_examples=300, deadline=None)
def test_it_is_what_a_search_gives(edges, values):
    edges = np.sort(np.array(edges, dtype=np.float64))
    with np.errstate(over="ignore"):
        near = [np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf), edges]
    values = np.concatenate([np.array(values, dtype=np.float64), *near])
    found = edges_below(values, tuple(edges.tolist()))
    assert found.tolist() == np.searchsorted(edges, values, side="right").tolist()


def test_of_real_ranges_too():
    random = np.random.default_rng(0)
    for values in (random.normal(5, 2, 50_000), random.lognormal(2, 0.5, 50_000), random.integers(0, 30, 50_000) / 1.0):
        edges = np.unique(np.quantile(values, np.arange(1, 20) / 20, method="higher"))
        assert np.array_equal(edges_below(values, tuple(edges.tolist())), np.searchsorted(edges, values, side="right"))
