"""A topic of Kafka as a sink."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.streaming.kafka_address import ANSWER_SECONDS, KafkaAddress, import_kafka
from lepton_jupyter.streaming.row_encoding import encode_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.streaming.stream_sink import Results


class KafkaSink:
    """Rows as JSON messages, with the key of the row; all replicas must have them before they count as stored.

    Parameters
    ----------
    address : str
        ``"kafka://host:port/TOPIC"``.
    config : mapping, optional
        More settings of librdkafka, such as how to log in.
    """

    keyed = False
    gather_seconds = 0.05

    def __init__(self, address: str, *, config: Mapping[str, Any] | None = None) -> None:
        self._kafka = import_kafka()
        self._address = KafkaAddress(address, [])
        self.label = self._address.label
        self._config = config
        self._producer: Any = None
        #: Messages that were given to the producer and not acknowledged yet, or refused, by a number of their own.
        self._unacknowledged: dict[int, tuple[str, str]] = {}
        self._n_produced = 0

    async def open(self) -> None:
        """Connect; what is not acknowledged yet is produced again."""
        producer = self._kafka.Producer(
            self._address.config(self._config, enable_idempotence=True, message_timeout_ms=int(1000 * ANSWER_SECONDS))
        )
        await asyncio.to_thread(self._address.check_topic, producer)
        self._discard()
        self._producer = producer
        again, self._unacknowledged = list(self._unacknowledged.values()), {}
        for key, value in again:
            self._produce(key, value)

    async def write(self, results: Results) -> None:
        """Hand rows to the producer, which sends them in the background."""
        for key, row in zip(results.keys, results.rows(), strict=True):
            self._produce(key, encode_row(row))

    def _produce(self, key: str, value: str) -> None:
        number, self._n_produced = self._n_produced, self._n_produced + 1
        self._unacknowledged[number] = (key, value)

        def acknowledged(error: Any, _: Any) -> None:
            if error is None:
                self._unacknowledged.pop(number, None)

        while True:
            try:
                self._producer.produce(self._address.topic, value, key, on_delivery=acknowledged)
                break
            except BufferError:  # its queue is full: room comes with the next acknowledgement
                self._producer.poll(0.05)
        self._producer.poll(0)

    async def flush(self) -> None:
        """Wait until all are acknowledged."""
        await asyncio.to_thread(self._producer.flush, ANSWER_SECONDS)
        if self._unacknowledged:
            n_rows = len(self._unacknowledged)
            raise StreamConnectionError.from_error(self.label, RuntimeError(f"{n_rows} rows were not acknowledged"))

    async def close(self) -> None:
        """Let go of the producer, and of what was not flushed: it will be read again."""
        self._discard()
        self._unacknowledged.clear()

    def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()
            producer.poll(0)
