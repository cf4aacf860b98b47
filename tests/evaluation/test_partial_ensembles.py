"""Parts of an ensemble."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.partial_ensembles import parts_of


@settings(deadline=None)
@given(members=st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 10.0)), min_size=1, max_size=25))
def test_parts_are_smaller_than_the_whole_and_weigh_its_members_as_it_does(members):
    total = sum(weight for weight, _ in members)
    whole = {index: weight / total for index, (weight, _) in enumerate(members)}
    parts = parts_of(whole, {index: latency for index, (_, latency) in enumerate(members)})
    assert len({frozenset(part) for part in parts}) == len(parts)
    for part in parts:
        assert 1 < len(part) < len(whole)
        assert sum(part.values()) == pytest.approx(1)
        share = sum(whole[each] for each in part)
        assert all(weight == pytest.approx(whole[each] / share) for each, weight in part.items())
