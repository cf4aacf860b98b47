import threading
import time

from lepton_jupyter.execution.cpu_clock import own_cpu_clock
from lepton_jupyter.execution.thread_executor import ThreadExecutor


def busy(seconds):
    """CPU seconds by the clock of the call, and of its thread."""
    clock, thread = own_cpu_clock(), time.thread_time()
    began = clock()
    while time.thread_time() - thread < seconds:
        pass
    return clock() - began


def test_calls_that_share_a_process_are_told_apart():
    executor = ThreadExecutor(2)
    try:
        other = executor.submit(busy, 0.3)
        mine = executor.submit(busy, 0.05)
        assert mine.result() < 0.2 < other.result()
    finally:
        executor.close()


def test_waiting_takes_no_core():
    clock = own_cpu_clock()
    began = clock()
    threading.Event().wait(0.2)
    assert clock() - began < 0.1
