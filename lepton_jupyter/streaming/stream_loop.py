"""The loop of a stream: read, parse, score, store, and only then commit."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.events.stream_events import (
    ConnectionLost,
    ConnectionRegained,
    DriftDetected,
    StreamContinued,
    StreamEnded,
    StreamPaused,
    WatermarkMoved,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import said_by
from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamPlaceError
from lepton_jupyter.preprocessing.json_rows import JsonRows
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.batch_parsing import BatchParser
from lepton_jupyter.streaming.row_parsing import parse_row, written
from lepton_jupyter.streaming.row_scoring import Scores, score_each
from lepton_jupyter.streaming.second_tally import SecondTally
from lepton_jupyter.streaming.stream_sink import Results
from lepton_jupyter.streaming.window_features import written_time

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from lepton_jupyter.events.run_events import Event, Scalar
    from lepton_jupyter.streaming.champion_contest import ChampionContest
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.error_watch import ErrorWatch
    from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
    from lepton_jupyter.streaming.owner_lease import OwnerLease
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.row_scoring import Scorer
    from lepton_jupyter.streaming.stop_request import StopRequest
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Batch, Row, Source
    from lepton_jupyter.streaming.window_features import WindowFeatures

#: Rows of the last results that `tail` shows; in memory only.
TAIL_ROWS = 50
_TAIL_OF_BATCH = 5
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 5.0
#: How long a sink that does not answer may hold up a stream that is to stop.
_STOP_SECONDS = 5.0
_TICK_SECONDS = 1.0


class _GivenUpError(Exception):
    """A stream that is to stop waits no longer for one of its ends; what is not stored will be read again."""


class _Read(NamedTuple):
    batch: Batch
    arrived: float


class _Written(NamedTuple):
    batch: Batch
    arrived: float
    n_rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopSettings:
    """How a stream is to flow.

    Parameters
    ----------
    key : str
        Column that names a row; empty: its position in the source.
    keep : tuple of str
        Columns that are stored beside the scores.
    labels : str
        Column that may hold the truth about its row; with a key also about an earlier one. Empty: none does.
    rate : float or None
        Most rows in a second.
    most_rows : int
        Of a micro-batch.
    most_batches : int
        Read ahead of the scoring; more wait in the source.
    """

    key: str = ""
    keep: tuple[str, ...] = ()
    labels: str = ""
    rate: float | None = None
    most_rows: int = 1024
    most_batches: int = 4


@dataclass(slots=True)
class _Wishes:
    """What was asked of the loop, from any thread."""

    stop: str = ""
    paused_by: str = ""
    moved: asyncio.Event = field(default_factory=asyncio.Event)


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
    stop_request : StopRequest, optional
        Where another kernel may wish that it stops; looked at once a second.
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
        stop_request: StopRequest | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._prequential = prequential
        self._error_watch, self._column_watch = error_watch, column_watch
        self._contest = contest
        self._windows = windows
        self._watermark: tuple[int | None, int, int] = (None, 0, 0)
        self._champion = None if contest is None else contest.champion
        self._stop_request = stop_request
        self._source, self._sink, self._dead_letters = source, sink, dead_letters
        self._scorer = scorer
        self._say = say
        self._checkpoint = checkpoint
        self._settings = settings
        self._lease = lease
        self._parser = BatchParser(settings.key, settings.keep)
        self._clock = clock
        self.tally = SecondTally()
        self._told_stop = False
        self.tail: deque[dict[str, Any]] = deque(maxlen=TAIL_ROWS)
        self._wishes = _Wishes()
        self._unstored: list[_Written] = []
        self._n_labels = 0
        self._dead_unstored = False
        self._flushed_at = clock()
        self._stop_by: float | None = None
        self._next_read = self._lag_at = clock()
        self._lag: int | None = None
        #: Fields that a row has which is to be predicted.
        self._label_free = frozenset(scorer.columns) - {settings.key, settings.labels}
        self._read_ended = False
        # A source that is opened again has no connection meanwhile on which it could commit.
        self._committing = asyncio.Lock()
        self._read_offsets: dict[str, Scalar] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    # What is asked of it, from any thread ----------------------------------------------------------------------------

    def stop(self, by: str) -> None:
        """End after what was read is stored."""
        if not self._wishes.stop:
            self._wishes.stop = by
            self._stir()

    def pause(self, by: str) -> None:
        """Read no more until `proceed`."""
        if not self._wishes.paused_by:
            self._wishes.paused_by = by
            self._say(StreamPaused(by=by))
            self._stir()

    def proceed(self, by: str) -> None:
        """Read again."""
        if self._wishes.paused_by:
            self._wishes.paused_by = ""
            self._say(StreamContinued(by=by))
            self._stir()

    def roll_back(self, by: str) -> None:
        """Let the model of before the last promotion predict again, from the next micro-batch on.

        Raises
        ------
        StreamUsageError
            If there was none.
        """
        if self._contest is not None:
            self._say(self._contest.roll_back(by))

    @property
    def paused(self) -> bool:
        """Whether it reads no more for now."""
        return bool(self._wishes.paused_by)

    def _stir(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wishes.moved.set)

    # Its life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open all ends, or say at once which does not answer.

        Raises
        ------
        LeptonError, OSError
        """
        self._loop = asyncio.get_running_loop()
        if self._stop_request is not None:
            self._stop_request.withdraw()
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
        except _GivenUpError:
            pass
        except Exception as error:  # noqa: BLE001  the last place where it can be told
            reason, sentence = "failed", str(error) if isinstance(error, LeptonError) else _told(error)
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
        if self._contest is not None:
            self._contest.close()
        for end in (self._source, self._sink, self._dead_letters):
            try:
                await asyncio.wait_for(end.close(), _STOP_SECONDS)
            except Exception:  # noqa: BLE001  all that counts is stored, and there is nobody left to help
                continue

    # Reading ---------------------------------------------------------------------------------------------------------

    async def _read(self, queue: asyncio.Queue[_Read | None]) -> str:
        """Read until the end; why it ended."""
        try:
            return await self._read_all(queue)
        except _GivenUpError:
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
                await self._rest(1.0)
                continue
            await self._pace()
            batch = await self._insist("source", lambda: self._source.read(self._most_rows()), self._reopen)
            if batch is None:
                return "exhausted"
            if len(batch):
                self.tally.read(len(batch))
                self._read_offsets |= batch.offsets
                await queue.put(_Read(batch, self._clock()))
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
                await self._rest(min(1.0, begun - self._clock()))
            # No row is made up for that was not there in time.
            self._next_read = max(begun, self._clock() - 0.1) + self._most_rows() / self._settings.rate

    async def _reopen(self) -> None:
        # What was read and is not stored yet is in this process still: it need not be read again.
        async with self._committing:
            await self._source.open(self._checkpoint.offsets | self._read_offsets)

    async def _reopen_unread(self) -> None:
        # Who reads opens it again; done here, it would take the connection from under a read.
        if self._read_ended:
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
        self._crown()
        rows, places, labels, refused = self._parsed(batch)
        if self._windows is not None and rows:
            rows, places = self._extended(self._windows, rows, places, refused)
        # Not in a thread: what takes long is native code, and a hop to a thread would be a third of a small batch.
        scores = score_each(self._scorer, rows) if rows else Scores({})
        refused |= {places[place]: refusal for place, refusal in scores.refused.items()}
        if scores.refused:
            rows = [row for place, row in enumerate(rows) if place not in scores.refused]
            places = [place for at, place in enumerate(places) if at not in scores.refused]
        results = self._results(batch, rows, places, scores)
        if self._prequential is not None:
            self._judge(self._prequential, results.keys, rows, scores, labels)
        self._look_for_drift(rows, scores)
        unstorable = await self._write_all(results, 0) if len(results) else {}
        refused |= {places[place]: refusal for place, refusal in unstorable.items()}
        if refused:
            await self._bury(batch, refused)
        if not self._unstored:
            self._flushed_at = self._clock()
        self._unstored.append(_Written(batch, read.arrived, len(results) - len(unstorable)))
        self.tail.extend(results.part(max(0, len(results) - _TAIL_OF_BATCH), len(results)).rows())
        # The other task has its turn also where no await of this one has waited for anything.
        await asyncio.sleep(0)

    def _parsed(self, batch: Batch) -> tuple[Sequence[Row], Sequence[int], list[Row], dict[int, RowRefusal]]:
        """Rows to score and their places, rows that only bring labels, and what is refused."""
        together = None
        if not self._settings.labels and self._windows is None:
            together = self._parser.parse(batch.payloads, getattr(self._scorer, "schema", None))
        if together is not None:
            return together, range(len(batch)), [], {}
        rows: list[Row] = []
        places: list[int] = []
        labels: list[Row] = []
        refused: dict[int, RowRefusal] = {}
        for place, payload in enumerate(batch.payloads):
            row = parse_row(payload)
            if isinstance(row, RowRefusal):
                refused[place] = row
            elif self._settings.key and row.get(self._settings.key) is None:
                refused[place] = RowRefusal("no key", f"It has no {self._settings.key!r}, which names rows.")
            elif self._is_label_alone(row):
                labels.append(row)
            else:
                rows.append(row)
                places.append(place)
        return rows, places, labels, refused

    @staticmethod
    def _extended(
        windows: WindowFeatures, rows: Sequence[Row], places: Sequence[int], refused: dict[int, RowRefusal]
    ) -> tuple[Sequence[Row], Sequence[int]]:
        """Rows with their columns of windows, and their places; those without a time are refused."""
        extended = windows.extend(rows)
        refused |= {places[place]: refusal for place, refusal in extended.refused.items()}
        return list(extended.rows), [place for at, place in enumerate(places) if at not in extended.refused]

    def _crown(self) -> None:
        """Let whoever is the champion now predict; what was heard of the one before says nothing about it."""
        if self._contest is None or self._contest.champion is self._champion:
            return
        self._champion = self._contest.champion
        self._scorer, self._column_watch = self._champion.scorer, self._champion.column_watch
        if self._champion.compiled is not None:
            self._say(self._champion.compiled)
        for watch in (self._column_watch, self._error_watch):
            if watch is not None:
                watch.reset()
        if self._prequential is not None:
            self._prequential.take_errors()

    def _is_label_alone(self, row: Row) -> bool:
        """Whether a row only brings the truth about an earlier one of its key."""
        return bool(
            self._settings.labels
            and self._settings.key
            and row.get(self._settings.labels) is not None
            and row.keys().isdisjoint(self._label_free)
        )

    def _judge(
        self, prequential: PrequentialScore, keys: Sequence[str], rows: Sequence[Row], scores: Scores, alone: list[Row]
    ) -> None:
        name, key = self._settings.labels, self._settings.key
        if scores.outputs is not None:
            prequential.predicted(keys, scores.outputs)
        if self._contest is not None:
            self._contest.predicted(keys, rows, scores.outputs)
        known = [(row_key, row[name]) for row_key, row in zip(keys, rows, strict=True) if row.get(name) is not None]
        for row_key, label in [*known, *((str(row[key]), row[name]) for row in alone)]:
            if prequential.labelled(row_key, label) and self._contest is not None:
                self._contest.labelled(row_key, prequential.coded(label) or 0.0)
        self.tally.label_rows(len(alone))

    def _look_for_drift(self, rows: Sequence[Row], scores: Scores) -> None:
        told: list[Event] = []
        if self._error_watch is not None and self._prequential is not None:
            alarm = self._error_watch.heard(self._prequential.take_errors())
            told += [] if alarm is None else [alarm]
        if self._column_watch is not None:
            told += self._column_watch.saw(rows, scores.outputs)
        for event in told:
            self._say(event)
            if self._contest is not None and isinstance(event, DriftDetected):
                self._contest.drifted(event)
        if self._contest is not None:
            for event in self._contest.decide():
                self._say(event)

    def _results(self, batch: Batch, rows: Sequence[Row], places: Sequence[int], scores: Scores) -> Results:
        key = self._settings.key
        keys = list(map(str, _column(rows, key))) if key else [batch.positions[place] for place in places]
        kept = {name: _column(rows, name) for name in self._settings.keep if name != key}
        return Results(key or "position", keys, kept | scores.columns)

    async def _write_all(self, results: Results, start: int) -> dict[int, RowRefusal]:
        """Write results; rows that the sink refuses, by their place."""
        try:
            await self._insist("sink", lambda: self._sink.write(results), self._sink.open)
        except (_GivenUpError, StreamPlaceError):  # the latter is about no row, but about where all of them go
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
        await self._insist("dead letters", lambda: self._dead_letters.write(letters), self._dead_letters.open)
        self._dead_unstored = True
        for refusal in refused.values():
            self.tally.refused(refusal.reason)

    async def _store(self) -> None:
        """Make safe what was written, then commit it: never the other way round."""
        if not self._unstored:
            return
        if self._dead_unstored:
            await self._insist("dead letters", self._dead_letters.flush, self._dead_letters.open)
            self._dead_unstored = False
        await self._insist("sink", self._sink.flush, self._sink.open)
        done, self._unstored = self._unstored, []
        batches = [each.batch for each in done]
        await self._insist("source", lambda: self._commit(batches), self._reopen_unread)
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

    async def _insist(self, end: str, call: Callable[[], Awaitable[Any]], reopen: Callable[[], Awaitable[None]]) -> Any:
        """Ask until there is an answer; what is no matter of the connection is raised.

        Raises
        ------
        _GivenUpError
            If the stream is to stop and there is still none.
        """
        lost_at: float | None = None
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                if lost_at is not None:
                    await reopen()
                answer = await call()
            except (OSError, asyncio.IncompleteReadError) as error:
                if lost_at is None:
                    lost_at = self._clock()
                    self._say(ConnectionLost(end=end, sentence=_told(error)))
                if self._gives_up(lost_at):
                    raise _GivenUpError from error
                await self._rest(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
                continue
            if lost_at is not None:
                self._say(ConnectionRegained(end=end, seconds=self._clock() - lost_at))
            return answer

    def _gives_up(self, lost_at: float) -> bool:
        if not self._why_stop():
            return False
        if self._stop_by is None:
            self._stop_by = max(lost_at, self._clock()) + _STOP_SECONDS
        return self._clock() >= self._stop_by

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not through a wish."""
        self._wishes.moved.clear()
        try:
            await asyncio.wait_for(self._wishes.moved.wait(), seconds)
        except TimeoutError:
            return

    # Telling ---------------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if self._stop_request is not None and self._stop_request.is_there():
                self.stop("another kernel")
            self._tell_stop()
            self._tell_second()

    def _tell_stop(self) -> None:
        if self._wishes.stop and not self._told_stop:
            self._told_stop = True
            self._say(StopRequested(source=self._wishes.stop))

    def _tell_second(self) -> None:
        judge = self._prequential
        if judge is not None and judge.n_labels > self._n_labels:
            self.tally.score, self.tally.n_labels = judge.value(), judge.n_labels - self._n_labels
            self._n_labels = judge.n_labels
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


def _told(error: BaseException) -> str:
    return str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {said_by(error)}."
