"""Which run a verb works on when none is named."""

from __future__ import annotations

import threading

import pytest

from lepton_jupyter import fit
from lepton_jupyter.events.run_events import TrialFinished
from lepton_jupyter.exceptions.automl_errors import NoRunError, RunFailedError
from lepton_jupyter.notebook import library
from lepton_jupyter.notebook.library import find_ended_run, find_run, find_running_run, remove_runs, show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.surroundings import Surroundings

ENDLESS = {"budget": "100000trials", "learners": ["lightgbm", "extra_trees"], "wait": False}


@pytest.fixture
def in_a_notebook(monkeypatch):
    monkeypatch.setattr(library, "look_around", lambda: Surroundings(kernel=True, live_page=False, interactive=True))


def ended(churn, name):
    return fit(churn, target="churn", budget="1trials", folds=2, name=name, wait=True)


def wait_for_a_model(run):
    found = threading.Event()
    run.subscribe(lambda logged: found.set() if isinstance(logged.event, TrialFinished) else None)
    assert len(run.leaderboard) or found.wait(60)


@pytest.mark.parametrize("find", [find_run, find_ended_run, find_running_run])
def test_without_any_run_one_sentence_says_how_to_get_one(find):
    with pytest.raises(NoRunError, match="Start one with %lepton fit"):
        find()


@pytest.mark.parametrize("find", [find_run, find_ended_run, find_running_run])
def test_a_run_that_is_named_is_taken_whatever_else_there_is(churn, find, in_a_notebook, capsys):
    first, _second = ended(churn, "first"), ended(churn, "second")
    capsys.readouterr()
    assert find("first") is first
    assert find(first) is first
    assert capsys.readouterr().out == ""


def test_the_last_finished_run_gives_the_model_and_is_named(churn, in_a_notebook, capsys):
    first = ended(churn, "first")
    capsys.readouterr()
    predict(churn)
    assert capsys.readouterr().out == f"Run {first.id}, the only one\n"
    going_on = fit(churn, target="churn", name="second", **ENDLESS)
    capsys.readouterr()
    predict(churn)
    assert capsys.readouterr().out == f"Run {first.id}, the last that finished; --run names another\n"
    assert find_running_run() is going_on
    going_on.stop()
    going_on.settle()


def test_while_none_has_finished_the_last_started_run_is_waited_for(churn):
    fit(churn, target="churn", name="first", **ENDLESS)
    second = fit(churn, target="churn", name="second", **ENDLESS)
    assert find_ended_run() is second


def test_the_run_that_ended_last_is_the_last_one_whenever_it_was_started(churn):
    first = fit(churn, target="churn", name="first", **ENDLESS)
    second = ended(churn, "second")
    assert find_ended_run() is second
    wait_for_a_model(first)
    first.stop()
    first.wait()
    assert find_ended_run() is first
    assert show_run("second") is second


def test_a_run_that_ended_without_a_model_is_passed_over(churn):
    first = ended(churn, "first")
    with pytest.raises(RunFailedError):
        fit(churn, target="churn", test=churn.assign(bill="much"), budget="1trials", wait=True)
    assert find_ended_run() is first


def test_a_run_that_was_removed_stays_away(churn):
    first = ended(churn, "first")
    remove_runs(first.id)
    with pytest.raises(NoRunError):
        find_run()


def test_in_a_script_nothing_is_printed(churn, capsys):
    ended(churn, "first")
    capsys.readouterr()
    predict(churn)
    assert capsys.readouterr().out == ""
