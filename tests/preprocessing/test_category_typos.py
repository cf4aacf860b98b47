"""A rare spelling becomes the frequent one that it is one slip away from, and two frequent values stay two."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.category_typos import is_one_slip, typos_of
from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters


def counted(counts):
    return HeavyHitters.of_counted(pa.array(list(counts), pa.large_string()), list(counts.values()))


@pytest.mark.parametrize("typo", ["Belrin", "Berrlin", "Berin", "Bexlin", " BELRIN "])
def test_each_kind_of_slip_is_found_whatever_its_case(typo):
    assert typos_of(counted({"berlin": 40, "Berlin": 160, typo: 1, "Bremen": 100})) == {typo.strip().lower(): "Berlin"}


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"Berlin": 200, "Bexlin": 4}, "four rows of 204 are not rare"),
        ({"Berlin": 15, "Bexlin": 1}, "fifteen times as often is too little"),
        ({"Iran": 300, "Iraq": 1}, "short words are near to each other"),
        ({"model 1": 300, "model 2": 1, "m0del": 1}, "digits tell apart"),
        ({"typical": 300, "atypical": 1, "employer": 300, "employee": 1}, "they begin or end otherwise"),
        ({"Marlin": 300, "Martin": 300, "Marbin": 1}, "it may be either"),
        ({"Berlin": 300, "Bxrxin": 1}, "two letters differ"),
    ],
)
def test_what_may_be_another_category_is_left_alone(counts, why):
    assert typos_of(counted(counts)) == {}, why


words = st.text("ab", min_size=5, max_size=7)


@given(st.dictionaries(words, st.integers(1, 400), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_only_rare_values_change_and_they_become_frequent_ones(counts):
    total = sum(counts.values())
    for rare, meant in typos_of(counted(counts)).items():
        assert counts[rare] <= max(1, 0.005 * total)
        assert counts[meant] > max(1, 0.005 * total)
        assert counts[meant] >= 20 * counts[rare]


@given(words, words)
@settings(max_examples=100, deadline=None)
def test_a_slip_reads_alike_from_both_sides(one, other):
    assert is_one_slip(one, other) == is_one_slip(other, one)
