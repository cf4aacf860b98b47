"""The log in memory: order, times, subscribers, threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lepton_jupyter.events.run_events import BudgetExtended, StopRequested, WarningRaised
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_reading import read_log

_LONG = 30.0


class _Clock:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


def test_events_are_numbered_dated_and_timed():
    clock = _Clock()
    zone = timezone(timedelta(hours=2))
    log = EventLog(clock=clock, now=lambda: datetime(2026, 11, 23, 16, 32, 7, 120_000, tzinfo=zone))
    clock.seconds += 1.5
    first = log.append(BudgetExtended(seconds=1.0))
    clock.seconds += 1.0
    second = log.append(BudgetExtended(seconds=2.0))
    assert (first.sequence, first.at, first.elapsed_seconds) == (0, "2026-11-23T14:32:07.120Z", 1.5)
    assert (second.sequence, second.elapsed_seconds) == (1, 2.5)
    assert log.events() == (first, second)
    assert log.since(-1) == (first, second)
    assert log.since(0) == (second,)
    assert log.since(1) == ()
    assert len(log) == 2


def test_running_time_goes_on_after_a_resume(tmp_path):
    clock = _Clock()
    log = EventLog(tmp_path / "log", clock=clock)
    clock.seconds += 7.0
    log.append(BudgetExtended(seconds=1.0))
    log.close()
    clock.seconds += 3600.0
    resumed = EventLog.open(tmp_path / "log", clock=clock)
    assert resumed.elapsed_seconds() == 7.0
    clock.seconds += 2.0
    again = resumed.append(BudgetExtended(seconds=2.0))
    assert (again.sequence, again.elapsed_seconds) == (1, 9.0)
    resumed.close()
    assert [each.elapsed_seconds for each in read_log(tmp_path / "log").events] == [7.0, 9.0]


def test_subscribers_hear_each_event_once_in_order_until_they_unsubscribe():
    log = EventLog()
    heard = []
    log.subscribe(lambda logged: heard.append(("first", logged.sequence)))
    leave = log.subscribe(lambda logged: heard.append(("second", logged.sequence)))
    log.append(BudgetExtended(seconds=1.0))
    leave()
    leave()
    log.append(BudgetExtended(seconds=1.0))
    assert heard == [("first", 0), ("second", 0), ("first", 1)]


def test_a_subscriber_that_raises_is_dropped_with_a_warning_and_the_others_hear_all():
    log = EventLog()
    heard = []

    def broken(logged):
        raise ZeroDivisionError("https://user:secret@tracker")

    log.subscribe(broken)
    log.subscribe(heard.append)
    log.append(BudgetExtended(seconds=1.0))
    log.append(BudgetExtended(seconds=2.0))
    assert heard == list(log.events())
    assert [each.event for each in heard] == [
        BudgetExtended(seconds=1.0),
        WarningRaised(
            text="test_a_subscriber_that_raises_is_dropped_with_a_warning_and_the_others_hear_all.<locals>.broken "
            "raised ZeroDivisionError and is told nothing more of this run."
        ),
        BudgetExtended(seconds=2.0),
    ]


def test_a_subscriber_that_appends_is_heard_after_all_have_heard_what_it_answers():
    log = EventLog()
    heard = []

    def answer(logged):
        if isinstance(logged.event, BudgetExtended):
            log.append(StopRequested(source="python"))

    log.subscribe(answer)
    log.subscribe(heard.append)
    log.append(BudgetExtended(seconds=1.0))
    assert [each.sequence for each in heard] == [0, 1]


def test_many_threads_append_and_every_subscriber_hears_one_order(tmp_path):
    log = EventLog(tmp_path / "log")
    heard = []
    log.subscribe(heard.append)
    together = threading.Barrier(8, timeout=_LONG)

    def append(worker):
        together.wait()
        for number in range(50):
            log.append(WarningRaised(text=f"{worker} {number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(8)))
    # Whoever still calls subscribers for another has ended with its thread: none is left here.
    assert [each.sequence for each in heard] == list(range(400))
    assert heard == list(log.events())
    for worker in range(8):
        mine = [each.event.text for each in heard if each.event.text.startswith(f"{worker} ")]
        assert mine == [f"{worker} {number}" for number in range(50)]
    log.close()
    assert [each.event for each in read_log(tmp_path / "log").events] == [each.event for each in heard]


def test_a_slow_subscriber_keeps_no_other_thread_from_appending():
    log = EventLog()
    inside, go_on = threading.Event(), threading.Event()

    def slow(logged):
        inside.set()
        assert go_on.wait(_LONG)

    log.subscribe(slow)
    thread = threading.Thread(target=log.append, args=(BudgetExtended(seconds=1.0),))
    thread.start()
    assert inside.wait(_LONG)
    assert log.append(BudgetExtended(seconds=2.0)).sequence == 1
    assert len(log.events()) == 2
    go_on.set()
    thread.join(_LONG)
    assert not thread.is_alive()


def test_an_event_that_cannot_be_written_is_its_senders_error_and_changes_nothing(tmp_path):
    log = EventLog(tmp_path / "log")
    log.append(BudgetExtended(seconds=1.0))
    with pytest.raises(ValueError, match="could not convert"):
        log.append(BudgetExtended(seconds="soon"))
    assert log.append(BudgetExtended(seconds=2.0)).sequence == 1
    log.close()
    assert len(read_log(tmp_path / "log").events) == 2


def test_a_log_without_a_file_flushes_and_closes_at_once():
    log = EventLog()
    log.append(BudgetExtended(seconds=1.0))
    assert log.flush()
    assert log.write_error is None
    log.close()


def test_after_closing_events_stay_in_memory(tmp_path):
    log = EventLog(tmp_path / "log")
    log.append(BudgetExtended(seconds=1.0))
    log.close()
    log.append(BudgetExtended(seconds=2.0))
    assert len(log) == 2
    assert len(read_log(tmp_path / "log").events) == 1


def test_dates_are_those_of_now():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    at = datetime.fromisoformat(EventLog().append(BudgetExtended(seconds=1.0)).at)
    assert before <= at <= datetime.now(UTC)


def test_only_the_newest_events_stay_in_memory_where_so_many_are_wished_and_the_file_keeps_all(tmp_path):
    path = tmp_path / "events.jsonl"
    log = EventLog(path, most_events=10)
    for number in range(95):
        log.append(BudgetExtended(seconds=number))
    held = [logged.event.seconds for logged in log.events()]
    assert held == list(range(95 - len(held), 95))
    assert 10 <= len(held) < 20
    assert [logged.sequence for logged in log.since(92)] == [93, 94]
    log.close()
    assert len(EventLog.open(path)) == 95
