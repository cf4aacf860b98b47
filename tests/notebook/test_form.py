from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from lepton_jupyter.events.commands import ChooseInForm, KeepAlive, LineStarted, StartForm
from lepton_jupyter.magics.form_line import check_line, offered_options, table_names, variable_for, write_line
from lepton_jupyter.notebook.form import Form, open_form
from lepton_jupyter.notebook.form_state import FormLanguage

LANGUAGE = FormLanguage(
    tables=table_names, options=offered_options, variable=variable_for, write=write_line, check=check_line
)


class IdleLater:
    """A cell of a kernel that is busy: what it is given runs when told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def run_when_idle(self, source, *, before, after):
        self.lines.append(source)
        self.before, self.after = before, after


@pytest.fixture
def names():
    return {"df": pd.DataFrame({"x": range(20), "y": [0, 1] * 10})}


@pytest.fixture
def form(names):
    form = Form(names, LANGUAGE)
    form._cell = IdleLater()
    return form


def start(form, **changes):
    form.obey(StartForm(revision=1, choices=replace(form.message.choices, **changes)))


def test_choices_are_answered_with_their_line(form):
    choices = replace(form.message.choices, target="x", budget_seconds=60.0)
    form.obey(ChooseInForm(revision=4, choices=choices, find="X"))
    assert form.message.line == "run = %lepton fit df --target x"
    assert (form.message.revision, form.message.n_matching) == (4, 1)


def test_tables_made_later_are_seen(form, names):
    names["later"] = names.pop("df")
    form.obey(ChooseInForm(revision=1, choices=form.message.choices, find=""))
    assert form.message.frames == ("later",)
    assert "There is no table 'df'" in form.message.problem


def test_start_waits_for_the_kernel_and_ends_in_a_picture(form):
    start(form)
    assert form._cell.lines == ["run = %lepton fit df --target y --budget 30s"]
    assert (form.message.state, form.message.detail) == ("queued", "Starts when the cell that is running has ended.")
    form._cell.before()
    assert form.message.state == "starting"
    form._cell.after(None)
    assert form.message.state == "started"
    assert "started" in form.formats()["text/html"]


def test_a_line_that_raises_says_so_in_the_form(form):
    start(form)
    form._cell.after(ValueError("no rows"))
    assert (form.message.state, form.message.detail) == ("failed", "no rows")


@pytest.mark.parametrize("changes", [{"target": "gone"}, {"frame": "exit()"}, {"options": {"--folds": ("0",)}}])
def test_what_cannot_be_started_is_not(form, changes):
    start(form, **changes)
    assert form._cell.lines == []
    assert form.message.problem


def test_a_table_that_raises_when_it_is_asked_is_a_problem_of_the_form(form, names):
    class Stubborn(pd.DataFrame):
        @property
        def dtypes(self):
            raise RuntimeError("ask me later")

    names["odd"] = Stubborn({"x": [1, 2]})
    choices = replace(form.message.choices, frame="odd")
    form.obey(ChooseInForm(revision=9, choices=choices, find=""))
    assert (form.message.revision, form.message.choices) == (9, choices)
    assert "RuntimeError: ask me later" in form.message.problem


def test_only_its_own_line_counts_as_started(form):
    form.obey(LineStarted(line="run = %lepton fit other --target y"))
    assert form.message.state == "ready"
    form.obey(LineStarted(line=form.message.line))
    assert form.message.state == "started"


def test_other_commands_mean_nothing_to_a_form(form):
    before = form.message
    form.obey(KeepAlive())
    assert form.message == before


def test_where_nobody_looks_no_form_is_opened(names):
    assert not open_form(names, LANGUAGE)
