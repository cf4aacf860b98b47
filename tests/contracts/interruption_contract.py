"""What an executor must do that says it can end calls; beside `executor_contract.ExecutorContract`."""

from __future__ import annotations

import ctypes
import os
import re
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from contracts.executor_contract import PATIENCE, add, wait_for_file

from lepton_jupyter.exceptions.execution_errors import TaskOverranError, WorkerLostError
from lepton_jupyter.execution.deadline import Deadline


def wait_until(condition):
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.002)


def search_without_end():
    # Backtracks for longer than anyone waits, in C, holding on to the interpreter.
    return re.match(r"(a+)+$", "a" * 60 + "b")


def sleep_holding_on(folder):
    (folder / "begun").touch()
    # PyDLL, other than CDLL, calls without letting go of the interpreter.
    ctypes.PyDLL(None).sleep(3600)


def sleep_heedlessly():
    time.sleep(3600)


def allocate_without_end():
    taken = []
    while True:
        taken.append(np.ones(1_000_000))


def die():
    os._exit(3)


def begin_and_wait(folder, pid_file):
    unfinished = folder / f"{pid_file}.unfinished"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(folder / pid_file)
    wait_for_file(folder / "open")
    return os.getpid()


def work_until_deadline(seconds):
    deadline = Deadline.after(seconds)
    while not deadline.passed():
        time.sleep(0.002)
    return os.getpid()


def meet(n_workers, folder):
    """Process that runs this call, once as many run as there are workers."""
    (folder / str(os.getpid())).touch()
    give_up = time.monotonic() + PATIENCE
    while len(list(folder.iterdir())) < n_workers:
        assert time.monotonic() < give_up
        time.sleep(0.002)
    return os.getpid()


def pids_of(executor):
    """Processes of all workers."""

    with tempfile.TemporaryDirectory() as folder:
        n_workers = executor.resources.n_workers
        futures = [executor.submit(meet, n_workers, Path(folder)) for _ in range(n_workers)]
        return {future.result(PATIENCE) for future in futures}


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def running(pids):
    return {pid for pid in pids if is_running(pid)}


class InterruptionContract:
    """Inherit beside `ExecutorContract`, with the same fixture `executor`."""

    def test_native_code_that_never_returns_is_ended_and_others_go_on(self, executor, tmp_path):
        other = executor.submit(begin_and_wait, tmp_path, "other")
        wait_for_file(tmp_path / "other")
        stuck = executor.submit(search_without_end, limit_seconds=0.3)
        with pytest.raises(TaskOverranError, match=r"search_without_end did not return within its limit of 0.3 s"):
            stuck.result(PATIENCE)
        (tmp_path / "open").touch()
        assert other.result(PATIENCE) == int((tmp_path / "other").read_text())
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2

    def test_a_call_that_sleeps_past_its_limit_loses_its_process(self, executor):
        before = pids_of(executor)
        with pytest.raises(TaskOverranError):
            executor.submit(sleep_heedlessly, limit_seconds=0.1).result(PATIENCE)
        wait_until(lambda: len(before & running(before)) == len(before) - 1)

    def test_a_cooperative_call_meets_its_limit_and_keeps_its_process(self, executor):
        pid = executor.submit(work_until_deadline, 0.2, limit_seconds=0.2).result(PATIENCE)
        assert psutil.pid_exists(pid)

    def test_a_cancelled_call_that_does_not_listen_loses_its_process(self, executor, tmp_path):
        before = pids_of(executor)
        future = executor.submit(sleep_holding_on, tmp_path)
        wait_for_file(tmp_path / "begun")
        executor.cancel(future)
        assert future.cancelled()
        wait_until(lambda: len(before & running(before)) == len(before) - 1)
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2

    def test_a_worker_that_dies_fails_its_call_and_no_other(self, executor, tmp_path):
        other = executor.submit(begin_and_wait, tmp_path, "other")
        wait_for_file(tmp_path / "other")
        with pytest.raises(WorkerLostError, match="died while it ran die"):
            executor.submit(die).result(PATIENCE)
        waiting = executor.submit(add, 1, 1)
        (tmp_path / "open").touch()
        assert other.result(PATIENCE) == int((tmp_path / "other").read_text())
        assert waiting.result(PATIENCE) == 2

    def test_a_worker_that_is_killed_from_outside_fails_its_call(self, executor, tmp_path):
        future = executor.submit(begin_and_wait, tmp_path, "victim")
        wait_for_file(tmp_path / "victim")
        psutil.Process(int((tmp_path / "victim").read_text())).kill()
        with pytest.raises(WorkerLostError):
            future.result(PATIENCE)

    def test_as_many_workers_come_back_as_were_lost(self, executor):
        n_workers = executor.resources.n_workers
        for future in [executor.submit(die) for _ in range(n_workers)]:
            assert isinstance(future.exception(PATIENCE), WorkerLostError)
        assert executor.resources.n_workers == n_workers
        assert len(pids_of(executor)) == n_workers
