from __future__ import annotations

import asyncio
import json
import threading
from itertools import count

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import SourceContract, open_twice
from streaming.broker_servers import rabbitmq

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.streaming.stream_places import sink_of, source_of

aio_pika = pytest.importorskip("aio_pika", reason="the package aio-pika is not installed")

NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as address:
        yield address


class _OnAmqp:
    @pytest.fixture(autouse=True)
    def _queue(self, server):
        self.server = server
        self.queue = f"things{next(NUMBERS)}"
        self.address = f"{server}/{self.queue}"

    async def ask(self, call):
        connection = await aio_pika.connect(self.server)
        try:
            channel = await connection.channel()
            return await call(channel, await channel.declare_queue(self.queue, durable=True))
        finally:
            await connection.close()


class TestAmqpSource(_OnAmqp, SourceContract):
    def fill(self, rows):
        async def publish(channel, queue):
            for row in rows:
                await channel.default_exchange.publish(aio_pika.Message(json.dumps(row).encode()), queue.name)

        asyncio.run(self.ask(publish))

    def make(self):
        return source_of(self.address, name="churn")

    def test_says_that_a_queue_was_not_there(self):
        first, again = asyncio.run(open_twice(self.make()))
        assert first.startswith("There was no queue at amqp://")
        assert first.endswith(f"/{self.queue}: it was made, and its first row is waited for.")
        assert again is None


class TestAmqpSink(_OnAmqp, SinkContract):
    def make(self):
        return sink_of(self.address)

    def stored(self):
        async def read(channel, queue):
            messages = []
            while (message := await queue.get(fail=False)) is not None:
                messages.append(message)
            for each in messages:  # back, for who asks next
                await each.reject(requeue=True)
            assert all(each.delivery_mode == aio_pika.DeliveryMode.PERSISTENT for each in messages)
            return [json.loads(each.body) for each in messages]

        found = []
        asking = threading.Thread(target=lambda: found.extend(asyncio.run(self.ask(read))))
        asking.start()  # the contract asks from within an event loop
        asking.join()
        return found


@pytest.mark.mistake
def test_a_broker_that_is_not_there_is_said_without_its_password():
    with pytest.raises(StreamConnectionError, match=r"amqp://127.0.0.1:1/a does not answer") as caught:
        asyncio.run(source_of("amqp://ada:secret@127.0.0.1:1/a", name="churn").open({}))
    assert "secret" not in str(caught.value)


@pytest.mark.mistake
def test_a_login_that_is_refused_is_said_without_its_password(server):
    with pytest.raises(StreamConnectionError, match="does not answer") as caught:
        asyncio.run(source_of(server.replace("//", "//ada:secret@") + "/a", name="churn").open({}))
    assert "secret" not in str(caught.value)
