"""What a page that looks at the list of runs is told, and when."""

from __future__ import annotations

import threading
from dataclasses import replace

import comm
import pytest
from views import example_runs

from lepton_jupyter.events.commands import AskListedPage, ExtendListedRun, StopListedRun, WatchRuns
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.events.runs_messages import RunBoardMessage, RunBoardPageMessage, RunLine, RunsMessage
from lepton_jupyter.views.board_rows import board_page
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.widgets.message_size import PAGE_LIMIT_BYTES, document_bytes
from lepton_jupyter.widgets.publisher import SILENCE_SECONDS
from lepton_jupyter.widgets.runs_comm import TARGET, RunsComm

LINE = RunLine(
    run_id="r1", name="churn", kind="search", state="running", target="churn", table="df", metric_label="AUC",
    score=0.86, score_error=0.009, started_at="2026-11-26T09:00:00.000Z", elapsed_seconds=1.0, budget_seconds=30.0,
    budget_trials=None, n_trials=3, goes_on=True, stoppable=True,
)  # fmt: skip


PAGE = board_page(BoardState.from_events(example_runs.churn().log), 20, max_rows=2)


class Runs:
    """Runs that do what the test says."""

    def __init__(self):
        self.lines = (LINE,)
        self.on_disk_lines = ()
        self.heard = []

    def here(self):
        return RunsMessage(place="kernel", lines=self.lines, n_runs=len(self.lines), n_unread=0)

    def on_disk(self):
        return RunsMessage(place="disk", lines=self.on_disk_lines, n_runs=len(self.on_disk_lines), n_unread=0)

    def board(self, run_id):
        return RunBoardMessage(run_id=run_id, kind="stream", goes_on=True, forms={"text/plain": "…"}, problem="")

    def page(self, run_id, after_rank):
        self.heard.append(("page", run_id, after_rank))
        page = replace(PAGE, after_rank=after_rank, rows=PAGE.rows * 400)
        return RunBoardPageMessage(run_id=run_id, page=page) if run_id == "r1" else None

    def stop(self, run_id):
        self.heard.append(("stop", run_id))

    def extend(self, run_id, seconds):
        self.heard.append(("extend", run_id, seconds))


class Page:
    """A page at the other end of the comm."""

    def __init__(self, hub):
        self._comm = hub._comm

    def says(self, command):
        self._comm.handle_msg(
            {"content": {"comm_id": TARGET, "data": command if isinstance(command, dict) else encode(command)}}
        )

    @property
    def told(self):
        return [data for kind, data in self._comm.sent if kind == "comm_msg"]

    @property
    def kinds(self):
        return [each.get("place") or each["type"] for each in self.told]


@pytest.fixture
def runs():
    return Runs()


@pytest.fixture
def hub(runs, clock, monkeypatch):
    monkeypatch.setattr(RunsComm, "_run", lambda _self: None)  # the test says when to look
    made = RunsComm(runs, clock=clock)
    yield made
    made.close()


@pytest.fixture
def page(hub):
    return Page(hub)


def look(page="p", *, disk=False, boards=()):
    return WatchRuns(page=page, disk=disk, boards=boards)


def test_it_is_found_by_its_target_and_says_nothing_by_itself(hub, page):
    found = comm.get_comm_manager().comms[TARGET]
    assert (found.target_name, found.comm_id) == (TARGET, TARGET)
    assert hub.publish_due() is None
    assert page._comm.sent == []


def test_a_page_is_told_what_it_asked_for_and_then_what_changes(hub, page, runs):
    page.says(look())
    assert hub.publish_due() is not None
    hub.publish_due()
    assert page.kinds == ["kernel"]
    page.says(look(disk=True, boards=("r9",)))
    hub.publish_due()
    assert page.kinds[1:] == ["kernel", "disk", "RunBoardMessage"]
    runs.lines = (replace(LINE, score=0.9),)
    hub.publish_due()
    assert page.kinds[4:] == ["kernel"]
    assert page.told[-1]["lines"][0]["score"] == 0.9


