"""The loop of a stream: read, parse, score, store, and only then commit."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import StreamEnded
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.streaming.batch_writer import BatchWriter
from lepton_jupyter.streaming.loop_judge import LoopJudge
from lepton_jupyter.streaming.loop_wishes import ELSEWHERE, LoopWishes
from lepton_jupyter.streaming.patience import STOP_SECONDS, GivenUpError, Patience, told
from lepton_jupyter.streaming.row_alarms import RowAlarms
from lepton_jupyter.streaming.second_report import SecondReport
from lepton_jupyter.streaming.second_tally import SecondTally
from lepton_jupyter.streaming.source_reader import SourceReader
from lepton_jupyter.streaming.store_then_commit import StoreThenCommit

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.batch_writer import ScoredBatch
    from lepton_jupyter.streaming.champion_contest import ChampionContest
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.correction_watch import CorrectionWatch
    from lepton_jupyter.streaming.error_watch import ErrorWatch
    from lepton_jupyter.streaming.learner_checkpoint import LearnerCheckpoint
    from lepton_jupyter.streaming.left_wishes import LeftWishes
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
    from lepton_jupyter.streaming.owner_lease import OwnerLease
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.row_scoring import Scorer
    from lepton_jupyter.streaming.source_reader import Read
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Source
    from lepton_jupyter.streaming.window_features import WindowFeatures

_TICK_SECONDS = 1.0


class _Scored(NamedTuple):
    read: Read
    batch: ScoredBatch


class StreamLoop:
    """Reads from a source, scores with a model and writes to a sink, within one event loop.

    Three tasks share bounded queues: one reads, one scores, one stores. A sink that stalls so fills the queues, then
    the reading stops, and memory stays flat. Offsets are committed when everything before them is stored, results and
    dead letters alike.

    Parameters
    ----------
    source : Source
    sink : Sink
    dead_letters : Sink
        Takes what cannot be parsed, scored or stored, with its reason.
    scorer : Scorer
    say : callable
        ``say(event)`` appends to the run's log.
    checkpoint : OffsetCheckpoint
    settings : LoopSettings
    lease : OwnerLease
    prequential : PrequentialScore, optional
        Judges predictions as labels come, where `settings` names their column.
    error_watch : ErrorWatch, optional
        Tells when errors grow, where there is `prequential`.
    correction_watch : CorrectionWatch, optional
        Tells when a correction of the model begins to gain, where there is `error_watch`.
    column_watch : ColumnWatch, optional
        Tells when rows or predictions are no longer as in training.
    contest : ChampionContest, optional
        Decides whose model predicts: then `scorer` and `column_watch` are those of its champion.
    windows : WindowFeatures, optional
        Extends rows by columns of windows before they are predicted.
    learner : LearnerCheckpoint, optional
        Keeps what the online learner of `contest` learns.
    left_wishes : LeftWishes, optional
        Where another kernel may wish that it stops or pauses; looked at once a second.
    clock : callable, default=time.monotonic
    """

    def __init__(  # noqa: PLR0913  all that a loop works with, each by its name
        self,
        source: Source,
        sink: Sink,
        dead_letters: Sink,
        scorer: Scorer,
        *,
        say: Callable[[Event], object],
        checkpoint: OffsetCheckpoint,
        settings: LoopSettings,
        lease: OwnerLease,
        prequential: PrequentialScore | None = None,
        error_watch: ErrorWatch | None = None,
        correction_watch: CorrectionWatch | None = None,
        column_watch: ColumnWatch | None = None,
        contest: ChampionContest | None = None,
        windows: WindowFeatures | None = None,
        learner: LearnerCheckpoint | None = None,
        left_wishes: LeftWishes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._judge = LoopJudge(
            say,
            settings,
            prequential=prequential,
            error_watch=error_watch,
            correction_watch=correction_watch,
            column_watch=column_watch,
            contest=contest,
        )
        self._ends = (source, sink, dead_letters)
        self._say, self._most_batches = say, settings.most_batches
        self._learns = bool(settings.labels)
        self.tally = tally = SecondTally()
        self._wishes = LoopWishes(say, lease, left_wishes)
        self._patience = patience = Patience(say, self._wishes.why_stop, clock)
        self._reader = SourceReader(
            source,
            wishes=self._wishes,
            patience=patience,
            checkpoint=checkpoint,
            settings=settings,
            tally=tally,
            clock=clock,
        )
        self._writer = BatchWriter(
            sink,
            dead_letters,
            scorer,
            judge=self._judge,
            windows=windows,
            patience=patience,
            settings=settings,
            tally=tally,
        )
        self._storing = StoreThenCommit(
            sink,
            dead_letters,
            reader=self._reader,
            patience=patience,
            checkpoint=None if source.keeps_offsets else checkpoint,
            learner=learner,
            tally=tally,
            clock=clock,
        )
        self._alarms = RowAlarms(say, self._wishes, settings=settings, columns=scorer.columns, clock=clock)
        self._report = SecondReport(say, tally, self._judge, windows)

    # What is asked of it, from any thread ----------------------------------------------------------------------------

    def stop(self, by: str) -> None:
        """End after what was read is stored."""
        self._wishes.stop(by)
        self._patience.stir()

    def pause(self, by: str) -> None:
        """Read no more until `proceed`."""
        self._wishes.pause(by)
        self._patience.stir()

    def proceed(self, by: str) -> None:
        """Read again."""
        if self._wishes.proceed(by):
            self._alarms.forget()
            self._patience.stir()

    def roll_back(self, by: str) -> None:
        """Let the model of before the last promotion predict again, from the next micro-batch on.

        Raises
        ------
        StreamUsageError
            If there was none.
        """
        self._judge.roll_back(by)

    @property
    def paused(self) -> bool:
        """Whether it reads no more for now."""
        return self._wishes.paused

    @property
    def tail(self) -> deque[dict[str, Any]]:
        """The last results, the newest last."""
        return self._writer.tail

    # Its life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open all ends, or say at once which does not answer.

        Raises
        ------
        LeptonError, OSError
        """
        self._patience.begin()
        self._wishes.begin()
        _, sink, dead_letters = self._ends
        await sink.open()
        await dead_letters.open()
        await self._reader.open()

    async def run(self) -> None:
        """Stream to the end; says how that came in the log, and raises nothing."""
        reason, sentence = "stopped", ""
        if self._reader.remark:
            self._say(WarningRaised(text=self._reader.remark))
        queue: asyncio.Queue[Read | None] = asyncio.Queue(self._most_batches)
        ticking = asyncio.create_task(self._tick())
        reading = asyncio.create_task(self._reader.read(queue))
        # One ahead: while a sink is waited for, the next rows are scored.
        scored: asyncio.Queue[_Scored | None] = asyncio.Queue(1)
        scoring = asyncio.create_task(self._score(queue, scored))
        try:
            await self._work(scored)
            await scoring
            reason = await reading
            if reason == "exhausted":
                self._reader.is_at_end()
        except GivenUpError:
            pass
        except Exception as error:  # noqa: BLE001  the last place where it can be told
            reason, sentence = "failed", str(error) if isinstance(error, LeptonError) else told(error)
        finally:
            tasks = (reading, scoring, ticking)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()
            self._wishes.tell_stop()  # a quick end comes before the next tick
            self._report.tell(self._reader.lag)
            tally = self.tally
            self._say(
                StreamEnded(
                    reason=reason,
                    sentence=sentence,
                    n_read=tally.n_read,
                    n_stored=tally.n_stored,
                    n_dead=tally.n_dead,
                )
            )

    async def close(self) -> None:
        """Let go of all ends: `run` does so itself when it ends."""
        self._judge.close()
        for end in self._ends:
            try:
                await asyncio.wait_for(end.close(), STOP_SECONDS)
            except Exception:  # noqa: BLE001  all that counts is stored, and there is nobody left to help
                continue

    async def _score(self, queue: asyncio.Queue[Read | None], scored: asyncio.Queue[_Scored | None]) -> None:
        try:
            while (read := await queue.get()) is not None:
                await scored.put(_Scored(read, self._writer.score(read.batch)))
                if self._learns:
                    # What is learnt from labels is kept with what is stored: nothing may be ahead of it.
                    await scored.join()
                # The other tasks have their turn also where no await of this one has waited for anything.
                await asyncio.sleep(0)
        finally:
            # Also after an error, as where a source is read.
            if not cast("asyncio.Task[Any]", asyncio.current_task()).cancelling():
                await scored.put(None)

    async def _work(self, scored: asyncio.Queue[_Scored | None]) -> None:
        while True:
            try:
                seconds = self._storing.seconds_left()
                # Waiting with a limit takes a task more, and a turn in which the next batch would be scored first.
                each = await (scored.get() if seconds is None else asyncio.wait_for(scored.get(), seconds))
            except TimeoutError:
                # Also where a batch came at this moment: with no time left, none would ever be taken.
                await self._storing.store()
                continue
            if each is None:
                await self._storing.store()
                self._storing.save()
                return
            await self._write(each)
            if self._storing.seconds_left() == 0:
                await self._storing.store()
            scored.task_done()

    async def _write(self, each: _Scored) -> None:
        n_written, refused = await self._writer.write(each.batch)
        self._alarms.saw(each.read.batch, refused)
        self._storing.wrote(each.read, n_written, dead=bool(refused))

    async def _tick(self) -> None:
        do = {"stop": self.stop, "pause": self.pause, "proceed": self.proceed}
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if wish := self._wishes.wished_elsewhere():
                do[wish](ELSEWHERE)
            self._wishes.tell_stop()
            self._report.tell(self._reader.lag)
