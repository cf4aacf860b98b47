from __future__ import annotations

import asyncio
import gc
import json
import time
from itertools import count

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import SourceContract
from streaming.broker_servers import nats_server

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError

nats = pytest.importorskip("nats", reason="the package nats-py is not installed")

from lepton_jupyter.streaming.nats_streams import NatsSink, NatsSource  # noqa: E402  # after it is known to be there

NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a NATS server with JetStream on a folder of its own."""
    with nats_server(tmp_path_factory.mktemp("nats")) as broker:
        yield _answering(broker.address)


def _answering(address):
    give_up = time.monotonic() + 30
    while True:
        try:
            asyncio.run(_ping(address))
        except (OSError, nats.errors.Error):
            assert time.monotonic() < give_up, "nats-server did not start"
            time.sleep(0.05)
        else:
            return address


async def _ping(address):
    async def ignore(error):
        pass

    connection = await nats.connect(
        address, allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0.05, error_cb=ignore
    )
    await connection.close()


class _OnNats:
    @pytest.fixture(autouse=True)
    def _subject(self, server):
        self.server = server
        self.subject = f"things{next(NUMBERS)}"
        self.address = f"{server}/{self.subject}"
        asyncio.run(self.ask(lambda jetstream: jetstream.add_stream(name=self.subject, subjects=[self.subject])))

    async def ask(self, call):
        connection = await nats.connect(self.server)
        try:
            return await call(connection.jetstream())
        finally:
            await connection.close()


class TestNatsSource(_OnNats, SourceContract):
    def fill(self, rows):
        async def publish(jetstream):
            for row in rows:
                await jetstream.publish(self.subject, json.dumps(row).encode())

        asyncio.run(self.ask(publish))

    def make(self):
        return NatsSource(self.address, "churn")


class TestNatsSink(_OnNats, SinkContract):
    def make(self):
        return NatsSink(self.address)

    def stored(self):
        async def read(jetstream):
            state = (await jetstream.stream_info(self.subject)).state
            return [
                json.loads((await jetstream.get_msg(self.subject, seq=number)).data)
                for number in range(state.first_seq, state.last_seq + 1)
                if state.messages
            ]

        found = []
        # The contract asks from within an event loop.
        import threading

        asking = threading.Thread(target=lambda: found.extend(asyncio.run(self.ask(read))))
        asking.start()
        asking.join()
        return found


@pytest.mark.mistake
def test_a_subject_that_no_stream_keeps_is_said(server):
    with pytest.raises(
        StreamPlaceError, match=r"There is no subject that a stream of JetStream keeps at nats://127\.0\.0\.1"
    ):
        asyncio.run(NatsSource(f"{server}/nowhere", "churn").open({}))


@pytest.mark.mistake
def test_a_server_that_is_not_there_is_said_without_its_password():
    with pytest.raises(StreamConnectionError, match=r"nats://127.0.0.1:1/a does not answer") as caught:
        asyncio.run(NatsSink("nats://ada:secret@127.0.0.1:1/a").open())
    assert "secret" not in str(caught.value)


# A socket that is left open becomes a warning when it is collected, and this suite takes warnings for failures.


def test_no_socket_is_left_to_a_server_that_takes_the_connection_and_hangs_up():
    async def hang_up(reader, writer):
        writer.close()
        await writer.wait_closed()

    async def ask():
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as silent:
            port = silent.sockets[0].getsockname()[1]
            with pytest.raises(StreamConnectionError, match=r"nats://127\.0\.0\.1:\d+/a does not answer"):
                await NatsSink(f"nats://127.0.0.1:{port}/a").open()

    asyncio.run(ask())
    gc.collect()


def test_no_socket_is_left_to_a_server_that_died(tmp_path):
    async def read_on(source):
        while True:
            await source.read(10)

    async def stream(broker):
        connection = await nats.connect(broker.address)
        await connection.jetstream().add_stream(name="orders", subjects=["orders"])
        await connection.close()
        source = NatsSource(f"{broker.address}/orders", "churn")
        await source.open({})
        broker.kill()
        with pytest.raises(StreamConnectionError):
            await read_on(source)
        await source.close()

    with nats_server(tmp_path / "nats") as broker:
        asyncio.run(stream(broker))
    gc.collect()