def test_a_second_page_is_told_all(hub, page):
    page.says(look())
    hub.publish_due()
    page.says(look("q"))
    hub.publish_due()
    assert page.kinds == ["kernel", "kernel"]
    page.says(look("q"))  # it only goes on looking
    hub.publish_due()
    assert page.kinds == ["kernel", "kernel"]


def test_nothing_is_told_when_nobody_has_looked_for_a_while(hub, page, runs, clock):
    page.says(look())
    hub.publish_due()
    clock.now += SILENCE_SECONDS + 1
    runs.lines = ()
    assert hub.publish_due() is None
    assert page.kinds == ["kernel"]


def test_commands_are_obeyed_and_nonsense_is_not(hub, page, runs):
    page.says(StopListedRun(run_id="r1"))
    page.says(ExtendListedRun(run_id="r1", seconds=30.0))
    for seconds in (float("nan"), -1.0, 1e9):
        page.says({"type": "ExtendListedRun", "run_id": "r1", "seconds": seconds})
    page.says({"type": "StopListedRun"})
    page.says({"type": "Delete", "run_id": "r1"})
    page.says({})
    assert runs.heard == [("stop", "r1"), ("extend", "r1", 30.0)]


def test_further_rows_of_a_board_are_sent_once_to_whoever_asked(hub, page, runs):
    page.says(WatchRuns(page="p", disk=False, boards=("r1",)))
    page.says(AskListedPage(run_id="r1", after_rank=100))
    page.says(AskListedPage(run_id="r1", after_rank=-1))
    page.says(AskListedPage(run_id="gone", after_rank=0))
    hub.publish_due()
    hub.publish_due()
    assert runs.heard == [("page", "r1", 100), ("page", "gone", 0)]
    [sent] = [each for each in page.told if each["type"] == "RunBoardPageMessage"]
    assert (sent["run_id"], sent["page"]["after_rank"]) == ("r1", 100)
    assert 100 < len(sent["page"]["rows"]) < 800  # as many as fit
    assert document_bytes(sent) <= PAGE_LIMIT_BYTES


def test_the_hooks_of_a_cell_are_not_run(hub, page, runs, monkeypatch):
    import IPython

    monkeypatch.setattr(IPython, "get_ipython", lambda: pytest.fail("it would run the hooks of a cell"))
    page.says(StopListedRun(run_id="r1"))
    assert runs.heard


def test_a_long_list_loses_its_oldest_lines_and_says_so(hub, page, runs):
    runs.on_disk_lines = tuple(replace(LINE, run_id=f"r{k}", name="名" * 60, table="名" * 60) for k in range(150))
    page.says(look(disk=True))
    hub.publish_due()
    told = page.told[-1]
    assert document_bytes(told) <= 64 * 1024
    assert told["n_runs"] == 150
    assert 50 < len(told["lines"]) < 150
    assert told["lines"][0]["run_id"] == "r0"


def test_one_page_cannot_make_a_kernel_busy(hub, page):
    for number in range(50):
        page.says(look(f"p{number}", boards=tuple(f"r{k}" for k in range(100))))
    hub.publish_due()
    assert len(page.kinds) <= 2 + 8


def test_an_error_of_one_part_leaves_the_others(hub, page, runs):
    runs.here = lambda: 1 / 0
    page.says(look(disk=True))
    assert hub.publish_due() is not None
    assert page.kinds == ["disk"]


def test_a_thread_tells_it_and_ends_with_the_comm(runs):
    hub = RunsComm(runs)
    told = threading.Event()
    send = hub._comm.send
    hub._comm.send = lambda *values: (send(*values), told.set())
    Page(hub).says(look())
    assert told.wait(30)
    thread = hub._thread
    hub.close()
    assert not thread.is_alive()
    assert TARGET not in comm.get_comm_manager().comms
