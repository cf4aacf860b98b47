from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import SourceContract, open_twice, read_all, rows_of
from streaming.killed_stream import streaming

from lepton_jupyter.events.stream_events import ConnectionLost, ConnectionRegained, RowsQuarantined, StreamEnded
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming import redis_source
from lepton_jupyter.streaming.function_sink import FunctionSink
from lepton_jupyter.streaming.redis_sink import RedisSink
from lepton_jupyter.streaming.redis_source import RedisSource

PATIENCE = 60.0


class _OnRedis:
    @pytest.fixture(autouse=True)
    def _server(self, redis_server):
        self.server = redis_server
        with redis_server.client() as client:
            client.flushall()
        self.address = f"{redis_server.address}/things"


class TestRedisSource(_OnRedis, SourceContract):
    def fill(self, rows):
        with self.server.client() as client:
            for row in rows:
                client.xadd("things", {"row": json.dumps(row)})

    def make(self):
        return RedisSource(self.address, "churn")

    def test_fields_are_columns_where_no_field_is_a_row(self):
        async def go():
            source = self.make()
            await source.open({})
            batch = await source.read(9)
            assert rows_of([batch]) == [{"age": "31", "town": "Köln"}, {"age": "4"}]
            await source.close()

        with self.server.client() as client:
            client.xadd("things", {"age": 31, "town": "Köln"})
            client.xadd("things", {"age": 4})
        asyncio.run(go())

    def test_says_that_a_stream_was_not_there(self):
        said = f"There was no stream at {self.address}: it was made, and its first row is waited for."
        assert asyncio.run(open_twice(self.make())) == [said, None]

    def test_takes_over_what_another_reader_left_lying(self, monkeypatch):
        async def go():
            dead = RedisSource(f"{self.address}?consumer=other", "churn")
            await dead.open({})
            left = await dead.read(5)
            await dead.close()
            monkeypatch.setattr(redis_source, "_CLAIM_SECONDS", 0.0)
            source = self.make()
            await source.open({})
            taken = await source.read(5)
            assert taken.positions == left.positions
            assert taken.n_again == 5
            await source.close()

        self.fill([{"x": number} for number in range(5)])
        asyncio.run(go())

    def test_what_was_trimmed_or_killed_its_readers_is_refused_and_not_forgotten(self):
        async def go():
            for _ in range(redis_source._MOST_DELIVERIES + 1):
                source = self.make()
                await source.open({})
                batch = await source.read(5)
                await source.close()
            with self.server.client() as client:
                client.xdel("things", batch.positions[1])
            source = self.make()
            await source.open({})
            again = await source.read(5)
            assert [payload.reason for payload in again.payloads] == ["given out too often"] * 2
            await source.close()
            assert batch.n_again == 2

        self.fill([{"x": 1}, {"x": 2}])
        asyncio.run(go())

    def test_lag_counts_what_nobody_was_given(self):
        async def go():
            source = self.make()
            await source.open({})
            await source.read(2)
            assert await source.lag() == 3
            assert len(await read_all(source, enough=3)) == 1
            await source.close()

        self.fill([{"x": number} for number in range(5)])
        asyncio.run(go())


class TestRedisStreamSink(_OnRedis, SinkContract):
    def make(self):
        return RedisSink(self.address)

    def stored(self):
        with self.server.client() as client:
            return [json.loads(fields["row"]) for _, fields in client.xrange("things")]


class TestRedisHashSink(_OnRedis, SinkContract):
    def make(self):
        return RedisSink(f"{self.address}?as=hash")

    def stored(self):
        with self.server.client() as client:
            return [json.loads(row) for row in client.hvals("things")]


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("redis://ada:secret@localhost", "does not say where rows are"),
        ("redis://ada:secret@localhost/a?grop=b", "Did you mean 'group'?"),
    ],
)
def test_an_address_that_cannot_be_read_is_said_without_its_password(address, said):
    with pytest.raises(StreamPlaceError) as caught:
        RedisSource(address, "churn")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.mistake
