"""A kernel in which a person works: interrupted, stopped, unloaded, killed; and IPython in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest
from contracts.kernel_session import PATIENCE, KernelSession

pytestmark = pytest.mark.kernel

LOAD = """\
%load_ext lepton_jupyter
import pandas as pd
from sklearn.datasets import load_iris
df = load_iris(as_frame=True).frame
long = pd.concat([df] * 40, ignore_index=True)"""
# Boosters on thousands of rows go on for minutes; linear models of 150 rows are searched out within half a second.
ENDLESS = (
    "run = %lepton fit long --target target --budget 100000trials --no-wait --learners linear,lightgbm,extra_trees"
)
CLUSTER_IS_READY = """\
import time
from lepton_jupyter.notebook.session import current_session
while current_session().cluster.status.kind == "starting":
    time.sleep(0.02)
assert current_session().cluster.status.kind == 'processes'"""


@pytest.fixture
def start_kernel(tmp_path):
    started = []

    def start_kernel(**environment):
        started.append(KernelSession(LEPTON_HOME=str(tmp_path), **environment))
        return started[-1]

    yield start_kernel
    for session in started:
        session.close()


class TestInterrupting:
    @pytest.mark.parametrize("waiting", ["run.wait()", "run.model", "run.predict(df)", "%lepton predict df"])
    def test_an_interrupt_ends_the_search_and_keeps_the_best_so_far(self, start_kernel, waiting):
        kernel = start_kernel()
        kernel.do(LOAD)
        kernel.do(ENDLESS)
        kernel.wait_for_a_model()
        kernel.start(f"print('waiting'); result = get_ipython().run_cell({waiting!r}).result; print('waited')")
        kernel.hear_until(lambda kind, content: kind == "stream" and "waiting" in content["text"])
        time.sleep(1)  # from the print to the wait itself
        kernel.manager.interrupt_kernel()
        reply, _outputs = kernel.end()
        assert reply["status"] == "ok", reply
        assert kernel.value("run.running, result is None, len(run.best.predict(df))") == "(False, False, 150)"
        assert kernel.value("{e.event.source for e in run.events if hasattr(e.event, 'source')}") == "{'interrupt'}"

    def test_an_interrupt_of_another_cell_leaves_the_search_alone(self, start_kernel):
        kernel = start_kernel()
        kernel.do(LOAD)
        kernel.do(ENDLESS)
        kernel.start("import threading\nprint('busy')\nthreading.Event().wait()")
        kernel.hear_until(lambda kind, content: kind == "stream" and "busy" in content["text"])
        kernel.manager.interrupt_kernel()
        reply, _outputs = kernel.end()
        assert reply["ename"] == "KeyboardInterrupt"
        assert kernel.value("run.running") == "True"

    def test_stop_from_another_cell_ends_the_search(self, start_kernel):
        kernel = start_kernel()
        kernel.do(LOAD)
        kernel.do(ENDLESS)
        kernel.wait_for_a_model()
        reply, outputs = kernel("%lepton stop")
        assert reply["status"] == "ok"
        # The board in the cell of the fit is brought up to date, perhaps while this cell still goes on.
        assert {kind for kind, _ in outputs} <= {"status", "execute_input", "update_display_data"}
        assert kernel.value("len(run.predict(df))") == "150"
        assert kernel.value("{e.event.source for e in run.events if hasattr(e.event, 'source')}") == "{'magic'}"


class TestFailing:
    FAIL = (
        "broken = df.drop(columns='petal width (cm)')\n"
        "run = %lepton fit df --target target --budget 2trials --test broken"
    )

    def test_a_run_that_fails_says_one_sentence_and_nothing_else(self, start_kernel):
        kernel = start_kernel()
        kernel.do(LOAD)
        reply, outputs = kernel(self.FAIL)
        assert reply["status"] == "error"
        [error] = [content for kind, content in outputs if kind == "error"]
        assert error["traceback"] == [f"{error['ename']}: {error['evalue']}"]
        assert "petal width (cm)" in error["evalue"]


class TestEnding:
    LIVE = {"LEPTON_CLUSTER": "local", "LEPTON_PAGE": "live"}  # noqa: RUF012  read only

    def test_unloading_closes_the_cluster_and_every_thread(self, start_kernel):
        kernel = start_kernel(**self.LIVE)
        kernel.do(LOAD)
        kernel.do(ENDLESS.replace(" --no-wait", ""))
        kernel.wait_for_a_model()
        kernel.do(CLUSTER_IS_READY)
        helpers = kernel.process.children(recursive=True)
        assert helpers
        reply, _outputs = kernel("%unload_ext lepton_jupyter")
        assert reply["status"] == "ok"
        assert kernel.value("run.running") == "False"
        assert kernel.value("len(run.best.predict(df))") == "150"
        # What is being fitted in threads ends at its next look at the deadline.
        kernel.do(
            "import threading\nthreads = [each for each in threading.enumerate() if 'lepton' in each.name.lower()]\n"
            "for each in threads: each.join(60)"
        )
        assert kernel.value("[each.name for each in threads if each.is_alive()]") == "[]"
        _gone, alive = psutil.wait_procs(helpers, timeout=20)
        assert alive == []

    def test_a_killed_kernel_leaves_no_process(self, start_kernel):
        kernel = start_kernel(**self.LIVE)
        kernel.do(LOAD)
        kernel.do(ENDLESS.replace(" --no-wait", ""))
        kernel.do(CLUSTER_IS_READY)
        helpers = kernel.process.children(recursive=True)
        assert helpers
        kernel.process.kill()
        _gone, alive = psutil.wait_procs([kernel.process, *helpers], timeout=30)
        assert alive == []


class TestTerminal:
    def test_ipython_in_a_terminal_shows_the_board_as_text(self, tmp_path):
        script = tmp_path / "search.ipy"
        script.write_text(
            f"{LOAD}\nrun = %lepton fit df --target target --budget 2trials --folds 2 --learners linear\n"
            "print('predicted', len(run.predict(df)))\n",
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-m", "IPython", "--colors=nocolor", "--no-banner", str(script)],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
            env={**os.environ, "LEPTON_HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path / "ipython")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "predicted 150" in done.stdout
        assert "Linear" in done.stdout
        assert "<div" not in done.stdout
