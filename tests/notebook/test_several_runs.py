"""Several runs in one kernel: they share the workers, or one waits for the other, and the panels say which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from lepton_jupyter import fit
from lepton_jupyter.automl import driver
from lepton_jupyter.events.run_events import (
    ExecutorChanged,
    RunFailed,
    RunFinished,
    RunQueued,
    RunStarted,
    TrialAsked,
    TrialFinished,
    TurnCame,
)
from lepton_jupyter.exceptions.automl_errors import RunFailedError
from lepton_jupyter.execution import thread_executor
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.runs.log_reading import read_log
from lepton_jupyter.search.local_search import LocalSearch

LONG = {"target": "churn", "budget": "120s", "folds": 3, "learners": ["linear", "decision_tree"], "wait": False}


def of(run, *kinds):
    return [logged.event for logged in run.events if isinstance(logged.event, kinds)]


def until(run, kind, n=1):
    """Wait until so many events of a kind are in the log."""
    enough = threading.Event()

    def look(_=None):
        if len(of(run, kind)) >= n:
            enough.set()

    unsubscribe = run.subscribe(look)
    look()
    assert enough.wait(60), f"no {kind.__name__} within a minute"
    unsubscribe()


class FoldCounter:
    """Counts the folds in flight of each run, and keeps the most of all together."""

    def __init__(self, evaluate):
        self.evaluate, self.lock = evaluate, threading.Lock()
        self.in_flight, self.most = 0, 0

    def __call__(self, *args):
        with self.lock:
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
        try:
            return self.evaluate(*args)
        finally:
            with self.lock:
                self.in_flight -= 1


@pytest.fixture
def four_workers(monkeypatch):
    monkeypatch.setattr(thread_executor, "usable_cores", lambda: (0, 1, 2, 3))


class TestSharing:
    def test_two_runs_get_half_each_and_the_one_that_is_left_gets_all(self, churn, four_workers):
        first = fit(churn, name="first", **LONG)
        until(first, TrialAsked)
        second = fit(churn, name="second", **LONG)
        until(second, TrialAsked)
        until(first, ExecutorChanged)
        assert of(first, ExecutorChanged)[-1] == ExecutorChanged(
            executor="threads", n_workers=2, n_shared=4, shared_with=("second",)
        )
        assert "Shares 4 workers with run second." in first.message().notices
        assert "Shares 4 workers with run first." in second.message().notices
        assert first.message().n_workers == second.message().n_workers == 2
        until(second, TrialFinished)
        second.stop()
        second.wait()
        until(first, ExecutorChanged, 2)
        assert of(first, ExecutorChanged)[-1] == ExecutorChanged(executor="threads", n_workers=4)
        assert not any(note.startswith("Shares") for note in (*first.message().notices, *second.message().notices))
        until(first, TrialFinished)
        first.stop()
        first.wait()

    def test_no_more_folds_are_in_flight_than_there_are_workers(self, churn, four_workers, monkeypatch):
        counter = FoldCounter(driver.evaluate_fold)
        monkeypatch.setattr(driver, "evaluate_fold", counter)
        # A trial that is rejected leaves its worker at the next look at the deadline: a moment after it is free.
        monkeypatch.setattr(LocalSearch, "keeps_up", lambda *_: True)
        runs = [fit(churn, name=name, **{**LONG, "budget": "20trials"}) for name in ("first", "second")]
        for run in runs:
            run.wait()
        assert counter.most <= 6  # four, and two that the first had begun when the second came

    def test_a_run_of_one_job_is_left_as_it_is(self, churn):
        from lepton_jupyter import LeptonClassifier

        run = fit(churn, **LONG)
        model = LeptonClassifier("3trials", folds=2, n_jobs=1, verbose=0).fit(churn, churn["churn"])
        started = of(show_run(model.run_), RunStarted, ExecutorChanged)
        assert {event.n_workers for event in started} == {1}
        run.stop()
        run.wait()


class TestQueue:
    def test_a_queued_run_waits_and_its_budget_with_it(self, churn):
        first = fit(churn, name="first", **LONG)
        queued = fit(churn, name="queued", queue=True, **{**LONG, "budget": "5trials"})
        until(queued, RunQueued)
        message = queued.message()
        assert (message.state, message.detail) == ("waiting", "run first goes first")
        assert "Waiting · run first goes first" in queued.status
        assert queued.running
        assert of(queued, TrialAsked) == []
        assert not any(note.startswith("Shares") for note in first.message().notices)
        until(first, TrialFinished)
        first.stop()
        queued.wait()
        [came] = of(queued, TurnCame)
        [finished] = of(queued, RunFinished)
        assert came.waited_seconds > 0
        # The log's own clock counts the waiting, the run's does not.
        assert finished.elapsed_seconds <= queued.events[-1].elapsed_seconds - came.waited_seconds + 0.01
        assert queued.message().state == "finished"
        assert queued.message().history[0].elapsed_seconds <= finished.elapsed_seconds

    def test_alone_there_is_nothing_to_wait_for(self, churn):
        run = fit(churn, queue=True, **{**LONG, "budget": "2trials"}).wait()
        assert of(run, RunQueued, TurnCame, ExecutorChanged) == []

    def test_they_go_one_after_the_other(self, churn):
        runs = [fit(churn, name="r0", **LONG)]
        runs += [fit(churn, name=f"r{i}", queue=True, **{**LONG, "budget": "3trials"}) for i in (1, 2)]
        until(runs[0], TrialFinished)
        runs[0].stop()
        for run in runs:
            run.wait()
        ends = [run.events[-1].at for run in runs]
        assert ends == sorted(ends)
        assert [len(of(run, TurnCame)) for run in runs] == [0, 1, 1]

    def test_stop_ends_the_waiting_and_resume_begins_it(self, churn):
        first = fit(churn, name="first", **LONG)
        queued = fit(churn, name="queued", queue=True, **{**LONG, "budget": "3trials"})
        until(queued, RunQueued)
        queued.stop()
        with pytest.raises(RunFailedError, match="stopped while it waited for first"):
            queued.wait()
        assert first.running
        assert queued.message().state == "failed"
        again = resume_run(queued.id, table=churn, wait=False)
        until(again, RunQueued, 2)
        assert again.message().state == "waiting"
        first.stop()
        again.wait()
        assert len(of(again, RunFinished)) == 1
        assert again.message().state == "finished"

    def test_a_run_that_waits_is_stopped_with_the_session(self, churn):
        fit(churn, name="first", **LONG)
        queued = fit(churn, name="queued", queue=True, **LONG)
        until(queued, RunQueued)
        current_session().close()
        assert not queued.running
        assert of(queued, RunFailed)


WAITING = """
import sys, pandas
from lepton_jupyter import fit
table = pandas.read_pickle(sys.argv[1])
fit(table, target="churn", budget="600s", folds=3, name="first", wait=False)
fit(table, target="churn", budget="20s", trials=3, folds=3, learners=["linear"], name="queued", queue=True, wait=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a process that can be killed without warning")
def test_a_queued_run_survives_the_death_of_its_kernel(churn, tmp_path):
    churn.to_pickle(tmp_path / "churn.pickle")
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(tmp_path / "churn.pickle")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        folder = queued_folder()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    assert [type(each.event).__name__ for each in read_log(folder.events).events] == ["RunStarted", "RunQueued"]
    assert show_run(folder.run_id).message().state == "stopped"
    run = resume_run(folder.run_id, table=churn, wait=True)
    assert run.message().state == "finished"
    # Nobody is before it in this kernel, and what it waited in the other is no part of its budget.
    assert run.message().budget_seconds > 15


def queued_folder():
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for folder in current_session().store.list():
            if folder.events.exists() and '"RunQueued"' in folder.events.read_text("utf-8"):
                return folder
        time.sleep(0.05)
    raise AssertionError("No run was queued in two minutes.")
