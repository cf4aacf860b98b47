"""Streams that workers share: real Redis, a real Dask cluster, and workers that are killed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest

from lepton_jupyter.events.stream_events import LoopLost, LoopPlaced, SecondPassed, StreamEnded
from lepton_jupyter.execution.local_cluster import start_local_cluster
from lepton_jupyter.execution.resident_crew import ResidentCrew
from lepton_jupyter.streaming.loop_on_worker import LoopPlan
from lepton_jupyter.streaming.loop_settings import LoopSettings
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.row_scoring import Scores
from lepton_jupyter.streaming.shared_loop import SharedLoop
from lepton_jupyter.streaming.stream_thread import StreamThread

pytestmark = pytest.mark.cluster
PATIENCE = 90.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with start_local_cluster(2, home=tmp_path_factory.mktemp("home"), warm_up=()) as handle:
        if handle.n_workers < 2:
            pytest.skip("one core: one worker")
        yield handle


def doubler(seconds=0.0):
    """A model that doubles x and says which process it is; a class of the test's own travels by value."""

    class Doubler:
        label = "Doubler"
        columns = frozenset({"x"})

        def score(self, rows):
            time.sleep(seconds)
            return Scores({"y": [2 * row["x"] for row in rows], "pid": [os.getpid()] * len(rows)})

    return Doubler()


def shared(cluster, source, sink, folder, *, n_loops=2, scorer=None, most_rows=64, lag_of_group=True, **more):
    events = []
    plan = LoopPlan(
        name="orders", source=source, sink=sink, dead_letters=str(folder / "dead-{seat}.jsonl"),
        scorer=scorer or doubler(), settings=LoopSettings(key="id", most_rows=most_rows), **more,
    )  # fmt: skip
    crew = ResidentCrew(cluster.client, plan, n_loops)
    loop = SharedLoop(crew, n_loops=n_loops, say=events.append, run_id="orders-1", lag_of_group=lag_of_group)
    thread = StreamThread(loop, OwnerLease(), name="shared", at_end=lambda: None)
    return SimpleNamespace(loop=loop, thread=thread, events=events, crew=crew)


def fill(server, start, stop, *, key="orders"):
    with server.client() as client:
        pipeline = client.pipeline(transaction=False)
        for x in range(start, stop):
            pipeline.xadd(key, {"row": json.dumps({"id": x, "x": x})})
        pipeline.execute()


def until(holds):
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)


def stored(server):
    with server.client() as client:
        return {int(key): json.loads(row) for key, row in client.hgetall("scored").items()}


@pytest.fixture
def redis_orders(redis_server):
    with redis_server.client() as client:
        client.flushall()
    return redis_server


def test_workers_share_a_stream_and_one_log_tells_of_all(cluster, redis_orders, tmp_path):
    fill(redis_orders, 0, 4000)
    flowing = shared(
        cluster, f"{redis_orders.address}/orders", f"{redis_orders.address}/scored?as=hash", tmp_path,
        scorer=doubler(0.002),
    )  # fmt: skip
    flowing.thread.start()
    until(lambda: len(stored(redis_orders)) == 4000)
    assert len(flowing.loop.tail) == 50
    flowing.loop.stop("python")
    assert flowing.thread.wait(PATIENCE)
    rows = stored(redis_orders)
    assert {x: row["y"] for x, row in rows.items()} == {x: 2 * x for x in range(4000)}
    assert len({row["pid"] for row in rows.values()}) == 2
    ended = flowing.events[-1]
    assert isinstance(ended, StreamEnded)
    assert (ended.reason, ended.n_read, ended.n_stored, ended.n_dead) == ("stopped", 4000, 4000, 0)
    seconds = [event for event in flowing.events if isinstance(event, SecondPassed)]
    assert sum(event.n_stored for event in seconds) == 4000
    assert seconds[-1].n_waiting == 0
    assert sorted(event.seat for event in flowing.events if isinstance(event, LoopPlaced)) == [0, 1]
    with redis_orders.client() as client:
        assert client.xpending("orders", "lepton-orders")["pending"] == 0


