"""What the side panel is told of runs: real ones of this kernel, and those that lie on the disk."""

from __future__ import annotations

import json
import threading

import comm
import pytest
from comm.base_comm import BaseComm
from views import example_preparations, example_runs, example_streams

from lepton_jupyter import fit
from lepton_jupyter.events.run_events import TrialFinished
from lepton_jupyter.notebook import listed_runs
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.listed_runs import DiskRuns, SessionRuns, announce, conceal
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.surroundings import Surroundings
from lepton_jupyter.runs.log_reading import log_line
from lepton_jupyter.streaming.left_wishes import LeftWishes

RUN_TYPE = "application/vnd.lepton.run+json"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def write():
    """Puts a log on the disk as a run of another kernel."""

    def put(name, log):
        folder = current_session().store.create(name)
        folder.events.write_bytes(b"".join(log_line(each) for each in log))
        return folder

    return put


def test_a_search_of_this_kernel_is_listed_and_stopped(churn):
    runs = SessionRuns(current_session())
    run = fit(churn, target="churn", budget="100000trials", learners=["lightgbm"], folds=2, name="first", wait=False)
    scored = threading.Event()
    run.subscribe(lambda logged: scored.set() if isinstance(logged.event, TrialFinished) else None)
    assert len(run.leaderboard) or scored.wait(120)
    [line] = runs.here().lines
    assert (line.run_id, line.kind, line.goes_on, line.stoppable) == (run.id, "search", True, True)
    assert line.score is not None
    assert runs.on_disk().lines == ()  # it is told of once

    board = runs.board(run.id)
    assert board.goes_on
    assert json.loads(board.forms[RUN_TYPE])["state"] == "running"
    runs.stop(run.id)
    run.settle()
    [line] = runs.here().lines
    assert (line.state, line.goes_on, line.stoppable) == ("stopped", False, False)
    runs.stop(run.id)  # a second page may be late


def test_runs_of_all_kinds_are_read_from_the_disk_the_newest_first(write):
    write("wine", example_runs.wine().log)
    write("orders", example_streams.flowing().log)
    write("telco", example_preparations.finished())
    lines = {line.kind: line for line in DiskRuns(current_session(), clock=Clock()).message().lines}
    assert lines["search"].state == "finished"
    assert lines["stream"].state == "interrupted"
    assert lines["preparation"].state == "finished"
    assert not any(line.stoppable or line.goes_on for line in lines.values())


def test_one_that_was_opened_here_stays_a_run_of_the_disk(write):
    folder = write("wine", example_runs.wine().log)
    show_run(folder.run_id)
    runs = SessionRuns(current_session())
    assert runs.here().lines == ()
    assert len(runs.on_disk().lines) == 1


def test_a_log_is_read_again_only_when_it_has_grown(write, monkeypatch):
    clock, log = Clock(), example_runs.churn().log
    folder = write("churn", log[:-5])
    disk = DiskRuns(current_session(), clock=clock)
    [before] = disk.message().lines
    read = []
    monkeypatch.setattr(listed_runs, "read_log", read.append)
    clock.now += 60
    assert disk.message().lines == (before,)
    assert read == []
    monkeypatch.undo()
    folder.events.write_bytes(b"".join(log_line(each) for each in log))
    clock.now += 60
    assert disk.message().lines[0].n_trials >= before.n_trials


def test_one_that_goes_on_elsewhere_is_seen_to_end_with_its_kernel(write):
    clock = Clock()
    folder = write("churn", example_runs.churn().log)
    disk = DiskRuns(current_session(), clock=clock)
    with folder.lock():
        [line] = disk.message().lines
        assert (line.state, line.goes_on, line.stoppable) == ("running", True, False)
    clock.now += 60
    [line] = disk.message().lines
    assert (line.state, line.goes_on) == ("interrupted", False)


def test_reading_takes_a_tenth_of_a_second_at_a_time(write, monkeypatch):
    for name in ("a", "b", "c"):
        write(name, example_runs.failed().log)
    clock = Clock()
    read_line = listed_runs._line_of

    def slowly(folder, known):
        clock.now += 0.07
        return read_line(folder, known)

    monkeypatch.setattr(listed_runs, "_line_of", slowly)
    disk = DiskRuns(current_session(), clock=clock)
    first = disk.message()
    assert (len(first.lines), first.n_runs, first.n_unread) == (2, 3, 1)
    assert len(disk.message().lines) == 3


def test_a_damaged_log_and_an_empty_folder_do_not_hide_the_others(write):
    write("good", example_runs.wine().log)
    write("bad", []).events.write_text("nonsense\nmore\n", encoding="utf-8")
    current_session().store.create("empty")
    message = DiskRuns(current_session(), clock=Clock()).message()
    assert [line.target for line in message.lines] == ["quality"]
    assert message.n_unread == 0


def test_boards_of_all_kinds_and_of_none(write):
    runs = SessionRuns(current_session())
    search = runs.board(write("wine", example_runs.wine().log).run_id)
    assert json.loads(search.forms[RUN_TYPE])["rows"]
    for name, log in (("orders", example_streams.flowing().log), ("telco", example_preparations.finished())):
        board = runs.board(write(name, log).run_id)
        assert set(board.forms) == {"text/html", "text/plain"}
    for nonsense in ("../../etc/passwd", "20250101-000000-gone-0000"):
        assert "There is no run" in runs.board(nonsense).problem


def test_further_rows_come_from_the_log_of_a_search_alone(write):
    runs = SessionRuns(current_session())
    search = write("churn", example_runs.churn().log).run_id
    found = runs.page(search, 20)
    assert found is not None
    assert (found.run_id, found.page.after_rank, found.page.rows[0].rank) == (search, 20, 21)
    assert runs.page(search, found.page.n_ranked).page.rows == ()
    for other in (write("orders", example_streams.flowing().log).run_id, "../../etc/passwd"):
        assert runs.page(other, 0) is None


def test_a_stream_of_another_kernel_is_left_a_wish_and_a_search_is_not(write):
    runs = SessionRuns(current_session())
    stream, search = write("orders", example_streams.flowing().log), write("churn", example_runs.churn().log)
    with stream.lock(), search.lock():
        for folder in (stream, search):
            runs.stop(folder.run_id)
    assert LeftWishes(stream).stops
    assert not LeftWishes(search).stops
    runs.stop("../../somewhere")


def test_a_kernel_is_announced_once_and_nothing_else_is(monkeypatch):
    made = []
    monkeypatch.setattr(comm, "create_comm", lambda **named: made.append(named) or Silent(**named))
    announce()
    assert made == []  # no kernel
    monkeypatch.setattr(listed_runs, "look_around", lambda: Surroundings(kernel=True, live_page=True, interactive=True))
    announce()
    announce()
    assert [each["target_name"] for each in made] == ["lepton.runs"]
    conceal()
    conceal()
    announce()
    assert len(made) == 2
    conceal()


class Silent(BaseComm):
    def publish_msg(self, *args, **named):
        """Nobody listens."""
