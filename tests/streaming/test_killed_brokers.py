"""Brokers that are killed in the middle of a stream and come back: every key is audited. Redis and Kafka: elsewhere."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest
from streaming.broker_servers import mosquitto_broker, nats_server, postgresql_server, rabbitmq_broker
from streaming.killed_stream import Doubler

from lepton_jupyter.events.stream_events import ConnectionLost, ConnectionRegained, StreamEnded
from lepton_jupyter.runs.run_store import RunStore
from lepton_jupyter.streaming.function_sink import FunctionSink
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.loop_settings import LoopSettings
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_places import source_of
from lepton_jupyter.streaming.stream_thread import StreamThread

N_ROWS = 3_000
KILL_AFTER = 500
#: What was read and not acknowledged when a broker died: of each of the batches on their way.
AT_MOST_AGAIN = 64 * 10
PATIENCE = 120.0


def rows():
    return [{"id": str(x), "x": x} for x in range(N_ROWS)]


class Slowly(Doubler):
    """Takes its time, so that a broker is killed while rows are on their way."""

    def score(self, rows):
        time.sleep(0.0005 * len(rows))
        return super().score(rows)


def audit(broker, address, folder, *, label):
    """Stream everything, kill the broker on the way, and count every key."""
    stored, events = [], []
    enough, lost, regained, all_there = (threading.Event() for _ in range(4))

    def take(results):
        stored.extend(results)
        if len(stored) >= KILL_AFTER:
            enough.set()
        if len({row["id"] for row in stored}) == N_ROWS:
            all_there.set()

    def say(event):
        events.append(event)
        if isinstance(event, ConnectionLost):
            lost.set()
        if isinstance(event, ConnectionRegained):
            regained.set()

    kept, lease = RunStore(folder).create("orders"), OwnerLease()
    loop = StreamLoop(
        source_of(address, name="orders"), FunctionSink(take), JsonLinesFile(kept.path / "dead.jsonl"), Slowly(),
        say=say, checkpoint=OffsetCheckpoint(kept), settings=LoopSettings(key="id", most_rows=64), lease=lease,
    )  # fmt: skip
    thread = StreamThread(loop, lease, name=label, at_end=lambda: None)
    thread.start()
    try:
        assert enough.wait(PATIENCE)
        broker.kill()
        assert lost.wait(PATIENCE)
        broker.start()
        assert regained.wait(PATIENCE)
        assert all_there.wait(PATIENCE), f"{N_ROWS - len({row['id'] for row in stored})} keys are lost"
    finally:
        loop.stop("python")
        assert thread.wait(PATIENCE)
    ended = events[-1]
    assert isinstance(ended, StreamEnded)
    assert (ended.reason, ended.n_dead) == ("stopped", 0)
    assert {row["id"]: row["y"] for row in stored} == {str(x): 2 * x for x in range(N_ROWS)}
    n_again = len(stored) - N_ROWS
    print(f"{label}: {N_ROWS:,} keys, none lost, {n_again:,} rows again")
    return n_again


def test_jetstream(tmp_path):
    nats = pytest.importorskip("nats", reason="the package nats-py is not installed")

    async def fill(address):
        connection = await nats.connect(address)
        jetstream = connection.jetstream()
        await jetstream.add_stream(name="orders", subjects=["orders"])
        for row in rows():
            await jetstream.publish("orders", json.dumps(row).encode())
        await connection.close()

    with nats_server(tmp_path / "nats") as broker:
        asyncio.run(fill(broker.address))
        n_again = audit(broker, f"{broker.address}/orders", tmp_path, label="NATS JetStream")
    assert n_again <= AT_MOST_AGAIN


def test_rabbitmq(tmp_path):
    aio_pika = pytest.importorskip("aio_pika", reason="the package aio-pika is not installed")

    async def fill(address):
        connection = await aio_pika.connect(address)
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue("orders", durable=True)
        for row in rows():
            message = aio_pika.Message(json.dumps(row).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, "orders")
        await connection.close()

    (tmp_path / "rabbitmq").mkdir()
    with rabbitmq_broker(tmp_path / "rabbitmq") as broker:
        asyncio.run(_patiently(lambda: fill(broker.address)))
        # AMQP confirms no acknowledgement, and RabbitMQ writes them down when it has time: more of them come again.
        assert audit(broker, f"{broker.address}/orders", tmp_path, label="RabbitMQ") < N_ROWS


def test_postgresql(tmp_path):
    psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")

    async def fill(address):
        with psycopg.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute("create table orders (n bigserial primary key, id text, x bigint)")
            with cursor.copy("copy orders (id, x) from stdin") as copy:
                for row in rows():
                    copy.write_row((row["id"], row["x"]))

    with postgresql_server() as broker:
        asyncio.run(_patiently(lambda: fill(broker.address)))
        n_again = audit(broker, f"{broker.address}?table=orders", tmp_path, label="PostgreSQL")
    # The stream itself remembers where it stands.
    assert n_again == 0


def test_mosquitto(tmp_path):
    aiomqtt = pytest.importorskip("aiomqtt", reason="the package aiomqtt is not installed")

    async def fill(address):
        source = source_of(f"{address}/orders", name="orders")
        await source.open({})  # the broker keeps what comes from here on
        await source.close()
        async with aiomqtt.Client("127.0.0.1", int(address.rpartition(":")[2])) as client:
            for row in rows():
                await client.publish("orders", json.dumps(row), qos=1)
        await asyncio.sleep(2)  # it saves once a second

    (tmp_path / "mosquitto").mkdir()
    with mosquitto_broker(tmp_path / "mosquitto", saves_at_once=True) as broker:
        asyncio.run(fill(broker.address))
        n_again = audit(broker, f"{broker.address}/orders", tmp_path, label="Mosquitto")
    assert n_again <= AT_MOST_AGAIN


async def _patiently(call):
    """Ask until a broker that listens answers too."""
    give_up = time.monotonic() + 60
    while True:
        try:
            return await call()
        except Exception:
            if time.monotonic() >= give_up:
                raise
            await asyncio.sleep(0.2)
