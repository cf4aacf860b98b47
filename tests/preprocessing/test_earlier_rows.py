"""Lags and rolling means look back alone: to the bit, over partitions in any order, and over rows to come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.partitions import PartitionedTable, partitions_of
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing.column_look import ColumnLook
from lepton_jupyter.preprocessing.earlier_pass import with_earlier_rows
from lepton_jupyter.preprocessing.earlier_rows import EarlierRows

EARLIER = EarlierRows(
    (ColumnLook("shop", "text"),), ("text",), ColumnLook("day", "number"), (ColumnLook("sold", "number"),), ((-9.0,),),
    lags=(1, 3), windows=(2, 4),
)  # fmt: skip
NAMES = [column.name for column in EARLIER.added]


def rows_of(n_rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "shop": random.choice(["a", "b", "c", None], n_rows, p=[0.4, 0.3, 0.2, 0.1]),
        "day": np.where(random.random(n_rows) < 0.05, np.nan, random.integers(0, n_rows, n_rows)),
        "sold": np.where(random.random(n_rows) < 0.1, -9.0, random.normal(0, 1e3, n_rows)),
    })  # fmt: skip


def arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def features(frame: pd.DataFrame) -> pd.DataFrame:
    return EARLIER.beside(arrow(frame)).select(NAMES).to_pandas().astype(float)


def bits(frame: pd.DataFrame) -> list[bytes]:
    return [row.tobytes() for row in np.where(frame.isna(), np.nan, frame.to_numpy(np.float64))]


def test_it_is_what_pandas_gives():
    rows = rows_of(300, 1)
    found = features(rows)
    kept = rows.dropna(subset=["shop", "day"]).replace(-9.0, np.nan).sort_values("day", kind="stable")
    sold = kept.groupby("shop")["sold"]
    expected = pd.DataFrame({
        "sold_lag_1": sold.shift(1),
        "sold_lag_3": sold.shift(3),
        "sold_mean_2": sold.rolling(2, min_periods=1).mean().droplevel(0),
        "sold_mean_4": sold.rolling(4, min_periods=1).mean().droplevel(0),
    })  # fmt: skip
    pd.testing.assert_frame_equal(found, expected.reindex(rows.index), rtol=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_a_later_row_never_changes_an_earlier_one(seed, n_rows, data):
    """Whatever later rows hold, and whether they are there at all; of other entities too."""
    rows = rows_of(n_rows, seed)
    now = data.draw(st.integers(0, n_rows))
    before = features(rows)
    changed = rows.copy()
    later = ~(rows["day"] <= now)
    changed.loc[later, "sold"] = data.draw(st.floats(-1e12, 1e12))
    changed.loc[later, "shop"] = data.draw(st.sampled_from(["a", "b", "z", None]))
    earlier = np.flatnonzero(~later)
    expected = [bits(before)[place] for place in earlier]
    assert [bits(features(changed))[place] for place in earlier] == expected
    assert bits(features(rows[~later])) == expected


@given(st.integers(0, 10_000), st.lists(st.integers(0, 40), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_partitions_in_any_order_give_the_bits_of_the_whole(tmp_path_factory, seed, cuts, random):
    rows = rows_of(40, seed)
    rows["day"] = np.random.default_rng(seed).permutation(40).astype(float)
    whole = pd.Series(bits(features(rows)), index=rows["day"])
    edges = [0, *sorted(cuts), 40]
    pieces = [rows.iloc[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]  # noqa: RUF007  edges may be equal
    random.shuffle(pieces)
    parts = tuple(partitions_of(arrow(piece)).partitions[0] for piece in pieces)
    table = PartitionedTable(parts, "rows", movable=False)
    folder = tmp_path_factory.mktemp("earlier")
    found, earlier = with_earlier_rows(table, EARLIER, folder, GraphRunner(n_threads=1), lambda _: None)
    for part in found.partitions:
        [made] = [table.to_pandas() for table in part.tables()]
        assert bits(made[NAMES].astype(float)) == whole.loc[made["day"]].tolist()
    # Rows that come later go on from the last rows of each entity; the same rows again get what they had.
    again = earlier.beside(arrow(rows)).select(NAMES).to_pandas().astype(float)
    assert bits(again) == whole.tolist()
    new = rows_of(9, seed + 1).dropna().assign(day=lambda each: each["day"] + 50)
    both = features(pd.concat([rows, new]))
    assert bits(earlier.beside(arrow(new)).select(NAMES).to_pandas().astype(float)) == bits(both.iloc[40:])
    # … batch after batch, whether or not a batch is given twice.
    going_on, found = earlier, []
    for day in sorted(set(new["day"])):
        batch = arrow(new[new["day"] == day])
        found.append(going_on.beside(batch).select(["day", *NAMES]).to_pandas().astype(float))
        going_on = going_on.having_seen(batch).having_seen(batch)
    if found:
        expected = both.iloc[40:].assign(day=new["day"].to_numpy()).sort_values("day", kind="stable")
        assert bits(pd.concat(found)[NAMES]) == bits(expected[NAMES])


def test_what_is_kept_comes_back_from_a_table():
    rows = rows_of(60, 5)
    seen = EARLIER.last_rows(EARLIER.read(arrow(rows)))
    assert len(seen.times) == 3 * 3
    kept = EARLIER.with_seen(seen)
    loaded = EarlierRows.from_stored(kept.to_dict(), kept.stored)
    new = arrow(rows_of(20, 6).assign(day=lambda each: each["day"] + 40))
    assert loaded.beside(new).equals(kept.beside(new))
    empty = EarlierRows.from_stored(EARLIER.to_dict(), EARLIER.stored)
    assert empty.beside(new).equals(EARLIER.beside(new))


def test_many_partitions_by_threads_give_the_bits_of_one(tmp_path):
    rows = rows_of(2_000, 9)
    (tmp_path / "in").mkdir()
    for place in range(20):
        rows.iloc[place::20].to_parquet(tmp_path / "in" / f"{place:02}.parquet", index=False)
    found = []
    for n_threads in (1, 3):
        folder = tmp_path / str(n_threads)
        folder.mkdir()
        with_earlier_rows(partitions_of(tmp_path / "in"), EARLIER, folder, GraphRunner(n_threads=n_threads), print)
        found.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert found[0] == found[1]
    assert len(found[0]) == 20


def test_without_an_entity_all_rows_are_one():
    alone = EarlierRows((), (), ColumnLook("day", "number"), (ColumnLook("sold", "number"),), ((),), lags=(1,))
    made = alone.beside(pa.table({"day": [2, 1, 3], "sold": [2.0, 1.0, 3.0]}))
    assert made["sold_lag_1"].to_pylist() == [1.0, None, 2.0]
    kept = alone.with_seen(alone.last_rows(alone.read(made)))
    assert kept.beside(pa.table({"day": [9], "sold": [0.0]}))["sold_lag_1"].to_pylist() == [3.0]


@pytest.mark.parametrize("storage", ["text", "date"])
def test_the_time_may_be_dates_and_texts_of_dates(storage):
    from lepton_jupyter.preprocessing.column_look import look_at
    from lepton_jupyter.preprocessing.column_summary import TableSummary
    from lepton_jupyter.preprocessing.earlier_rows import plan_earlier
    from lepton_jupyter.preprocessing.preparation_plan import plan_columns

    days = ["03.02.2024", "25.01.2024", "01.03.2024", "13.02.2024"]
    column = days if storage == "text" else pd.to_datetime(days, format="%d.%m.%Y")
    rows = pa.Table.from_pandas(pd.DataFrame({"day": column, "sold": [2.0, 1.0, 4.0, 3.0]}))
    looks = look_at(rows)
    plans = plan_columns(looks, TableSummary.of(rows, looks))
    made = plan_earlier(plans, entity=(), time="day", lags=[1], windows=[]).beside(rows)
    assert made["sold_lag_1"].to_pylist() == [1.0, None, 3.0, 2.0]
