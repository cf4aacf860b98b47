from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from views import example_preparations

from lepton_jupyter.events.commands import ChooseInPlan, KeepAlive, LineStarted, StartPreparation
from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.preprocessing.feature_choices import CHOICES as FEATURES
from lepton_jupyter.preprocessing.preparation_plan import STEP_KINDS
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, document_bytes
from lepton_jupyter.widgets.plan_widget import PlanWidget

CHOICES = example_preparations.CHOICES


@pytest.fixture
def panel():
    made = PlanWidget(example_preparations.edited(), other_formats=lambda: {"text/plain": "the plan"})
    yield made
    made.close()


def test_the_whole_state_is_in_the_trait_and_newer_ones_follow(panel):
    assert decode_message(panel.comm.sent[0][1]["state"]["head"]) == example_preparations.edited()
    panel.show(replace(example_preparations.edited(), n_done=3))
    assert [head["n_done"] for head in panel.comm.heads] == [3]
    assert panel.own_id == panel.model_id


def test_commands_of_the_page_arrive_decoded(panel):
    heard = []
    panel.on_command(heard.append)
    wishes = [
        ChooseInPlan(revision=1, choices=CHOICES, find="a"),
        StartPreparation(revision=2, choices=CHOICES),
        LineStarted(line="clean = …"),
        KeepAlive(),
    ]
    for wish in wishes:
        panel.comm.receive(encode(wish))
    panel.comm.receive({"type": "ChooseInPlan", "revision": 1, "choices": "all", "find": ""})
    endless = replace(CHOICES, without=tuple(f"c{k}:outliers" for k in range(2_000)))
    panel.comm.receive(encode(ChooseInPlan(revision=3, choices=endless, find="")))
    assert heard == wishes


@pytest.mark.parametrize("name", ["x" * 900, "价" * 300])
def test_a_wide_table_fits_into_the_message_that_opens_its_panel(name):
    message = example_preparations.edited()
    column = replace(
        message.columns[1], steps=tuple(replace(each, reason="y" * 300) for each in message.columns[1].steps)
    )
    columns = tuple(replace(column, name=f"{name}{place}") for place in range(120))
    offered = tuple(replace(message.editing.columns[0], column=each.name) for each in columns)
    wide = replace(message, columns=columns, n_columns=120, editing=replace(message.editing, columns=offered))
    widget = PlanWidget(wide)
    assert document_bytes(widget.comm.sent[0][1]) < MESSAGE_LIMIT_BYTES
    shown = decode_message(widget.head)
    assert 0 < len(shown.columns) < 120
    assert shown.columns[0].name == columns[0].name  # names are what is chosen by
    assert shown.n_hidden == 120 - len(shown.columns)
    assert len(shown.editing.columns) == len(shown.columns)
    widget.close()


def test_what_can_be_switched_and_chosen_has_a_word_in_the_panel():
    source = (Path(__file__).parents[2] / "labextension/src/prepare/plan_texts.ts").read_text(encoding="utf-8")
    words = set(re.findall(r"^    (\w+): \"", source, re.MULTILINE))
    kinds = set(STEP_KINDS) - {"scaling", "encoding", "calendar", "words"}  # chosen, not switched
    assert kinds - words == set()
    assert {choice for known in FEATURES.values() for choice in known} - words == set()
