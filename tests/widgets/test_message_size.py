from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.events.messages import BoardPageMessage
from lepton_jupyter.widgets.message_size import (
    MESSAGE_LIMIT_BYTES,
    PAGE_LIMIT_BYTES,
    bounded_document,
    bounded_page,
    document_bytes,
)


def test_what_fits_is_sent_whole(make_large):
    message = make_large(rows=40, history=60, log=20, columns=14, steps=16)
    assert bounded_document(message) == encode(message)


def test_log_lines_go_first_and_the_oldest_of_them(make_large):
    message = make_large(rows=40, history=60, log=2000, columns=14)
    document = bounded_document(message)
    whole = encode(message)
    assert document_bytes(document) < MESSAGE_LIMIT_BYTES
    assert {**document, "log": whole["log"]} == whole
    assert 8 <= len(document["log"]) < 2000
    assert document["log"] == whole["log"][-len(document["log"]) :]


def test_then_history_that_never_led(make_large):
    document = bounded_document(make_large(rows=40, history=3000, log=100, columns=14))
    assert document_bytes(document) < MESSAGE_LIMIT_BYTES
    assert len(document["log"]) == 8
    assert sum(point["improved"] for point in document["history"]) == 60
    assert len(document["rows"]) == 40


def test_then_rows_beyond_a_hundred_and_they_are_still_counted(make_large):
    document = bounded_document(make_large(rows=160, history=100, log=100, columns=14))
    assert document_bytes(document) < MESSAGE_LIMIT_BYTES
    assert len(document["rows"]) == 100
    assert document["n_rows"] == 160
    assert len(document["columns"]) == 14


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.integers(0, 300),
    history=st.integers(0, 500),
    columns=st.integers(0, 400),
    steps=st.integers(0, 400),
    length=st.sampled_from([3, 400, 40_000]),
)
def test_every_message_fits_and_can_be_read(make_large, rows, history, columns, steps, length):
    message = make_large(rows=rows, history=history, log=9, columns=columns, steps=steps, text="é" * length)
    document = bounded_document(message)
    assert len(json.dumps(document, ensure_ascii=False).encode()) < MESSAGE_LIMIT_BYTES
    assert decode_message(document).score == message.score
    if rows:
        assert document["rows"]
        assert document["rows"][0]["trial_id"] == 0


@pytest.mark.parametrize("field", ["detail", "target", "columns_summary"])
def test_a_long_text_of_the_head_is_cut_with_a_mark(message, field):
    from dataclasses import replace

    document = bounded_document(replace(message, **{field: "x" * 100_000}))
    assert document_bytes(document) < MESSAGE_LIMIT_BYTES
    assert document[field].endswith("x…")


@pytest.mark.parametrize("n_rows", [0, 3, 2000])
def test_a_page_holds_as_many_rows_as_fit(make_large, n_rows):
    rows = make_large(rows=n_rows, text="x" * 80).rows
    page = BoardPageMessage(sequence=9, after_rank=100, n_ranked=n_rows + 100, rows=rows)
    document = bounded_page(page)
    assert document_bytes(document) < PAGE_LIMIT_BYTES
    kept = decode_message(document).rows
    assert kept == rows[: len(kept)]
    assert len(kept) == n_rows or document_bytes(document) > 0.99 * PAGE_LIMIT_BYTES - 1024
