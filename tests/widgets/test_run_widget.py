from __future__ import annotations

import gzip
import re
from base64 import b64decode
from pathlib import Path

import pytest

from lepton_jupyter.events.commands import AskBoardPage, ExtendBudget, KeepAlive, StopRun
from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.events.messages import BoardPageMessage
from lepton_jupyter.widgets import run_widget
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, bounded_document, document_bytes
from lepton_jupyter.widgets.publisher import Publisher
from lepton_jupyter.widgets.run_widget import RunWidget

BUNDLE = Path(run_widget.__file__).parent / "static" / "run.js"


def test_the_whole_state_is_in_the_trait_from_the_start(widget, message):
    assert widget.head == encode(message)
    kind, data = widget.comm.sent[0]
    assert kind == "comm_open"
    assert decode_message(data["state"]["head"]) == message


def test_the_page_module_is_the_built_bundle(widget):
    assert "export" in widget._esm
    packed = re.search(r'atob\("([^"]+)"\)', widget._esm)
    assert packed is not None
    assert gzip.decompress(b64decode(packed[1])) == BUNDLE.read_bytes()
    assert widget._esm.isascii()


def test_the_message_that_opens_a_panel_fits_and_the_whole_follows(make_large, clock):
    message = make_large(rows=90, history=150, log=60, columns=14, steps=60)
    widget = RunWidget(message)
    kind, data = widget.comm.sent[0]
    assert kind == "comm_open"
    assert document_bytes(data) < MESSAGE_LIMIT_BYTES - 1024
    assert decode_message(data["state"]["head"]).score == message.score
    publisher = Publisher(clock=clock)
    publisher.enlist(widget, lambda: message)
    publisher.publish_due()
    assert widget.comm.heads == [bounded_document(message)]
    assert len(widget.comm.heads[0]["rows"]) > len(data["state"]["head"]["rows"])
    publisher.close()
    widget.close()


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ({"type": "StopRun"}, StopRun()),
        ({"type": "ExtendBudget", "seconds": 30}, ExtendBudget(seconds=30.0)),
        ({"type": "KeepAlive"}, KeepAlive()),
    ],
)
def test_commands_of_the_page_arrive_decoded(widget, content, command):
    heard = []
    widget.on_command(heard.append)
    widget.comm.receive(content)
    assert heard == [command]


@pytest.mark.parametrize(
    "content",
    [
        {"type": "RunCode", "code": "1"},
        {"type": "ExtendBudget"},
        {"type": "ExtendBudget", "seconds": -5},
        {"type": "ExtendBudget", "seconds": None},
        {"type": "ExtendBudget", "seconds": "30"},
        {"type": ["StopRun"]},
        "StopRun",
        None,
        3,
    ],
)
def test_what_is_not_a_command_is_ignored(widget, content):
    heard = []
    widget.on_command(heard.append)
    widget.comm.receive(content)
    widget.comm.receive({"type": "StopRun"})
    assert heard == [StopRun()]


def test_a_disconnected_callback_hears_no_more_and_the_others_do(widget):
    first, second = [], []
    disconnect = widget.on_command(first.append)
    widget.on_command(second.append)
    disconnect()
    widget.comm.receive({"type": "StopRun"})
    assert (first, second) == ([], [StopRun()])


def test_the_output_carries_the_other_formats_beside_the_widget(message):
    forms = {"text/plain": "0.86 AUC", "text/html": "<table></table>", "application/vnd.lepton.run+json": {"a": 1}}
    widget = RunWidget(message, other_formats=lambda: forms)
    data, _metadata = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert forms.items() <= data.items()


def test_without_other_formats_the_output_is_the_widget(widget):
    data, _metadata = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "text/html" not in data


def test_closing_closes_the_comm(message):
    widget = RunWidget(message)
    comm = widget.comm
    widget.close()
    assert comm.sent[-1][0] == "comm_close"


def test_the_final_forms_travel_beside_the_state(widget, monkeypatch):
    sent = []
    monkeypatch.setattr(widget, "send", sent.append)
    widget.show_forms({"text/html": "<b>Finished</b>", "text/plain": "Finished", "application/json": {}})
    assert sent == [{"type": "RunForms", "forms": {"text/html": "<b>Finished</b>", "text/plain": "Finished"}}]
    assert "RunForms" not in str(widget.head)


def test_further_rows_travel_beside_the_state_to_whoever_asks(widget, monkeypatch, make_large):
    sent, heard = [], []
    monkeypatch.setattr(widget, "send", sent.append)
    widget.on_command(heard.append)
    widget.comm.receive({"type": "AskBoardPage", "after_rank": 100})
    widget.comm.receive({"type": "AskBoardPage", "after_rank": -1})
    assert heard == [AskBoardPage(after_rank=100)]
    page = BoardPageMessage(sequence=9, after_rank=100, n_ranked=103, rows=make_large(rows=3).rows)
    widget.show_page(page)
    assert [decode_message(each) for each in sent] == [page]
    assert "BoardPageMessage" not in str(widget.head)
