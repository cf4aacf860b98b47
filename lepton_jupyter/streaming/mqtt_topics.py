"""MQTT topics as a source, read in a session that the broker keeps, and as a sink."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import MissingPackageError
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import BrokerAddress
from lepton_jupyter.streaming.row_digest import row_digest
from lepton_jupyter.streaming.row_encoding import encode_rows
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_sink import Results

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_WANTED = "mqtt://host:port/TOPIC"
_ANSWER_SECONDS = 10
#: How long a broker that is left may take to have read everything, and the topic that it is asked for to know.
_LEAVE_SECONDS, _NO_TOPIC = 2, "lepton/no-topic"
#: Messages that wait in this process; with QoS 0 the broker would send without end.
_MOST_WAITING = 10_000
#: Messages under way to the broker at once; its own limit may be lower.
_MOST_SENT = 1_000
# What the library reports beside its answers would otherwise be written into whichever cell runs.
_SILENT = logging.getLogger("lepton_jupyter.mqtt")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def _import_aiomqtt() -> Any:
    try:
        import aiomqtt
    except ImportError:
        raise MissingPackageError.from_extra("MQTT", "aiomqtt", "stream") from None
    return aiomqtt


class _Topic:
    """A topic by its address, and clients that connect to its broker."""

    def __init__(self, address: str, options: list[str]) -> None:
        self._aiomqtt = _import_aiomqtt()
        self.address = BrokerAddress.parse(address, _PORTS, _WANTED, [*options, "qos"])
        self.name, self.label = self.address.name, self.address.label
        qos = self.address.options.get("qos", "1")
        if qos not in {"0", "1"}:
            raise StreamPlaceError.from_address(f"{self.label}?qos={qos}", "?qos=0 or ?qos=1")
        self.qos = int(qos)

    def asking(self) -> Any:
        """Turn what the library raises into an error after which the stream asks again."""
        return self.address.asking(self._aiomqtt.MqttError)

    async def connect(self, identifier: str | None = None) -> Any:
        """A client that is connected; with an identifier the broker keeps its session."""
        tls = self._aiomqtt.TLSParameters() if self.address.scheme == "mqtts" else None
        client = self._aiomqtt.Client(
            self.address.host,
            self.address.port,
            username=self.address.user,
            password=self.address.password,
            identifier=identifier,
            clean_session=identifier is None,
            timeout=_ANSWER_SECONDS,
            max_queued_incoming_messages=_MOST_WAITING,
            max_inflight_messages=_MOST_SENT,
            tls_params=tls,
            logger=_SILENT,
        )
        client.pending_calls_threshold = _MOST_SENT
        if identifier is not None:
            # A message is acknowledged when its result is stored, not when it has arrived.
            client._client.manual_ack_set(True)
        with self.asking():
            await client.__aenter__()
        return client

    async def hear(self, client: Any) -> None:
        """Return when the broker has read all that was sent, such as acknowledgements.

        A connection that is closed with messages unread is reset, and with it goes what the other side has not read.
        """
        with suppress(self._aiomqtt.MqttError, OSError):
            await client.unsubscribe(_NO_TOPIC, timeout=_LEAVE_SECONDS)

    async def disconnect(self, client: Any) -> None:
        with suppress(self._aiomqtt.MqttError, OSError):
            await client.__aexit__(None, None, None)


class MqttSource:
    """Messages of a topic, or of all that a filter such as ``plant/+/orders`` names.

    With QoS 1 the broker keeps a session under the stream's name: what comes while the stream is away waits there, up
    to the broker's limits, and what was not acknowledged comes again. A message is acknowledged when its result is
    stored; a broker sends only so many ahead of that. Mosquitto's 20 are few for a sink that gathers rows: set its
    ``max_inflight_messages``. With ``?qos=0`` what is lost is lost.

    MQTT gives messages no lasting number. The position of a row is the number of its packet and a digest of its bytes.

    Parameters
    ----------
    address : str
        ``"mqtt://user:password@host:port/TOPIC"``, ``mqtts`` for TLS, with ``?group=…`` for another session than that
        of `name`, or ``?qos=0``.
    name : str
        Of the stream: names the session.
    """

    def __init__(self, address: str, name: str) -> None:
        self._topic = _Topic(address, ["group"])
        self.label = self._topic.label
        self.replays = self.keeps_offsets = self._topic.qos > 0
        self._session = self._topic.address.options.get("group", f"lepton-{name}")
        self._client: Any = None
        self._next: asyncio.Task[Any] | None = None
        self._in_hand: set[int] = set()
        self._acknowledged = False
        self._n_read = 0

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Take up the session, which the broker remembers."""
        del offsets
        await self.close()
        self._client = await self._topic.connect(self._session if self.replays else None)
        try:
            with self._topic.asking():
                await self._client.subscribe(self._topic.name, qos=self._topic.qos)
        except BaseException:
            await self.close()
            raise

    async def read(self, most_rows: int) -> Batch | None:
        """Messages that are there."""
        with self._topic.asking():
            messages = await self._arrived(most_rows)
        self._n_read += len(messages)
        if not self.replays:
            first = self._n_read - len(messages)
            return Batch([each.payload for each in messages], [str(first + at) for at in range(len(messages))])
        # What was published with QoS 0 cannot be acknowledged.
        numbers = [each.mid for each in messages if each.qos]
        self._in_hand.update(numbers)
        return Batch(
            [each.payload for each in messages],
            [f"{each.mid}-{row_digest(each.payload)}" for each in messages],
            {self._topic.name: self._n_read} if messages else {},
            token=(self._client, numbers),
        )

    async def _arrived(self, most_rows: int) -> list[Any]:
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._client.messages))
        # The task goes on where it was: a message must not be lost between two reads.
        await asyncio.wait([self._next], timeout=PATIENCE_SECONDS)
        if not self._next.done():
            return []
        task, self._next = self._next, None
        found = [task.result()]
        waiting = self._client.messages
        while len(found) < most_rows and len(waiting):
            found.append(await anext(waiting))
        return found

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Acknowledge their messages; those of an earlier connection come again."""
        if not self.replays:
            return
        if self._client is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is being opened again"))
        for batch in batches:
            client, numbers = batch.token
            for number in numbers if client is self._client else ():
                if number in self._in_hand:
                    self._in_hand.discard(number)
                    client._client.ack(number, self._topic.qos)
                    self._acknowledged = True

    async def lag(self) -> int | None:
        """The protocol cannot ask."""
        return None

    async def close(self) -> None:
        """Disconnect; the broker keeps the session."""
        client, self._client, waiting, self._next = self._client, None, self._next, None
        self._in_hand.clear()
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait([waiting])
            if not waiting.cancelled():
                waiting.exception()  # looked at, or it would be reported as never retrieved
        if client is not None:
            if self._acknowledged:
                await self._topic.hear(client)
            self._acknowledged = False
            await self._topic.disconnect(client)


class MqttSink:
    """Rows as JSON messages of a topic; with QoS 1 the broker acknowledges each before it counts as stored.

    Parameters
    ----------
    address : str
        ``"mqtt://host:port/TOPIC"``, with ``?qos=0`` to be told nothing.
    """

    keyed = False
    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        self._topic = _Topic(address, [])
        self.label = self._topic.label
        if any(each in self._topic.name for each in "+#"):
            raise StreamPlaceError.from_address(self.label, f"{_WANTED}, one topic without + and #")
        self._client: Any = None

    async def open(self) -> None:
        """Connect."""
        await self.close()
        self._client = await self._topic.connect()

    async def write(self, results: Results) -> None:
        """Publish rows, and wait for all acknowledgements together."""
        rows = encode_rows(results)
        with self._topic.asking():
            for start in range(0, len(rows), _MOST_SENT):
                some = rows[start : start + _MOST_SENT]
                await asyncio.gather(*(self._client.publish(self._topic.name, row, self._topic.qos) for row in some))

    async def flush(self) -> None:
        """Each write was acknowledged."""

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await self._topic.disconnect(client)
