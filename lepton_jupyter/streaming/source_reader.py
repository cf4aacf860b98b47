"""The reading side of a stream's loop: reads ahead into a bounded queue, and shares its connection with commits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamFailedError
from lepton_jupyter.streaming.patience import GivenUpError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.loop_wishes import LoopWishes
    from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
    from lepton_jupyter.streaming.patience import Patience
    from lepton_jupyter.streaming.second_tally import SecondTally
    from lepton_jupyter.streaming.stream_source import Batch, Source

_LAG_SECONDS = 1.0


class Read(NamedTuple):
    """A batch, and when it came."""

    batch: Batch
    arrived: float


class SourceReader:
    """Reads until the end, a wish, or a full queue, not faster than it may.

    Parameters
    ----------
    source : Source
    wishes : LoopWishes
    patience : Patience
    checkpoint : OffsetCheckpoint
        Where reading begins.
    settings : LoopSettings
    tally : SecondTally
        Counts what was read.
    clock : callable

    Attributes
    ----------
    lag : int or None
        As the source last said it.
    remark : str
        What the source said when it was opened; empty if nothing.
    """

    def __init__(
        self,
        source: Source,
        *,
        wishes: LoopWishes,
        patience: Patience,
        checkpoint: OffsetCheckpoint,
        settings: LoopSettings,
        tally: SecondTally,
        clock: Callable[[], float],
    ) -> None:
        self._source, self._checkpoint = source, checkpoint
        self._wishes, self._patience = wishes, patience
        self._settings, self._tally, self._clock = settings, tally, clock
        self.lag: int | None = None
        self._next_read = self._lag_at = clock()
        self._read_ended = self._waits_for_room = False
        # A source that is opened again has no connection meanwhile on which it could commit.
        self._committing = asyncio.Lock()
        self._read_offsets: dict[str, Scalar] = {}
        self.remark = ""

    async def open(self) -> None:
        """Open the source where an earlier life of the stream left it."""
        self.remark = await self._source.open(self._checkpoint.load()) or ""

    async def read(self, queue: asyncio.Queue[Read | None]) -> str:
        """Read until the end, which the queue is told by a None; why it ended."""
        try:
            return await self._read_all(queue)
        except GivenUpError:
            return "stopped"
        except LeptonError:
            raise
        except Exception as error:
            raise StreamFailedError.from_source(self._source.label, error) from error
        finally:
            self._read_ended = True
            # Also after an error: what was read before it is still to be stored. One who was cancelled must not wait
            # for room: nobody takes from the queue any more.
            if not cast("asyncio.Task[Any]", asyncio.current_task()).cancelling():
                await queue.put(None)

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Let the source know that batches are stored, until it answers."""

        async def committed() -> None:
            async with self._committing:
                await self._source.commit(batches)

        await self._patience.insist("source", committed, self._reopen_unread)

    def is_at_end(self) -> None:
        """Hear that everything was read: what was last seen of the lag may be from a second ago."""
        self.lag = None if self.lag is None else 0

    async def _read_all(self, queue: asyncio.Queue[Read | None]) -> str:
        while not (why := self._wishes.why_stop()):
            await self._look_at_lag()
            if self._wishes.paused:
                await self._patience.rest(1.0)
                continue
            await self._pace()
            batch = await self._patience.insist("source", lambda: self._source.read(self._most_rows()), self._reopen)
            if batch is None:
                return "exhausted"
            if len(batch):
                self._tally.read(len(batch))
                self._read_offsets |= batch.offsets
                self._waits_for_room = True
                await queue.put(Read(batch, self._clock()))
                self._waits_for_room = False
        return why

    def _most_rows(self) -> int:
        rate = self._settings.rate
        # A tenth of a second at a time, so that a slow stream flows and does not come in gusts.
        return self._settings.most_rows if rate is None else max(1, min(self._settings.most_rows, round(rate / 10)))

    async def _pace(self) -> None:
        if self._settings.rate is not None:
            begun = self._next_read
            while self._clock() < begun and not self._wishes.why_stop():
                await self._patience.rest(min(1.0, begun - self._clock()))
            # No row is made up for that was not there in time.
            self._next_read = max(begun, self._clock() - 0.1) + self._most_rows() / self._settings.rate

    async def _reopen(self) -> None:
        # What was read and is not stored yet is in this process still: it need not be read again.
        async with self._committing:
            await self._source.open(self._checkpoint.offsets | self._read_offsets)

    async def _reopen_unread(self) -> None:
        # Who reads opens it again; done here, it would take the connection from under a read. But one that waits for
        # room reads nothing until what is to be committed is.
        if self._read_ended or self._waits_for_room:
            await self._reopen()

    async def _look_at_lag(self) -> None:
        if self._clock() >= self._lag_at:
            self._lag_at = self._clock() + _LAG_SECONDS
            try:
                self.lag = await self._source.lag()
            except Exception:  # noqa: BLE001  a figure of the panel; the read that comes next says that nobody answers
                self.lag = None
