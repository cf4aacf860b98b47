"""Over Kafka's own protocol, by the mock cluster of librdkafka: a broker's death is not tested here."""

from __future__ import annotations

import asyncio
import json
import threading
from itertools import count

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import SourceContract, read_some
from streaming.killed_stream import Doubler

from lepton_jupyter.events.stream_events import StreamEnded
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.runs.run_store import RunStore
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.loop_settings import LoopSettings
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_thread import StreamThread

kafka = pytest.importorskip("confluent_kafka", reason="the package confluent-kafka is not installed")

from lepton_jupyter.streaming.kafka_sink import KafkaSink  # noqa: E402  # after the package is known to be there
from lepton_jupyter.streaming.kafka_source import KafkaSource  # noqa: E402  # as above

PATIENCE = 60.0
NUMBERS = count()


@pytest.fixture(scope="module")
def cluster():
    """A producer in which a mock broker lives, and its address."""
    producer = kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
    [broker] = producer.list_topics(timeout=10).brokers.values()
    return producer, f"{broker.host}:{broker.port}"


class _OnKafka:
    @pytest.fixture(autouse=True)
    def _topic(self, cluster):
        self.producer, self.server = cluster
        self.topic = f"things-{next(NUMBERS)}"
        self.address = f"kafka://{self.server}/{self.topic}"
        self.producer.list_topics(self.topic, timeout=10)  # makes it

    def fill(self, rows):
        for row in rows:
            self.producer.produce(self.topic, json.dumps(row), partition=0)
        self.producer.flush(10)

    def messages(self, topic):
        """All messages of a topic, by a reader of no group of ours."""
        consumer = kafka.Consumer(
            {"bootstrap.servers": self.server, "group.id": "audit", "log_level": 0, "fetch.wait.max.ms": 10,
             "enable.auto.commit": False}
        )  # fmt: skip
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([kafka.TopicPartition(topic, each, kafka.OFFSET_BEGINNING) for each in partitions])
        found = []
        wanted = sum(
            consumer.get_watermark_offsets(kafka.TopicPartition(topic, each), timeout=10)[1] for each in partitions
        )
        while len(found) < wanted:
            message = consumer.poll(10)
            assert message is not None
            if message.error() is None:
                found.append(message)
        consumer.close()
        return found


class TestKafkaSource(_OnKafka, SourceContract):
    def make(self):
        return KafkaSource(f"{self.address}?assign=all", f"stream-{self.topic}")

    def test_a_message_without_a_value_is_refused(self):
        async def go():
            source = self.make()
            await source.open({})
            batch = await read_some(source)
            assert [payload.reason for payload in batch.payloads] == ["empty"]
            await source.close()

        self.producer.produce(self.topic, None, key="a")
        self.producer.flush(10)
        asyncio.run(go())


class TestKafkaSink(_OnKafka, SinkContract):
    def make(self):
        return KafkaSink(self.address)

    def stored(self):
        messages = self.messages(self.topic)
        rows = [json.loads(message.value()) for message in messages]
        assert [message.key() for message in messages] == [row["id"].encode() for row in rows]
        return rows

    # What was given to a producer may be on its way.
    def test_what_was_not_flushed_is_whole_or_absent(self):
        async def go():
            sink = self.make()
            await sink.open()
            await sink.close()

        asyncio.run(go())
        assert self.messages(self.topic) == []


class TestStream(_OnKafka):
    def test_a_group_is_joined_and_every_row_is_stored_and_committed(self, tmp_path):
        folder = RunStore(tmp_path).create("orders")
        to = f"{self.topic}-scored"
        self.producer.list_topics(to, timeout=10)
        events, all_stored = [], threading.Event()
        sink = KafkaSink(f"kafka://{self.server}/{to}")
        lease = OwnerLease()
        loop = StreamLoop(
            KafkaSource(self.address, "orders"), sink, JsonLinesFile(folder.path / "dead.jsonl"), Doubler(),
            say=lambda event: (events.append(event), loop.tally.n_stored >= 500 and all_stored.set()),
            checkpoint=OffsetCheckpoint(folder), settings=LoopSettings(key="id", most_rows=100), lease=lease,
        )  # fmt: skip
        thread = StreamThread(loop, lease, name="kafka", at_end=lambda: None)
        for x in range(500):
            self.producer.produce(self.topic, json.dumps({"id": x, "x": x}), key=str(x))
        self.producer.flush(10)
        thread.start()
        assert all_stored.wait(PATIENCE)
        loop.stop("python")
        assert thread.wait(PATIENCE)
        assert isinstance(events[-1], StreamEnded)
        stored = [json.loads(message.value()) for message in self.messages(to)]
        assert sorted(row["y"] for row in stored) == [2 * x for x in range(500)]
        reader = kafka.Consumer({"bootstrap.servers": self.server, "group.id": "lepton-orders", "log_level": 0})
        committed = reader.committed([kafka.TopicPartition(self.topic, each) for each in range(4)], timeout=10)
        assert sum(max(0, each.offset) for each in committed) == 500
        reader.close()


@pytest.mark.mistake
def test_a_broker_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setattr("lepton_jupyter.streaming.kafka_address.ANSWER_SECONDS", 0.5)
    with pytest.raises(StreamConnectionError, match=r"kafka://127.0.0.1:1/a does not answer"):
        asyncio.run(KafkaSource("kafka://127.0.0.1:1/a", "churn").open({}))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("kafka://localhost:9092", "Write kafka://host:port/TOPIC"),
        ("kafka://ada:secret@localhost/a", "cannot hold a user"),
        ("kafka://localhost/a?grop=b", "Did you mean 'group'?"),
    ],
)
def test_an_address_that_cannot_be_read_is_said_without_its_password(address, said):
    with pytest.raises(StreamPlaceError) as caught:
        KafkaSource(address, "churn")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
