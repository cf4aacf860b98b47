"""Redis as a sink: a stream, or a hash that holds the newest row of each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.streaming.redis_connection import RedisAddress
from lepton_jupyter.streaming.row_encoding import encode_rows

if TYPE_CHECKING:
    from lepton_jupyter.streaming.stream_sink import Results


# One command, of which all rows are added or none; a pipeline would be packed and answered row by row.
_ADD_ALL = "for _, row in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'row', row) end"


class RedisSink:
    """Rows as JSON, in a Redis stream or, with ``?as=hash``, in a hash.

    Each entry of a stream has one field, ``row``, as `RedisSource` reads it. A hash has one field for each key: a row
    that is written again replaces the earlier one.

    Parameters
    ----------
    address : str
        ``"redis://host:port/NAME"`` or ``"redis://host:port/NAME?as=hash"``.
    """

    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        self._address = RedisAddress(address, ["as"])
        kind = self._address.options.get("as", "stream")
        if kind not in {"stream", "hash"}:
            raise StreamPlaceError.from_address(f"{self._address.label}?as={kind}", "?as=hash or ?as=stream")
        self.keyed = kind == "hash"
        self.label = self._address.label + ("?as=hash" if self.keyed else "")
        self._client: Any = None

    async def open(self) -> None:
        """Connect, and refuse a key that holds something else."""
        await self.close()
        self._client = self._address.client()
        try:
            await self._address.check_kind(self._client, "hash" if self.keyed else "stream")
        except BaseException:
            await self.close()
            raise

    async def write(self, results: Results) -> None:
        """Send all rows as one command."""
        rows = encode_rows(results)
        key = self._address.key
        with self._address.asking():
            if self.keyed:
                await self._client.hset(key, mapping=dict(zip(results.keys, rows, strict=True)))
                return
            await self._client.eval(_ADD_ALL, 1, key, *rows)

    async def flush(self) -> None:
        """What was answered is stored, as safely as the server is told to (``appendfsync``)."""

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
