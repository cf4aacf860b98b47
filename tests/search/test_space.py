"""Unit coordinates and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.search.space import Choice, Integer, Real, Space

SPACE = Space((
    Real("rate", 0.01, 1.0, log=True),
    Real("fraction", 0.2, 0.9),
    Integer("leaves", 4, 256, log=True),
    Choice("extra", (False, True)),
))  # fmt: skip


@given(st.lists(st.floats(-0.5, 1.5), min_size=4, max_size=4))
def test_every_place_is_a_point_of_the_space(places):
    assert SPACE.contains(SPACE.from_unit(places, {}))


@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_a_point_keeps_its_place(places):
    point = SPACE.from_unit(places, {})
    again = SPACE.from_unit(SPACE.to_unit(point), {})
    assert again["leaves"] == point["leaves"]
    assert again["extra"] == point["extra"]
    assert math.isclose(again["rate"], point["rate"], rel_tol=1e-4)


def test_what_is_not_searched_stays():
    assert Space(()).from_unit([], {"kind": "gbdt"}) == {"kind": "gbdt"}


@pytest.mark.parametrize(
    "point",
    [
        {"rate": 2.0, "fraction": 0.5, "leaves": 8, "extra": True},
        {"rate": 0.5, "fraction": 0.5, "leaves": 2, "extra": True},
        {"rate": 0.5, "fraction": 0.5, "leaves": 8, "extra": "yes"},
        {"rate": 0.5, "fraction": 0.5, "leaves": 8},
    ],
)
def test_a_point_outside_is_noticed(point):
    assert not SPACE.contains(point)
