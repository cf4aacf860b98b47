"""Who works for a fit: threads, the active Dask client, processes of its own, or nobody else inside a worker."""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType

import joblib
import numpy as np
import pytest

from lepton_jupyter import LeptonClassifier, fit
from lepton_jupyter.events.run_events import ExecutorChanged, RunStarted
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.session import current_session

OPTIONS = {"folds": 2, "verbose": 0}


def executors_of(run_id):
    events = [logged.event for logged in show_run(run_id).events]
    return [(e.executor, e.n_workers) for e in events if isinstance(e, RunStarted | ExecutorChanged)]


def fit_here(table):
    return LeptonClassifier("2trials", **OPTIONS).fit(table, table["churn"]).run_


def test_alone_it_uses_threads(churn):
    [(executor, n_workers)] = executors_of(fit_here(churn))
    assert executor == "threads"
    assert n_workers >= 1


def fit_at(home, table):
    # joblib keeps its children for five minutes: those of an earlier test still have that test's environment.
    os.environ["LEPTON_HOME"] = home
    current_session.cache_clear()
    return fit_here(table)


def test_inside_a_joblib_child_it_is_serial(churn, home):
    runs = joblib.Parallel(n_jobs=2, backend="loky")(joblib.delayed(fit_at)(str(home), churn) for _ in range(2))
    assert [executors_of(run) for run in runs] == [[("serial", 1)]] * 2


def test_inside_a_thread_of_joblib_every_fit_has_its_run(churn):
    runs = joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(fit_here)(churn) for _ in range(2))
    assert len(set(runs)) == 2


@pytest.fixture(scope="class")
def client():
    distributed = pytest.importorskip("distributed")
    with pytest.MonkeyPatch.context() as modules:
        # A shell that another test has ended leaves an emptied __main__, which no process can be spawned from.
        modules.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield from connected(distributed)


def connected(distributed):
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.cluster
class TestActiveClient:
    def test_it_is_used_by_an_estimator(self, client, churn):
        model = LeptonClassifier("4trials", **OPTIONS).fit(churn, churn["churn"])
        assert executors_of(model.run_) == [("cluster", 2)]
        assert model.score(churn, churn["churn"]) > 0.6
        assert client.status == "running"

    def test_it_is_used_by_fit(self, client, churn):
        run = fit(churn, target="churn", budget="4trials", folds=2, wait=True)
        assert executors_of(run.id) == [("cluster", 2)]
        assert client.status == "running"

    def test_n_jobs_limits_what_runs_side_by_side(self, client, churn):
        model = LeptonClassifier("2trials", **OPTIONS, n_jobs=1).fit(churn, churn["churn"])
        assert executors_of(model.run_) == [("cluster", 1)]

    def test_inside_a_dask_worker_it_is_serial(self, client, churn, home):
        def in_worker(table, home):
            import os

            from lepton_jupyter import LeptonClassifier
            from lepton_jupyter.notebook.session import current_session

            os.environ["LEPTON_HOME"] = home
            current_session.cache_clear()
            return LeptonClassifier("2trials", folds=2, verbose=0).fit(table, table["churn"])

        model = client.submit(in_worker, churn, str(home)).result(120)
        assert executors_of(model.run_) == [("serial", 1)]
        assert len(model.predict(churn)) == len(churn)


SCRIPT = """
import pandas, sys, threading, time
from lepton_jupyter import LeptonClassifier
from lepton_jupyter.notebook.session import current_session
print("main runs")

def stop_when_a_process_has_worked():
    moved = False
    while not moved:
        time.sleep(0.05)
        names = [type(logged.event).__name__ for run in current_session().runs for logged in run.events]
        moved = "ExecutorChanged" in names and "FoldScored" in names[names.index("ExecutorChanged") :]
    current_session().runs[0].stop()

threading.Thread(target=stop_when_a_process_has_worked, daemon=True).start()
table = pandas.read_pickle(sys.argv[1])
model = LeptonClassifier("90s", cluster="local", folds=2, n_jobs=2, verbose=0)
model.fit(table.drop(columns="churn"), table["churn"])
print(model.run_, model.score(table, table["churn"]))
"""


@pytest.mark.cluster
def test_a_script_without_a_guard_can_have_processes_of_its_own(churn, tmp_path):
    churn.to_pickle(tmp_path / "churn.pickle")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "churn.pickle")],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said, ended = done.stdout.splitlines()
    assert said == "main runs"  # once: no child runs the script again
    run_id, score = ended.split()
    assert float(score) > 0.6
    # It begins in threads and moves when the processes are there.
    assert [kind for kind, _ in executors_of(run_id)] == ["threads", "processes"]


def test_the_progress_line_is_silent_and_a_table_is_never_changed(churn, capfd):
    before = churn.copy(deep=True)
    LeptonClassifier("2trials", **OPTIONS).fit(churn, churn["churn"]).predict(churn)
    assert churn.equals(before)
    assert capfd.readouterr() == ("", "")


def test_one_progress_line_is_drawn_in_a_script(churn, tmp_path):
    churn.to_pickle(tmp_path / "churn.pickle")
    code = (
        "import pandas\nfrom lepton_jupyter import LeptonClassifier\n"
        f"table = pandas.read_pickle({str(tmp_path / 'churn.pickle')!r})\n"
        "LeptonClassifier('3trials', folds=2).fit(table.drop(columns='churn'), table['churn'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120, check=True)
    assert done.stdout == b""
    lines = done.stderr.decode().replace("\r\n", "\n").split("\n")
    assert [bool(line) for line in lines] == [True, False]
    *_, last = lines[0].split("\r")
    assert "Finished" in last
    assert "3 trials" in last
    assert "AUC" in last


def test_predictions_do_not_depend_on_who_worked(churn):
    models = [LeptonClassifier("6trials", **OPTIONS, n_jobs=n, learners=["linear"]) for n in (1, 2)]
    first, second = (model.fit(churn, churn["churn"]) for model in models)
    assert np.allclose(first.predict_proba(churn), second.predict_proba(churn), atol=0.2)
