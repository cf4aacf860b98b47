from __future__ import annotations

import gc
import socket
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from contextlib import suppress

import psutil
import pytest
from contracts.executor_contract import PATIENCE

from lepton_jupyter.exceptions.execution_errors import ClusterLostError, ClusterStartError, InvalidWorkerCountError
from lepton_jupyter.execution import local_cluster
from lepton_jupyter.execution.core_leases import lease_cores
from lepton_jupyter.execution.local_cluster import LocalClusterStarter, start_local_cluster

pytestmark = pytest.mark.cluster

# A script as people write them: no guard around what it does. Spawned workers that imported it would do it again.
_SCRIPT = """
import os, sys, threading
from pathlib import Path
import psutil
from lepton_jupyter.execution.local_cluster import start_local_cluster

print("script runs", flush=True)

class Doubler:
    def fit(self, value):
        self.fitted_in = os.getpid()
        self.value = 2 * value
        return self

def fit(model, value):
    return model.fit(value)

cluster = start_local_cluster(1, home=Path(sys.argv[1]), warm_up=())
executor = cluster.executor()
model = executor.submit(fit, executor.place(Doubler()), 21).result(60)
print(model.value, type(model) is Doubler, model.fitted_in != os.getpid(), flush=True)
"""

_CLOSING = """
executor.close()
cluster.close()
print(psutil.Process().children(recursive=True), flush=True)
print([thread.name for thread in threading.enumerate() if not thread.daemon], flush=True)
"""

_STUCK = """
import re
def search_without_end():
    return re.match(r"(a+)+$", "a" * 60 + "b")
executor.submit(search_without_end)
print("stuck", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run_script(tmp_path, subprocess_environment):
    """Start a script in a Python of its own, in which every process bears a mark."""
    started = []

    def run(text, *options):
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(text))
        environment = subprocess_environment | {"LEPTON_TEST_MARK": uuid.uuid4().hex, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, *options, str(script), str(tmp_path / "home")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        )
        started.append(process)
        return process, environment["LEPTON_TEST_MARK"]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def marked(mark):
    """Living processes that descend from a script."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LEPTON_TEST_MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:  # it has gone, or is somebody else's
            continue
    return found


def wait_until(condition):
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_a_script_without_a_guard_sends_its_own_class_and_leaves_nothing(run_script, tmp_path):
    process, mark = run_script(_SCRIPT + _CLOSING, "-X", "dev", "-W", "error")
    output, errors = process.communicate(timeout=PATIENCE)
    assert output.splitlines() == ["script runs", "42 True True", "[]", "['MainThread']"], errors
    assert errors == ""
    wait_until(lambda: marked(mark) == [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "script.py"]


def test_a_script_that_forgets_to_close_ends_quietly_all_the_same(run_script, tmp_path):
    process, mark = run_script(_SCRIPT)
    output, errors = process.communicate(timeout=PATIENCE)
    assert output.splitlines() == ["script runs", "42 True True"]
    assert errors == ""
    assert process.returncode == 0
    wait_until(lambda: marked(mark) == [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "script.py"]


def test_a_killed_kernel_leaves_no_process_even_with_a_worker_that_is_stuck(run_script, tmp_path):
    process, mark = run_script(_SCRIPT + _STUCK)
    assert [process.stdout.readline().strip() for _ in range(3)][-1] == "stuck"
    assert len(marked(mark)) >= 3  # the kernel, the cluster and its worker
    process.kill()
    process.wait()
    wait_until(lambda: marked(mark) == [])
    with lease_cores(None, tmp_path / "home") as lease:
        assert not lease.shared


def test_closing_ends_all_that_was_started_and_frees_the_cores(tmp_path):
    children, threads = psutil.Process().children(recursive=True), set(threading.enumerate())
    handle = start_local_cluster(1, home=tmp_path, warm_up=())
    running = handle.executor().submit(time.sleep, 3600)
    handle.close()
    handle.close()
    assert isinstance(running.exception(PATIENCE), ClusterLostError)
    assert not handle.alive
    gc.collect()
    assert psutil.Process().children(recursive=True) == children
    assert {thread for thread in threading.enumerate() if not thread.daemon} <= threads
    with lease_cores(None, tmp_path) as lease:
        assert not lease.shared


def test_a_taken_port_8787_is_no_matter(tmp_path):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # another program has it already, which is as good
            taken.bind(("127.0.0.1", 8787))
            taken.listen()
        # Warnings are errors here, Dask's about the port among them.
        with start_local_cluster(1, home=tmp_path, warm_up=()) as handle:
            assert handle.executor().submit(abs, -1).result(PATIENCE) == 1


def test_starts_in_the_background_and_warms_up(tmp_path):
    starter = LocalClusterStarter(1, home=tmp_path, warm_up=("wave", "no_such_module"))
    future = starter.start_in_background()
    assert starter.start_in_background() is future
    handle = future.result(PATIENCE)
    assert handle.executor().submit(lambda: "wave" in sys.modules).result(PATIENCE)
    starter.close()
    starter.close()
    assert not handle.alive


def test_a_start_can_be_given_up(tmp_path):
    starter = LocalClusterStarter(1, home=tmp_path, warm_up=())
    future = starter.start_in_background()
    starter.close()
    assert future.cancelled()
    wait_until(lambda: not any(thread.name == "lepton-cluster-start" for thread in threading.enumerate()))
    wait_until(lambda: not any("hold_cluster" in " ".join(_command(child)) for child in psutil.Process().children()))
    with lease_cores(None, tmp_path) as lease:
        assert not lease.shared


def _command(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_one_that_was_never_started_closes(tmp_path):
    starter = LocalClusterStarter(home=tmp_path)
    starter.close()
    assert starter.start_in_background().cancelled()


def test_a_cluster_that_does_not_come_up_says_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setattr(local_cluster, "BOOTSTRAP", "raise SystemExit('no room for a cluster')")
    with pytest.raises(ClusterStartError, match=r"did not start: no room for a cluster\. Runs go on in threads"):
        start_local_cluster(1, home=tmp_path)
    future = LocalClusterStarter(1, home=tmp_path).start_in_background()
    assert isinstance(future.exception(PATIENCE), ClusterStartError)
    with lease_cores(None, tmp_path) as lease:
        assert not lease.shared


def test_no_workers_are_no_cluster(tmp_path):
    with pytest.raises(InvalidWorkerCountError):
        start_local_cluster(0, home=tmp_path)


# Tornado leaves a socket open whose TLS handshake meets the scheduler's death: one connection in a hundred here.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_scheduler_that_dies_fails_what_waits_for_it(tmp_path):
    with start_local_cluster(1, home=tmp_path, warm_up=()) as handle:
        executor = handle.executor()
        futures = [executor.submit(time.sleep, 3600) for _ in range(2)]
        handle._process.kill()
        assert [type(future.exception(PATIENCE)) for future in futures] == [ClusterLostError] * 2
    gc.collect()  # that socket here, and not in the next test
