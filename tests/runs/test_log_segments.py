from __future__ import annotations

import threading

import pytest

from lepton_jupyter.events.run_events import BudgetExtended
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_file import LogFile
from lepton_jupyter.runs.log_reading import first_event, log_line, read_log
from lepton_jupyter.runs.log_segments import SEGMENT_BYTES, full_segments


def test_a_segment_is_64_mib():
    assert SEGMENT_BYTES == 64 * 1024 * 1024


@pytest.fixture
def written(tmp_path):
    """A log of several files."""
    file = LogFile(tmp_path / "events.jsonl", segment_bytes=1000)
    log = EventLog()
    for seconds in range(100):
        file.write(log_line(log.append(BudgetExtended(seconds=float(seconds)))))
        assert file.flush(30)
    file.close()
    return tmp_path / "events.jsonl"


def test_full_files_get_a_number_and_all_are_read_back_whole(written):
    full = full_segments(written)
    assert [each.name for each in full[:2]] == ["events-000001.jsonl", "events-000002.jsonl"]
    assert len(full) > 5
    assert all(1000 <= each.stat().st_size < 1200 and each.stat().st_mode & 0o777 == 0o600 for each in full)
    contents = read_log(written)
    assert [each.event.seconds for each in contents.events] == [float(seconds) for seconds in range(100)]
    assert contents.next_sequence == 100
    assert first_event(written) == BudgetExtended(seconds=0.0)


def test_a_log_of_several_files_is_continued(written):
    log = EventLog.open(written)
    log.append(BudgetExtended(seconds=100.0))
    log.close()
    assert [each.sequence for each in read_log(written).events] == list(range(101))


def test_a_process_that_died_between_two_files_has_lost_nothing(written):
    n_events = len(read_log(written).events)
    written.rename(written.with_name("events-000099.jsonl"))
    assert len(read_log(written).events) == n_events
    log = EventLog.open(written)
    log.append(BudgetExtended(seconds=100.0))
    log.close()
    assert len(read_log(written).events) == n_events + 1


def test_a_torn_line_is_passed_over_in_the_newest_file_only(written):
    with written.open("ab") as file:
        file.write(b'{"sequence":')
    assert len(read_log(written, repair=True).events) == 100
    first = full_segments(written)[0]
    first.write_bytes(first.read_bytes() + b"torn\n")
    with pytest.raises(DamagedRunError, match=r"events-000001\.jsonl is damaged"):
        read_log(written)


def test_a_log_is_read_while_its_files_become_full(tmp_path):
    path = tmp_path / "events.jsonl"
    file, log, over = LogFile(path, segment_bytes=500), EventLog(), threading.Event()

    def write():
        for seconds in range(300):
            file.write(log_line(log.append(BudgetExtended(seconds=float(seconds)))))
            file.flush(30)
        over.set()

    file.write(log_line(log.append(BudgetExtended(seconds=0.0))))
    assert file.flush(30)
    threading.Thread(target=write).start()
    while not over.is_set():
        sequences = [each.sequence for each in read_log(path).events]
        assert sequences == list(range(len(sequences)))
    file.close()
    assert len(read_log(path).events) == 301
