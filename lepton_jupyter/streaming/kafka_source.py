"""A topic of Kafka as a source, read as a member of a consumer group."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.kafka_address import ANSWER_SECONDS, KafkaAddress, import_kafka
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar

#: Between two looks for messages, in seconds: twice as long after each that found none.
_SHORTEST_REST, _LONGEST_REST = 0.001, 0.01


class KafkaSource:
    """Messages of a topic, each one JSON object; offsets are committed after their results are stored.

    Parameters
    ----------
    address : str
        ``"kafka://host:port/TOPIC"``. ``?group=…`` names another group than `name`; ``?assign=all`` reads all
        partitions at once, without sharing them with other members, which saves the seconds of joining.
    name : str
        Of the stream: names the group.
    config : mapping, optional
        More settings of librdkafka, such as how to log in.
    """

    replays = True
    keeps_offsets = True
    #: Whether `lag` is that of the whole group, and not of what this reader has been given.
    lag_of_group = False

    def __init__(self, address: str, name: str, *, config: Mapping[str, Any] | None = None) -> None:
        self._kafka = import_kafka()
        self._address = KafkaAddress(address, ["group", "assign"])
        self.label = self._address.label
        self._group = self._address.options.get("group", f"lepton-{name}")
        self._config = config
        self._consumer: Any = None
        self._in_use = threading.Lock()
        error = self._kafka.KafkaError
        # The partition is another's by now, who reads from what was committed: rows come twice, none is lost.
        self._taken_over = {error.ILLEGAL_GENERATION, error.UNKNOWN_MEMBER_ID, error.REBALANCE_IN_PROGRESS}

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Join the group, which remembers the offsets."""
        del offsets
        await self.close()
        settings = self._address.config(
            self._config, group_id=self._group, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        consumer = self._kafka.Consumer(settings)
        try:
            partitions = await asyncio.to_thread(self._address.check_topic, consumer)
            if self._address.options.get("assign") == "all":
                consumer.assign([self._kafka.TopicPartition(self._address.topic, each) for each in partitions])
            else:
                consumer.subscribe([self._address.topic])
        except BaseException:
            await asyncio.to_thread(consumer.close)
            raise
        self._consumer = consumer

    async def read(self, most_rows: int) -> Batch | None:
        """Messages that have arrived."""
        messages = await self._wait_for_messages(most_rows)
        payloads, positions, after = [], [], {}
        for message in messages:
            if message.error() is not None:
                raise self._address.lost(self._kafka.KafkaException(message.error()))
            value, partition, offset = message.value(), message.partition(), message.offset()
            payloads.append(RowRefusal("empty", "It is a message without a value.") if value is None else value)
            positions.append(f"{partition}:{offset}")
            after[partition] = offset + 1
        return Batch(payloads, positions, {str(partition): offset for partition, offset in after.items()}, token=after)

    async def _wait_for_messages(self, most_rows: int) -> list[Any]:
        # Looked for again and again: while poll() waits, a commit on another thread waits with it.
        end, rest = time.monotonic() + PATIENCE_SECONDS, _SHORTEST_REST
        while not (messages := await asyncio.to_thread(self._consume, most_rows)) and time.monotonic() < end:
            await asyncio.sleep(rest)
            rest = min(2 * rest, _LONGEST_REST)
        return messages

    def _consume(self, most_rows: int) -> list[Any]:
        try:
            with self._in_use:
                found: list[Any] = self._consumer.consume(most_rows, 0)
                return found
        except (self._kafka.KafkaException, RuntimeError) as error:
            raise self._address.lost(error) from None

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Commit the offsets after them."""
        after: dict[int, int] = {}
        for batch in batches:
            after |= batch.token
        consumer = self._consumer
        if consumer is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is being opened again"))
        if not after:
            return
        topic = self._address.topic
        offsets = [self._kafka.TopicPartition(topic, partition, offset) for partition, offset in after.items()]
        try:
            await asyncio.to_thread(consumer.commit, offsets=offsets, asynchronous=False)
        except (self._kafka.KafkaException, RuntimeError) as error:
            code = error.args[0].code() if hasattr(error.args[0], "code") else None
            if code not in self._taken_over:
                raise self._address.lost(error) from None

    async def lag(self) -> int | None:
        """Messages of its partitions that were not read yet, as far as the broker has said."""
        consumer = self._consumer
        if consumer is None:
            return None
        total = 0
        for at in consumer.position(consumer.assignment()):
            _, end = consumer.get_watermark_offsets(at, timeout=ANSWER_SECONDS, cached=True)
            if end >= 0 and at.offset >= 0:
                total += max(0, end - at.offset)
        return total

    async def close(self) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await asyncio.to_thread(self._leave, consumer)

    def _leave(self, consumer: Any) -> None:
        # A read that was cancelled may still be on its thread.
        with self._in_use:
            consumer.close()
