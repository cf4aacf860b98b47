from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.events.latency_sketch import LatencySketch

SECONDS = st.lists(st.floats(2e-6, 1e5), min_size=1, max_size=60)


def sketch_of(values):
    sketch = LatencySketch()
    for value in values:
        sketch.add(value)
    return sketch


@settings(max_examples=40)
@given(SECONDS, st.floats(0.01, 1.0))
def test_a_quantile_is_right_within_five_percent(values, share):
    exact = np.quantile(values, share, method="inverted_cdf")
    assert sketch_of(values).quantile(share) == pytest.approx(exact, rel=0.051)


@settings(max_examples=40)
@given(SECONDS, SECONDS)
def test_two_that_are_merged_are_one_of_all(first, second):
    merged = sketch_of(first)
    merged.merge(sketch_of(second).counts)
    assert merged.counts == sketch_of(first + second).counts
    assert len(merged) == len(first) + len(second)
