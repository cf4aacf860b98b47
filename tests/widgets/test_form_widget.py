from __future__ import annotations

import gzip
import re
from base64 import b64decode

import pytest
from golden.write_golden import CHOSEN, forms

from lepton_jupyter.events.commands import ChooseInForm, LineStarted, StartForm
from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.widgets.form_widget import FormWidget


@pytest.fixture
def form():
    made = FormWidget(decode_message(forms()["FormMessage"]), other_formats=lambda: {"text/plain": "the line"})
    yield made
    made.close()


def test_the_whole_state_is_in_the_trait_from_the_start(form):
    kind, data = form.comm.sent[0]
    assert kind == "comm_open"
    assert data["state"]["head"] == forms()["FormMessage"]


def test_the_page_is_told_which_model_it_shows(form):
    assert form.own_id == form.model_id


def test_the_page_module_is_the_form_s(form):
    packed = re.search(r'atob\("([^"]+)"\)', form._esm)
    assert packed is not None
    assert b"lepton-form" in gzip.decompress(b64decode(packed[1]))


@pytest.mark.parametrize(
    "command",
    [
        ChooseInForm(revision=1, choices=CHOSEN, find=""),
        StartForm(revision=1, choices=CHOSEN),
        LineStarted(line="run = %lepton fit df"),
    ],
)
def test_commands_of_the_page_arrive_decoded(form, command):
    heard = []
    form.on_command(heard.append)
    form.comm.receive(encode(command))
    assert heard == [command]


@pytest.mark.parametrize("seconds", [0, -1, 1e9, None, "30"])
def test_a_budget_that_is_no_time_is_ignored(form, seconds):
    document = encode(StartForm(revision=1, choices=CHOSEN))
    document["choices"]["budget_seconds"] = seconds
    heard = []
    form.on_command(heard.append)
    form.comm.receive(document)
    assert heard == []


def test_choices_longer_than_anybody_s_are_ignored(form):
    document = encode(StartForm(revision=1, choices=CHOSEN))
    document["choices"]["options"]["--name"] = ["x" * 20_000]
    heard = []
    form.on_command(heard.append)
    form.comm.receive(document)
    assert heard == []
