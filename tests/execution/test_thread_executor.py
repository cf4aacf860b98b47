from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import wait

import numpy as np
import pytest
from contracts.executor_contract import PATIENCE, ExecutorContract
from threadpoolctl import threadpool_info

from lepton_jupyter.exceptions.execution_errors import InvalidWorkerCountError
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.thread_executor import ThreadExecutor


def native_limits(api):
    return {library["filepath"]: library["num_threads"] for library in threadpool_info() if library["user_api"] == api}


class TestThreadExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self):
        executor = ThreadExecutor(2)
        yield executor
        executor.close()

    def test_refuses_to_have_no_workers(self):
        with pytest.raises(InvalidWorkerCountError, match="0 workers"):
            ThreadExecutor(0)

    def test_a_call_may_count_on_a_quarter_of_the_free_memory(self, executor):
        assert 0 < executor.resources.memory_bytes <= free_memory() / 4 + 2**28
        assert executor.resources.kind == "threads"

    def test_its_threads_are_daemons_and_gone_when_it_is_closed(self):
        before = set(threading.enumerate())
        executor = ThreadExecutor(3)
        started = set(threading.enumerate()) - before
        assert len(started) == 3
        assert all(thread.daemon for thread in started)
        executor.close()
        assert not any(thread.is_alive() for thread in started)

    def test_one_that_is_forgotten_finishes_what_it_was_given_and_ends_its_threads(self):
        executor = ThreadExecutor(1)
        thread = next(thread for thread in threading.enumerate() if thread.name == "lepton-worker-0")
        gate = threading.Event()
        futures = [executor.submit(gate.wait, PATIENCE), executor.submit(abs, -1)]
        del executor
        gc.collect()
        gate.set()
        assert [future.result(PATIENCE) for future in futures] == [True, 1]
        thread.join(PATIENCE)
        assert not thread.is_alive()

    def test_a_result_is_not_kept_alive_by_the_thread_that_made_it(self, executor):
        class Value:
            pass

        values = [weakref.ref(executor.submit(Value).result(PATIENCE)) for _ in range(2)]
        # Each thread has begun another call since, so that nothing of the first can be on its stack.
        wait([executor.submit(abs, -1) for _ in range(4)], PATIENCE)
        executor.close()
        gc.collect()
        assert [value() for value in values] == [None, None]

    def test_native_code_runs_on_one_thread_while_it_is_open(self):
        import sklearn.ensemble  # noqa: F401 -- brings OpenMP into the process

        np.ones((2, 2)) @ np.ones((2, 2))
        before = native_limits("blas")
        assert before
        executor, other = ThreadExecutor(1), ThreadExecutor(1)
        assert set(executor.submit(native_limits, "blas").result(PATIENCE).values()) == {1}
        assert set(executor.submit(native_limits, "openmp").result(PATIENCE).values()) == {1}
        executor.close()
        assert set(native_limits("blas").values()) == {1}
        other.close()
        assert {path: native_limits("blas")[path] for path in before} == before

    def test_a_call_may_submit_another_and_close_the_executor(self):
        executor = ThreadExecutor(2)

        def submit_and_close():
            value = executor.submit(abs, -3).result(PATIENCE)
            executor.close()
            return value

        done = threading.Event()
        future = executor.submit(submit_and_close)
        future.add_done_callback(lambda _: done.set())
        assert done.wait(PATIENCE)
        assert future.cancelled()
