"""The order on which a stream's promise rests: what was written is made safe, and only then committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.streaming.learner_checkpoint import LearnerCheckpoint
    from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
    from lepton_jupyter.streaming.patience import Patience
    from lepton_jupyter.streaming.second_tally import SecondTally
    from lepton_jupyter.streaming.source_reader import Read, SourceReader
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Batch


class _Written(NamedTuple):
    batch: Batch
    arrived: float
    n_rows: int


class StoreThenCommit:
    """Gathers what was written until it is time to store it, dead letters before results, and commits it then.

    Parameters
    ----------
    sink, dead_letters : Sink
    reader : SourceReader
        Commits to the source.
    patience : Patience
    checkpoint : OffsetCheckpoint or None
        None where the source keeps its offsets itself.
    learner : LearnerCheckpoint or None
        Keeps what is learnt from labels, as it is when all that was written is committed.
    tally : SecondTally
    clock : callable
    """

    def __init__(
        self,
        sink: Sink,
        dead_letters: Sink,
        *,
        reader: SourceReader,
        patience: Patience,
        checkpoint: OffsetCheckpoint | None,
        learner: LearnerCheckpoint | None,
        tally: SecondTally,
        clock: Callable[[], float],
    ) -> None:
        self._sink, self._dead_letters = sink, dead_letters
        self._reader, self._patience = reader, patience
        self._checkpoint, self._learner = checkpoint, learner
        self._tally, self._clock = tally, clock
        self._unstored: list[_Written] = []
        self._dead_unstored = False
        self._flushed_at = clock()

    def wrote(self, read: Read, n_rows: int, *, dead: bool) -> None:
        """Hear that a batch was written: how many results, and whether there were dead letters."""
        if not self._unstored:
            self._flushed_at = self._clock()
        self._dead_unstored |= dead
        self._unstored.append(_Written(read.batch, read.arrived, n_rows))

    def seconds_left(self) -> float | None:
        """How long may be gathered on; None: there is nothing to store."""
        if not self._unstored:
            return None
        gather = max(self._sink.gather_seconds, self._dead_letters.gather_seconds if self._dead_unstored else 0.0)
        return max(0.0, self._flushed_at + gather - self._clock())

    async def store(self) -> None:
        """Make safe what was written, then commit it: never the other way round."""
        if not self._unstored:
            return
        if self._dead_unstored:
            await self._patience.insist("dead letters", self._dead_letters.flush, self._dead_letters.open)
            self._dead_unstored = False
        await self._patience.insist("sink", self._sink.flush, self._sink.open)
        done, self._unstored = self._unstored, []
        await self._reader.commit([each.batch for each in done])
        now = self._flushed_at = self._clock()
        for each in done:
            self._tally.committed(each.n_rows, now - each.arrived, each.batch.offsets)
            if self._checkpoint is not None:
                self._checkpoint.commit(each.batch.offsets, now)
        if self._learner is not None:
            self._learner.committed(now)

    def save(self) -> None:
        """Bring to disk what was committed last, and what was learnt until then."""
        if self._learner is not None:
            self._learner.save()
        if self._checkpoint is not None:
            self._checkpoint.save(self._clock())
