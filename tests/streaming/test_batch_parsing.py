from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.schema import understand
from lepton_jupyter.preprocessing.json_rows import JsonRows
from lepton_jupyter.preprocessing.prepared_column import VIEWS
from lepton_jupyter.preprocessing.recipe import Recipe
from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.batch_parsing import BatchParser
from lepton_jupyter.streaming.row_encoding import encode_row, encode_rows
from lepton_jupyter.streaming.stream_sink import Results

N = 20
TABLE = pd.DataFrame(
    {
        "bill": np.random.default_rng(0).normal(size=300),
        "debt": np.where(np.arange(300) % 7, np.arange(300) / 3, np.nan),
        "town": ["Ulm", "Bonn", None] * 100,
        "vip": [True, False] * 150,
        "paid": [0, 1] * 150,
    }
)
READER = RowReader(Recipe.fit(TABLE, understand(TABLE, target="paid")))
ROW = {"id": "a", "bill": 1.5, "debt": 2, "town": "Ulm", "vip": True}
ROWS = st.fixed_dictionaries(
    {
        "id": st.text(max_size=5),
        "bill": st.one_of(st.floats(-1e300, 1e300), st.just(float("nan")), st.integers(-(10**20), 10**20)),
        "vip": st.booleans(),
    },
    optional={
        "debt": st.one_of(st.none(), st.floats(allow_nan=False)),
        "town": st.one_of(st.none(), st.sampled_from(["Ulm", "Kiel", 'Kö"ln\n']), st.text(max_size=3)),
        "note": st.one_of(st.lists(st.integers(), max_size=2), st.just({"a": {"b": 1}}), st.text(max_size=3)),
    },
)


def parsed(payloads, key="id", keep=()):
    return BatchParser(key, keep).parse(payloads, READER.schema)


