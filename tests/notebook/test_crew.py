"""A run never waits for processes: it begins in threads and moves when each process answers."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from lepton_jupyter.notebook.kernel_cluster import KernelCluster

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = KernelCluster(tmp_path_factory.mktemp("cores"))
    yield cluster
    cluster.close()


def close(crew):
    crew.executor.close()
    if crew.better is not None:
        better = crew.better.result(120)
        if better is not None:
            better.close()


def test_without_a_cluster_threads_work_and_nobody_better_comes(cluster):
    crew = cluster.crew(2)
    assert crew.executor.resources.kind == "threads"
    assert crew.executor.resources.n_workers == 2
    assert crew.better is None
    close(crew)


def test_while_a_cluster_starts_threads_work_and_its_processes_are_on_their_way(cluster):
    started = cluster.start_local(2)
    crew = cluster.crew()
    assert crew.executor.resources.kind == "threads"
    better = crew.better.result(120)
    assert started.done()
    assert better.resources.kind == "processes"
    close(crew)


def test_processes_that_answer_work_at_once(cluster):
    crew = cluster.crew()  # warm since the test before
    if crew.better is not None:  # a machine so busy that they did not answer in time
        assert crew.better.result(120) is not None
    else:
        assert crew.executor.resources.kind == "processes"
    close(crew)


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process by a signal")
def test_processes_that_were_ended_are_waited_for_in_threads(cluster):
    crew = cluster.crew()
    executor = crew.executor if crew.better is None else crew.better.result(120)
    ended = {executor.submit(os.getpid).result(60) for _ in range(2)}
    for process in ended:
        os.kill(process, signal.SIGKILL)
    close(crew)
    crew = cluster.crew()
    assert crew.executor.resources.kind == "threads"
    better = crew.better.result(120)
    assert better.submit(os.getpid).result(60) not in ended
    close(crew)


def test_a_cluster_that_cannot_be_had_is_not_waited_for(tmp_path):
    cluster = KernelCluster(tmp_path)
    cluster.start_local(1)
    crew = cluster.crew()
    cluster.close()
    assert crew.better.result(120) is None
    close(crew)
