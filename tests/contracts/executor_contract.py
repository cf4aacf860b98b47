"""What every executor must do; a new one begins by inheriting `ExecutorContract`."""

from __future__ import annotations

import gc
import os
import time
import weakref
from concurrent.futures import CancelledError, wait

import numpy as np
import pytest

from lepton_jupyter.exceptions.execution_errors import ExecutorClosedError
from lepton_jupyter.execution.deadline import Deadline

#: A wait that takes this long has failed; none should come near.
PATIENCE = 60.0


def wait_for_file(path):
    """Wait until a call, maybe in another process, has made a file."""
    give_up = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < give_up, f"nobody made {path.name}"
        time.sleep(0.002)


def add(first, second):
    return first + second


def fail_with(error):
    raise error


def hold(folder, number):
    """Say that the call has begun, and return when the folder is opened: whether it was open from the start."""
    was_open = (folder / "open").exists()
    (folder / f"begun-{number}").touch()
    wait_for_file(folder / "open")
    return was_open


def note(folder, number):
    with (folder / "notes").open("a") as file:
        file.write(f"{number}\n")


def go_on_until_told(folder):
    """A cooperative call: it looks at its deadline, and tells when that has passed."""
    deadline = Deadline.after(PATIENCE)
    (folder / "begun").touch()
    while not deadline.passed():
        time.sleep(0.002)
    (folder / "told").touch()
    return os.getpid()


def total(table):
    return float(np.sum(table.values))


class CountedTable:
    """A value that counts how often this process pickles it."""

    n_pickled = 0

    def __init__(self, values):
        self.values = values

    def __getstate__(self):
        type(self).n_pickled += 1
        return {"values": self.values}

    def __setstate__(self, state):
        self.__dict__.update(state)


class UnlikelyError(Exception):
    """An error with an attribute of its own."""

    def __init__(self, message, figure):
        super().__init__(message, figure)
        self.figure = figure


