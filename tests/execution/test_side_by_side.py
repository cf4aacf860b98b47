from __future__ import annotations

import threading

import pytest

from lepton_jupyter.execution import side_by_side as module
from lepton_jupyter.execution.side_by_side import side_by_side


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(module, "usable_cores", lambda: [0, 1])


def test_calls_overlap_and_keep_their_order():
    both = threading.Barrier(2)

    def meet(number: int) -> int:
        both.wait(10)  # breaks unless two are here at once
        return -number

    assert side_by_side(meet, [1, 2]) == [-1, -2]


@pytest.mark.parametrize(("things", "most_threads"), [([1, 2, 3], 1), ([1], 9), ([], 9)])
def test_one_at_a_time_stays_on_the_thread_of_the_caller(things, most_threads):
    threads = side_by_side(lambda _: threading.current_thread(), things, most_threads=most_threads)
    assert threads == [threading.current_thread()] * len(things)


def test_the_first_error_in_order_is_raised():
    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="7"):
        side_by_side(fail, [7, 8])
