from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from views import example_streams

from lepton_jupyter.events.commands import AskRows, ContinueStream, PauseStream, StopRun
from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.events.stream_messages import StreamNote, StreamSecond
from lepton_jupyter.views.stream_state import StreamState, extract_stream
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, document_bytes
from lepton_jupyter.widgets.publisher import Publisher
from lepton_jupyter.widgets.stream_widget import StreamWidget


@pytest.fixture
def flowing():
    return extract_stream(StreamState.from_events(example_streams.flowing().log), live=True)


@pytest.fixture
def panel(flowing):
    made = StreamWidget(flowing)
    yield made
    made.close()


def test_the_whole_state_is_in_the_trait_and_newer_ones_follow(panel, flowing, clock):
    assert decode_message(panel.comm.sent[0][1]["state"]["head"]) == flowing
    publisher = Publisher(clock=clock)
    publisher.enlist(panel, lambda: replace(flowing, n_stored=4_000))
    publisher.publish_due()
    assert [head["n_stored"] for head in panel.comm.heads] == [4_000]
    publisher.close()


def test_a_long_stream_fits_into_the_message_that_opens_its_panel(flowing):
    long = replace(
        flowing,
        seconds=tuple(
            StreamSecond(at=float(k), rows_per_second=1234.5, p50_milliseconds=1.5, p99_milliseconds=9.25, score=0.8712)
            for k in range(600)
        ),
        notes=tuple(StreamNote(at="14:32:07", sentence="x" * 900, severe=True) for _ in range(40)),
    )
    widget = StreamWidget(long)
    kind, data = widget.comm.sent[0]
    assert kind == "comm_open"
    assert document_bytes(data) < MESSAGE_LIMIT_BYTES - 1024
    shown = decode_message(data["state"]["head"])
    assert shown.seconds == long.seconds[-len(shown.seconds) :]
    assert len(shown.seconds) >= 30
    assert len(shown.notes) >= 8
    widget.close()


def test_commands_of_the_page_arrive_decoded(panel):
    heard = []
    panel.on_command(heard.append)
    wishes = [PauseStream(), ContinueStream(), AskRows(), StopRun()]
    for wish in wishes:
        panel.comm.receive(encode(wish))
    panel.comm.receive({"type": "DropTable"})
    assert heard == wishes


class TestRows:
    def test_they_travel_beside_the_state_newest_first_and_leave_no_trace_in_it(self, panel, flowing):
        panel.show_rows([{"id": "a", "p": np.float32(0.5)}, {"id": "b", "p": np.float64(0.25), "late": True}])
        kind, data = panel.comm.sent[-1]
        assert (kind, data["method"]) == ("comm_msg", "custom")
        assert data["content"] == {
            "type": "StreamRows",
            "columns": ["id", "p", "late"],
            "rows": [["b", 0.25, "True"], ["a", 0.5, None]],
        }
        assert panel.head == encode(flowing)
        assert not panel.comm.heads

    def test_what_json_cannot_hold_and_what_is_long_is_written_short(self, panel):
        panel.show_rows([{"x": float("nan"), "y": "z" * 1_000, "t": np.datetime64("2026-01-01"), "n": np.int64(3)}])
        [row] = panel.comm.sent[-1][1]["content"]["rows"]
        assert row == [None, "z" * 119 + "…", "2026-01-01", 3]

    def test_a_wide_row_is_cut(self, panel):
        panel.show_rows([{f"c{k}": k for k in range(500)}])
        assert len(panel.comm.sent[-1][1]["content"]["columns"]) == 24

    def test_no_rows_are_no_columns(self, panel):
        panel.show_rows([])
        assert panel.comm.sent[-1][1]["content"] == {"type": "StreamRows", "columns": [], "rows": []}
