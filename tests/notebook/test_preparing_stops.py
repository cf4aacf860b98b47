"""A preparation that is stopped ends at once, in whatever phase, and leaves nothing behind."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from contracts.kernel_session import PATIENCE, KernelSession
from contracts.whole_preparation import PHASES, a_cluster, at_first_news_of, everything, write_orders, write_towns

from lepton_jupyter import prepare
from lepton_jupyter.events.preparation_events import PreparationStopped
from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.exceptions.automl_errors import NoRunError
from lepton_jupyter.exceptions.preparation_errors import PreparationStoppedError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.notebook import library, preparation_run
from lepton_jupyter.notebook.listed_runs import SessionRuns
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.runs.log_reading import read_log


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_orders(tmp_path_factory.mktemp("orders"))


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    return write_towns(tmp_path_factory.mktemp("towns"))


def stop():
    current_session().preparations[-1].stop()


def last_log():
    return [logged.event for logged in read_log(current_session().store.list()[0].events).events]


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("phase", PHASES)
def test_in_any_phase_it_ends_and_leaves_an_empty_folder(phase, folder, towns, tmp_path, monkeypatch):
    heard = at_first_news_of(phase, stop, monkeypatch)
    with pytest.raises(PreparationStoppedError, match="nothing of it is kept"):
        everything(folder, towns, tmp_path / "clean")
    assert heard[-1] == phase
    assert list((tmp_path / "clean").iterdir()) == []
    events = last_log()
    assert StopRequested(source="python") in events
    assert isinstance(events[-1], PreparationStopped)
    assert current_session().preparations == ()
    assert library.show_run(current_session().store.list()[0].run_id).message.state == "stopped"
    # The same line prepares it now.
    monkeypatch.undo()
    assert len(prepare(folder, to=tmp_path / "clean")) > 0


class Gate:
    """Code that waits, and whoever lets it."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()

    def wait(self):
        self.reached.set()
        assert self.open.wait(PATIENCE)


CODE = "if df.part.iloc[0] > 0:\n    gate.wait()\ndf"


def tables():
    return [pd.DataFrame({"part": [part] * 10, "price": range(10)}) for part in range(3)]


def test_code_that_does_not_return_is_not_waited_for(tmp_path):
    gate = Gate()
    with ThreadPoolExecutor(1) as aside:
        preparing = aside.submit(prepare, tables(), code=CODE, names={"gate": gate}, to=tmp_path / "clean")
        assert gate.reached.wait(PATIENCE)
        [going_on] = current_session().preparations
        library.find_running_run().stop("magic")
        going_on.stop("panel")  # pressed again
        assert isinstance(preparing.exception(PATIENCE), PreparationStoppedError)
        gate.open.set()
    assert list((tmp_path / "clean").iterdir()) == []
    assert [event for event in last_log() if isinstance(event, StopRequested)] == [StopRequested(source="magic")]


def test_it_is_stopped_by_name_while_it_goes_on_and_is_no_run_afterwards():
    gate = Gate()
    with ThreadPoolExecutor(1) as aside:
        preparing = aside.submit(prepare, tables(), code=CODE, names={"gate": gate})
        assert gate.reached.wait(PATIENCE)
        [going_on] = current_session().preparations
        library.find_running_run(going_on.id).stop()
        assert isinstance(preparing.exception(PATIENCE), PreparationStoppedError)
        gate.open.set()
    assert not going_on.running
    with pytest.raises(NoRunError):
        library.find_running_run(going_on.id)


def test_the_list_of_runs_shows_it_while_it_goes_on_and_stops_it():
    gate, listed = Gate(), SessionRuns(current_session())
    with ThreadPoolExecutor(1) as aside:
        preparing = aside.submit(prepare, tables(), code=CODE, names={"gate": gate})
        assert gate.reached.wait(PATIENCE)
        [line] = listed.here().lines
        assert (line.kind, line.state, line.goes_on, line.stoppable) == ("preparation", "running", True, True)
        assert line.started_at
        assert line.name
        assert line.run_id not in {each.run_id for each in listed.on_disk().lines}  # it is told of once
        board = listed.board(line.run_id)
        assert (board.kind, board.goes_on, set(board.forms)) == ("preparation", True, {"text/html", "text/plain"})
        listed.stop(line.run_id)
        assert isinstance(preparing.exception(PATIENCE), PreparationStoppedError)
        gate.open.set()
    assert listed.here().lines == ()
    [of_disk] = [each for each in listed.on_disk().lines if each.run_id == line.run_id]
    assert (of_disk.state, of_disk.goes_on, of_disk.stoppable) == ("stopped", False, False)
    assert StopRequested(source="panel") in last_log()


@pytest.mark.cluster
@pytest.mark.parametrize("phase", ["earlier rows", "statistics", "writing"])
def test_workers_of_a_cluster_do_something_else_at_once(phase, folder, towns, tmp_path, monkeypatch):
    from distributed import Client

    with a_cluster(2) as cluster, Client(cluster, set_as_default=False) as client:
        at_first_news_of(phase, stop, monkeypatch)
        monkeypatch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(client))
        with pytest.raises(PreparationStoppedError):
            everything(folder, towns, tmp_path / "clean")
        assert [client.submit(abs, -place, pure=False).result(PATIENCE) for place in range(4)] == [0, 1, 2, 3]
        assert list((tmp_path / "clean").iterdir()) == []


@pytest.mark.kernel
def test_an_interrupted_cell_stops_it(tmp_path):
    session = KernelSession(LEPTON_HOME=str(tmp_path / "home"))
    try:
        session.do("%load_ext lepton_jupyter\nimport pandas as pd, threading\nnever = threading.Event()")
        session.do("orders = pd.DataFrame({'price': range(10)})")
        session.start("%%lepton prepare orders --as clean --to " + str(tmp_path / "clean")
                      + "\nif len(orders) and threading.current_thread().name.startswith('lepton-graph'):\n"
                      "    print('begun', flush=True)\n    never.wait()\norders")  # fmt: skip
        session.hear_until(lambda kind, content: kind == "stream" and "begun" in content["text"])
        session.manager.interrupt_kernel()
        reply, _ = session.end()
        assert reply["ename"] == "KeyboardInterrupt"
        shown = session.value("repr(get_ipython().run_line_magic('lepton', 'runs'))")
        assert "stopped" in shown
    finally:
        session.close()
    assert list((tmp_path / "clean").iterdir()) == []
