from __future__ import annotations

import asyncio
import json
import threading
from itertools import count

import pytest
from contracts.sink_contract import SinkContract, results
from contracts.source_contract import ROWS, SourceContract, read_all, rows_of
from streaming.broker_servers import mosquitto

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.guarantee import guarantee
from lepton_jupyter.streaming.stream_places import sink_of, source_of

aiomqtt = pytest.importorskip("aiomqtt", reason="the package aiomqtt is not installed")

NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as address:
        yield address


class _OnMqtt:
    @pytest.fixture(autouse=True)
    def _topic(self, server):
        self.topic = f"plant/{next(NUMBERS)}/things"
        self.address = f"{server}/{self.topic}"
        self.port = int(server.rpartition(":")[2])

    def client(self, **settings):
        return aiomqtt.Client("127.0.0.1", self.port, **settings)


class TestMqttSource(_OnMqtt, SourceContract):
    def fill(self, rows):
        async def go():
            await self.opened_once()
            async with self.client() as client:
                for row in rows:
                    await client.publish(self.topic, json.dumps(row), qos=1)

        asyncio.run(go())

    async def opened_once(self):
        """The broker keeps what comes from here on."""
        source = self.make()
        await source.open({})
        await source.close()

    def make(self):
        return source_of(self.address, name=self.topic)

    def test_a_filter_reads_all_topics_that_it_names(self):
        async def go():
            source = source_of(self.address.replace("/things", "/#"), name=f"{self.topic} all")
            await source.open({})
            async with self.client() as client:
                for kind in ("things", "others/deep"):
                    await client.publish(self.topic.replace("things", kind), '{"a": 1}', qos=1)
            assert rows_of(await read_all(source, enough=2)) == [{"a": 1}] * 2
            await source.close()

        asyncio.run(go())

    def test_with_qos_0_it_promises_what_it_can_hold(self):
        async def go():
            source = source_of(f"{self.address}?qos=0", name="churn")
            assert guarantee(source, sink_of(print)).word == "at-most-once"
            await source.open({})
            async with self.client() as client:
                for row in ROWS:
                    await client.publish(self.topic, json.dumps(row), qos=1)
            assert rows_of(await read_all(source)) == ROWS
            await source.close()

        asyncio.run(go())


class TestMqttSink(_OnMqtt, SinkContract):
    """What it has stored is what a session that was there before has been sent."""

    @pytest.fixture(autouse=True)
    def _listener(self, _topic):
        async def go():
            async with self.client(identifier=self.topic, clean_session=False) as client:
                await client.subscribe(self.topic, qos=1)

        asyncio.run(go())
        self.heard = []

    def make(self):
        return sink_of(self.address)

    def stored(self):
        async def go():
            async with self.client(identifier=self.topic, clean_session=False) as client:
                while True:
                    try:
                        message = await asyncio.wait_for(anext(client.messages), 1)
                    except TimeoutError:
                        return
                    self.heard.append(json.loads(message.payload))

        asking = threading.Thread(target=lambda: asyncio.run(go()))  # the contract asks from within an event loop
        asking.start()
        asking.join()
        return self.heard


@pytest.mark.mistake
def test_a_broker_that_is_not_there_is_said_without_its_password():
    with pytest.raises(StreamConnectionError, match=r"mqtt://127.0.0.1:1/a does not answer") as caught:
        asyncio.run(_opened(sink_of("mqtt://ada:secret@127.0.0.1:1/a")))
    assert "secret" not in str(caught.value)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mqtt://localhost/", "'mqtt://localhost/' does not say where rows are"),
        ("mqtt://localhost/a?qos=2", r"\?qos=0 or \?qos=1"),
        ("mqtt://localhost/a/#", "one topic without"),
        ("mqtt://localhost/a?quality=1", "knows no option 'quality'"),
    ],
)
def test_an_address_that_says_too_little_is_said(address, sentence):
    with pytest.raises(StreamPlaceError, match=sentence):
        sink_of(address)


async def _opened(sink):
    await sink.open()
    await sink.write(results())
