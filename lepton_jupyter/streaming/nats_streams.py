"""NATS JetStream as a source, read by a durable consumer, and as a sink."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from lepton_jupyter.exceptions.source_errors import MissingPackageError, said_by
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import address_parts
from lepton_jupyter.streaming.row_encoding import encode_rows
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_sink import Results

_ANSWER_SECONDS = 10.0


def _import_nats() -> Any:
    try:
        import nats.aio.client
        import nats.errors
        import nats.js.errors
    except ImportError:
        raise MissingPackageError.from_extra("NATS", "nats-py", "stream") from None
    return nats


async def _ignore(_: Exception) -> None:
    """What the library reports beside its answers, which would otherwise be logged into whichever cell runs."""


class _Subject:
    """One subject, by its address ``nats://host:port/SUBJECT``, and a connection to it."""

    def __init__(self, address: str, options: list[str]) -> None:
        self._nats = _import_nats()
        parts = address_parts(address)
        self.subject = unquote(parts.path.strip("/"))
        host = (parts.hostname or "localhost") + (f":{parts.port}" if parts.port else "")
        self.label = f"nats://{host}/{self.subject}"
        self._server = f"nats://{parts.netloc or 'localhost'}"
        if not self.subject or "/" in self.subject:
            raise StreamPlaceError.from_address(self.label, "nats://host:port/SUBJECT")
        self.options = dict(parse_qsl(parts.query))
        for name in self.options:
            if name not in options:
                raise StreamPlaceError.from_address_option(name, self.label, options)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn what the library raises into an error after which the stream asks again."""
        try:
            yield
        except (self._nats.errors.Error, OSError) as error:
            raise StreamConnectionError.from_error(self.label, RuntimeError(said_by(error))) from None

    async def connect(self) -> tuple[Any, Any, str]:
        """Connection, JetStream, and the name of the stream that keeps the subject.

        Raises
        ------
        StreamConnectionError, StreamPlaceError
        """
        # Not `nats.connect`: of a server that takes the connection and then says nothing it leaves the socket open.
        connection = self._nats.aio.client.Client()
        jetstream = connection.jetstream(timeout=_ANSWER_SECONDS)
        try:
            with self.asking():
                # The loop of the stream connects again itself, and says so.
                await connection.connect(
                    self._server,
                    allow_reconnect=False,
                    # 0 would be for ever.
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0.2,
                    connect_timeout=_ANSWER_SECONDS,
                    error_cb=_ignore,
                )
                try:
                    return connection, jetstream, await jetstream.find_stream_name_by_subject(self.subject)
                except self._nats.js.errors.NotFoundError:
                    raise StreamPlaceError.from_absent("subject that a stream of JetStream keeps", self.label) from None
        except BaseException:
            await connection.close()
            raise


class NatsSource:
    """Messages of a subject that JetStream keeps, acknowledged after their results are stored.

    What a reader that died did not acknowledge comes again after the consumer's ``ack_wait`` (30 s); one that is closed
    gives it back at once.

    Parameters
    ----------
    address : str
        ``"nats://host:port/SUBJECT"``, with ``?group=…`` for another durable consumer than that of `name`.
    name : str
        Of the stream: names the durable consumer.
    """

    replays = True
    keeps_offsets = True

    def __init__(self, address: str, name: str) -> None:
        self._subject = _Subject(address, ["group"])
        self.label = self._subject.label
        self._group = self._subject.options.get("group", f"lepton-{name}").replace(".", "-")
        self._connection: Any = None
        self._pulled: Any = None
        self._in_hand: dict[int, Any] = {}

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Join the durable consumer, which remembers what was acknowledged."""
        del offsets
        await self.close()
        self._connection, jetstream, stream = await self._subject.connect()
        try:
            with self._subject.asking():
                self._pulled = await jetstream.pull_subscribe(self._subject.subject, durable=self._group, stream=stream)
        except BaseException:
            await self.close()
            raise

    async def read(self, most_rows: int) -> Batch | None:
        """Messages that are there."""
        with self._subject.asking():
            try:
                messages = await self._pulled.fetch(most_rows, timeout=PATIENCE_SECONDS)
            except TimeoutError:
                return Batch([], [])
        sequences = [message.metadata.sequence.stream for message in messages]
        self._in_hand |= dict(zip(sequences, messages, strict=True))
        return Batch(
            [message.data for message in messages],
            [str(sequence) for sequence in sequences],
            {self._subject.subject: sequences[-1]} if sequences else {},
            token=sequences,
            n_again=sum(message.metadata.num_delivered > 1 for message in messages),
        )

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Acknowledge their messages, and wait until the server has heard it."""
        if self._connection is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is being opened again"))
        with self._subject.asking():
            for batch in batches:
                for sequence in batch.token:
                    message = self._in_hand.pop(sequence, None)
                    if message is not None:
                        await message.ack()
            await self._connection.flush(_ANSWER_SECONDS)

    async def lag(self) -> int | None:
        """Messages that nobody was given yet."""
        if self._pulled is None:
            return None
        with self._subject.asking():
            info = await self._pulled.consumer_info()
        return None if info.num_pending is None else int(info.num_pending)

    async def close(self) -> None:
        """Give back what was not acknowledged, and disconnect."""
        connection, self._connection, self._pulled = self._connection, None, None
        messages, self._in_hand = list(self._in_hand.values()), {}
        if connection is not None:
            with suppress(Exception):  # it may be gone; then the server finds out by itself
                for message in messages:
                    await message.nak()
                await connection.flush(1)
            await connection.close()


class NatsSink:
    """Rows as JSON messages of a subject that JetStream keeps; each is acknowledged by it before it counts as stored.

    Parameters
    ----------
    address : str
        ``"nats://host:port/SUBJECT"``.
    """

    keyed = False
    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        self._subject = _Subject(address, [])
        self.label = self._subject.label
        self._connection: Any = None
        self._jetstream: Any = None

    async def open(self) -> None:
        """Connect."""
        await self.close()
        self._connection, self._jetstream, _ = await self._subject.connect()

    async def write(self, results: Results) -> None:
        """Publish rows, and wait for all acknowledgements together."""
        with self._subject.asking():
            await asyncio.gather(
                *(
                    self._jetstream.publish(self._subject.subject, row.encode("utf-8", "backslashreplace"))
                    for row in encode_rows(results)
                )
            )

    async def flush(self) -> None:
        """Each write was acknowledged."""

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
