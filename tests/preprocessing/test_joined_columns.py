"""Aggregates of another table by key: those of pandas, however the rows are split, and the same for any new rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.partitions import partitions_of
from lepton_jupyter.exceptions.join_errors import JoinError, MadeColumnError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.joined_columns import JoinedColumns, aggregate_partitions, join_label, plan_join
from lepton_jupyter.preprocessing.key_aggregates import KeyAggregates
from lepton_jupyter.preprocessing.key_values import key_places

RANDOM = np.random.default_rng(3)
ORDERS = pd.DataFrame({
    "customer": RANDOM.integers(0, 30, 600).astype(float),
    "order_id": np.arange(600),
    "price": np.where(RANDOM.random(600) < 0.1, np.nan, RANDOM.gamma(3, 20, 600) + 1e6),
    "town": np.where(RANDOM.random(600) < 0.05, "N/A", RANDOM.choice(["Ulm", "Kiel", "Bonn"], 600)),
    "gift": RANDOM.random(600) < 0.3,
    "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(RANDOM.integers(0, 300, 600), unit="D"),
})  # fmt: skip
ORDERS.loc[::50, "customer"] = np.nan
TABLE = pa.Table.from_pandas(ORDERS, preserve_index=False)
PEOPLE = pa.table({"customer": pa.array([3, 29, 77, None, 3]), "age": [1, 2, 3, 4, 5]})


def joined(table: pa.Table = TABLE, *, near: pa.Table = PEOPLE, on=("customer",), target=None) -> JoinedColumns:
    keys, plan = plan_join("orders", look_at(near), look_at(table), table, on, target=target)
    return JoinedColumns.of("orders", keys, KeyAggregates.of(table, plan))


def test_it_is_what_pandas_gives_by_key():
    found = joined().beside(PEOPLE).to_pandas()
    by_key = ORDERS.replace("N/A", None).groupby("customer")
    for row, key in ((0, 3.0), (1, 29.0), (4, 3.0)):
        group = by_key.get_group(key)
        assert found.loc[row, "orders_count"] == len(group)
        for name in ("mean", "sum", "min", "max"):
            np.testing.assert_allclose(found.loc[row, f"orders_price_{name}"], group["price"].agg(name), rtol=1e-12)
        counts = group["town"].value_counts()
        assert counts[found.loc[row, "orders_town_commonest"]] == counts.max()
        assert found.loc[row, "orders_town_commonest_share"] == counts.max() / counts.sum()
        assert found.loc[row, "orders_town_kinds"] == len(counts)
        assert found.loc[row, "orders_gift_share"] == pytest.approx(group["gift"].mean())
        assert found.loc[row, "orders_day_first"] == group["day"].min()
        assert found.loc[row, "orders_day_last"] == group["day"].max()
    assert not any(name.startswith("orders_order_id") for name in found.columns)


def test_an_unknown_key_and_none_have_a_count_of_0_and_nothing_else():
    found = joined().beside(PEOPLE).select(joined().columns.column_names)
    for row in (2, 3):
        values = found.slice(row, 1).to_pylist()[0]
        assert values.pop("orders_count") == 0
        assert set(values.values()) == {None}


def test_a_column_called_like_the_target_is_not_looked_at():
    assert not any("price" in name for name in joined(target="price").columns.column_names)


@given(st.lists(st.integers(0, 600), max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_any_split_into_partitions_gives_the_same(cuts, random):
    keys, plan = plan_join("orders", look_at(PEOPLE), look_at(TABLE), TABLE, ["customer"])
    edges = [0, *sorted(cuts), 600]
    parts = [TABLE.slice(a, b - a) for a, b in pairwise(edges)]
    random.shuffle(parts)
    found = KeyAggregates.merged([KeyAggregates.of(part, plan) for part in parts])
    split = JoinedColumns.of("orders", keys, found).columns.to_pandas()
    whole = joined().columns.to_pandas()
    for name in whole:
        if whole[name].dtype.kind == "f":
            np.testing.assert_allclose(split[name], whole[name], rtol=1e-10)
        else:
            assert split[name].tolist() == whole[name].tolist(), name


def test_a_pass_over_partitions_gives_the_bits_of_one_thread_with_several(tmp_path):
    for place in range(5):
        ORDERS.iloc[place::5].to_parquet(tmp_path / f"{place}.parquet")
    table = partitions_of(tmp_path)
    _, plan = plan_join("orders", look_at(PEOPLE), look_at(TABLE), TABLE, ["customer"])
    news = []
    one, several = (aggregate_partitions(table, plan, GraphRunner(n_threads=n), news.append) for n in (1, 3))
    assert one.finished("o").equals(several.finished("o"))
    assert sum(each["rows"] for each in news) == 2 * 600
    (tmp_path / "5.parquet").write_bytes(b"PAR1")
    with pytest.raises(JoinError, match=r"Partition '5\.parquet' of the joined table"):
        aggregate_partitions(partitions_of(tmp_path), plan, GraphRunner(n_threads=1), news.append)


def test_long_numbers_and_texts_with_zeros_in_front_are_keys_as_they_are():
    large = 2**60
    far = pa.table({"id": [large, large + 1, large + 1], "x": [1.0, 2.0, 4.0]})
    found = joined(far, near=pa.table({"id": [large + 1, large]}), on=["id"]).beside(
        pa.table({"id": [large + 1, large]})
    )
    assert found["orders_x_mean"].to_pylist() == [3.0, 1.0]
    codes = pa.table({"code": ["007", "7", "007"], "x": [1.0, 2.0, 4.0]})
    found = joined(codes, near=pa.table({"code": ["7", " 007"]}), on=["code"]).beside(pa.table({"code": ["7", " 007"]}))
    assert found["orders_x_sum"].to_pylist() == [2.0, 5.0]


def test_a_key_of_several_columns_and_of_other_names():
    far = pa.table({"shop": ["a", "a", "b"], "when": [1, 2, 1], "x": [1.0, 2.0, 4.0]})
    near = pa.table({"shop": ["b", "a", "b"], "week": [1, 2, 2]})
    found = joined(far, near=near, on=["shop", "week=when"]).beside(near)
    assert found["orders_x_max"].to_pylist() == [4.0, 2.0, None]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_places_of_keys_are_those_of_a_dictionary(data):
    key = st.tuples(st.integers(-2, 2), st.sampled_from("ab"), st.integers(0, 3))
    known = data.draw(st.lists(key, unique=True, max_size=12))
    asked = data.draw(st.lists(key, max_size=12))
    types = (pa.int64(), pa.large_string(), pa.int64())

    def columns(keys):
        return [pa.array([each[n] for each in keys], kind) for n, kind in enumerate(types)]

    places = {each: place for place, each in enumerate(known)}
    assert key_places(columns(known), columns(asked)).tolist() == [places.get(each, -1) for each in asked]


def test_labels_are_parts_of_names():
    assert [join_label(text) for text in ("orders/*.parquet", "Past Orders.CSV.gz", "...")] == [
        "orders", "Past_Orders", "joined",
    ]  # fmt: skip


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("near", "far", "said"),
    [
        ({"custmer": [1]}, {"customer": [1]}, "'the table' has no column 'customer' to join by"),
        ({"customer": [1]}, {"custmer": [1]}, "'orders' has no column 'customer' to join by. Did you mean 'custmer'?"),
        ({"customer": [1]}, {"customer": ["Ada"]}, "holds numbers here and texts in 'orders'"),
        ({"customer": [1.5]}, {"customer": [1.5]}, "holds numbers that are not whole"),
        ({"customer": [1]}, {"customer": pa.array([None], pa.int64())}, "No row of 'orders' has a key"),
    ],
)
def test_a_key_that_does_not_fit_is_one_sentence(near, far, said):
    with pytest.raises(JoinError, match=said.replace("?", r"\?")):
        joined(pa.table(far), near=pa.table(near))


@pytest.mark.mistake
def test_a_column_of_a_name_that_would_be_made_is_refused():
    with pytest.raises(MadeColumnError, match="'orders_count'"):
        joined().beside(PEOPLE.append_column("orders_count", PEOPLE["age"]))
