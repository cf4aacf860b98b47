"""Runs beside each other get fair parts of the workers, and a runner keeps to its part."""

from __future__ import annotations

from automl.test_runner import Bench
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.automl.decisions import ResourcesChanged
from lepton_jupyter.automl.standing import ALONE, Standing
from lepton_jupyter.events.run_events import ExecutorChanged
from lepton_jupyter.execution.executor import Resources


@given(n_workers=st.integers(1, 64), n_runs=st.integers(1, 12))
def test_parts_are_fair_and_use_every_worker_once(n_workers, n_runs):
    names = [str(each) for each in range(n_runs)]
    parts = [
        Standing(shares_with=tuple(other for other in names if other != name), place=place).part_of(n_workers)
        for place, name in enumerate(names)
    ]
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)
    assert sum(parts) == max(n_workers, n_runs)


def test_alone_everything_is_there():
    resources = Resources("threads", 4, 10**9, interruptible=False)
    assert ALONE.share_of(resources) is resources
    assert Standing(shares_with=("b",)).share_of(resources).n_workers == 2


def shared(bench, n_workers, others):
    part = Resources(bench.resources.kind, n_workers, 10**9, interruptible=True)
    bench.tell(ResourcesChanged(resources=part, more_expected=False, n_shared=4, shared_with=others))


def test_a_runner_that_must_share_starts_nothing_until_its_part_is_free():
    bench = Bench(seconds=60.0, n_workers=4, n_folds=4)
    bench.start()
    assert len(bench.in_flight) == 4
    shared(bench, 2, ("b",))
    assert len(bench.in_flight) == 4  # folds in flight go on
    bench.measure()
    bench.measure()
    assert len(bench.in_flight) == 2
    in_flight = [len(bench.in_flight) for _ in range(12) if bench.measure()]
    assert max(in_flight) == 2
    shared(bench, 4, ())
    assert max(len(bench.in_flight) for _ in range(12) if bench.measure()) == 4


def test_what_it_shares_and_with_whom_is_announced_once():
    bench = Bench(seconds=60.0, n_workers=4)
    bench.start()
    shared(bench, 2, ("b",))
    shared(bench, 2, ("b",))
    shared(bench, 2, ("c",))
    told = [(event.n_workers, event.n_shared, event.shared_with) for event in bench.of(ExecutorChanged)]
    assert told == [(2, 4, ("b",)), (2, 4, ("c",))]


def test_two_runners_side_by_side_have_no_more_in_flight_than_there_are_workers():
    first, second = (Bench(trials=12, n_workers=4, n_folds=3) for _ in range(2))
    for bench, others in ((first, ("second",)), (second, ("first",))):
        bench.start()
        shared(bench, 2, others)
    while len(first.in_flight) > 2:
        first.measure()
    while len(second.in_flight) > 2:
        second.measure()
    together = []
    for turn in range(20):
        bench = (first, second)[turn % 2]
        bench.measure()
        if bench.combining:
            bench.combined()
        assert max(len(first.in_flight), len(second.in_flight)) <= 2
        together.append(len(first.in_flight) + len(second.in_flight))
    assert max(together) == 4
