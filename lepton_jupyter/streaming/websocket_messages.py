"""Messages of a websocket as a source, and as a sink."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import MissingPackageError
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import BrokerAddress, address_parts
from lepton_jupyter.streaming.row_encoding import encode_rows
from lepton_jupyter.streaming.row_parsing import MOST_BYTES
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_sink import Results

_ANSWER_SECONDS = 10.0


def _import_websockets() -> Any:
    try:
        import websockets.asyncio.client
    except ImportError:
        raise MissingPackageError.from_extra("Websockets", "websockets", "stream") from None
    return websockets


class _Socket:
    """A websocket by its address, ``ws://host:port/path`` or ``wss://…``."""

    def __init__(self, address: str) -> None:
        self._websockets = _import_websockets()
        parts = address_parts(address)
        if not parts.hostname:
            raise StreamPlaceError.from_address(f"{parts.scheme}://", "ws://host:port/path")
        self._address = address
        port = f":{parts.port}" if parts.port else ""
        # What comes after the path may be a token.
        self.label = f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
        self._named = BrokerAddress(self.label, parts.scheme, parts.hostname, parts.port or 0, None, None, "", {})

    def asking(self) -> Any:
        """Turn what the library raises into an error after which the stream asks again."""
        return self._named.asking(self._websockets.exceptions.WebSocketException)

    async def connect(self) -> Any:
        """A connection of its own."""
        with self.asking():
            return await self._websockets.asyncio.client.connect(
                # Twice as long as a row may be, so that a row that is too long becomes a dead letter.
                self._address, open_timeout=_ANSWER_SECONDS, close_timeout=1, max_size=2 * MOST_BYTES,
            )  # fmt: skip


class WebsocketSource:
    """Messages of a websocket, each one row.

    A websocket forgets what it has sent: rows that were read and not stored when the kernel dies are lost, and so is
    what is sent while the stream is not connected.

    Parameters
    ----------
    address : str
        ``"ws://host:port/path"``; ``wss`` for TLS.
    """

    replays = False
    keeps_offsets = False

    def __init__(self, address: str) -> None:
        self._socket = _Socket(address)
        self.label = self._socket.label
        self._connection: Any = None
        self._next: asyncio.Task[Any] | None = None
        self._begun = 0
        self._n_read = 0

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Connect."""
        del offsets
        await self.close()
        self._connection = await self._socket.connect()
        # Positions of another connection, or another kernel, are others.
        self._begun, self._n_read = time.time_ns() // 1_000_000, 0

    async def read(self, most_rows: int) -> Batch | None:
        """Messages that are there."""
        payloads: list[Any] = []
        with self._socket.asking():
            while len(payloads) < most_rows:
                if self._next is None:
                    self._next = asyncio.ensure_future(self._connection.recv())
                    await asyncio.sleep(0)
                # The task goes on where it was: a message must not be lost between two reads.
                if not self._next.done():
                    await asyncio.wait([self._next], timeout=0 if payloads else PATIENCE_SECONDS)
                if not self._next.done() or (payloads and self._next.exception() is not None):
                    break
                task, self._next = self._next, None
                payloads.append(task.result())
        start, self._n_read = self._n_read, self._n_read + len(payloads)
        return Batch(payloads, [f"{self._begun}-{place}" for place in range(start, self._n_read)])

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Nothing: what was sent is gone."""

    async def lag(self) -> int | None:
        """Nobody knows what will be sent."""
        return None

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection, waiting, self._next = self._connection, None, self._next, None
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait([waiting])
            if not waiting.cancelled():
                waiting.exception()  # looked at, or it would be reported as never retrieved
        if connection is not None:
            await connection.close()


class WebsocketSink:
    """Rows as JSON messages; they count as stored when whoever listens has answered a ping that came after them.

    What it does with them then is its own matter.

    Parameters
    ----------
    address : str
        ``"ws://host:port/path"``.
    """

    keyed = False
    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        self._socket = _Socket(address)
        self.label = self._socket.label
        self._connection: Any = None

    async def open(self) -> None:
        """Connect."""
        await self.close()
        self._connection = await self._socket.connect()

    async def write(self, results: Results) -> None:
        """Send rows, and wait until they have arrived."""
        if self._connection is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is not open"))
        with self._socket.asking():
            for row in encode_rows(results):
                # A lone surrogate of a text is no UTF-8: it is sent as its escape.
                await self._connection.send(row.encode("utf-8", "backslashreplace").decode())
            # Here and not in `flush`, which is not asked for rows again whose connection broke before it.
            await asyncio.wait_for(await self._connection.ping(), _ANSWER_SECONDS)

    async def flush(self) -> None:
        """Each write has arrived."""

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                await connection.close()