class ExecutorContract:
    """Inherit, and give a fixture `executor` that makes a fresh one and closes it."""

    #: Whether calls run beside the thread that submits them.
    concurrent = True
    #: How often a value may be pickled when it is placed and then used four times.
    n_pickled = 0

    def needs_concurrency(self):
        if not self.concurrent:
            pytest.skip("calls run within submit")

    def test_gives_the_result(self, executor):
        assert executor.submit(add, 2, 3).result(PATIENCE) == 5

    def test_raises_what_the_call_raised(self, executor):
        future = executor.submit(fail_with, KeyError("age"))
        with pytest.raises(KeyError, match="age"):
            future.result(PATIENCE)
        error = executor.submit(fail_with, UnlikelyError("no", 7)).exception(PATIENCE)
        assert type(error) is UnlikelyError
        assert error.args == ("no", 7)
        assert error.figure == 7

    def test_goes_on_after_an_exit_in_a_call(self, executor):
        self.needs_concurrency()
        assert isinstance(executor.submit(fail_with, SystemExit(3)).exception(PATIENCE), SystemExit)
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2

    def test_resources_can_be_worked_with(self, executor):
        resources = executor.resources
        assert resources.n_workers >= 1
        assert resources.memory_bytes > 0

    def test_runs_as_many_at_once_as_it_says_and_no_more(self, executor, tmp_path):
        self.needs_concurrency()
        n_workers = executor.resources.n_workers
        held = [executor.submit(hold, tmp_path, number) for number in range(n_workers)]
        # The test would wait forever here, were fewer to run at once.
        for number in range(n_workers):
            wait_for_file(tmp_path / f"begun-{number}")
        further = [executor.submit(hold, tmp_path, n_workers + number) for number in range(n_workers)]
        (tmp_path / "open").touch()
        assert [future.result(PATIENCE) for future in held] == [False] * n_workers
        assert [future.result(PATIENCE) for future in further] == [True] * n_workers

    def test_first_come_first_served(self, executor, tmp_path):
        n_held = executor.resources.n_workers - 1 if self.concurrent else 0
        held = [executor.submit(hold, tmp_path, number) for number in range(n_held)]
        for number in range(n_held):
            wait_for_file(tmp_path / f"begun-{number}")
        wait([executor.submit(note, tmp_path, number) for number in range(6)], PATIENCE)
        (tmp_path / "open").touch()
        wait(held, PATIENCE)
        assert (tmp_path / "notes").read_text().split() == list("012345")

    def test_a_placed_value_arrives_as_the_value(self, executor):
        placed = executor.place(np.arange(5.0))
        assert executor.submit(np.sum, placed).result(PATIENCE) == 10.0
        assert executor.submit(add, placed, placed).result(PATIENCE).tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]

    def test_lists_and_dicts_are_placed_whole(self, executor):
        assert executor.submit(add, executor.place([1, 2]), [3]).result(PATIENCE) == [1, 2, 3]
        assert executor.submit(len, executor.place({"a": 1, "b": 2})).result(PATIENCE) == 2

    def test_a_value_is_placed_once(self, executor):
        CountedTable.n_pickled = 0
        placed = executor.place(CountedTable(np.arange(1000.0)))
        futures = [executor.submit(total, placed) for _ in range(4)]
        assert [future.result(PATIENCE) for future in futures] == [499500.0] * 4
        assert CountedTable.n_pickled == self.n_pickled

    def test_a_waiting_call_is_cancelled_and_never_runs(self, executor, tmp_path):
        self.needs_concurrency()
        n_workers = executor.resources.n_workers
        held = [executor.submit(hold, tmp_path, number) for number in range(n_workers)]
        unwanted = executor.submit(note, tmp_path, 0)
        executor.cancel(unwanted)
        with pytest.raises(CancelledError):
            unwanted.result(PATIENCE)
        (tmp_path / "open").touch()
        wait(held, PATIENCE)
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2
        assert not (tmp_path / "notes").exists()

    def test_a_running_call_is_told_to_stop(self, executor, tmp_path):
        self.needs_concurrency()
        future = executor.submit(go_on_until_told, tmp_path)
        wait_for_file(tmp_path / "begun")
        executor.cancel(future)
        assert wait([future], PATIENCE).not_done == set()
        assert future.cancelled()
        wait_for_file(tmp_path / "told")
        assert executor.submit(add, 1, 1).result(PATIENCE) == 2

    def test_a_call_within_its_limit_is_left_alone(self, executor):
        assert executor.submit(add, 1, 1, limit_seconds=PATIENCE).result(PATIENCE) == 2

    def test_cancelling_what_is_done_changes_nothing(self, executor):
        future = executor.submit(add, 1, 1)
        assert future.result(PATIENCE) == 2
        executor.cancel(future)
        assert future.result() == 2

    def test_a_result_goes_with_its_future_before_the_collector_comes_by(self, executor):
        gc.collect()
        gc.disable()
        try:
            results = [weakref.ref(executor.submit(np.zeros, 3).result(PATIENCE)) for _ in range(4)]
            # Whoever did it has begun another call since, so that nothing of the first is on its stack.
            wait([executor.submit(abs, -1) for _ in range(4)], PATIENCE)
            give_up = time.monotonic() + 5
            while any(each() is not None for each in results) and time.monotonic() < give_up:
                time.sleep(0.01)
            assert [each() for each in results] == [None] * 4
        finally:
            gc.enable()

    def test_closes_twice(self, executor):
        executor.close()
        executor.close()

    def test_takes_nothing_after_its_end(self, executor):
        executor.close()
        with pytest.raises(ExecutorClosedError, match="closed and takes no more calls"):
            executor.submit(add, 1, 1)

    def test_closing_cancels_what_runs_and_what_waits(self, executor, tmp_path):
        self.needs_concurrency()
        futures = [executor.submit(go_on_until_told, tmp_path) for _ in range(executor.resources.n_workers + 2)]
        wait_for_file(tmp_path / "begun")
        executor.close()
        assert wait(futures, PATIENCE).not_done == set()
        assert all(future.cancelled() for future in futures)
        wait_for_file(tmp_path / "told")
