"""Near copies are found whatever makes them differ, and nothing else is taken for one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.partitions import PartitionedTable, partitions_of
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.near_repeated import without_near_repeated
from lepton_jupyter.preprocessing.near_rows import NearPlan, near_groups, near_keys, near_pairs
from lepton_jupyter.preprocessing.near_texts import are_near, plain_texts, text_keys

PEOPLE = ("Anna", "Bernd", "Claudia", "Dieter", "Franziska", "Gerhard", "Henriette", "Ingeborg")
NAMES = ("Schneider", "Becker", "Wagner", "Hoffmann", "Zimmermann", "Richter", "Lindemann", "Obermaier")
WORDS = ("late", "parcel", "broken", "kind", "service", "again", "refund", "called", "twice", "box", "green", "lid")


def orders(n_rows: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "name": [f"{random.choice(PEOPLE)} {random.choice(NAMES)}" for _ in range(n_rows)],
        "town": random.choice(["Berlin", "Stuttgart", "Heilbronn"], n_rows),
        "price": random.gamma(3, 30, n_rows) + 10,
        "number": random.integers(1, 9, n_rows),
        "day": pd.Timestamp("2024-01-01 09:30") + pd.to_timedelta(random.integers(0, 400, n_rows), unit="D"),
        "said": [" ".join(random.choice(WORDS, 24)) for _ in range(n_rows)],
    })  # fmt: skip


def nothing(news: object) -> None:
    """Hears news and does nothing."""


def slipped(text: str, place: int, how: str) -> str:
    """A text with one slip at a place that is not an end."""
    if how == "exchanged":
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + {"left out": "", "twice": text[place] * 2, "wrong": "q"}[how] + text[place + 1 :]


CHANGES = {
    "case and blanks": lambda rows: rows.assign(name="  " + rows["name"].str.upper(), town=rows["town"].str.lower()),
    "signs": lambda rows: rows.assign(said=rows["said"].str.replace("late", "late,") + "!"),
    "rounded": lambda rows: rows.assign(price=rows["price"].round(2)),
    "only days": lambda rows: rows.assign(day=rows["day"].dt.normalize()),
    "one word of many": lambda rows: rows.assign(said=[f"{each[: each.rindex(' ')]} lids" for each in rows["said"]]),
    "a slip": lambda rows: rows.assign(name=[slipped(each, 4, "wrong") for each in rows["name"]]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_differs_a_little_is_found(change):
    rows = orders(400)
    again = CHANGES[change](rows.iloc[::4])
    both = pa.Table.from_pandas(pd.concat([rows, again], ignore_index=True), preserve_index=False)
    groups = near_groups(both, look_at(both))
    found = np.mean(groups[400:] == groups[:400:4])
    assert found > (0.95 if change in {"rounded", "one word of many"} else 0.999)
    assert groups.max() + 1 >= 400


@given(
    st.text("abcdefghij", min_size=5, max_size=23),
    st.data(),
    st.sampled_from(["left out", "twice", "wrong", "exchanged"]),
)
@settings(max_examples=300, deadline=None)
def test_two_texts_that_are_one_slip_apart_share_a_key(text, data, how):
    place = data.draw(st.integers(1, len(text) - 3 if how == "exchanged" else len(text) - 2))
    other = slipped(text, place, how)
    one, two = (text_keys(pa.array([each], pa.large_string())) for each in (text, other))
    if min(len(text), len(other)) >= 5:
        assert are_near(text, other)
        assert {int(key[0]) for key in one} & {int(key[0]) for key in two}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"said": "main street 5"}, {"said": "main street 6"}),  # numbers are facts
        ({"said": "male"}, {"said": "mail"}),  # short words are too near to each other
        ({"said": "employer"}, {"said": "employee"}),
        ({"x": 12.3}, {"x": 12.4}),
        ({"x": 100.0}, {"x": 101.0}),
        ({"x": 1.5}, {"x": np.nan}),
        ({"said": "C000123"}, {"said": "C000132"}),
        ({"said": "Heilbronn", "town": "Stuttgart"}, {"said": "Heilbornn", "town": "Stutgart"}),  # two slips
    ],
)
def test_what_may_be_another_thing_stays(one, other):
    rows = pa.Table.from_pylist([one, other, *({**one, **each} for each in ({"said": "else"}, {"said": "more"}))])
    groups = near_groups(rows, look_at(rows))
    assert groups is None or groups[0] != groups[1]


def test_two_frequent_texts_are_no_slips_of_each_other():
    rows = pa.table({"how": ["casual", "causal"] * 50 + ["caausl"], "x": [1] * 101})
    groups = near_groups(rows, look_at(rows))
    assert groups[0] != groups[1]


@given(st.lists(st.integers(1, 399), max_size=6, unique=True), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_however_a_table_is_parted_the_same_rows_are_left_out(cuts, seed):
    rows = orders(300, seed)
    again = pd.concat([change(rows.iloc[seed::30]) for change in CHANGES.values()])
    both = pd.concat([rows, again]).sample(frac=1, random_state=seed)
    table = pa.Table.from_pandas(both, preserve_index=False)
    plan = NearPlan.of_rows(table, look_at(table))
    edges = [0, *sorted(cut for cut in cuts if cut < table.num_rows), table.num_rows]
    parts = [part for first, last in pairwise(edges)
             for part in partitions_of(table.slice(first, last - first)).partitions]  # fmt: skip
    kept, found = without_near_repeated(
        PartitionedTable(tuple(parts), "parts", movable=False), plan, GraphRunner(n_threads=2), nothing
    )
    whole, of_whole = without_near_repeated(partitions_of(table), plan, GraphRunner(n_threads=1), nothing)
    one, other = (
        pa.concat_tables([each for part in source.partitions for each in part.tables()]) for source in (kept, whole)
    )
    assert one.equals(other)
    assert (found.n_rows, found.n_equal) == (of_whole.n_rows, of_whole.n_equal)
    assert found.n_rows == table.num_rows - one.num_rows > 0
    # What stays holds no two near copies that keys of single columns find.
    assert not len(near_pairs(plan, one, near_keys(plan, one)))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_plain_is_plain_and_any_text_has_keys(texts):
    plain = plain_texts(pa.array(texts, pa.large_string()))
    assert plain_texts(plain).equals(plain)
    known = plain.drop_null()
    if len(known):
        assert {len(key) for key in text_keys(known, long=True)} == {len(known)}
        assert len(text_keys(known, long=True)) == 10
