"""Logs that were torn, damaged, or written by a newer version."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.events.run_events import BudgetExtended, FoldScored, StopRequested, TrialFailed, WarningRaised
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_reading import first_event, read_log

_EVENTS = (
    WarningRaised(text="Only 12 rows are of class “yes”: Größe\nsecond line"),
    FoldScored(trial_id=1, fold=0, score=0.5, train_score=0.75, fit_seconds=0.1, n_iterations=None),
    TrialFailed(trial_id=1, error="out of memory", cost=1.5),
    BudgetExtended(seconds=30.0),
    StopRequested(source="panel"),
)


def _write(path, events=_EVENTS):
    log = EventLog(path)
    for event in events:
        log.append(event)
    log.close()
    return log.events()


def test_a_log_reads_back_as_it_was(tmp_path):
    written = _write(tmp_path / "log")
    contents = read_log(tmp_path / "log")
    assert [each.event for each in contents.events] == list(_EVENTS)
    assert [each.sequence for each in contents.events] == [0, 1, 2, 3, 4]
    assert [each.at for each in contents.events] == [each.at for each in written]
    assert contents.events[-1].elapsed_seconds == pytest.approx(written[-1].elapsed_seconds, abs=1e-6)
    assert contents.next_sequence == 5
    assert contents.notes == ()


def test_the_first_event_needs_no_more_than_its_own_line(tmp_path):
    path = tmp_path / "log"
    assert first_event(path) is None
    _write(path)
    with path.open("ab") as file:
        file.write(b"no entry\nof a log\n")
    assert first_event(path) == _EVENTS[0]
    path.write_bytes(b"no entry\n")
    assert first_event(path) is None


def test_a_log_cut_at_any_byte_opens_with_all_that_was_whole(tmp_path):
    path = tmp_path / "log"
    _write(path)
    data = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(data) if byte == ord("\n")]
    assert len(ends) == len(_EVENTS)
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        n_whole = sum(end <= length for end in ends)
        n_bytes = ends[n_whole - 1] if n_whole else 0
        looked_at = read_log(path)
        assert path.stat().st_size == length, "reading changed the file"
        assert [each.event for each in looked_at.events] == list(_EVENTS[:n_whole])
        assert bool(looked_at.notes) == (length != n_bytes)
        assert read_log(path, repair=True) == looked_at
        assert path.stat().st_size == n_bytes, "a torn end was left for the next event to be glued to"
        assert read_log(path).notes == ()


@pytest.mark.parametrize("n_torn", [0, 1, 2, 30])
def test_a_torn_log_is_continued_after_its_last_whole_line(tmp_path, n_torn):
    path = tmp_path / "log"
    _write(path)
    path.write_bytes(path.read_bytes()[: -n_torn or None])
    n_whole = len(_EVENTS) - bool(n_torn)
    log = EventLog.open(path)
    assert log.append(BudgetExtended(seconds=1.0)).sequence == n_whole
    log.close()
    again = read_log(path)
    assert [each.event for each in again.events] == [*_EVENTS[:n_whole], BudgetExtended(seconds=1.0)]
    assert again.notes == ()


@settings(deadline=None)
@given(garbage=st.binary(min_size=1, max_size=40))
def test_garbage_at_the_end_never_hides_what_was_whole(garbage, tmp_path_factory):
    path = tmp_path_factory.mktemp("garbage") / "log"
    _write(path)
    # Within one line: several lines of garbage are damage in the middle.
    path.write_bytes(path.read_bytes() + garbage.replace(b"\n", b"\0") + b"\n")
    contents = read_log(path, repair=True)
    assert [each.event for each in contents.events] == list(_EVENTS)
    assert path.stat().st_size == contents.n_bytes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\0\0\0\0", "it is not JSON"),
        (b"[1, 2]", "it is not an object"),
        (b'{"sequence":0,"at":"x","elapsed_seconds":1,"event":{"type":"StopRequested"}}', "its sequence is 0"),
        (b'{"sequence":2,"at":null,"elapsed_seconds":1,"event":{}}', "it lacks its time"),
        (b'{"sequence":2,"at":"x","elapsed_seconds":1,"event":{}}', "its event has no type"),
        (b'{"sequence":2,"at":"x","elapsed_seconds":1,"event":{"type":"StopRequested"}}', "has no field 'source'"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
    ],
)
def test_a_damaged_line_in_the_middle_is_refused_by_its_number(tmp_path, line, reason):
    path = tmp_path / "log"
    _write(path)
    lines = path.read_bytes().splitlines()
    lines[2] = line
    path.write_bytes(b"\n".join([*lines, b""]))
    before = path.read_bytes()
    with pytest.raises(DamagedRunError, match=f"Line 3 of .*log is damaged: .*{reason}"):
        read_log(path, repair=True)
    assert path.read_bytes() == before


def test_events_of_a_newer_version_are_passed_over_with_a_note_and_keep_their_number(tmp_path):
    path = tmp_path / "log"
    _write(path)
    lines = path.read_bytes().splitlines()
    for number in (1, 4):
        entry = json.loads(lines[number])
        entry["event"] = {"type": "TrialTeleported", "to": "Mars"}
        lines[number] = json.dumps(entry).encode()
    path.write_bytes(b"\n".join([*lines, b""]))
    log = EventLog.open(path)
    assert [each.sequence for each in log.events()] == [0, 2, 3]
    assert log.notes == ("Events of a newer lepton-jupyter were passed over: 2 TrialTeleported.",)
    assert log.append(BudgetExtended(seconds=1.0)).sequence == 5
    assert [each.sequence for each in log.since(2)] == [3, 5]
    log.close()


def test_a_missing_log_is_one_sentence(tmp_path):
    with pytest.raises(DamagedRunError, match="There is no log at"):
        read_log(tmp_path / "nothing")


def test_the_file_holds_json_without_nan(tmp_path):
    path = tmp_path / "log"
    event = FoldScored(
        trial_id=0, fold=0, score=float("nan"), train_score=float("inf"), fit_seconds=0.0, n_iterations=None
    )
    _write(path, [event])

    def refuse(name):
        raise AssertionError(name)

    written = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert written["event"]["score"] is None
