"""How long a stream lives: with its kernel, on workers after it for the time of a lease, or until it is told."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest
from contracts.kernel_session import KernelSession

from lepton_jupyter import fit, stream
from lepton_jupyter.events.stream_events import StreamEnded
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.notebook import library
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.streaming.left_wishes import LeftWishes

pytestmark = pytest.mark.kernel
PATIENCE = 90.0
LOAD = """\
%load_ext lepton_jupyter
from lepton_jupyter.notebook.library import find_run"""


def until(holds):
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def run(churn):
    return fit(churn, target="churn", budget="2trials", folds=2, learners=["linear"], name="churn", wait=True)


@pytest.fixture(autouse=True)
def _none_goes_on(home):
    """A detached stream would outlive also a test that failed."""
    yield
    for folder in current_session().store.list():
        if folder.is_running():
            LeftWishes(folder).stop()


@pytest.fixture
def orders(redis_orders, churn_table):
    """Adds customers to a Redis stream, and says which of them were predicted."""
    with redis_orders.client() as client:
        client.flushall()

        def add(start, stop):
            rows = churn_table(stop - start, seed=start).drop(columns="churn")
            rows = rows.assign(since=rows["since"].astype(str), id=range(start, stop))
            for line in rows.to_json(orient="records", lines=True).splitlines():
                client.xadd("orders", {"row": line})

        add.stored = lambda: {int(key) for key in client.hgetall("scored")}
        add.pending = lambda: client.xpending("orders", "lepton-orders")["pending"]
        add.ends = (
            f"--from {redis_orders.address}/orders --to {redis_orders.address}/scored?as=hash --key id --name orders"
        )
        add.address = redis_orders.address
        yield add


@pytest.fixture
def kernel(home):
    session = KernelSession(LEPTON_HOME=str(home))
    session.do(LOAD)
    yield session
    session.close()


def kill(kernel):
    kernel.process.send_signal(signal.SIGKILL)
    kernel.process.wait(30)


def test_a_stream_dies_with_its_kernel_and_is_resumed_from_what_was_committed(run, kernel, orders):
    orders(0, 300)
    kernel.do(f"s = %lepton stream {run.id} {orders.ends}")
    until(lambda: len(orders.stored()) > 0)
    kill(kernel)
    orders(300, 500)
    assert next(each.state for each in library.list_runs()) == "interrupted"
    again = resume_run("orders")
    until(lambda: len(orders.stored()) == 500)
    again.stop()
    assert again.settle(PATIENCE)
    assert orders.stored() == set(range(500))
    assert orders.pending() == 0


@pytest.mark.cluster
def test_loops_on_workers_end_when_their_kernel_is_killed_and_leave_nothing_behind(run, kernel, orders):
    from distributed import LocalCluster

    options = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=2, threads_per_worker=1, **options) as cluster:
        kernel.do(f"%lepton cluster {cluster.scheduler_address}")
        orders(0, 300)
        kernel.do(f"s = %lepton stream {run.id} {orders.ends} --workers 2")
        until(lambda: len(orders.stored()) == 300)
        kill(kernel)
        killed_at = time.monotonic()
        # Nobody renews their leases now: for ten seconds they go on, then they end by themselves.
        orders(300, 310)
        until(lambda: len(orders.stored()) == 310)
        time.sleep(max(0.0, killed_at + 13 - time.monotonic()))
        orders(310, 320)
        time.sleep(1)
        assert len(orders.stored()) == 310
        assert orders.pending() == 0
        current_session().cluster.connect(cluster.scheduler_address)
        again = resume_run("orders", source=f"{orders.address}/orders", sink=f"{orders.address}/scored?as=hash")
        until(lambda: len(orders.stored()) == 320)
        again.stop()
        assert again.settle(PATIENCE)
        current_session().cluster.close()


def test_a_detached_stream_outlives_its_kernel_and_is_paused_and_stopped_from_another(run, kernel, orders, home):
    orders(0, 100)
    kernel.do(f"s = %lepton stream {run.id} {orders.ends} --detach")
    until(lambda: len(orders.stored()) == 100)
    until(lambda: kernel.value("s.stats['n_stored']") == "100")
    assert kernel.value("s.running, s.begun_here") == "(True, False)"
    kill(kernel)
    orders(100, 200)
    until(lambda: len(orders.stored()) == 200)
    assert next((each.name, each.state) for each in library.list_runs()) == ("orders", "streaming")
    followed = library.show_run("orders")
    assert followed.running
    followed.pause()
    until(lambda: followed.stats["state"] == "paused")
    time.sleep(0.5)  # a read that waits for rows goes on for its fifth of a second
    orders(200, 210)
    time.sleep(1)
    assert len(orders.stored()) == 200
    followed.resume()
    until(lambda: len(orders.stored()) == 210)
    # As `%lepton stop` finds it: the last that goes on.
    library.find_running_run().stop("magic")
    assert followed.settle(PATIENCE)
    assert followed.stats["state"] == "stopped"
    assert isinstance(followed.events[-1].event, StreamEnded)
    assert orders.pending() == 0
    assert not followed.running


def holder(flowing):
    return int((flowing.folder.path / ".holder").read_text())


def test_a_process_that_holds_a_detached_stream_may_be_killed_too(run, orders):
    address = orders.address
    orders(0, 50)
    flowing = stream(
        run, source=f"{address}/orders", sink=f"{address}/scored?as=hash", key="id", name="orders", detach=True
    )
    until(lambda: len(orders.stored()) == 50)
    with pytest.raises(StreamUsageError, match=r"which is not this kernel\. Read them where they are stored: redis://"):
        flowing.tail()
    os.kill(holder(flowing), signal.SIGKILL)
    assert flowing.settle(PATIENCE)
    assert flowing.stats["state"] == "interrupted"
    orders(50, 60)
    again = resume_run("orders")
    assert (again.running, again.begun_here) == (True, False)
    assert holder(again) != os.getpid()
    until(lambda: len(orders.stored()) == 60)
    with pytest.raises(LeptonError, match="is being written by another kernel"):
        resume_run("orders")
    again.stop()
    assert again.settle(PATIENCE)
    assert again.stats["state"] == "stopped"
    assert orders.pending() == 0


def test_a_file_is_streamed_to_its_end_by_a_process_of_its_own(run, churn_table, tmp_path, monkeypatch):
    rows = churn_table(40, seed=3).drop(columns="churn")
    (tmp_path / "rows.jsonl").write_text(
        rows.assign(since=rows["since"].astype(str)).to_json(orient="records", lines=True)
    )
    monkeypatch.chdir(tmp_path)
    done = stream(run, source="rows.jsonl", sink="scored.jsonl", until_end=True, keep=["plan"], detach=True)
    done.wait(PATIENCE)
    assert done.stats["n_stored"] == 40
    assert [json.loads(line)["plan"] for line in (tmp_path / "scored.jsonl").read_text().splitlines()] == rows[
        "plan"
    ].tolist()


def test_a_stream_is_resumed_in_a_process_of_its_own_and_back_in_the_kernel(run, churn_table, tmp_path):
    incoming = tmp_path / "incoming"
    incoming.mkdir()

    def add(name, n_rows):
        rows = churn_table(n_rows, seed=3).drop(columns="churn")
        rows.assign(since=rows["since"].astype(str)).to_json(incoming / name, orient="records", lines=True)

    def n_scored():
        return len((tmp_path / "scored.jsonl").read_text().splitlines())

    def end(flowing):
        flowing.stop()
        assert flowing.settle(PATIENCE)
        assert flowing.stats["state"] == "stopped"

    add("a.jsonl", 20)
    first = stream(run, source=incoming, sink=tmp_path / "scored.jsonl", name="orders")
    until(lambda: first.stats["n_stored"] == 20)
    end(first)
    add("b.jsonl", 7)
    apart = resume_run("orders", detach=True)
    assert (apart.begun_here, apart.running, library.find_running_run().id) == (False, True, first.id)
    assert next((each.name, each.state) for each in library.list_runs()) == ("orders", "streaming")
    until(lambda: n_scored() == 27)
    end(apart)
    add("c.jsonl", 5)
    for n_rows, (wish, begun_here) in enumerate((({}, False), ({"detach": False}, True), ({}, True)), start=32):
        again = resume_run("orders", **wish)
        assert again.begun_here is begun_here
        until(lambda: n_scored() == n_rows)  # noqa: B023  asked at once
        end(again)
        add(f"{n_rows}.jsonl", 1)


@pytest.mark.mistake
def test_what_cannot_go_on_by_itself_is_one_sentence(run, churn_table, tmp_path):
    with pytest.raises(LeptonError, match="is no stream, and only streams go on in a process of their own"):
        resume_run("churn", detach=True)
    ended = stream(run, source=churn_table(5), sink=tmp_path / "scored.jsonl", source_label="rows", name="orders")
    ended.wait(PATIENCE)
    with pytest.raises(LeptonError, match="The source is an object of this kernel and ends with it"):
        resume_run("orders", detach=True, find_table=lambda _: churn_table(5))


@pytest.mark.mistake
def test_what_cannot_be_detached_is_one_sentence(run, churn_table):
    for wish, said in (
        ({"source": churn_table(3), "sink": "scored/"}, "The source is an object of this kernel and ends with it"),
        ({"source": "redis://127.0.0.1:1/a", "sink": print}, "The sink is an object of this kernel and ends with it"),
        ({"source": "redis://127.0.0.1:1/a", "sink": "scored/"}, "redis://127.0.0.1:1/a does not answer"),
        (
            {"source": "redis://127.0.0.1:1/a", "sink": "redis://127.0.0.1:1/b", "workers": 2},
            "--detach with --workers needs a cluster that outlives this kernel",
        ),
    ):
        with pytest.raises(LeptonError) as caught:
            stream(run, **wish, detach=True)
        assert said in str(caught.value)
    assert [each.name for each in library.list_runs()] == ["churn"]
