"""A run survives its process: what was finished stays, predicts the same, and is never fitted again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from lepton_jupyter import fit
from lepton_jupyter.automl.history import best_so_far
from lepton_jupyter.events.run_events import (
    FoldScored,
    RunFinished,
    RunResumed,
    TrialAsked,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    WarningRaised,
)  # fmt: skip
from lepton_jupyter.exceptions.run_errors import RunLockedError, UnknownRunError
from lepton_jupyter.magics.named_objects import table_finder
from lepton_jupyter.notebook.library import list_runs, remove_runs, show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.runs.log_reading import read_log

SEARCH = """
import sys, pandas
from lepton_jupyter import fit
fit(pandas.read_pickle(sys.argv[1]), target="churn", budget="1000trials", folds=3, name="long", wait=True)
"""


def of(run, *kinds):
    return [logged.event for logged in run.events if isinstance(logged.event, kinds)]


@pytest.fixture
def table_file(churn, tmp_path):
    churn.to_pickle(tmp_path / "churn.pickle")
    return tmp_path / "churn.pickle"


@pytest.fixture
def search(table_file):
    """A process that searches on and on; killed at the end of the test at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-c", SEARCH, str(table_file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield process
    process.kill()
    process.wait(30)


def wait_for_trials(store, n_finished):
    """Folder of the only run, when so many of its trials are finished."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for folder in store.list():
            if folder.events.exists() and folder.events.read_text("utf-8").count('"TrialFinished"') >= n_finished:
                return folder
        time.sleep(0.05)
    raise AssertionError("The search finished too few trials in two minutes.")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a process that can be killed without warning")
class TestSigkill:
    def test_a_run_that_was_killed_goes_on_and_fits_nothing_twice(self, search, churn):
        folder = wait_for_trials(current_session().store, 6)
        os.kill(search.pid, signal.SIGKILL)
        search.wait(30)
        died = [logged.event for logged in read_log(folder.events).events]
        finished = {event.trial_id: event for event in died if isinstance(event, TrialFinished)}
        scores = {trial_id: event.score for trial_id, event in finished.items()}
        places = [place for place in folder.trials.iterdir() if place.name.isdecimal() and int(place.name) in finished]
        models = {path: path.read_bytes() for place in places for path in place.iterdir()}

        run = resume_run("long", table=churn, budget="6trials", wait=True)

        [resumed] = of(run, RunResumed)
        assert resumed.n_finished == len(finished)
        # What was finished is on the board as it was, and neither asked for, nor fitted, nor finished again.
        assert {event.trial_id: event.score for event in of(run, TrialFinished)}.items() >= scores.items()
        later = [logged.event for logged in run.events[len(died) :]]
        touched = {e.trial_id for e in later if isinstance(e, TrialAsked | FoldScored | TrialFinished | TrialRejected)}
        assert not touched & finished.keys()
        assert {path: path.read_bytes() for path in models} == models
        # The search goes on: new trials have new ids, and each was asked for once.
        asked = Counter(event.trial_id for event in of(run, TrialAsked))
        assert set(asked.values()) == {1}
        new = [event.trial_id for event in later if isinstance(event, TrialAsked)]
        assert len(new) == 6
        assert min(new) > max(event.trial_id for event in died if isinstance(event, TrialAsked))
        # It is no worse for having died.
        [end] = of(run, RunFinished)
        best = best_so_far(logged.event for logged in run.events)
        assert best.contended_score >= max(scores.values())
        assert best.score == end.score
        assert len(run.leaderboard) >= len(finished)
        assert run.model.score(churn, churn["churn"]) > 0.6

    def test_what_was_finished_can_be_looked_at_without_going_on(self, search, churn):
        folder = wait_for_trials(current_session().store, 4)
        os.kill(search.pid, signal.SIGKILL)
        search.wait(30)
        before = folder.events.read_bytes()
        run = show_run("long")
        assert len(run.leaderboard) >= 3
        assert len(run.predict(churn)) == len(churn)
        assert folder.events.read_bytes() == before
        assert [each.state for each in list_runs()] == ["interrupted"]

    def test_a_run_that_another_process_is_running_is_neither_resumed_nor_removed(self, search, churn):
        folder = wait_for_trials(current_session().store, 2)
        with pytest.raises(RunLockedError, match=f"Run '{folder.run_id}' is being written by .*{search.pid}"):
            resume_run("long", table=churn)
        with pytest.raises(RunLockedError):
            remove_runs("long")
        assert [each.run_id for each in remove_runs(older=0)] == [folder.run_id]
        assert [each.state for each in list_runs()] == ["running"]
        # Looking is free, also at the models.
        assert len(show_run("long").best.predict(churn)) == len(churn)
        assert search.poll() is None


class TestAnotherProcess:
    def test_it_sees_the_same_board_and_predicts_the_same_bits(self, churn, table_file, tmp_path, python):
        run = fit(churn, target="churn", budget="12trials", folds=3, wait=True)
        python(
            "import pandas, numpy\nfrom lepton_jupyter.notebook.library import show_run\n"
            f"table = pandas.read_pickle({str(table_file)!r}); run = show_run({run.id!r})\n"
            f"run.leaderboard.to_pickle({str(tmp_path / 'board')!r})\n"
            f"numpy.save({str(tmp_path / 'p.npy')!r}, run.predict_proba(table))\n"
            f"open({str(tmp_path / 'html')!r}, 'w', encoding='utf-8').write(run.formats()['text/html'])"
        )
        pd.testing.assert_frame_equal(pd.read_pickle(tmp_path / "board"), run.leaderboard)
        assert np.array_equal(np.load(tmp_path / "p.npy"), run.predict_proba(churn))
        assert (tmp_path / "html").read_text("utf-8") == run.formats()["text/html"]

    def test_it_goes_on_with_a_run_that_ended(self, churn, table_file, python):
        run = fit(churn, target="churn", budget="4trials", folds=3, wait=True)
        done = python(
            "import pandas\nfrom lepton_jupyter.notebook.resuming import resume_run\n"
            f"run = resume_run({run.id!r}, table=pandas.read_pickle({str(table_file)!r}), budget='3trials')\n"
            "print('trials', run.leaderboard.shape[0], run.events[-1].event.score)"
        )
        again = show_run(run.id, trust=True)
        assert len(of(again, TrialAsked)) == 7
        assert [event.trial_id for event in of(again, TrialAsked)] == list(range(7))
        assert "trials" in done.stdout

    def test_another_home_has_other_runs(self, churn, python, tmp_path):
        run = fit(churn, target="churn", budget="1trials", folds=2, wait=True)
        listed = python(
            "from lepton_jupyter.notebook.library import list_runs, show_run\nprint(len(list_runs()))\n"
            f"show_run({run.id!r})",
            check=False,
            LEPTON_HOME=str(tmp_path / "other"),
        )
        assert listed.stdout.strip() == "0"
        assert "no run is kept in" in listed.stderr


class TestDamage:
    def test_a_log_that_was_cut_anywhere_opens(self, churn, home):
        run = fit(churn, target="churn", budget="4trials", folds=2, learners=["linear"], wait=True)
        whole = run._folder.events.read_bytes()
        first_line = whole.index(b"\n") + 1
        current_session.cache_clear()
        for place in sorted({*range(first_line, len(whole), 211), len(whole) - 1}):
            run._folder.events.write_bytes(whole[:place])
            current_session.cache_clear()
            again = show_run(run.id)
            assert len(again.leaderboard) <= len(run.leaderboard)
            finished = of(again, TrialFinished)
            assert bool(finished) == (len(again.leaderboard) > 0)
            if finished:
                assert len(again.best.predict(churn.head(3))) == 3

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_a_run_whose_log_was_cut_goes_on(self, churn, share):
        run = fit(churn, target="churn", budget="6trials", folds=2, learners=["linear"], wait=True)
        whole = run._folder.events.read_bytes()
        run._folder.events.write_bytes(whole[: int(share * len(whole))])
        current_session.cache_clear()
        again = resume_run(run.id, table=churn, budget="2trials", wait=True)
        asked = Counter(event.trial_id for event in of(again, TrialAsked))
        assert set(asked.values()) == {1}
        assert again.events[-1].event.reason == "trials"
        assert not of(again, TrialFailed)
        assert "linear" in {event.learner for event in of(again, TrialAsked)}

    def test_a_log_without_any_line_is_not_listed_and_says_why(self, churn):
        run = fit(churn, target="churn", budget="1trials", folds=2, wait=True)
        run._folder.events.unlink()
        current_session.cache_clear()
        assert len(list_runs()) == 0
        with pytest.raises(ValueError, match=r"There is no log at .*remove it with %lepton runs --remove"):
            show_run(run.id)
        assert len(remove_runs(run.id)) == 0
        with pytest.raises(UnknownRunError):
            show_run(run.id)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
class TestFullDisk:
    LIMITED = """
