"""A sample has its share of every stratum, whole groups, and the same rows however the table is split."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.partitions import PartitionedTable, partitions_of
from lepton_jupyter.exceptions.sampling_errors import SampleError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.partition_rows import PassSettings, partition_rows
from lepton_jupyter.preprocessing.preparation_passes import count_strata
from lepton_jupyter.preprocessing.row_filter import RowFilter
from lepton_jupyter.preprocessing.sampled_rows import SampleSize, plan_sampling, ranked

RANDOM = np.random.default_rng(0)
N_ROWS = 3_000
ROWS = pa.table({
    "row": np.arange(N_ROWS),
    "kind": RANDOM.choice(["rare", "common", None], N_ROWS, p=[0.03, 0.9, 0.07]),
    "shop": RANDOM.integers(0, 200, N_ROWS),
})  # fmt: skip
LOOKS = look_at(ROWS)


def drawn(size: object, *, cuts=(), target=None, by=(), where=None, n_threads=1) -> list[int]:
    edges = [0, *sorted(cuts), N_ROWS]
    parts = tuple(partitions_of(ROWS.slice(a, b - a)).partitions[0] for a, b in pairwise(edges))
    asked = SampleSize.parse(size)
    sampling = plan_sampling(asked, LOOKS, ROWS, target=target, by=by)
    passing = PassSettings(LOOKS, None if where is None else RowFilter(where))
    table = PartitionedTable(parts, "rows", movable=False)
    counts = count_strata(table, passing, sampling, GraphRunner(n_threads=n_threads), lambda _: None)
    table, sampling = ranked(table, counts, sampling, asked)
    passing = PassSettings(LOOKS, passing.where, sampling=sampling)
    return [
        row for part in table.partitions for rows in partition_rows(part, passing) for row in rows["row"].to_pylist()
    ]


@pytest.mark.parametrize("size", ["10%", 0.1, 300, 2_000, 1.0])
def test_a_sample_is_as_large_as_it_should_be_and_spread_over_the_table(size):
    rows = drawn(size)
    expected = N_ROWS * SampleSize.parse(size).share_of(N_ROWS)
    assert abs(len(rows) - expected) <= 1
    assert rows == sorted(set(rows))
    halves = sum(row < N_ROWS / 2 for row in rows)
    assert abs(halves - expected / 2) <= 1


def test_each_class_of_the_target_has_its_share():
    kinds = ROWS["kind"].to_pylist()
    rows = drawn("7%", target="kind")
    for kind in ("rare", "common", None):
        n_drawn = sum(kinds[row] == kind for row in rows)
        assert abs(n_drawn - 0.07 * kinds.count(kind)) <= 1


@given(st.lists(st.integers(0, N_ROWS), max_size=5), st.sampled_from([("3%", "kind", ()), ("10%", None, ("shop",)),
                                                                       (500, None, ())]), st.booleans())  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_any_split_and_number_of_workers_gives_the_same_rows(cuts, how, filtered):
    size, target, by = how
    options = {"target": target, "by": by, "where": "shop < 150" if filtered else None}
    assert drawn(size, cuts=cuts, n_threads=2, **options) == drawn(size, **options)


def test_groups_are_whole_and_about_as_many_as_asked_for():
    shops = np.asarray(ROWS["shop"])
    kept = np.unique(shops[drawn("25%", by=["shop"])])
    assert set(drawn("25%", by=["shop"])) == set(np.flatnonzero(np.isin(shops, kept)))
    assert 35 <= len(kept) <= 65
    assert set(drawn("10%", by=["shop"])) <= set(drawn("25%", by=["shop"]))


def test_a_sample_of_filtered_rows_has_its_share_of_them():
    shops = np.asarray(ROWS["shop"])
    rows = drawn("20%", where="shop < 50")
    assert (shops[rows] < 50).all()
    assert abs(len(rows) - 0.2 * (shops < 50).sum()) <= 1


@pytest.mark.mistake
@pytest.mark.parametrize("size", ["", "ten", "0", "-5%", "150%", "1.5", True, "nan", "0.0000001"])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(SampleError, match="--sample takes a share or a number of rows"):
        SampleSize.parse(size)


@pytest.mark.mistake
def test_a_column_of_groups_that_is_not_there_is_named():
    with pytest.raises(SampleError, match=r"names 'shp', which is no column\. Did you mean 'shop'"):
        drawn("10%", by=["shp"])