def test_a_worker_that_is_killed_loses_no_row_and_is_replaced(cluster, redis_orders, tmp_path):
    fill(redis_orders, 0, 6000)
    flowing = shared(
        cluster, f"{redis_orders.address}/orders", f"{redis_orders.address}/scored?as=hash", tmp_path,
        scorer=doubler(0.01),
    )  # fmt: skip
    flowing.thread.start()
    until(lambda: len({row["pid"] for row in stored(redis_orders).values()}) == 2)
    first = {row["pid"] for row in stored(redis_orders).values()}
    os.kill(min(first), signal.SIGKILL)
    until(lambda: sum(isinstance(event, LoopPlaced) for event in tuple(flowing.events)) == 3)
    fill(redis_orders, 6000, 9000)
    until(lambda: len(stored(redis_orders)) == 9000)
    flowing.loop.stop("python")
    assert flowing.thread.wait(PATIENCE)
    rows = stored(redis_orders)
    assert {x: row["y"] for x, row in rows.items()} == {x: 2 * x for x in range(9000)}
    assert len({row["pid"] for row in rows.values()} - first) == 1
    lost = [event for event in flowing.events if isinstance(event, LoopLost)]
    assert [(event.sentence, event.n_loops) for event in lost] == [("its worker died", 1)]
    with redis_orders.client() as client:
        assert client.xpending("orders", "lepton-orders")["pending"] == 0


def test_loops_whose_owner_is_silent_end_by_themselves(cluster, redis_orders, tmp_path, monkeypatch):
    flowing = shared(
        cluster, f"{redis_orders.address}/orders", f"{redis_orders.address}/scored?as=hash", tmp_path, n_loops=1
    )
    told = threading.Event()
    ask = flowing.crew.ask

    def deaf(wish):
        return {} if told.is_set() else ask(wish)

    flowing.crew.ask = deaf
    flowing.thread.start()
    fill(redis_orders, 0, 10)
    until(lambda: len(stored(redis_orders)) == 10)
    told.set()
    # Ten seconds after it was asked last it has stored all, and reads no more.
    time.sleep(12)
    fill(redis_orders, 10, 20)
    time.sleep(1)
    assert len(stored(redis_orders)) == 10
    told.clear()
    until(lambda: len(stored(redis_orders)) == 20)
    flowing.loop.stop("python")
    assert flowing.thread.wait(PATIENCE)
    assert any("was not asked for 10 s" in event.sentence for event in flowing.events if isinstance(event, LoopLost))
    assert any(getattr(event, "end", "") == "workers" for event in flowing.events)


class TestOnKafka:
    """Over Kafka's own protocol, by the mock cluster of librdkafka, which rebalances as a broker does."""

    @pytest.fixture
    def topic(self):
        kafka = pytest.importorskip("confluent_kafka", reason="the package confluent-kafka is not installed")
        producer = kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
        [broker] = producer.list_topics(timeout=10).brokers.values()
        producer.list_topics("orders", timeout=10)  # makes it
        return producer, f"kafka://{broker.host}:{broker.port}/orders"

    def test_partitions_of_a_killed_worker_are_read_on_by_the_others(self, cluster, topic, redis_orders, tmp_path):
        producer, address = topic

        def add(start, stop):
            for x in range(start, stop):
                producer.produce("orders", json.dumps({"id": x, "x": x}), key=str(x))
            producer.flush(10)

        flowing = shared(
            cluster, address, f"{redis_orders.address}/scored?as=hash", tmp_path, lag_of_group=False, most_rows=16,
            scorer=doubler(0.02),
        )  # fmt: skip
        flowing.thread.start()
        add(0, 4000)
        until(lambda: len({row["pid"] for row in stored(redis_orders).values()}) == 2)
        os.kill(max(row["pid"] for row in stored(redis_orders).values()), signal.SIGKILL)
        add(4000, 6000)
        until(lambda: len(stored(redis_orders)) == 6000)
        flowing.loop.stop("python")
        assert flowing.thread.wait(PATIENCE)
        assert {x: row["y"] for x, row in stored(redis_orders).items()} == {x: 2 * x for x in range(6000)}
        assert [event.sentence for event in flowing.events if isinstance(event, LoopLost)] == ["its worker died"]
        assert sum(isinstance(event, LoopPlaced) for event in flowing.events) == 3


@pytest.mark.mistake
def test_a_broker_that_does_not_answer_is_said_at_once(cluster, tmp_path):
    flowing = shared(cluster, "redis://127.0.0.1:1/orders", "redis://127.0.0.1:1/scored", tmp_path)
    with pytest.raises(OSError, match=r"redis://127.0.0.1:1/scored does not answer"):
        flowing.thread.start()
    assert flowing.crew.places == {}