def test_a_key_that_holds_something_else_is_refused(redis_server):
    with redis_server.client() as client:
        client.set("a-text", "x")
    for end in (RedisSource(f"{redis_server.address}/a-text", "churn"), RedisSink(f"{redis_server.address}/a-text")):
        with pytest.raises(StreamPlaceError, match="a-text is a string, and a stream is needed"):
            asyncio.run(end.open({}) if isinstance(end, RedisSource) else end.open())


@pytest.mark.mistake
def test_a_broker_that_is_not_there_is_said():
    with pytest.raises(StreamConnectionError, match=r"redis://127.0.0.1:1/a does not answer"):
        asyncio.run(RedisSource("redis://127.0.0.1:1/a", "churn").open({}))


def audit(server, n_rows):
    """Every key of the sink, once, with the value it should have; nothing pending."""
    with server.client() as client:
        stored = client.hgetall("scored")
        assert {key: json.loads(row)["y"] for key, row in stored.items()} == {str(x): 2 * x for x in range(n_rows)}
        assert client.xpending("orders", "lepton-orders")["pending"] == 0


def fill_orders(server, n_rows):
    with server.client() as client:
        client.flushall()
        pipeline = client.pipeline(transaction=False)
        for x in range(n_rows):
            pipeline.xadd("orders", {"row": json.dumps({"id": x, "x": x})})
        pipeline.execute()


def test_nothing_is_lost_when_the_process_is_killed_again_and_again(redis_server, tmp_path):
    fill_orders(redis_server, 3000)
    tests = Path(__file__).parents[1]
    for _ in range(2):
        command = [sys.executable, "-m", "streaming.killed_stream", redis_server.address, str(tmp_path)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=tests, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        ) as process:
            assert process.stdout.readline()  # it has stored something, and goes on
            process.kill()
    with redis_server.client() as client:
        assert 0 < client.hlen("scored") < 3000
    last = streaming(redis_server.address, tmp_path, n_rows=3000)
    last.thread.start()
    assert last.thread.wait(PATIENCE)
    audit(redis_server, 3000)


def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(redis_server, tmp_path):
    fill_orders(redis_server, 2000)
    some, lost = threading.Event(), threading.Event()

    def heard(event):
        if isinstance(event, ConnectionLost):
            lost.set()

    flowing = streaming(
        redis_server.address,
        tmp_path,
        n_rows=2000,
        after_write=lambda n_rows: n_rows >= 256 and some.set(),
        heard=heard,
    )
    flowing.thread.start()
    assert some.wait(PATIENCE)
    redis_server.kill()
    assert lost.wait(PATIENCE)
    redis_server.start()
    assert flowing.thread.wait(PATIENCE)
    audit(redis_server, 2000)
    assert any(isinstance(event, ConnectionRegained) for event in flowing.events)


def test_poison_is_acknowledged_once_it_is_a_dead_letter(redis_server, tmp_path):
    fill_orders(redis_server, 3)
    with redis_server.client() as client:
        client.xadd("orders", {"row": '{"id": 9, "x": '})
        client.xadd("orders", {"row": '{"id": 9}'})
    flowing = streaming(redis_server.address, tmp_path, n_rows=3)
    flowing.thread.start()
    assert flowing.thread.wait(PATIENCE)
    audit(redis_server, 3)
    reasons = {event.reason for event in flowing.events if isinstance(event, RowsQuarantined)}
    assert reasons == {"no JSON", "the model raised KeyError"}
    ended = flowing.events[-1]
    assert isinstance(ended, StreamEnded)
    assert (ended.n_stored, ended.n_dead) == (3, 2)


def test_a_stalled_function_leaves_new_entries_in_redis(redis_server, tmp_path):
    fill_orders(redis_server, 2000)
    asked = threading.Event()

    def stalled(rows):
        asked.set()
        raise StreamConnectionError.from_error("sink", OSError("stalled"))

    flowing = streaming(redis_server.address, tmp_path, n_rows=2000, sink=FunctionSink(stalled))
    flowing.thread.start()
    assert asked.wait(PATIENCE)
    flowing.loop.pause("python")
    with redis_server.client() as client:
        assert client.xpending("orders", "lepton-orders")["pending"] <= 64 * 7
    flowing.loop._patience.stop_by = 0.0  # as after five seconds of patience
    flowing.loop.stop("python")
    assert flowing.thread.wait(PATIENCE)
    assert flowing.events[-1].n_stored == 0