import json, resource, signal, sys, pandas
from lepton_jupyter import fit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
table = pandas.read_pickle(sys.argv[1])
run = fit(table, target="churn", folds=2, wait=True, **json.loads(sys.argv[3]))
print(run.id, len(run.predict(table)))
print([logged.event.text for logged in run.events if type(logged.event).__name__ == "WarningRaised"])
print([logged.event.error for logged in run.events if type(logged.event).__name__ == "TrialFailed"])
"""

    def run_limited(self, table_file, n_bytes, **settings):
        asked = json.dumps({"budget": "12trials", **settings})
        return subprocess.run(
            [sys.executable, "-c", self.LIMITED, str(table_file), str(n_bytes), asked],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    def test_what_fits_on_the_disk_is_kept_and_the_rest_is_said(self, table_file, churn):
        done = self.run_limited(table_file, 12_000)
        assert done.returncode == 0, done.stderr
        first, warnings, failures = done.stdout.splitlines()[-3:]
        assert f" {len(churn)}" in first
        assert "cannot be written: the disk is full" in warnings
        assert "could not be written" in failures
        # Another process opens what is there.
        run = show_run(first.split()[0])
        assert len(run.best.predict(churn)) == len(churn)
        assert not of(run, RunFinished)

    FILLED = """
import resource, signal, sys, pandas
from lepton_jupyter import fit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
table = pandas.read_pickle(sys.argv[1])
run = fit(table, target="churn", budget="300trials", folds=2, learners=["linear", "perceptron"], wait=False)
finished = []
def fill(logged):
    finished.extend([1] if type(logged.event).__name__ == "TrialFinished" else [])
    if len(finished) == 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
