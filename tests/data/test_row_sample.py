from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.data.row_sample import RowSample

CUTS = st.lists(st.integers(0, 500), max_size=8)


def drawn(n_seen, cuts, **options):
    """Rows that are drawn from a stream of `n_seen`, cut into batches at `cuts`."""
    sample = RowSample(**options)
    places = [0, *sorted(min(cut, n_seen) for cut in cuts), n_seen]
    for start, stop in pairwise(places):
        sample.add(pa.table({"row": pa.array(range(start, stop), type=pa.int64())}))
    return sample, sample.table().column("row").to_pylist()


@given(st.integers(0, 500), CUTS, st.integers(1, 600), st.integers(0, 9))
def test_a_sample_has_the_rows_that_were_asked_for_in_order_and_none_twice(n_rows, cuts, wished, seed):
    sample, rows = drawn(n_rows, cuts, limit_bytes=1, seed=seed, n_rows=wished)
    assert len(rows) == min(n_rows, wished) == sample.n_rows
    assert rows == sorted(set(rows))
    assert sample.drawn == (n_rows > wished)


@given(st.integers(1, 500), CUTS, CUTS, st.integers(1, 400))
def test_how_the_stream_is_cut_makes_no_difference(n_rows, cuts, others, wished):
    assert (
        drawn(n_rows, cuts, limit_bytes=1, n_rows=wished)[1] == drawn(n_rows, others, limit_bytes=1, n_rows=wished)[1]
    )


@given(st.integers(1, 500), CUTS, st.integers(1, 400), st.integers(1, 400))
def test_a_smaller_sample_is_a_part_of_a_larger_one(n_rows, cuts, one, other):
    small, large = (drawn(n_rows, cuts, limit_bytes=1, n_rows=n)[1] for n in sorted((one, other)))
    assert set(small) <= set(large)


@given(st.integers(1, 500), CUTS, st.integers(8, 8_000))
def test_rows_take_no_more_than_the_limit_and_are_few_only_if_they_must(n_rows, cuts, limit_bytes):
    sample, rows = drawn(n_rows, cuts, limit_bytes=limit_bytes)
    assert len(rows) * 8 <= max(8, limit_bytes)
    assert sample.n_seen == n_rows
    assert sample.bytes_seen == n_rows * 8
    if n_rows * 8 <= limit_bytes:
        assert rows == list(range(n_rows))
    else:
        assert len(rows) >= limit_bytes // 8 * 0.9 - 1


def test_every_row_is_drawn_as_often_as_any_other():
    counts = np.zeros(200)
    for seed in range(400):
        counts[drawn(200, [37, 90], limit_bytes=1, seed=seed, n_rows=50)[1]] += 1
    # Binomial of 400 draws at a quarter: within 5 deviations for all of 200 rows but once in 8,000 times.
    assert (abs(counts - 100) < 5 * np.sqrt(400 * 0.25 * 0.75)).all()


def test_rows_that_grow_make_the_sample_smaller():
    sample = RowSample(limit_bytes=100_000)
    for size in (10, 10, 1_000):
        sample.add(pa.table({"text": ["x" * size] * 5_000}))
    found = sample.table()
    assert found.nbytes < 125_000
    assert found.num_rows == sample.n_rows


def test_types_that_widen_on_the_way_are_made_one():
    sample = RowSample(limit_bytes=10**9)
    for values in ([1, 2], [None, None], [1.5], ["x"]):
        sample.add(pa.table({"a": values}))
    assert sample.table().column("a").to_pylist() == ["1", "2", None, None, "1.5", "x"]
