"""However rows are parted, the merged statistics are those of the whole, within what each sketch promises."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.canonical_tree import merge_in_tree, tree_levels
from lepton_jupyter.preprocessing.co_moments import CoMoments
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.distinct_sketch import DistinctSketch
from lepton_jupyter.preprocessing.heavy_hitters import CAPACITY, HeavyHitters
from lepton_jupyter.preprocessing.moments import Moments
from lepton_jupyter.preprocessing.quantile_summary import POINTS, QuantileSummary

floats = st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False)
#: Lengths of the parts of a column, empty ones among them.
parts_of_floats = st.lists(st.lists(floats, max_size=60), min_size=1, max_size=40)


def parted(values, n_parts, seed):
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(values) + 1, n_parts - 1))
    return np.split(values, cuts)


@given(parts_of_floats, st.sampled_from([0.0, 1e9]))
@settings(max_examples=40, deadline=None)
def test_moments_of_any_parts_are_those_of_the_whole(parts, offset):
    parts = [np.array(part) + offset for part in parts]
    whole = np.concatenate(parts)
    pivot = float(np.median(whole)) if len(whole) else 0.0
    merged = merge_in_tree([Moments.of_values(part, pivot=pivot) for part in parts], Moments.merged)
    assert merged.count == len(whole)
    if not len(whole):
        assert np.isnan(merged.mean)
        return
    assert (merged.low, merged.high) == (whole.min(), whole.max())
    exact = np.asarray(whole, dtype=np.longdouble)
    spread = float(np.abs(exact - pivot).max())
    assert merged.mean == pytest.approx(float(exact.mean()), rel=1e-10, abs=1e-10 * spread)
    variance = float(((exact - exact.mean()) ** 2).mean())
    assert merged.variance == pytest.approx(variance, rel=1e-10, abs=1e-20 * spread**2)


def test_the_spread_survives_a_mean_of_a_thousand_million():
    values = np.random.default_rng(3).normal(1e9, 1.0, 20_000)
    merged = Moments.merged([Moments.of_values(part, pivot=1e9) for part in np.split(values, 100)])
    exact = np.asarray(values, dtype=np.longdouble)
    assert merged.variance == pytest.approx(float(((exact - exact.mean()) ** 2).mean()), rel=1e-10)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 1e3]), st.booleans())
@settings(max_examples=30, deadline=None)
def test_co_moments_of_any_parts_are_those_of_the_whole(seed, n_parts, offset, mixed):
    random = np.random.default_rng(seed)
    whole = offset + random.normal(size=(300, 4)) @ random.normal(size=(4, 4))
    mixtures = random.normal(size=(4, 2)) if mixed else None
    parts = [CoMoments.of(part, mixtures) for part in parted(whole, n_parts, seed)]
    merged = merge_in_tree(parts, CoMoments.merged)
    assert merged.count == len(whole)
    exact = np.asarray(whole, dtype=np.longdouble)
    apart = exact - exact.mean(axis=0)
    expected = apart.T @ (apart if mixtures is None else apart @ mixtures)
    squares = (apart**2).sum(axis=0)
    assert merged.means == pytest.approx(exact.mean(axis=0).astype(float), rel=1e-10, abs=1e-10)
    assert merged.squares == pytest.approx(squares.astype(float), rel=1e-10)
    assert np.abs(merged.products - expected).max() <= 1e-10 * float(squares.max())
    again = merge_in_tree([CoMoments.of(part, mixtures) for part in parted(whole, n_parts, seed)], CoMoments.merged)
    assert again.products.tobytes() == merged.products.tobytes()


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=40), st.integers(0, 40)
)
@settings(max_examples=200, deadline=None)
def test_a_spread_beyond_all_numbers_is_infinite_and_never_no_spread(values, cut):
    pivot = float(np.median(np.array(values) / 2))
    parts = [Moments.of_values(part, pivot=pivot) for part in (values[:cut], values[cut:])]
    for found in (Moments.of_values(values, pivot=pivot), Moments.merged(parts)):
        assert np.isfinite(found.mean)
        assert not np.isnan(found.variance)
        exact = np.asarray(values, dtype=np.longdouble)
        squares = ((exact - exact.mean()) ** 2).sum()
        if squares > 1e308:  # so is their sum, of which the variance is a part
            assert found.variance > 1e306
            continue
        rounding = float(1e-20 * np.abs(exact - pivot).max() ** 2)
        assert found.variance == pytest.approx(float(squares / len(values)), rel=1e-9, abs=rounding)


@given(parts_of_floats)
@settings(max_examples=40, deadline=None)
def test_quantiles_of_few_values_are_exact(parts):
    whole = np.sort(np.concatenate(parts))
    summary = QuantileSummary.merged([QuantileSummary.of_values(part) for part in parts])
    assert summary.rank_error == 0
    assert summary.count == len(whole)
    if len(whole):
        shares = np.linspace(0, 1, 11)
        expected = np.quantile(whole, shares, method="inverted_cdf")
        assert summary.quantiles(shares).tolist() == expected.tolist()


@given(st.integers(0, 2**31), st.sampled_from(["normal", "heavy tail", "few values", "ascending"]), st.integers(1, 80))
@settings(max_examples=6, deadline=None)
def test_ranks_are_within_the_stated_error(seed, shape, n_parts):
    random = np.random.default_rng(seed)
    n = 120_000
    values = {
        "normal": lambda: random.normal(size=n),
        "heavy tail": lambda: random.standard_cauchy(n),
        "few values": lambda: random.integers(0, 3_000, n).astype(float),
        "ascending": lambda: np.arange(n, dtype=float),
    }[shape]()
    summary = merge_in_tree([QuantileSummary.of_values(part) for part in parted(values, n_parts, seed)],
                            QuantileSummary.merged)  # fmt: skip
    assert len(summary.points) <= POINTS
    assert summary.count == n
    assert 0 < summary.rank_error <= 0.002 * n
    ordered = np.sort(values)
    for share in (0.001, 0.1, 0.25, 0.5, 0.9, 0.999):
        found = summary.quantile(share)
        lowest, highest = np.searchsorted(ordered, found, side="left"), np.searchsorted(ordered, found, side="right")
        assert lowest - summary.rank_error <= share * n <= highest + summary.rank_error
        assert abs(summary.rank(found) - highest) <= summary.rank_error


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_few_categories_are_counted_exactly(parts):
    whole = [text for part in parts for text in part]
    sketches = []
    for part in parts:
        texts = sorted(set(part))
        counts = [part.count(text) for text in texts]
        sketches.append(HeavyHitters.of_counted(pa.array(texts, pa.large_string()), counts))
    merged = merge_in_tree(sketches, HeavyHitters.merged)
    assert merged.error == 0
    assert dict(merged.commonest()) == {text: whole.count(text) for text in set(whole)}


def test_a_common_value_among_very_many_is_never_missed():
    random = np.random.default_rng(5)
    values = np.concatenate([np.full(3_000, -999.0), random.permutation(100_000).astype(float)])
    random.shuffle(values)
    sketches = []
    for part in np.split(values, 103):
        different, counts = np.unique(part, return_counts=True)
        sketches.append(HeavyHitters.of_counted(pa.array(different), counts))
    merged = merge_in_tree(sketches, HeavyHitters.merged)
    assert len(merged.counts) <= CAPACITY
    assert merged.error <= len(values) / CAPACITY
    assert 3_000 - merged.error <= merged.count_of(-999.0) <= 3_000


@pytest.mark.parametrize("n", [0, 1, 100, 5_000, 300_000])
def test_different_values_are_estimated_within_four_standard_errors(n):
    values = np.random.default_rng(1).permutation(n).astype(float)
    merged = DistinctSketch.merged([DistinctSketch.of_numbers(part) for part in np.array_split(values, 7)])
    assert merged.registers.tolist() == DistinctSketch.of_numbers(values).registers.tolist()
    assert merged.estimate() == pytest.approx(n, rel=4 * 1.04 / 64)


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 32, 255, 256, 257, 300, 4_097])
def test_parts_that_come_one_by_one_are_merged_in_the_tree_of_those_side_by_side(n):
    def merge(parts):
        return f"({''.join(parts)})"

    level = [str(number) for number in range(n)]
    one_by_one = merge_in_tree(level, merge)
    for groups in tree_levels(n):
        level = [merge([level[place] for place in group]) for group in groups]
    assert one_by_one == level[0]


def test_a_summary_that_travels_is_small_however_many_rows_it_is_of():
    random = np.random.default_rng(2)
    table = pa.table({
        "measured": random.normal(size=50_000),
        "key": [f"key {number}" for number in range(50_000)],
        "level": random.integers(0, 5, 50_000),
    })  # fmt: skip
    assert len(pickle.dumps(TableSummary.of(table, look_at(table)))) < 3 * 60_000


@given(st.integers(0, 2**31), st.integers(1, 12))
@settings(max_examples=4, deadline=None)
def test_a_table_parted_anywhere_has_the_same_counts(seed, n_parts):
    from preprocessing.messy_tables import messy_table

    table = pa.Table.from_pandas(messy_table(600, seed % 100), preserve_index=False)
    looks = look_at(table)
    whole = TableSummary.of(table, looks)
    cuts = [0, *np.sort(np.random.default_rng(seed).integers(0, 600, n_parts - 1)).tolist(), 600]
    pieces = [table.slice(start, end - start) for start, end in pairwise(cuts)]
    merged = merge_in_tree([TableSummary.of(piece, looks) for piece in pieces], TableSummary.merged)
    assert merged.n_rows == whole.n_rows
    for name, column in whole.columns.items():
        other = merged.columns[name]
        for field in ("n_rows", "n_missing", "n_marked", "n_unreadable", "n_infinite", "whole", "storages"):
            assert getattr(other, field) == getattr(column, field), (name, field)
        assert other.texts.commonest() == column.texts.commonest()
        assert other.numbers.commonest() == column.numbers.commonest()
        assert other.quantiles.points.tolist() == column.quantiles.points.tolist()
        assert other.distinct.registers.tolist() == column.distinct.registers.tolist()
        assert other.moments.mean == pytest.approx(column.moments.mean, rel=1e-10, nan_ok=True)
        assert other.moments.variance == pytest.approx(column.moments.variance, rel=1e-10, nan_ok=True)
