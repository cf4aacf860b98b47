"""AMQP queues, such as RabbitMQ's, as a source and as a sink."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import MissingPackageError
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.streaming.broker_address import BrokerAddress
from lepton_jupyter.streaming.row_digest import row_digest
from lepton_jupyter.streaming.row_encoding import encode_rows
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch, was_made

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_sink import Results

_PORTS = {"amqp": 5672, "amqps": 5671}
_WANTED = "amqp://host:port/QUEUE"
_ANSWER_SECONDS = 10.0
#: Messages that were given out and not acknowledged, at most: some micro-batches, so that memory stays flat.
_MOST_GIVEN = 8_192


def _import_aio_pika() -> Any:
    try:
        import aio_pika
    except ImportError:
        raise MissingPackageError.from_extra("AMQP", "aio-pika", "stream") from None
    # What it warns of would appear in whichever cell runs, where nobody has set up logging; the stream says it itself.
    logging.getLogger("aiormq").addHandler(logging.NullHandler())
    return aio_pika


class _Queue:
    """A queue by its address, and connections to its broker."""

    def __init__(self, address: str) -> None:
        self._pika = _import_aio_pika()
        self.address = BrokerAddress.parse(address, _PORTS, _WANTED, ["vhost"])
        self.name, self.label = self.address.name, self.address.label

    def asking(self) -> Any:
        """Turn what the library raises into an error after which the stream asks again."""
        return self.address.asking(self._pika.exceptions.AMQPError, self._pika.exceptions.ChannelInvalidStateError)

    async def connect(self) -> Any:
        """A connection of its own; the loop of the stream connects again itself, and says so."""
        given = self.address
        with self.asking():
            return await self._pika.connect(
                host=given.host,
                port=given.port,
                login=given.user or "guest",
                password=given.password or "guest",
                virtualhost=given.options.get("vhost", "/"),
                ssl=given.scheme == "amqps",
                timeout=_ANSWER_SECONDS,
            )

    async def find(self, connection: Any, **settings: Any) -> tuple[Any, Any, bool]:
        """A channel, the queue as it is, made to last if it is not there, and whether it was there."""
        with self.asking():
            channel = await connection.channel(**settings)
            try:
                return channel, await channel.declare_queue(self.name, passive=True, timeout=_ANSWER_SECONDS), True
            except self._pika.exceptions.ChannelNotFoundEntity:  # after which the channel is closed
                channel = await connection.channel(**settings)
                return channel, await channel.declare_queue(self.name, durable=True, timeout=_ANSWER_SECONDS), False

    def message(self, body: bytes) -> Any:
        """One that outlives the broker's process."""
        return self._pika.Message(
            body, content_type="application/json", delivery_mode=self._pika.DeliveryMode.PERSISTENT
        )


class AmqpSource:
    """Messages of a queue, acknowledged after their results are stored.

    The queue is made, durable, if it is not there. What a reader that died did not acknowledge comes again at once.
    AMQP gives messages no lasting number: the position of a row is its ``message_id``, or a digest of its bytes.

    Parameters
    ----------
    address : str
        ``"amqp://user:password@host:port/QUEUE"``, ``amqps`` for TLS, with ``?vhost=…`` for another virtual host.
    """

    replays = True
    keeps_offsets = True

    def __init__(self, address: str) -> None:
        self._queue = _Queue(address)
        self.label = self._queue.label
        self._connection: Any = None
        self._channel: Any = None
        self._found: Any = None
        self._arrived: asyncio.Queue[Any] = asyncio.Queue()
        self._in_hand: dict[int, Any] = {}
        self._n_read = 0

    async def open(self, offsets: Mapping[str, Scalar]) -> str | None:
        """Begin to consume; the broker remembers what was acknowledged. Says so if the queue was not there."""
        del offsets
        await self.close()
        self._connection = await self._queue.connect()
        try:
            self._channel, self._found, was_there = await self._queue.find(self._connection)
            with self._queue.asking():
                await self._channel.set_qos(prefetch_count=_MOST_GIVEN)
                await self._found.consume(self._arrived.put)
        except BaseException:
            await self.close()
            raise
        return None if was_there else was_made("queue", self.label)

    async def read(self, most_rows: int) -> Batch | None:
        """Messages that have arrived."""
        if self._is_gone():
            # What has arrived comes again: it would be scored twice.
            raise StreamConnectionError.from_error(self.label, RuntimeError("the connection is gone"))
        messages = []
        with suppress(TimeoutError):
            messages.append(await asyncio.wait_for(self._arrived.get(), PATIENCE_SECONDS))
        while messages and len(messages) < most_rows and not self._arrived.empty():
            messages.append(self._arrived.get_nowait())
        if not messages:
            return Batch([], [])
        self._in_hand |= {each.delivery_tag: each for each in messages}
        self._n_read += len(messages)
        return Batch(
            [each.body for each in messages],
            [each.message_id or row_digest(each.body) for each in messages],
            {self._queue.name: self._n_read},
            token=(self._channel, [each.delivery_tag for each in messages]),
            n_again=sum(bool(each.redelivered) for each in messages),
        )

    def _is_gone(self) -> bool:
        return self._connection is None or self._connection.is_closed or self._channel.is_closed

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Acknowledge their messages; those of an earlier connection, or of one that is gone, come again."""
        if self._connection is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is being opened again"))
        with self._queue.asking():
            for batch in batches:
                channel, tags = batch.token
                # Whoever reads opens it again: an error here would hold up the results that he waits for.
                for tag in tags if channel is self._channel and not self._is_gone() else ():
                    message = self._in_hand.pop(tag, None)
                    if message is not None:
                        await message.ack()

    async def lag(self) -> int | None:
        """Messages that nobody was given yet."""
        if self._connection is None:
            return None
        with self._queue.asking():
            # Asked of a channel of its own: an answer about what is not there closes it.
            async with self._connection.channel() as channel:
                found = await channel.declare_queue(self._queue.name, passive=True, timeout=_ANSWER_SECONDS)
        return int(found.declaration_result.message_count)

    async def close(self) -> None:
        """Disconnect, which gives back what was not acknowledged."""
        connection, self._connection = self._connection, None
        self._in_hand = {}
        self._arrived = asyncio.Queue()
        if connection is not None:
            with suppress(Exception):  # it may be gone
                await connection.close()


class AmqpSink:
    """Rows as JSON messages of a durable queue; each is confirmed by the broker before it counts as stored.

    Parameters
    ----------
    address : str
        ``"amqp://user:password@host:port/QUEUE"``.
    """

    keyed = False
    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        self._queue = _Queue(address)
        self.label = self._queue.label
        self._connection: Any = None
        self._exchange: Any = None

    async def open(self) -> None:
        """Connect, and make the queue if it is not there."""
        await self.close()
        self._connection = await self._queue.connect()
        try:
            channel, _, _ = await self._queue.find(self._connection, publisher_confirms=True)
            self._exchange = channel.default_exchange
        except BaseException:
            await self.close()
            raise

    async def write(self, results: Results) -> None:
        """Publish rows, and wait for all confirmations together."""
        if self._exchange is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is not open"))
        messages = [self._queue.message(row.encode("utf-8", "backslashreplace")) for row in encode_rows(results)]
        with self._queue.asking():
            await asyncio.gather(
                *(self._exchange.publish(each, self._queue.name, timeout=_ANSWER_SECONDS) for each in messages)
            )

    async def flush(self) -> None:
        """Each write was confirmed."""

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # it may be gone
                await connection.close()
