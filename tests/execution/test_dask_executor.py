from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from contracts.executor_contract import PATIENCE, ExecutorContract, add, wait_for_file
from contracts.interruption_contract import InterruptionContract, allocate_without_end, begin_and_wait, die

from lepton_jupyter.exceptions.execution_errors import (
    PlacementError,
    UnpicklableCallError,
    WorkerLostError,
)
from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.local_cluster import start_local_cluster
from lepton_jupyter.execution.user_cluster import connect

pytestmark = pytest.mark.cluster

# Small, so that the test that takes too much is soon done; an idle worker has about 110 MB.
_MEMORY_LIMIT = 800_000_000


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    for name in ("PYTHONHASHSEED", "MALLOC_TRIM_THRESHOLD_"):  # a plain LocalCluster of another test leaves them here
        os.environ.pop(name, None)
    with start_local_cluster(2, home=tmp_path_factory.mktemp("home"), memory_limit=_MEMORY_LIMIT, warm_up=()) as handle:
        yield handle


@pytest.fixture(scope="module")
def connection(cluster):
    """The same cluster, as somebody sees it who has only its address."""
    with connect(cluster.address, security=cluster.client.security) as handle:
        yield handle


class TestDaskExecutorOnThisMachine(ExecutorContract, InterruptionContract):
    n_pickled = 1

    @pytest.fixture
    def executor(self, cluster):
        executor = cluster.executor()
        yield executor
        executor.close()

    def test_can_end_its_calls_and_knows_their_memory(self, executor):
        assert executor.resources.kind == "processes"
        assert executor.resources.interruptible
        assert 0.5 * _MEMORY_LIMIT < executor.resources.memory_bytes < _MEMORY_LIMIT

    def test_a_call_that_takes_too_much_memory_is_told_so(self, executor):
        with pytest.raises(WorkerLostError, match=r"allocate_without_end used .* of memory of the 0.8 GB it may use"):
            executor.submit(allocate_without_end).result(PATIENCE)
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2

    def test_what_cannot_travel_is_one_sentence(self, executor):
        lock = threading.Lock()
        with pytest.raises(UnpicklableCallError, match="cannot be sent to another process"):
            executor.submit(add, lock, 1).result(PATIENCE)
        with pytest.raises(UnpicklableCallError, match="cannot be sent back from its process"):
            executor.submit(threading.Lock).result(PATIENCE)

    def test_an_error_that_cannot_travel_keeps_its_words(self, executor):
        def fail():
            class HeldError(Exception):
                pass

            error = HeldError("too hot")
            error.lock = threading.Lock()
            raise error

        with pytest.raises(RuntimeError, match="HeldError: too hot"):
            executor.submit(fail).result(PATIENCE)

    def test_an_error_brings_the_traceback_of_the_worker(self, executor):
        error = executor.submit(lambda: {}["age"]).exception(PATIENCE)
        assert isinstance(error, KeyError)
        assert "in <lambda>" in error.__notes__[0]

    def test_arrays_of_a_result_can_be_written_to(self, executor):
        array = executor.submit(np.ones, 100_000).result(PATIENCE)
        array[0] = 2.0
        assert array.sum() == 100_001.0

    def test_placed_arrays_are_mapped_from_one_file_and_shared_by_calls(self, executor):
        def identity_and_flags(array):
            return id(array), os.getpid(), array.flags.writeable

        placed = executor.place(np.zeros(10_000))
        seen = {executor.submit(identity_and_flags, placed).result(PATIENCE) for _ in range(4)}
        assert {writeable for _, _, writeable in seen} == {False}
        assert len({pid for _, pid, _ in seen}) == len(seen)

    def test_the_files_of_an_executor_go_with_it(self, executor):
        placed = executor.place(np.zeros(10))
        assert Path(placed.reference.path).exists()
        executor.close()
        assert not Path(placed.reference.path).parent.exists()

    def test_executors_of_one_cluster_share_its_workers(self, executor, cluster, tmp_path):
        n_workers = executor.resources.n_workers
        other = cluster.executor()
        held = [executor.submit(begin_and_wait, tmp_path, str(number)) for number in range(n_workers)]
        waiting = other.submit(os.getpid)
        for number in range(n_workers):
            wait_for_file(tmp_path / str(number))
        assert not waiting.done()
        executor.close()
        assert all(future.cancelled() for future in held)
        assert waiting.result(PATIENCE) > 0
        other.close()

    def test_folders_added_to_the_import_path_reach_the_workers(self, executor, tmp_path, monkeypatch):
        (tmp_path / "freshly_written_features.py").write_text("def double(x):\n    return 2 * x\n")
        monkeypatch.syspath_prepend(tmp_path)
        import freshly_written_features

        assert executor.submit(freshly_written_features.double, 4).result(PATIENCE) == 8

    def test_calls_know_that_they_run_on_a_worker(self, executor):
        assert executor.submit(inside_worker).result(PATIENCE)

    def test_native_code_runs_on_one_thread(self, executor):
        assert executor.submit(os.getenv, "OMP_NUM_THREADS").result(PATIENCE) == "1"

    def test_the_kernel_keeps_its_own_environment(self, cluster):
        assert os.environ.get("PYTHONHASHSEED") != "6640"
        assert "MALLOC_TRIM_THRESHOLD_" not in os.environ

    def test_listens_on_the_loopback_only_and_not_on_the_port_of_others(self, cluster):
        listening = [
            connection.laddr
            for process in psutil.Process().children(recursive=True)
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
        assert len(listening) >= 3  # the scheduler and two workers at least
        assert {address.ip for address in listening} == {"127.0.0.1"}
        assert 8787 not in {address.port for address in listening}


class TestDaskExecutorElsewhere(ExecutorContract, InterruptionContract):
    n_pickled = 1

    @pytest.fixture
    def executor(self, connection):
        executor = connection.executor()
        yield executor
        executor.close()

    def test_is_a_cluster(self, executor):
        assert executor.resources.kind == "cluster"
        assert executor.resources.n_workers == 2

    def test_values_outlive_the_workers_that_held_them(self, executor):
        placed = executor.place(np.arange(4.0))
        for future in [executor.submit(die) for _ in range(2)]:
            assert isinstance(future.exception(PATIENCE), WorkerLostError)
        assert executor.submit(np.sum, placed).result(PATIENCE) == 6.0

    @pytest.mark.parametrize("n_failures", [0, 3])
    def test_a_lost_call_fails_at_once_whatever_failures_the_cluster_allows(
        self, executor, cluster, tmp_path, n_failures
    ):
        def allow(n_failures, dask_scheduler=None):
            dask_scheduler.allowed_failures = n_failures

        def die_once(folder):
            if (folder / "died").exists():
                return "ran twice"
            (folder / "died").touch()
            os._exit(3)

        cluster.client.run_on_scheduler(allow, n_failures)
        try:
            with pytest.raises(WorkerLostError):
                executor.submit(die_once, tmp_path).result(PATIENCE)
        finally:
            cluster.client.run_on_scheduler(allow, 3)


def test_a_full_disk_is_said_when_a_value_is_placed(cluster, monkeypatch):
    executor = cluster.executor()
    executor._folder.close()
    with pytest.raises(PlacementError, match="could not be written for the workers"):
        executor.place(np.zeros(10))
    executor.close()
