"""The loop of a stream that workers share: asks theirs once a second, tells what they tell, and replaces the dead."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.events.stream_events import (
    ConnectionLost,
    ConnectionRegained,
    LoopLost,
    LoopPlaced,
    StreamContinued,
    StreamEnded,
    StreamPaused,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamUsageError
from lepton_jupyter.streaming.gathered_loops import GatheredLoops
from lepton_jupyter.streaming.loop_on_worker import Answer, Told
from lepton_jupyter.streaming.loop_wishes import ELSEWHERE
from lepton_jupyter.streaming.owner_lease import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.left_wishes import LeftWishes

_TICK_SECONDS = 1.0
#: How often loops are asked until all ends of all of them are open, and how long that may take.
_OPENING_TICK_SECONDS = 0.1
_OPENING_SECONDS = 60.0
#: A loop that has ended by an error so often is placed no more: so will the next.
_MOST_FAILURES = 3
#: How long loops may take to store what they have read, when all are to stop.
_STOP_SECONDS = 20.0
_TAIL_SECONDS = 5.0
_TAIL_ROWS = 50


class Crew(Protocol):
    """Keeps a loop in each seat; `ResidentCrew` on a cluster."""

    @property
    def places(self) -> Mapping[int, str]:
        """Workers by seat."""
        ...

    @property
    def lost(self) -> Mapping[int, str]:
        """Seats whose worker died, since `ask` was called last."""
        ...

    @property
    def placed(self) -> Sequence[int]:
        """Seats that were taken since then."""
        ...

    def ask(self, told: Callable[[int], Any]) -> Mapping[int, Any]:
        """Tell each something and hear the answers that came in time, then fill free seats."""
        ...

    def replace(self, seat: int) -> None:
        """Let go of one, whose seat is filled later."""
        ...

    def dismiss(self) -> None:
        """Let go of all."""
        ...


class SharedLoop:
    """Has the place of a `StreamLoop` in a stream whose loops live on workers; the only writer of the stream's log.

    Rows go from the source to a worker and from there to the sink, and never through here.

    Parameters
    ----------
    crew : Crew
        Of `LoopOnWorker`.
    n_loops : int
    say : callable
        ``say(event)`` appends to the run's log.
    run_id : str
        Whose model predicts: for what is said.
    lag_of_group : bool
        Whether each loop tells the lag of all of them.
    left_wishes : LeftWishes, optional
    clock : callable, default=time.monotonic
    """

    def __init__(
        self,
        crew: Crew,
        *,
        n_loops: int,
        say: Callable[[Event], object],
        run_id: str,
        lag_of_group: bool,
        left_wishes: LeftWishes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._crew, self._n_loops = crew, n_loops
        self._say = say
        self._run_id = run_id
        self._left_wishes = left_wishes
        self._clock = clock
        self._gathered = GatheredLoops(lag_of_group=lag_of_group)
        self._n_heard: Counter[int] = Counter()
        self._open: set[int] = set()
        self._ended: set[int] = set()
        self._failures: Counter[int] = Counter()
        self._why_failed = ""
        self._answered_at = clock()
        self._lost_at: float | None = None
        self._stop = self._paused_by = ""
        self._told_stop = False
        self._stop_by: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved: asyncio.Event | None = None
        self._n_tail = 0
        self._tail: list[dict[str, Any]] = []
        self._tail_came = threading.Event()

    # What is asked of it, from any thread ----------------------------------------------------------------------------

    def stop(self, by: str) -> None:
        """End after what was read is stored."""
        if not self._stop:
            self._stop = by
            self._stir()

    def pause(self, by: str) -> None:
        """Let no loop read more until `proceed`."""
        if not self._paused_by:
            self._paused_by = by
            self._say(StreamPaused(by=by))
            self._stir()

    def proceed(self, by: str) -> None:
        """Let them read again."""
        if self._paused_by:
            self._paused_by = ""
            self._say(StreamContinued(by=by))
            self._stir()

    def roll_back(self, by: str) -> None:
        """Loops on workers never change their model.

        Raises
        ------
        StreamUsageError
        """
        del by
        raise StreamUsageError.from_first_champion(self._run_id)

    @property
    def paused(self) -> bool:
        """Whether no loop reads more for now."""
        return bool(self._paused_by)

    @property
    def tail(self) -> Sequence[dict[str, Any]]:
        """The last results of each loop, asked for now; those known before, where nobody answers in five seconds."""
        if self._loop is not None and not self._loop.is_closed():
            self._tail_came.clear()
            self._n_tail = max(1, _TAIL_ROWS // self._n_loops)
            self._stir()
            self._tail_came.wait(_TAIL_SECONDS)
            self._n_tail = 0
        return self._tail

    def _stir(self) -> None:
        if self._loop is not None and self._moved is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._moved.set)

    # Its life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Place all loops, and wait until all ends of each are open.

        Raises
        ------
        LeptonError, OSError
            What the first that cannot be opened says.
        """
        self._loop, self._moved = asyncio.get_running_loop(), asyncio.Event()
        if self._left_wishes is not None:
            self._left_wishes.withdraw()
        give_up = self._clock() + _OPENING_SECONDS
        while len(self._open) < self._n_loops:
            for answer in (await self._ask()).values():
                error = answer if isinstance(answer, Exception) else answer.error
                if error is not None:
                    raise error
            if self._clock() >= give_up:
                raise StreamUsageError.from_silent_workers(len(self._open), self._n_loops)
            await asyncio.sleep(_OPENING_TICK_SECONDS)

    async def run(self) -> None:
        """Go on to the end; says how that came in the log, and raises nothing."""
        reason, sentence = "stopped", ""
        told_at = self._clock()
        try:
            while not await self._is_over():
                if self._clock() >= told_at + 0.9 * _TICK_SECONDS:
                    told_at = self._clock()
                    self._tell()
                await self._rest()
            if self._why_failed:
                reason, sentence = "failed", self._why_failed
        except Exception as error:  # noqa: BLE001  the last place where it can be told
            reason = "failed"
            sentence = str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {error}."
        await self.close()
        self._tell()
        total = self._gathered
        self._say(
            StreamEnded(
                reason=reason, sentence=sentence, n_read=total.n_read, n_stored=total.n_stored, n_dead=total.n_dead
            )
        )

    async def close(self) -> None:
        """Let go of all loops: each stores what it has read."""
        await asyncio.to_thread(self._crew.dismiss)

    async def _rest(self) -> None:
        assert self._moved is not None  # narrows the type: `open` comes first
        try:
            await asyncio.wait_for(self._moved.wait(), _TICK_SECONDS)
        except TimeoutError:
            return
        self._moved.clear()

    async def _is_over(self) -> bool:
        if self._left_wishes is not None:
            self._hear_of(self._left_wishes)
        if self._stop and not self._told_stop:
            self._told_stop = True
            self._say(StopRequested(source=self._stop))
        for seat, answer in (await self._ask()).items():
            self._look_at(seat, answer)
        self._look_whether_anybody_answers()
        if not self._stop:
            return False
        self._stop_by = self._stop_by or self._clock() + _STOP_SECONDS
        return self._ended >= set(self._crew.places) or self._clock() >= self._stop_by

    def _hear_of(self, left: LeftWishes) -> None:
        if left.stops:
            self._stop = self._stop or ELSEWHERE
        if left.pauses:
            self.pause(ELSEWHERE)
        elif self._paused_by == ELSEWHERE:
            self.proceed(ELSEWHERE)

    async def _ask(self) -> Mapping[int, Any]:
        n_tail = self._n_tail
        answers = await asyncio.to_thread(
            self._crew.ask,
            lambda seat: Told(
                n_heard=0 if seat in self._crew.placed else self._n_heard[seat],
                stop=self._stop,
                paused_by=self._paused_by,
                n_tail=n_tail,
            ),
        )
        for seat, worker in self._crew.lost.items():
            self._let_go(seat, worker, "its worker died")
        for seat in self._crew.placed:
            self._n_heard[seat] = 0
        if answers:
            self._answered_at = self._clock()
        for seat, answer in answers.items():
            if isinstance(answer, Answer):
                self._hear(seat, answer)
        if n_tail:
            self._tail = [row for each in answers.values() if isinstance(each, Answer) for row in each.tail]
            self._tail_came.set()
        return answers

    def _hear(self, seat: int, answer: Answer) -> None:
        if answer.opened and seat not in self._open:
            self._open.add(seat)
            self._say(LoopPlaced(seat=seat, worker=self._crew.places[seat], n_loops=len(self._open)))
        new = answer.events[max(0, self._n_heard[seat] - answer.first) :]
        self._n_heard[seat] = answer.first + len(answer.events)
        self._gathered.hear(seat, new)
        for event in new:
            if isinstance(event, StreamEnded) and event.reason == "failed":
                self._failed(seat, event.sentence)

    def _look_at(self, seat: int, answer: Any) -> None:
        """See whether a loop has ended, and whether another is to take its seat."""
        if seat not in self._crew.places:
            return  # it has failed just now
        if isinstance(answer, Exception):
            self._failed(seat, str(answer) if isinstance(answer, LeptonError) else f"{type(answer).__name__}: {answer}")
        elif isinstance(answer.error, OSError):
            # A broker that does not answer will; the seat is filled when the workers are asked next.
            self._replace(seat, str(answer.error))
        elif answer.error is not None:
            self._failed(seat, str(answer.error))
        elif answer.ended and not self._stop:
            self._replace(seat, f"it was not asked for {LEASE_SECONDS:g} s")
        elif answer.ended:
            self._ended.add(seat)

    def _failed(self, seat: int, sentence: str) -> None:
        self._failures[seat] += 1
        if self._failures[seat] > _MOST_FAILURES:
            self._why_failed = sentence
            self._stop, self._told_stop = self._stop or "failure", True
        self._replace(seat, sentence)

    def _replace(self, seat: int, sentence: str) -> None:
        worker = self._crew.places.get(seat, "")
        self._crew.replace(seat)
        self._let_go(seat, worker, sentence)

    def _let_go(self, seat: int, worker: str, sentence: str) -> None:
        self._gathered.forget(seat)
        self._n_heard[seat] = 0
        if seat in self._open:
            self._open.discard(seat)
            self._say(LoopLost(seat=seat, worker=worker, sentence=sentence.rstrip("."), n_loops=len(self._open)))

    def _look_whether_anybody_answers(self) -> None:
        now = self._clock()
        if self._answered_at >= now - LEASE_SECONDS:
            if self._lost_at is not None:
                self._say(ConnectionRegained(end="workers", seconds=now - self._lost_at))
                self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = self._answered_at
            error = StreamFailedError.from_lost_workers(self._n_loops)
            self._say(ConnectionLost(end="workers", sentence=str(error)))

    def _tell(self) -> None:
        for event in self._gathered.take():
            self._say(event)
