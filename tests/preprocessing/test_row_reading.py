from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.schema import understand
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.preprocessing.number_column import NumberColumn
from lepton_jupyter.preprocessing.prepared_column import VIEWS
from lepton_jupyter.preprocessing.recipe import Recipe
from lepton_jupyter.preprocessing.row_reading import RowReader

TABLE = pd.DataFrame(
    {
        "age": [31, 45, 28, 50, 33, 61] * 5,
        "bill": [1.5, None, 2.5, 3.0, 80.25, -4.0] * 5,
        "town": ["Ulm", "Bonn", None, "Köln", "Ulm", "3"] * 5,
        "vip": [True, False, True, True, False, False] * 5,
        "since": pd.to_datetime(["2024-01-01", "2024-02-03", "2023-12-24", None, "2024-05-05", "2024-01-02"] * 5),
        "text": [f"some words about thing {number} and more of them" for number in range(30)],
        "paid": [0, 1, 1, 0, 1, 0] * 5,
    }
)
RECIPE = Recipe.fit(TABLE, understand(TABLE, target="paid"))
READER = RowReader(RECIPE)

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(), st.text(max_size=4), st.just(10**400),
    st.sampled_from(["3", "1.5", "yes", "2024-03-01", "n/a", "", "Ulm"]), st.just([1]), st.just({"a": 1}),
)  # fmt: skip
FITTING = {
    "age": st.one_of(st.integers(0, 99), st.floats(0, 99)),
    "bill": st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-9, 9)),
    "town": st.one_of(st.none(), st.sampled_from(["Ulm", "Bonn", "Kiel"])),
    "vip": st.booleans(),
    "since": st.one_of(st.none(), st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 1, 1)).map(str)),
    "text": st.text("abc ", max_size=12),
}


@settings(max_examples=20)
@given(st.lists(st.fixed_dictionaries(FITTING), min_size=1, max_size=8))
def test_rows_read_to_the_same_bits_as_a_data_frame_of_them(rows):
    views, refused = READER.read(rows, VIEWS)
    assert not refused
    expected = RECIPE.transform(pd.DataFrame(rows, columns=list(FITTING)))
    for view in VIEWS:
        assert views[view].tobytes() == expected[view].tobytes()


@settings(max_examples=20)
@given(st.lists(st.dictionaries(st.sampled_from([*FITTING, "new"]), ANYTHING), min_size=1, max_size=6))
def test_each_row_is_judged_by_itself(rows):
    views, refused = READER.read(rows, VIEWS)
    kept = [row for place, row in enumerate(rows) if place not in refused]
    assert len(views["tree"]) == len(kept)
    for place, row in enumerate(rows):
        alone, why = READER.read([row], VIEWS)
        assert bool(why) == (place in refused)
        if not why:
            at = sum(each not in refused for each in range(place))
            assert alone["tree"].tobytes() == views["tree"][at : at + 1].tobytes()


@settings(max_examples=10)
@given(st.lists(st.fixed_dictionaries(FITTING | {"age": ANYTHING, "since": ANYTHING}), min_size=1, max_size=4))
def test_rows_among_many_are_judged_as_among_few(rows):
    among = [{**row} for row in rows for _ in range(20)]
    _, few = READER.read(rows, VIEWS)
    _, many = READER.read(among, VIEWS)
    assert {place: many[place] for place in many} == {
        20 * place + copy: refusal for place, refusal in few.items() for copy in range(20)
    }


def test_one_value_that_cannot_be_read_costs_no_look_at_each_of_a_thousand(monkeypatch):
    read, n_reads = NumberColumn.read, []
    monkeypatch.setattr(
        NumberColumn, "read", lambda column, values: n_reads.append(len(values)) or read(column, values)
    )
    rows = [{"age": place, "vip": True, "text": "a"} for place in range(1000)]
    rows[617]["age"] = "old"
    _, refused = READER.read(rows, VIEWS)
    assert list(refused) == [617]
    assert refused[617].reason == "column 'age' is no number"
    assert len(n_reads) < 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"age": "old"}, "column 'age' is no number"),
        ({"bill": float("inf")}, "column 'bill' is no number"),
        ({"since": "soon"}, "column 'since' is no date"),
        ({"vip": "perhaps"}, "column 'vip' is neither true nor false"),
    ],
)
def test_a_refusal_says_the_column_and_its_reason_holds_no_value(change, reason):
    row = {"age": 3, "bill": 1.0, "town": "Ulm", "vip": True, "since": "2024-01-01", "text": "a"}
    _, refused = READER.read([row, row | change, row], VIEWS)
    assert list(refused) == [1]
    assert refused[1].reason == reason
    with pytest.raises(LeptonError, match=r".") as caught:
        RECIPE.transform(pd.DataFrame([row | change]))
    assert str(caught.value) == refused[1].sentence


def test_what_was_never_missing_in_training_may_not_be_absent_and_the_rest_may():
    row = {"age": 3, "vip": True, "text": "a"}
    views, refused = READER.read([row, {"vip": True}], VIEWS)
    assert refused[1].reason == "column 'age' is missing"
    assert np.isnan(views["tree"][0]).any()
