from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.data.arrow_frames import in_memory_bytes
from lepton_jupyter.data.draw_order import DrawOrder
from lepton_jupyter.data.row_sample import RowSample


def keys_of(table: pa.Table, cuts: list[int], **wishes: object) -> np.ndarray:
    order = DrawOrder(**wishes)  # type: ignore[arg-type]
    places = [0, *sorted(cuts), table.num_rows]
    return np.concatenate([
        order.keys(table.slice(start, end - start)) for start, end in pairwise(places)
    ])  # fmt: skip


@given(
    classes=st.lists(st.sampled_from(["a", "b", None, "c"]), min_size=1, max_size=80),
    cuts=st.lists(st.integers(0, 80), max_size=4),
    seed=st.integers(0, 2**40),
)
def test_keys_are_the_same_however_rows_are_cut(classes, cuts, seed):
    table = pa.table({"kind": pa.array(classes, pa.string())})
    cuts = [min(cut, len(classes)) for cut in cuts]
    whole, cut = (keys_of(table, each, seed=seed, stratum="kind") for each in ([], cuts))
    assert whole.tolist() == cut.tolist()
    assert len(set(whole.tolist())) >= len(whole) / 4  # the first of each class share theirs
    assert (whole < 1).all()


@given(n_rows=st.integers(2_000, 20_000), share=st.floats(0.01, 0.9), seed=st.integers(0, 100))
def test_a_share_of_the_keys_is_below_it(n_rows, share, seed):
    keys = keys_of(pa.table({"row": range(n_rows)}), [], seed=seed)
    # One row a block of 1,024, and the last block may be short.
    assert abs((keys < share).sum() - share * n_rows) <= n_rows / 1024 + 40


@pytest.mark.parametrize("as_type", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_each_class_has_its_share_and_the_rarest_is_there(as_type):
    random = np.random.default_rng(0)
    kinds = random.choice(["common", "rare", "rarest"], 100_000, p=[0.9, 0.0998, 0.0002])
    table = pa.table({"kind": pa.array(kinds.tolist(), pa.string()).cast(as_type)})
    sample = RowSample(limit_bytes=10**9, n_rows=5_000, stratum="kind")
    for start in range(0, 100_000, 7_000):
        sample.add(table.slice(start, 7_000))
    drawn = np.array(sample.table().column("kind").to_pylist())
    assert len(drawn) == 5_000
    for kind, most_off in (("common", 40), ("rare", 20)):
        assert abs((drawn == kind).sum() - 0.05 * (kinds == kind).sum()) < most_off
    assert (drawn == "rarest").sum() >= 10


def test_values_of_a_quantity_are_drawn_like_all_rows():
    values = pa.table({"price": np.random.default_rng(1).normal(size=50_000)})
    keys = keys_of(values, [9_999, 30_000], stratum="price")
    assert (keys >= 0).all()
    assert (keys < 0.1).sum() == pytest.approx(5_000, abs=60)
    assert keys.tolist() == keys_of(values, [], stratum="price").tolist()


def test_numbers_read_as_whole_and_as_fractions_are_the_same_classes():
    order = DrawOrder(stratum="kind")
    order.count(pa.table({"kind": [1, 2, 2]}))
    order.count(pa.table({"kind": [1.0, 2.0, None]}))
    assert sorted(order.passed.values()) == [1, 2, 3]


def test_counting_and_numbering_pass_the_same_rows():
    table = pa.table({"kind": ["a", "b", "a", None] * 50})
    counted, numbered = DrawOrder(stratum="kind"), DrawOrder(stratum="kind")
    counted.count(table)
    numbered.keys(table)
    assert counted.passed == numbered.passed
    later = DrawOrder(stratum="kind", passed=counted.passed)
    assert later.keys(table).tolist() == numbered.keys(table).tolist()


def test_a_sample_keeps_to_its_memory_with_classes_too():
    table = pa.table({"kind": ["a", "b"] * 5_000, "value": range(10_000)})
    sample = RowSample(limit_bytes=in_memory_bytes(table) // 10, stratum="kind")
    sample.add(table)
    assert 900 <= sample.table().num_rows <= 1_000