@settings(max_examples=30)
@given(st.lists(ROWS, min_size=N, max_size=N + 4), st.booleans())
def test_what_is_parsed_together_reads_to_the_same_bits_as_row_by_row(rows, ascii_only):
    payloads = [json.dumps(row, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for row in rows]
    together = parsed(payloads)
    if together is None:
        return
    assert together.values("id") == [row["id"] for row in rows]
    assert str(list(together)) == str(rows)  # NaN is not equal to itself
    views, refused = READER.read(together, VIEWS)
    expected, expected_refused = READER.read(rows, VIEWS)
    assert refused == expected_refused
    for view in VIEWS:
        assert views[view].tobytes() == expected[view].tobytes()


def test_plain_rows_are_parsed_together():
    assert parsed([json.dumps(ROW).encode()] * N).numbers("vip").tolist() == [1.0] * N


@pytest.mark.parametrize(
    "odd",
    [
        b"{", b"", b"[1]", b'{"id": "a"}{"id": "b"}', b'{"id": "\xe9"}', "text", {"id": "a"},
        json.dumps(ROW | {"bill": "3"}).encode(), json.dumps(ROW | {"bill": True}).encode(),
        json.dumps(ROW | {"vip": 1}).encode(), json.dumps(ROW | {"town": 3}).encode(),
        json.dumps(ROW | {"id": None}).encode(),
        b'{"id": "a", "id": "b"}', b'{"id": "' + b"x" * 1_000_000 + b'"}',
    ],
)  # fmt: skip
def test_one_row_that_needs_a_look_leaves_all_to_who_looks(odd):
    payloads = [json.dumps(ROW).encode()] * N
    assert parsed([*payloads[:5], odd, *payloads[5:]]) is None


def test_two_rows_in_one_payload_and_none_in_another_are_not_two_rows():
    payloads = [json.dumps(ROW).encode()] * N
    assert parsed([*payloads, payloads[0] + payloads[0], b" "]) is None
    assert parsed([*payloads, payloads[0] + b"\n" + payloads[0], b"{"]) is None


def test_a_number_that_is_kept_comes_out_as_it_was_written():
    payloads = [json.dumps(ROW).encode()] * N
    assert parsed(payloads, keep=("debt",)) is None
    assert parsed(payloads, keep=("town",)).values("town") == ["Ulm"] * N


def test_fields_that_must_be_there_are_missed_row_by_row():
    payloads = [json.dumps(ROW).encode()] * N
    payloads = [*payloads, b'{"id": "b", "vip": null, "bill": 3}', b'{"id": "c", "vip": true}']
    assert parsed(payloads) is None
    views, refused = READER.read(JsonRows.parse(payloads, READER.schema), ["tree"])
    assert {place: refusal.reason for place, refusal in refused.items()} == {N + 1: "column 'bill' is missing"}
    assert len(views["tree"]) == N + 1


def test_a_part_of_rows_are_rows():
    rows = parsed([json.dumps(ROW | {"bill": number}).encode() for number in range(N)])
    assert rows[5:8].numbers("bill").tolist() == [5.0, 6.0, 7.0]
    assert rows[5:8][1]["bill"] == 6


@given(
    st.lists(
        st.tuples(
            st.text(max_size=4),
            st.one_of(st.floats(), st.none(), st.integers(), st.booleans(), st.text(max_size=3)),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_rows_are_written_as_each_would_be_by_itself(values):
    keys, column = [key for key, _ in values], [value for _, value in values]
    results = Results('i%d "', keys, {"value": column, "same": [column[0]] * len(keys)})
    assert encode_rows(results) == [encode_row(row) for row in results.rows()]


@given(st.lists(st.floats(), min_size=1, max_size=40))
def test_many_numbers_are_written_as_python_writes_them(drawn):
    random = np.random.default_rng(len(drawn))
    probabilities = random.random(500).tolist()
    wide = (random.normal(size=500) * 10.0 ** random.integers(-9, 20, 500)).tolist()
    edges = [1e-4, np.nextafter(1e-4, 0), 1e6, np.nextafter(1e6, 0), 1.0, -0.0, 0.5, 1e16, 5e-324]
    column = [*drawn, *probabilities, *wide, *map(float, edges)]
    results = Results("id", [str(place) for place in range(len(column))], {"value": column})
    assert encode_rows(results) == [encode_row(row) for row in results.rows()]


def test_an_odd_row_holds_up_its_neighbours_only():
    payloads = [json.dumps(ROW).encode()] * 1024
    payloads[700] = b"{"
    lacking = {name: value for name, value in ROW.items() if name != "bill"}
    payloads[20] = json.dumps(lacking).encode()
    parser = BatchParser("id", ())
    parts = parser.parts(payloads, READER.schema)
    assert [part.start for part in parts] == [0, *[part.stop for part in parts[:-1]]]
    assert parts[-1].stop == 1024
    assert [part[:2] for part in parts if part.rows is None] == [(20, 21), (700, 701)]
    assert sum(len(part.rows) for part in parts if part.rows is not None) == 1022


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from([
            *[json.dumps(ROW).encode()] * 2, b"{", b"31", b'{"id": "b"}', b'{"id": "c", "bill": "x"}',
            b'{"id": 3, "bill": 1, "vip": true}', b'{"a": 1}{"a": 2}', b'{"id": "\xff"}', b"{}\n{}", b"", "text",
        ]),
        max_size=80,
    ),
    st.integers(0, 60),
)  # fmt: skip
def test_parts_cover_every_row_once_and_read_as_row_by_row(odd, n_good):
    payloads = [*[json.dumps(ROW).encode()] * n_good, *odd, *[json.dumps(ROW).encode()] * n_good]
    parts = BatchParser("id", ()).parts(payloads, READER.schema)
    assert [place for part in parts for place in range(part.start, part.stop)] == list(range(len(payloads)))
    for part in parts:
        if part.rows is not None:
            assert list(part.rows) == [json.loads(each) for each in payloads[part.start : part.stop]]
            assert READER.read(part.rows, VIEWS)[1] == {}


def test_odd_rows_of_two_kinds_are_found_in_whatever_order_they_are_found():
    payloads = [json.dumps(ROW).encode()] * 500
    # Torn ones are found before any row is parsed, and of types the first; so that each hides the others.
    payloads[10] = payloads[30] = b'{"id": "a", "bill": "much", "vip": true}'
    payloads[20] = payloads[400] = b'{"id": "a", "bill": '
    parts = BatchParser("id", ()).parts(payloads, READER.schema)
    assert [place for part in parts for place in range(part.start, part.stop)] == list(range(500))
    one_by_one = [place for part in parts if part.rows is None for place in range(part.start, part.stop)]
    # Ten rows are too few to be parsed together.
    assert one_by_one == [*range(11), *range(11, 31), 400]


def test_a_column_of_another_type_is_soon_no_longer_divided():
    payloads = [json.dumps({**ROW, "bill": "much"}).encode()] * 256
    parser = BatchParser("id", ())
    for _ in range(5):
        assert [part.rows for part in parser.parts(payloads, READER.schema)] == [None]
    good = [json.dumps(ROW).encode()] * 256
    for _ in range(20):
        parts = parser.parts(good, READER.schema)
    assert parts[0].rows is not None
