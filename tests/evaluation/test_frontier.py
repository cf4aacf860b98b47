"""The front of score and latency."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.frontier import pareto_front

_LEVELS = st.integers(0, 6).map(float)


@settings(deadline=None)
@given(candidates=st.lists(st.tuples(_LEVELS, _LEVELS), min_size=1, max_size=30))
def test_the_front_is_what_nothing_else_beats(candidates):
    scores, latencies = map(np.array, zip(*candidates, strict=True))
    front = pareto_front(scores, latencies)

    def beaten(index):
        as_good = (scores >= scores[index]) & (latencies <= latencies[index])
        return (as_good & ((scores > scores[index]) | (latencies < latencies[index]))).any()

    unbeaten = {index for index in range(len(scores)) if not beaten(index)}
    assert set(front) <= unbeaten
    assert {(scores[i], latencies[i]) for i in front} == {(scores[i], latencies[i]) for i in unbeaten}
    assert (np.diff(scores[list(front)]) > 0).all()
    assert (np.diff(latencies[list(front)]) > 0).all()


def test_of_equals_the_first_stays_and_unknown_figures_are_left_out():
    assert pareto_front([0.5, 0.5, np.nan, 0.9], [1.0, 1.0, 0.1, np.nan]) == (0,)
    assert pareto_front([], []) == ()