run.subscribe(fill)
print(len(run.predict(table)), len(finished))
print([logged.event.text for logged in run.events if type(logged.event).__name__ == "WarningRaised"])
print(sum(type(logged.event).__name__ == "TrialFailed" for logged in run.events))
print(run.message().detail)
"""

    def test_a_disk_that_stays_full_ends_the_search_early(self, table_file, churn):
        done = subprocess.run(
            [sys.executable, "-c", self.FILLED, str(table_file)],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        first, warnings, failed, last = done.stdout.splitlines()[-4:]
        assert first.startswith(f"{len(churn)} ")
        assert "The search ends early: 5 trials one after the other could not be kept, the last with: " in warnings
        assert "the disk is full (or a quota is reached)" in warnings
        assert int(failed) == 5
        assert last.startswith("models can no longer be written; ")

    def test_a_disk_on_which_no_model_fits_is_one_sentence(self, churn_table, tmp_path):
        churn_table(5000).to_pickle(tmp_path / "table.pickle")
        # Predictions of 5,000 rows take 20 kB.
        done = self.run_limited(tmp_path / "table.pickle", 16_000, learners=["linear"])
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].endswith(
            "No model was kept: the models could not be written: the disk is full (or a quota is reached). "
            "With more space, begin again with %lepton fit."
        )

    def test_a_disk_without_room_for_a_run_is_one_sentence_and_nothing_is_left(self, table_file, home):
        done = self.run_limited(table_file, 100)
        assert done.returncode == 1
        [said] = [
            line for line in done.stderr.splitlines() if line.startswith("lepton_jupyter.exceptions.run_errors.Home")
        ]
        assert said.endswith(
            f"Runs cannot be kept in {home}: File too large. Set LEPTON_HOME to a folder that can be written."
        )
        assert list((home / "runs").iterdir()) == []


class TestModelsOnDisk:
    @pytest.mark.parametrize("keep_models", ["best", "front", "all"])
    def test_the_models_that_were_asked_for_stay_and_predict(self, churn, keep_models):
        run = fit(churn, target="churn", budget="12trials", folds=2, keep_models=keep_models, wait=True)
        finished = {event.trial_id for event in of(run, TrialFinished)}
        kept = {int(path.parent.name) for path in run._folder.trials.glob("*/fold-0.model")}
        predictions = run.predict_proba(churn)
        current_session.cache_clear()
        assert np.array_equal(show_run(run.id).predict_proba(churn), predictions)
        assert kept <= finished
        assert (kept == finished) == (keep_models == "all")
        # Out-of-fold predictions stay with every trial: a run can always go on.
        assert {int(path.parent.name) for path in run._folder.trials.glob("*/out_of_fold.npy")} == finished

    def test_a_run_that_kept_its_best_models_only_goes_on(self, churn):
        run = fit(churn, target="churn", budget="8trials", folds=2, keep_models="best", wait=True)
        current_session.cache_clear()
        again = resume_run(run.id, table=churn, budget="4trials", wait=True)
        events = [logged.event for logged in again.events]
        before = {
            each.trial_id for each in events[: events.index(of(again, RunFinished)[0])] if type(each) is TrialFinished
        }
        best = best_so_far(events)
        # An ensemble is no worse than any trial, old or new, though it may be than the one before it.
        assert best.contended_score >= max(each.score for each in of(again, TrialFinished))
        assert before & best.weights.keys()
        assert len(of(again, TrialFinished)) > len(before)
        assert len(again.predict(churn)) == len(churn)

    def test_steps_of_a_run_that_goes_on_know_the_shares_of_the_ensemble_at_once(self, churn):
        run = fit(churn, target="churn", budget="8trials", folds=2, learners=["decision_tree"], wait=True)
        n_before = len(of(run, TrialAsked))
        current_session.cache_clear()
        again = resume_run(run.id, table=churn, budget="1trials", wait=True)
        [first] = of(again, TrialAsked)[n_before:]
        assert first.origin == "step"
        assert first.based_on["ensemble_share"] == 1.0  # the one learner there is

    def test_a_run_that_goes_on_scores_its_held_out_table_again(self, churn):
        train, holdout = churn.iloc[:160], churn.iloc[160:]
        settings = {"target": "churn", "budget": "3trials", "folds": 2, "learners": ["linear"], "wait": True}
        run = fit(train, test=holdout, test_name="holdout", **settings)
        names = {"table": train, "holdout": holdout}
        for test, find_table in ((None, names.get), (holdout, {"table": train}.get), (holdout, None)):
            current_session.cache_clear()
            again = resume_run(run.id, table=train, test=test, find_table=find_table, budget="1trials", wait=True)
            last = of(again, RunFinished)[-1]
            assert last.test_score is not None
            assert last.test_score == pytest.approx(
                roc_auc_score(holdout["churn"] == "yes", again.predict_proba(holdout)[:, 1])
            )
        assert not any("test table is not here" in event.text for event in of(again, WarningRaised))

    @pytest.mark.parametrize("found", [None, 3, pd.DataFrame({"tenure": [1]})])
    def test_a_held_out_table_that_is_gone_is_said(self, churn, found):
        run = fit(
            churn.iloc[:160], test=churn.iloc[160:], test_name="holdout", target="churn", budget="2trials", folds=2,
            learners=["linear"], wait=True,
        )  # fmt: skip
        current_session.cache_clear()
        again = resume_run(
            run.id, table=churn.iloc[:160], find_table={"holdout": found}.get, budget="1trials", wait=True
        )
        assert of(again, RunFinished)[-1].test_score is None
        [warning] = [event.text for event in of(again, WarningRaised) if "test table" in event.text]
        assert warning.startswith("The test table is not here, so a score on it is of before the run went on.")

    def test_runs_are_removed_by_name_and_by_age(self, churn):
        old, new = (fit(churn, target="churn", budget="1trials", folds=2, name=n, wait=True) for n in ("old", "new"))
        os.utime(old._folder.events, (0, 0))
        assert [each.name for each in remove_runs(older="30d")] == ["new"]
        assert not old._folder.path.exists()
        assert len(remove_runs("new")) == 0
        assert not new._folder.path.exists()

    def test_the_disk_use_that_is_shown_is_that_of_the_files(self, churn):
        run = fit(churn, target="churn", budget="4trials", folds=2, wait=True)
        [summary] = list_runs()
        assert summary.disk_bytes == sum(path.stat().st_size for path in run._folder.path.rglob("*") if path.is_file())

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
    def test_nobody_else_may_read_what_is_kept(self, churn, home):
        fit(churn, target="churn", budget="2trials", folds=2, wait=True)
        modes = {path: path.stat().st_mode & 0o777 for path in home.rglob("*")}
        assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
        assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}

    def test_no_value_of_the_table_is_in_the_log(self, churn):
        marked = churn.assign(plan=churn["plan"].replace("max", "Zaphod Beeblebrox"), bill=churn["bill"] + 123456)
        run = fit(marked, target="churn", budget="3trials", folds=2, wait=True)
        log = run._folder.events.read_text("utf-8")
        assert "Zaphod" not in log
        assert "1234" not in json.dumps([json.loads(line)["event"] for line in log.splitlines()][:2])
        assert "Zaphod" in run._folder.recipe.read_text("utf-8")


class TestFailedTrials:
    def test_a_trial_that_failed_is_not_asked_for_again(self, churn, monkeypatch):
        from lepton_jupyter.automl import driver

        real = driver.evaluate_fold

        def sometimes(data, learner, *rest):
            if learner.name == "extra_trees":
                raise ZeroDivisionError("division by zero")
            return real(data, learner, *rest)

        monkeypatch.setattr(driver, "evaluate_fold", sometimes)
        run = fit(churn, target="churn", budget="8trials", folds=2, wait=True)
        failed = [event.trial_id for event in of(run, TrialFailed)]
        assert failed
        current_session.cache_clear()
        again = resume_run(run.id, table=churn, budget="4trials", wait=True)
        assert all(count == 1 for count in Counter(event.trial_id for event in of(again, TrialAsked)).values())
        assert not of(again, WarningRaised)


class TestForeignFolders:
    """A run's folder may come from somebody else: what it names is looked for, but never fetched or shown."""

    @pytest.fixture
    def foreign(self, churn):
        def change(**settings):
            run = fit(churn, target="churn", table_name="churn", budget="2trials", folds=2, wait=True)
            document = json.loads(run._folder.read_text("settings.json")) | settings
            run._folder.write_text_atomically("settings.json", json.dumps(document))
            current_session.cache_clear()
            return run.id

        return change

    @pytest.mark.parametrize("place", ["http://127.0.0.1:1/rows.csv", "simplecache::http://h/x", "//host/x.csv", 5])
    @pytest.mark.parametrize("setting", ["table_place", "test_place"])
    def test_an_address_is_not_fetched(self, foreign, churn, setting, place, monkeypatch):
        from lepton_jupyter.data import remote_files

        def refuse(*_args):
            raise AssertionError

        monkeypatch.setattr(remote_files, "fetched", refuse)
        run_id = foreign(**{setting: place})
        with pytest.raises(LookupError, match="needs its table again"):
            resume_run(run_id)
        assert len(resume_run(run_id, table=churn, budget="1trials", wait=True).leaderboard)

    @pytest.mark.parametrize("setting", ["table_name", "test_name"])
    def test_a_variable_that_is_no_table_is_neither_opened_nor_shown(self, foreign, setting):
        find = table_finder({"api_key": "sk-secret"})
        with pytest.raises(LookupError, match="needs its table again") as caught:
            resume_run(foreign(**{setting: "api_key"}), find_table=find)
        assert "sk-secret" not in str(caught.value)
