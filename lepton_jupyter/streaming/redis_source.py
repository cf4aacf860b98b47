"""A Redis stream as a source, read as a member of a consumer group."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.redis_connection import RedisAddress
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch, was_made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_source import Payload

    Entry = tuple[bytes, Sequence[bytes] | None]

#: An entry that its reader has not acknowledged for so long is taken over from it; looked for as often as that.
_CLAIM_SECONDS = 30.0
#: An entry that was given out more often than this has killed its readers.
_MOST_DELIVERIES = 8
_ACK_AT_ONCE = 10_000


class RedisSource:
    """Entries of a Redis stream, acknowledged after their results are stored.

    The stream and its group are made if they are not there; a new group begins with the oldest entry. First come
    entries that this reader was given and did not acknowledge, because it died, then new ones. What other readers of
    the group have left lying for 30 s is taken over (``XAUTOCLAIM``). Entries that were given out more than 8 times, or
    that were trimmed before they were stored, are refused: they become dead letters.

    An entry of one field that holds a JSON object is that row; else its fields are the columns, as texts.

    Parameters
    ----------
    address : str
        ``"redis://host:port/NAME"``, with ``?group=…&consumer=…`` for another group than `name`, or another reader.
    name : str
        Of the stream: names the group.
    reader : str, default="lepton"
        Which of several readers of the group this is. The same name in its next life: what it left is then its own.
    clock : callable, default=time.monotonic
    """

    replays = True
    keeps_offsets = True
    #: Whether `lag` is that of the whole group, and not of what this reader has been given.
    lag_of_group = True

    def __init__(
        self, address: str, name: str, *, reader: str = "lepton", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = RedisAddress(address, ["group", "consumer"])
        self.label = self._address.label
        self._key = self._address.key
        self._group = self._address.options.get("group", f"lepton-{name}")
        self._consumer = self._address.options.get("consumer", reader)
        self._clock = clock
        self._client: Any = None
        self._left: bytes | None = b"0"  # after which of its own entries it looks; None: all have been given
        self._claim_at = 0.0
        self._claim_from: bytes | str = "0-0"

    async def open(self, offsets: Mapping[str, Scalar]) -> str | None:
        """Join the group; the group itself remembers the offsets. Says so if the stream was not there."""
        del offsets
        await self.close()
        self._client = self._address.client()
        for command in ("XREADGROUP", "XAUTOCLAIM"):
            # Lists as they come: the library would make a dictionary of each entry, which takes as long as all else.
            self._client.set_response_callback(command, _as_it_is)
        try:
            await self._address.check_kind(self._client, "stream")
            was_there = await self._join()
        except BaseException:
            await self.close()
            raise
        self._left, self._claim_at, self._claim_from = b"0", self._clock() + _CLAIM_SECONDS, "0-0"
        return None if was_there else was_made("stream", self.label)

    async def _join(self) -> bool:
        """Enter the group; whether the stream was there."""
        with self._address.asking():
            was_there = bool(await self._client.exists(self._key))
            groups = await self._client.xinfo_groups(self._key) if was_there else []
            if self._group.encode() not in {_name_of(group) for group in groups}:
                try:
                    await self._client.xgroup_create(self._key, self._group, id="0", mkstream=True)
                except self._address.answered_no as error:
                    if not str(error).startswith("BUSYGROUP"):  # another reader was as quick
                        raise
        return was_there

    async def read(self, most_rows: int) -> Batch | None:
        """Own entries that were left, then those of others, then new ones."""
        with self._address.asking():
            if self._left is not None:
                left = await self._read_group(self._left, most_rows)
                self._left = left[-1][0] if left else None
                if left:
                    return await self._again(left)
            if self._clock() >= self._claim_at:
                batch = await self._claim(most_rows)
                if batch is not None:
                    return batch
            return self._batch(await self._read_group(b">", most_rows, block=int(1000 * PATIENCE_SECONDS)))

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Acknowledge their entries."""
        ids = [each for batch in batches for each in batch.token]
        if self._client is None:
            raise StreamConnectionError.from_error(self.label, RuntimeError("it is being opened again"))
        with self._address.asking():
            for start in range(0, len(ids), _ACK_AT_ONCE):
                await self._client.xack(self._key, self._group, *ids[start : start + _ACK_AT_ONCE])

    async def lag(self) -> int | None:
        """Entries that no reader of the group was given yet."""
        if self._client is None:
            return None
        with self._address.asking():
            for group in await self._client.xinfo_groups(self._key):
                if _name_of(group) == self._group.encode():
                    lag = group.get("lag")  # of Redis 7, and not after entries were deleted
                    return None if lag is None else int(lag)
        return None

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _read_group(self, after: bytes, most_rows: int, *, block: int | None = None) -> list[Entry]:
        found = await self._client.xreadgroup(
            self._group, self._consumer, {self._key: after}, count=most_rows, block=block
        )
        return list(found[0][1]) if found else []

    async def _claim(self, most_rows: int) -> Batch | None:
        start, entries, *rest = await self._client.xautoclaim(
            self._key, self._group, self._consumer, int(1000 * _CLAIM_SECONDS), self._claim_from, count=most_rows
        )
        deleted = [(each, None) for each in rest[0]] if rest else []
        self._claim_from = start
        if start == b"0-0":
            self._claim_at = self._clock() + _CLAIM_SECONDS
        # Redis 6 gives nothing in the place of an entry that was deleted.
        found: list[Entry] = [*filter(None, entries), *deleted]
        return await self._again(found) if found else None

    async def _again(self, entries: list[Entry]) -> Batch:
        """A batch of entries that were given out before."""
        pending = await self._client.xpending_range(
            self._key, self._group, min=entries[0][0], max=entries[-1][0], count=len(entries)
        )
        worn = {each["message_id"] for each in pending if each["times_delivered"] > _MOST_DELIVERIES}
        return self._batch(entries, worn=worn, again=True)

    def _batch(self, entries: list[Entry], worn: set[bytes] | None = None, *, again: bool = False) -> Batch:
        if not entries:
            return Batch([], [])
        payloads = [_worn() if worn and entry_id in worn else _payload(fields) for entry_id, fields in entries]
        positions = [entry_id.decode() for entry_id, _ in entries]
        return Batch(
            payloads,
            positions,
            {self._key: positions[-1]},
            token=[entry_id for entry_id, _ in entries],
            n_again=len(entries) if again else 0,
        )


def _name_of(group: Mapping[str, Any]) -> bytes:
    name: bytes = group["name"]
    return name


def _as_it_is(reply: Any, **options: Any) -> Any:
    del options
    return reply


def _payload(fields: Sequence[bytes] | None) -> Payload:
    if not fields:
        return RowRefusal("trimmed", "It was trimmed from the stream before its result was stored.")
    if len(fields) == 2 and fields[1][:1] == b"{":
        return fields[1]
    texts = [each.decode("utf-8", "replace") for each in fields]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _worn() -> RowRefusal:
    return RowRefusal(
        "given out too often", f"It was given out more than {_MOST_DELIVERIES} times: its readers have died of it."
    )
