"""Grouping by sorting gives what Arrow's own grouping gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.grouped_rows import grouped

values = st.one_of(st.none(), st.integers(-1000, 1000))
rows = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from(["a", "b", "ü", ""]), values), max_size=60)


@given(rows, st.sampled_from([["k"], ["t"], ["k", "t"]]), st.sampled_from([pa.float64(), pa.int64()]))
@settings(max_examples=150, deadline=None)
def test_what_is_found_is_what_arrow_finds(rows, keys, kind):
    k, t, x = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table({"k": pa.array(k, pa.int64()), "t": pa.array(t, pa.large_string()), "x": pa.array(x, kind)})
    wanted = [("rows", "", "rows"), *((how, "x", how) for how in ("count", "sum", "min", "max"))]
    found = grouped(table, keys, wanted).sort_by([(key, "ascending") for key in keys])
    expected = table.group_by(keys, use_threads=False).aggregate(
        [([], "count_all"), *(("x", how) for how in ("count", "sum", "min", "max"))]
    )
    expected = expected.sort_by([(key, "ascending") for key in keys])
    for name, *_ in wanted:
        theirs = "count_all" if name == "rows" else f"x_{name}"
        assert found[name].to_pylist() == expected[theirs].to_pylist()
    for key in keys:
        assert found[key].to_pylist() == expected[key].to_pylist()


@pytest.mark.parametrize("keys", [["k"], ["k", "t"]])
def test_whole_numbers_are_in_order_and_keep_all_digits(keys):
    large = [2**62 + 1, -(2**62), 2**62]
    table = pa.table({"k": large, "t": ["b", "a", "a"], "x": large})
    found = grouped(table, keys, [("x", "x", "max")])
    assert found["k"].to_pylist() == found["x"].to_pylist() == sorted(large)
    assert found["x"].type == pa.int64()
    assert np.asarray(found["x"]).dtype == np.int64
