"""The loop of a stream: read, parse, score, store, and only then commit."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from lepton_jupyter.events.run_events import StopRequested, WarningRaised
from lepton_jupyter.events.stream_events import (
    StreamContinued,
    StreamEnded,
    StreamPaused,
    WatermarkMoved,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamPlaceError
from lepton_jupyter.preprocessing.json_rows import JsonRows
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.bad_row_watch import BadRowWatch, FieldWatch
from lepton_jupyter.streaming.batch_rows import BatchRows
from lepton_jupyter.streaming.loop_judge import LoopJudge
from lepton_jupyter.streaming.patience import STOP_SECONDS, GivenUpError, Patience, told
from lepton_jupyter.streaming.row_parsing import parse_row, written
from lepton_jupyter.streaming.row_scoring import Scores, score_each
from lepton_jupyter.streaming.second_tally import SecondTally
from lepton_jupyter.streaming.stream_sink import Results
from lepton_jupyter.streaming.window_features import written_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.run_events import Event, Scalar
    from lepton_jupyter.streaming.champion_contest import ChampionContest
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.error_watch import ErrorWatch
    from lepton_jupyter.streaming.left_wishes import LeftWishes
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
    from lepton_jupyter.streaming.owner_lease import OwnerLease
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.row_scoring import Scorer
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Batch, Row, Source
    from lepton_jupyter.streaming.window_features import WindowFeatures

#: Rows of the last results that `tail` shows; in memory only.
TAIL_ROWS = 50
_TAIL_OF_BATCH = 5
#: Who wishes what was left in the stream's folder.
ELSEWHERE = "another kernel"
#: Fields that one row may bring and that are told by name.
_MOST_NEW_FIELDS = 5
_TICK_SECONDS = 1.0


class _Read(NamedTuple):
    batch: Batch
    arrived: float


class _Written(NamedTuple):
    batch: Batch
    arrived: float
    n_rows: int


@dataclass(slots=True)
class _Wishes:
    """What was asked of the loop, from any thread."""

    stop: str = ""
    paused_by: str = ""


class StreamLoop:
    """Reads from a source, scores with a model and writes to a sink, within one event loop.

    Two tasks share a bounded queue: one reads, the other scores and stores. A sink that stalls so fills the queue, then
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
    column_watch : ColumnWatch, optional
        Tells when rows or predictions are no longer as in training.
    contest : ChampionContest, optional
        Decides whose model predicts: then `scorer` and `column_watch` are those of its champion.
    windows : WindowFeatures, optional
        Extends rows by columns of windows before they are predicted.
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
        column_watch: ColumnWatch | None = None,
        contest: ChampionContest | None = None,
        windows: WindowFeatures | None = None,
        left_wishes: LeftWishes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._judge = LoopJudge(
            say,
            settings,
            prequential=prequential,
            error_watch=error_watch,
            column_watch=column_watch,
            contest=contest,
        )
        self._windows = windows
        self._watermark: tuple[int | None, int, int] = (None, 0, 0)
        self._left_wishes = left_wishes
        self._source, self._sink, self._dead_letters = source, sink, dead_letters
        self._scorer = scorer
        self._say = say
        self._checkpoint = checkpoint
        self._settings = settings
        self._lease = lease
        self._rows_of = BatchRows(settings, scorer.columns).of
        self._clock = clock
        self.tally = SecondTally()
        self._told_stop = False
        self.tail: deque[dict[str, Any]] = deque(maxlen=TAIL_ROWS)
        self._wishes = _Wishes()
        self._unstored: list[_Written] = []
        self._dead_unstored = False
        self._flushed_at = clock()
        self._patience = Patience(say, self._why_stop, clock)
        self._next_read = self._lag_at = clock()
        self._lag: int | None = None
        self._bad_rows = BadRowWatch()
        known = (*scorer.columns, settings.key, settings.labels, *settings.keep)
        self._fields, self._fields_at = FieldWatch(known), clock()
        self._read_ended = self._waits_for_room = False
        # A source that is opened again has no connection meanwhile on which it could commit.
        self._committing = asyncio.Lock()
        self._read_offsets: dict[str, Scalar] = {}

    # What is asked of it, from any thread ----------------------------------------------------------------------------

    def stop(self, by: str) -> None:
        """End after what was read is stored."""
        if not self._wishes.stop:
            self._wishes.stop = by
            self._patience.stir()

    def pause(self, by: str) -> None:
        """Read no more until `proceed`."""
        if not self._wishes.paused_by:
            self._wishes.paused_by = by
            self._say(StreamPaused(by=by))
            self._patience.stir()

    def proceed(self, by: str) -> None:
        """Read again."""
        if self._wishes.paused_by:
            self._wishes.paused_by = ""
            self._bad_rows.reset()
            self._say(StreamContinued(by=by))
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
        return bool(self._wishes.paused_by)

    # Its life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open all ends, or say at once which does not answer.

        Raises
        ------
        LeptonError, OSError
        """
        self._patience.begin()
        if self._left_wishes is not None:
            self._left_wishes.withdraw()
        await self._sink.open()
        await self._dead_letters.open()
        await self._source.open(self._checkpoint.load())

    async def run(self) -> None:
        """Stream to the end; says how that came in the log, and raises nothing."""
        reason, sentence = "stopped", ""
        queue: asyncio.Queue[_Read | None] = asyncio.Queue(self._settings.most_batches)
        ticking = asyncio.create_task(self._tick())
        reading = asyncio.create_task(self._read(queue))
        try:
            await self._work(queue)
            reason = await reading
            if reason == "exhausted" and self._lag is not None:
                self._lag = 0  # what was last seen may be from a second ago
        except GivenUpError:
            pass
        except Exception as error:  # noqa: BLE001  the last place where it can be told
            reason, sentence = "failed", str(error) if isinstance(error, LeptonError) else told(error)
        finally:
            for task in (reading, ticking):
                task.cancel()
            await asyncio.gather(reading, ticking, return_exceptions=True)
            await self.close()
            self._tell_stop()  # a quick end comes before the next tick
            self._tell_second()
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
        for end in (self._source, self._sink, self._dead_letters):
            try:
                await asyncio.wait_for(end.close(), STOP_SECONDS)
            except Exception:  # noqa: BLE001  all that counts is stored, and there is nobody left to help
                continue

    # Reading ---------------------------------------------------------------------------------------------------------

    async def _read(self, queue: asyncio.Queue[_Read | None]) -> str:
        """Read until the end; why it ended."""
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

    async def _read_all(self, queue: asyncio.Queue[_Read | None]) -> str:
        while not (why := self._why_stop()):
            await self._look_at_lag()
            if self.paused:
                await self._patience.rest(1.0)
                continue
            await self._pace()
            batch = await self._patience.insist("source", lambda: self._source.read(self._most_rows()), self._reopen)
            if batch is None:
                return "exhausted"
            if len(batch):
                self.tally.read(len(batch))
                self._read_offsets |= batch.offsets
                self._waits_for_room = True
                await queue.put(_Read(batch, self._clock()))
                self._waits_for_room = False
        return why

    def _why_stop(self) -> str:
        if self._wishes.stop:
            return "stopped"
        return "lease" if self._lease.expired() else ""

    def _most_rows(self) -> int:
        rate = self._settings.rate
        # A tenth of a second at a time, so that a slow stream flows and does not come in gusts.
        return self._settings.most_rows if rate is None else max(1, min(self._settings.most_rows, round(rate / 10)))

    async def _pace(self) -> None:
        if self._settings.rate is not None:
            begun = self._next_read
            while self._clock() < begun and not self._why_stop():
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
            self._lag_at = self._clock() + _TICK_SECONDS
            try:
                self._lag = await self._source.lag()
            except Exception:  # noqa: BLE001  a figure of the panel; the read that comes next says that nobody answers
                self._lag = None

    # Scoring and storing ---------------------------------------------------------------------------------------------

    async def _work(self, queue: asyncio.Queue[_Read | None]) -> None:
        while True:
            try:
                read = await asyncio.wait_for(queue.get(), self._seconds_to_flush())
            except TimeoutError:
                await self._store()
                continue
            if read is None:
                await self._store()
                self._save_offsets()
                return
            await self._write(read)
            if self._seconds_to_flush() == 0:
                await self._store()

    def _seconds_to_flush(self) -> float | None:
        if not self._unstored:
            return None
        gather = max(self._sink.gather_seconds, self._dead_letters.gather_seconds if self._dead_unstored else 0.0)
        return max(0.0, self._flushed_at + gather - self._clock())

    async def _write(self, read: _Read) -> None:
        batch = read.batch
        self._scorer = self._judge.crowned() or self._scorer
        refused: dict[int, RowRefusal] = {}
        n_written = 0
        singly = self._settings.labels or self._windows is not None
        schema = None if singly else getattr(self._scorer, "schema", None)
        for rows, places, labels in self._rows_of(batch, schema, refused):
            n_written += await self._write_rows(batch, rows, places, labels, refused)
        if refused:
            await self._bury(batch, refused)
        self._look_at_rows(batch, refused)
        if not self._unstored:
            self._flushed_at = self._clock()
        self._unstored.append(_Written(batch, read.arrived, n_written))
        # The other task has its turn also where no await of this one has waited for anything.
        await asyncio.sleep(0)

    def _look_at_rows(self, batch: Batch, refused: dict[int, RowRefusal]) -> None:
        """Say of fields that are new, and pause where most rows are of another kind than the model's."""
        if self._clock() >= self._fields_at:
            self._fields_at = self._clock() + _TICK_SECONDS
            row = parse_row(batch.payloads[-1])
            for name in [] if isinstance(row, RowRefusal) else self._fields.saw(row)[:_MOST_NEW_FIELDS]:
                self._say(WarningRaised(text=f"Rows have a new column {name!r}, which the model does not look at."))
        if self._settings.pauses_on_bad_rows:
            sentence = self._bad_rows.saw(len(batch), (refusal.reason for refusal in refused.values()))
            if sentence is not None and not self.paused:
                self._say(WarningRaised(text=f"{sentence}. Paused: they are dead letters, and Resume goes on."))
                self.pause("bad rows")

    async def _write_rows(
        self,
        batch: Batch,
        rows: Sequence[Row],
        places: Sequence[int],
        labels: list[Row],
        refused: dict[int, RowRefusal],
    ) -> int:
        """Score rows of a batch and write what they got; how many. Those that cannot be are added to `refused`."""
        if self._windows is not None and rows:
            rows, places = self._extended(self._windows, rows, places, refused)
        # Not in a thread: what takes long is native code, and a hop to a thread would be a third of a small batch.
        scores = score_each(self._scorer, rows) if rows else Scores({})
        refused |= {places[place]: refusal for place, refusal in scores.refused.items()}
        if scores.refused:
            rows = [row for place, row in enumerate(rows) if place not in scores.refused]
            places = [place for at, place in enumerate(places) if at not in scores.refused]
        results = self._results(batch, rows, places, scores)
        self._judge.saw(results.keys, rows, scores, labels)
        self.tally.label_rows(len(labels))
        unstorable = await self._write_all(results, 0) if len(results) else {}
        refused |= {places[place]: refusal for place, refusal in unstorable.items()}
        self.tail.extend(results.part(max(0, len(results) - _TAIL_OF_BATCH), len(results)).rows())
        return len(results) - len(unstorable)

    @staticmethod
    def _extended(
        windows: WindowFeatures, rows: Sequence[Row], places: Sequence[int], refused: dict[int, RowRefusal]
    ) -> tuple[Sequence[Row], Sequence[int]]:
        """Rows with their columns of windows, and their places; those without a time are refused."""
        extended = windows.extend(rows)
        refused |= {places[place]: refusal for place, refusal in extended.refused.items()}
        return list(extended.rows), [place for at, place in enumerate(places) if at not in extended.refused]

    def _results(self, batch: Batch, rows: Sequence[Row], places: Sequence[int], scores: Scores) -> Results:
        key = self._settings.key
        keys = list(map(str, _column(rows, key))) if key else [batch.positions[place] for place in places]
        kept = {name: _column(rows, name) for name in self._settings.keep if name != key}
        return Results(key or "position", keys, kept | scores.columns)

    async def _write_all(self, results: Results, start: int) -> dict[int, RowRefusal]:
        """Write results; rows that the sink refuses, by their place."""
        try:
            await self._patience.insist("sink", lambda: self._sink.write(results), self._sink.open)
        except (GivenUpError, StreamPlaceError):  # the latter is about no row, but about where all of them go
            raise
        except Exception as error:  # noqa: BLE001  a value that cannot be stored, or a function that raised
            if len(results) == 1:
                reason = f"the sink raised {type(error).__name__}"
                return {start: RowRefusal(reason, f"{self._sink.label} raised {type(error).__name__}: {error}")}
            half = len(results) // 2
            first = await self._write_all(results.part(0, half), start)
            return first | await self._write_all(results.part(half, len(results)), start + half)
        return {}

    async def _bury(self, batch: Batch, refused: dict[int, RowRefusal]) -> None:
        places = sorted(refused)
        letters = Results(
            "position",
            [batch.positions[place] for place in places],
            {
                "reason": [refused[place].sentence for place in places],
                "payload": [written(batch.payloads[place]) for place in places],
            },
        )
        await self._patience.insist("dead letters", lambda: self._dead_letters.write(letters), self._dead_letters.open)
        self._dead_unstored = True
        for refusal in refused.values():
            self.tally.refused(refusal.reason)

    async def _store(self) -> None:
        """Make safe what was written, then commit it: never the other way round."""
        if not self._unstored:
            return
        if self._dead_unstored:
            await self._patience.insist("dead letters", self._dead_letters.flush, self._dead_letters.open)
            self._dead_unstored = False
        await self._patience.insist("sink", self._sink.flush, self._sink.open)
        done, self._unstored = self._unstored, []
        batches = [each.batch for each in done]
        await self._patience.insist("source", lambda: self._commit(batches), self._reopen_unread)
        now = self._flushed_at = self._clock()
        for each in done:
            self.tally.committed(each.n_rows, now - each.arrived, each.batch.offsets)
            if not self._source.keeps_offsets:
                self._checkpoint.commit(each.batch.offsets, now)

    async def _commit(self, batches: Sequence[Batch]) -> None:
        async with self._committing:
            await self._source.commit(batches)

    def _save_offsets(self) -> None:
        if not self._source.keeps_offsets:
            self._checkpoint.save(self._clock())

    # Telling ---------------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if self._left_wishes is not None:
                self._hear_of(self._left_wishes)
            self._tell_stop()
            self._tell_second()

    def _hear_of(self, left: LeftWishes) -> None:
        if left.stops:
            self.stop(ELSEWHERE)
        if left.pauses:
            self.pause(ELSEWHERE)
        elif self._wishes.paused_by == ELSEWHERE:
            self.proceed(ELSEWHERE)

    def _tell_stop(self) -> None:
        if self._wishes.stop and not self._told_stop:
            self._told_stop = True
            self._say(StopRequested(source=self._wishes.stop))

    def _tell_second(self) -> None:
        scored = self._judge.take_score()
        if scored is not None:
            self.tally.score, self.tally.n_labels = scored
        for event in self.tally.take(self._lag):
            self._say(event)
        if self._windows is not None:
            self._tell_windows(self._windows)

    def _tell_windows(self, windows: WindowFeatures) -> None:
        now = (windows.watermark, windows.n_late, windows.n_lost)
        if windows.watermark is None or now == self._watermark:
            return
        self._say(
            WatermarkMoved(
                watermark=written_time(windows.watermark),
                n_late=windows.n_late - self._watermark[1],
                n_held=windows.n_held,
                n_lost=windows.n_lost - self._watermark[2],
            )
        )
        self._watermark = now


def _column(rows: Sequence[Row], name: str) -> list[Any]:
    return rows.values(name) if isinstance(rows, JsonRows) else [row.get(name) for row in rows]
