from __future__ import annotations

import pytest
from contracts.executor_contract import ExecutorContract, fail_with

from lepton_jupyter.execution.serial_executor import SerialExecutor


class TestSerialExecutor(ExecutorContract):
    concurrent = False

    @pytest.fixture
    def executor(self):
        executor = SerialExecutor()
        yield executor
        executor.close()

    def test_an_interrupt_is_raised_where_the_call_was_submitted(self, executor):
        with pytest.raises(KeyboardInterrupt):
            executor.submit(fail_with, KeyboardInterrupt())

    def test_is_one_worker_that_nobody_can_interrupt(self, executor):
        assert executor.resources.kind == "serial"
        assert executor.resources.n_workers == 1
        assert not executor.resources.interruptible
