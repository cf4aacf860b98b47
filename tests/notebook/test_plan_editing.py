from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.events.commands import ChooseInPlan, LineStarted, PlanChoices, StartPreparation
from lepton_jupyter.events.preparation_events import PlanEdited, PreparationPlanned, PreparationStarted
from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.notebook.plan_editing import PlanLanguage
from lepton_jupyter.notebook.preparing import prepare


class IdleLater:
    """A cell of a kernel that is busy: what it is given runs when told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def run_when_idle(self, source, *, before, after):
        self.lines.append(source)
        self.before, self.after = before, after


class Seen:
    """A widget that keeps what it is shown."""

    def show(self, message):
        self.message = message

    def on_command(self, callback):
        return None


def write(choices: PlanChoices) -> str:
    if any("\n" in each for each in choices.without):
        raise MagicUsageError.from_unwritable("a\nb")
    return f"clean = {choices.without} {dict(choices.options)} {choices.drop_leaks}"


@pytest.fixture
def table():
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "land": ["de"] * 400,
        "income": np.r_[rng.normal(3_000, 400, 399), 90_000.0],
        "town": rng.choice(["Ulm", "ulm ", "Bonn"], 400),
        "a\nb": rng.choice(["x", "X"], 400),
    })  # fmt: skip


@pytest.fixture
def plan(table):
    plan = prepare(table, dry_run=True, language=PlanLanguage(write))
    plan.seen = Seen()
    plan.editor.attach(plan.seen, IdleLater())
    return plan


def choices(*without, drop_leaks=False, **options):
    given = {name: tuple(values) for name, values in options.items()}
    return PlanChoices(without=without, options=given, drop_leaks=drop_leaks)


def choose(plan, wanted, *, revision=1, find=""):
    plan.editor.obey(ChooseInPlan(revision=revision, choices=wanted, find=find))
    return plan.seen.message


def columns(message):
    return {column.name: column for column in message.columns}


def test_without_a_line_a_plan_is_only_looked_at(table):
    plan = prepare(table, dry_run=True)
    assert plan.editor is None
    assert plan.message.editing is None


def test_it_begins_with_what_was_asked_for(table):
    plan = prepare(
        table, dry_run=True, without=["typos"], scale="robust", encode=["town:count"], language=PlanLanguage(write)
    )
    editing = plan.editor.panel_message().editing
    assert editing.choices == editing.began_with == choices("typos", scale=["robust"], encode=["town:count"])
    assert (editing.revision, editing.state, editing.problem) == (0, "ready", "")
    offered = {each.column: each.options for each in editing.columns}
    assert offered == {"income": ("scale", "outliers"), "town": ("encode", "text"), "a\nb": ("encode", "text")}


def test_choices_are_planned_and_logged_and_told_by_the_plan(plan):
    wanted = choices("land:constants", scale=["income:robust"])
    message = choose(plan, wanted, revision=4)
    assert message.editing.revision == 4
    assert message.editing.line == write(wanted)
    assert columns(message)["land"].becomes == "text"
    assert [step.on for step in columns(message)["land"].steps][:1] == [False]
    assert columns(message)["income"].steps[-1].action == "made robust"
    edited, planned = [logged.event for logged in plan.editor.log.events()]
    assert edited == PlanEdited(
        source="panel", without=("land:constants",), options={"scale": ("income:robust",)}, drop_leaks=False
    )
    assert isinstance(planned, PreparationPlanned)
    # The object that the notebook holds tells the same, without what only a page can use.
    assert plan.columns.query("column == 'land'").on.tolist()[0] == False  # noqa: E712
    assert plan.message.editing is None


def test_an_outlier_can_be_flagged_instead(plan):
    message = choose(plan, choices(outliers=["income:flag"]))
    assert [step.action for step in columns(message)["income"].steps] == ["told by a column"]


def test_what_makes_no_sense_is_told_and_changes_nothing(plan):
    message = choose(plan, choices("land:nonsense"))
    assert "nonsense" in message.editing.problem
    assert columns(message)["land"].becomes == "left out"
    assert len(plan.editor.log) == 0
    message = choose(plan, choices(scale=["nobody:robust"]), revision=2)
    assert "nobody" in message.editing.problem
    message = choose(plan, choices("typos"), revision=3)
    assert message.editing.problem == ""


def test_a_name_that_no_line_can_hold_is_told(plan):
    message = choose(plan, choices("a\nb:categories"))
    assert message.editing.line == ""
    assert "cannot be written in one line" in message.editing.problem
    plan.editor.obey(StartPreparation(revision=2, choices=choices("a\nb:categories")))
    assert plan.editor._cell.lines == []


def test_columns_are_found_by_their_names(plan):
    message = choose(plan, choices(), find="OW")
    assert list(columns(message)) == ["town"]
    assert (message.find, message.n_matching, message.n_columns) == ("OW", 1, 4)
    assert len(plan.message.columns) == 4


def test_prepare_waits_for_the_kernel_where_the_page_cannot_make_a_cell(plan):
    plan.editor.obey(StartPreparation(revision=1, choices=choices("typos")))
    cell, widget = plan.editor._cell, plan.seen
    assert cell.lines == [write(choices("typos"))]
    assert widget.message.editing.state == "queued"
    cell.before()
    assert widget.message.editing.state == "starting"
    cell.after(ValueError("the table is gone"))
    assert (widget.message.editing.state, widget.message.editing.detail) == ("failed", "the table is gone")
    assert choose(plan, choices(), revision=2).editing.state == "ready"
    plan.editor.obey(LineStarted(line=write(choices())))
    assert widget.message.editing.state == "started"


def test_what_was_prepared_stays_what_was_done(table):
    clean = prepare(table, without=["typos"], scale="standard", drop_leaks=True, language=PlanLanguage(write))
    clean.plan.seen = Seen()
    clean.plan.editor.attach(clean.plan.seen, IdleLater())
    before = clean.plan.columns
    message = choose(clean.plan, choices("land:constants"))
    assert message.state == "finished"
    assert not message.draft
    assert columns(message)["land"].becomes == "text"
    assert message.elapsed_seconds == clean.plan.message.elapsed_seconds
    pd.testing.assert_frame_equal(clean.plan.columns, before)
    begun = next(logged.event for logged in clean.plan.editor._events if isinstance(logged.event, PreparationStarted))
    assert (begun.without, dict(begun.options), begun.drop_leaks) == (("typos",), {"scale": ("standard",)}, True)


def test_the_same_choices_give_the_plan_that_the_line_would(table, plan):
    message = choose(plan, choices("income:outliers", encode=["onehot"], text=["a\nb:hashed"]))
    fresh = prepare(table, dry_run=True, without=["income:outliers"], encode=["onehot"], text=["a\nb:hashed"]).message
    assert message.columns == fresh.columns


def test_two_panels_of_one_plan_show_the_same(plan):
    other = Seen()
    plan.editor.attach(other, IdleLater())
    message = choose(plan, choices("typos"), revision=7)
    assert other.message == message
    assert other.message.editing.revision == 7
