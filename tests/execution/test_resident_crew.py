from __future__ import annotations

import os
import signal
import time

import pytest
from contracts.executor_contract import PATIENCE

from lepton_jupyter.execution.local_cluster import start_local_cluster
from lepton_jupyter.execution.resident_crew import ResidentCrew

pytestmark = pytest.mark.cluster


class Counter:
    def __init__(self, seat):
        self.seat, self.n_heard = seat, 0

    def hear(self, told):
        if told == "raise":
            raise ValueError(told)
        self.n_heard += 1
        return self.seat, told, self.n_heard, os.getpid()

    def leave(self):
        pass


def until(crew, holds):
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        answers = crew.ask(lambda seat: seat)
        if holds(answers):
            return answers
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with start_local_cluster(2, home=tmp_path_factory.mktemp("home"), warm_up=()) as handle:
        if handle.n_workers < 2:
            pytest.skip("one core: one worker")
        yield handle


def test_each_seat_has_a_process_of_its_own_and_keeps_it(cluster):
    crew = ResidentCrew(cluster.client, Counter, 2)
    first = until(crew, lambda answers: len(answers) == 2)
    second = crew.ask(lambda seat: f"told {seat}")
    assert {seat: each[:2] for seat, each in first.items()} == {0: (0, 0), 1: (1, 1)}
    assert {seat: each[:2] for seat, each in second.items()} == {0: (0, "told 0"), 1: (1, "told 1")}
    assert [second[seat][2] - first[seat][2] for seat in (0, 1)] == [1, 1]
    assert [second[seat][3] == first[seat][3] for seat in (0, 1)] == [True, True]
    assert len({each[3] for each in first.values()}) == 2
    assert isinstance(crew.ask(lambda _: "raise")[0], ValueError)
    crew.dismiss()
    assert crew.places == {}


def test_what_died_is_placed_anew_and_begins_anew(cluster):
    crew = ResidentCrew(cluster.client, Counter, 2)
    process = until(crew, lambda answers: len(answers) == 2)[1][3]
    until(crew, lambda answers: answers[0][2] >= 3)
    os.kill(process, signal.SIGKILL)
    lost = []
    again = until(crew, lambda answers: lost.extend(crew.lost) or (len(answers) == 2 and answers[1][3] != process))
    assert lost == [1]
    assert again[1][2] < again[0][2]
    crew.dismiss()


def test_more_seats_than_workers_stay_free(cluster):
    crew = ResidentCrew(cluster.client, Counter, 3)
    until(crew, lambda answers: len(answers) == 2)
    assert len(crew.ask(lambda _: None)) == 2
    crew.dismiss()


def test_what_cannot_be_made_is_said_in_place_of_an_answer(cluster):
    def broken(seat):
        raise LookupError(seat)

    crew = ResidentCrew(cluster.client, broken, 1)
    assert isinstance(until(crew, len)[0], LookupError)
    crew.dismiss()


def test_a_cluster_that_is_gone_is_waited_for_and_let_go_of(tmp_path):
    with start_local_cluster(1, home=tmp_path, warm_up=()) as handle:
        crew = ResidentCrew(handle.client, Counter, 1)
        until(crew, lambda answers: len(answers) == 1)
    assert crew.ask(lambda _: None) == {}
    assert crew.workers() == []
    crew.dismiss()
    assert crew.places == {}
