"""What is known of a stream after some of its events: a pure fold, of bounded size however long it runs."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Self

from lepton_jupyter.events.latency_sketch import LatencySketch
from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.run_events import Event, StopRequested, WarningRaised
from lepton_jupyter.events.stream_events import (
    BoostingContinued,
    ChallengerDropped,
    ChallengerFound,
    ChallengerPromoted,
    ChallengerSought,
    ChampionCompiled,
    ChampionRestored,
    ConnectionLost,
    ConnectionRegained,
    DriftDetected,
    DriftPassed,
    LearnerTakenUp,
    LoopLost,
    LoopPlaced,
    RowsQuarantined,
    SecondPassed,
    StreamContinued,
    StreamEnded,
    StreamPaused,
    StreamStarted,
    WatermarkMoved,
)
from lepton_jupyter.events.stream_messages import DeadLetterCount, StreamDrift, StreamMark, StreamMessage, StreamNote
from lepton_jupyter.views.number_format import counted, duration
from lepton_jupyter.views.stream_chart import chart_points, chart_span
from lepton_jupyter.views.stream_sentences import BY_ITSELF, drift_sentence, losses_told, way

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Seconds that the charts show, and that the figures of the head are about.
_CHART_SECONDS = 600
_RECENT_SECONDS = 60
#: The rate is that of so many seconds.
_RATE_SECONDS = 5
_MOST_NOTES = 40
_MOST_MARKS = 40
_MOST_REASONS = 5
_END = {
    "stopped": "stopped",
    "exhausted": "the source has ended",
    "lease": "nobody holds it any more: stopped",
    "failed": "failed",
}


class StreamState:
    """All that views know of a stream; grows by one event at a time, and forgets what the panel no longer shows.

    Examples
    --------
    >>> from lepton_jupyter.events.logged_event import LoggedEvent
    >>> second = SecondPassed(n_read=9, n_stored=8, n_dead=1, n_waiting=0, lag=None, latency={})
    >>> state = StreamState.from_events([LoggedEvent(sequence=0, at="", elapsed_seconds=1.0, event=second)])
    >>> state.n_read, state.n_stored, state.n_dead
    (9, 8, 1)
    """

    def __init__(self) -> None:
        self.started: StreamStarted | None = None
        self.started_at = ""
        self.ended: StreamEnded | None = None
        self.elapsed_seconds = 0.0
        self.n_read = self.n_stored = self.n_dead = 0
        self.n_labels = 0
        self.score: float | None = None
        self.paused = False
        self.lost: dict[str, str] = {}
        self.reasons: Counter[str] = Counter()
        self.model_run = self.model_label = self.challenger = ""
        self.watermark = ""
        self.n_late = self.n_held = self.n_lost = 0
        self.drifts: dict[tuple[str, str], StreamDrift] = {}
        self.notes: deque[StreamNote] = deque(maxlen=_MOST_NOTES)
        self.marks: deque[StreamMark] = deque(maxlen=_MOST_MARKS)
        self.seconds: deque[tuple[float, SecondPassed]] = deque(maxlen=_CHART_SECONDS)

    @classmethod
    def from_events(cls, events: Iterable[LoggedEvent]) -> Self:
        """State after all of `events`, which come in the order of the log."""
        state = cls()
        for each in events:
            state.apply(each)
        return state

    def apply(self, logged: LoggedEvent) -> None:
        """Take the next event of the log into account."""
        self.elapsed_seconds = max(self.elapsed_seconds, logged.elapsed_seconds)
        self._hear(logged.event, logged)

    def _note(self, logged: LoggedEvent, sentence: str, *, severe: bool = False) -> None:
        self.notes.appendleft(StreamNote(at=logged.at[11:19], sentence=sentence, severe=severe))

    def _mark(self, logged: LoggedEvent, kind: str, label: str, *, lasts: bool = False) -> None:
        until = None if lasts else logged.elapsed_seconds
        self.marks.append(StreamMark(at=logged.elapsed_seconds, kind=kind, label=label, until=until))

    def _end_mark(self, logged: LoggedEvent, kind: str, label: str | None = None) -> None:
        """Say where the last mark of a kind ended."""
        for place in range(len(self.marks) - 1, -1, -1):
            mark = self.marks[place]
            if mark.kind == kind and mark.until is None and label in {None, mark.label}:
                self.marks[place] = replace(mark, until=logged.elapsed_seconds)
                return

    @singledispatchmethod
    def _hear(self, event: Event, logged: LoggedEvent) -> None:
        """An event of which nothing is shown."""

    @_hear.register
    def _(self, event: StreamStarted, logged: LoggedEvent) -> None:
        if self.started is None:
            self.started_at = logged.at
        else:
            self._mark(logged, "start", "goes on")
        self.started, self.ended, self.paused = event, None, False
        self.model_run, self.model_label, self.challenger = event.model_run, event.model_label, ""
        self.lost.clear()
        self._note(logged, "goes on from the committed offsets" if event.resumed else "started")

    @_hear.register
    def _(self, event: ChampionCompiled, logged: LoggedEvent) -> None:
        self._note(logged, way(event), severe=BY_ITSELF in event.how)

    @_hear.register
    def _(self, event: SecondPassed, logged: LoggedEvent) -> None:
        self.n_read += event.n_read
        self.n_stored += event.n_stored
        self.n_dead += event.n_dead
        self.n_labels += event.n_labels
        self.score = self.score if event.score is None else event.score
        self.seconds.append((logged.elapsed_seconds, event))

    @_hear.register
    def _(self, event: RowsQuarantined, logged: LoggedEvent) -> None:
        if event.reason not in self.reasons:
            self._note(logged, f"dead letters: {event.reason}", severe=True)
        self.reasons[event.reason] += event.n_rows

    @_hear.register
    def _(self, event: ConnectionLost, logged: LoggedEvent) -> None:
        if event.end not in self.lost:
            self._mark(logged, "lost", f"{event.end} lost", lasts=True)
        self.lost[event.end] = event.sentence
        self._note(logged, event.sentence, severe=True)

    @_hear.register
    def _(self, event: ConnectionRegained, logged: LoggedEvent) -> None:
        self.lost.pop(event.end, None)
        self._end_mark(logged, "lost", f"{event.end} lost")
        self._note(logged, f"the {event.end} answers again after {duration(event.seconds)}")

    @_hear.register
    def _(self, event: DriftDetected, logged: LoggedEvent) -> None:
        sentence = drift_sentence(event)
        self._note(logged, f"drift: {sentence}", severe=True)
        self._mark(logged, "drift", f"drift in {event.column or event.subject}")
        # The newest last, also where errors grew once more.
        self.drifts.pop((event.subject, event.column), None)
        self.drifts[event.subject, event.column] = StreamDrift(
            at=logged.at[11:19], subject=event.subject, column=event.column, sentence=sentence
        )

    @_hear.register
    def _(self, event: DriftPassed, logged: LoggedEvent) -> None:
        self.drifts.pop((event.subject, event.column), None)
        self._note(logged, f"{event.column!r} is again as in training")

    @_hear.register
    def _(self, event: ChallengerSought, logged: LoggedEvent) -> None:
        self.challenger = f"searched for on {counted(event.n_rows, 'row')} within {event.budget}"
        self._note(logged, f"a challenger is {self.challenger}")
        self._mark(logged, "search", "search", lasts=True)

    @_hear.register
    def _(self, event: BoostingContinued, logged: LoggedEvent) -> None:
        losses = losses_told(event.loss, event.fresh_loss, event.n_rows)
        chosen = event.label if event.chosen else event.fresh_label
        self._note(logged, f"{event.label} for {counted(event.n_rounds, 'round')}: {losses}; {chosen} is taken")

    @_hear.register
    def _(self, event: ChallengerFound, logged: LoggedEvent) -> None:
        self.challenger = f"{event.label} predicts the same rows, unseen, to prove itself"
        self._end_mark(logged, "search")
        if event.run_id:
            self._note(logged, f"challenger found after {duration(event.seconds)}: {self.challenger}")
        else:
            self._note(logged, f"{event.label} learns from the labels as they come, and predicts the same rows, unseen")

    @_hear.register
    def _(self, event: ChallengerPromoted, logged: LoggedEvent) -> None:
        self._crown(event.run_id, event.label)
        self._mark(logged, "promotion", f"{event.label} promoted")
        losses = losses_told(event.loss, event.previous_loss, event.n_rows)
        self._note(logged, f"challenger promoted: {losses}, p = {event.p_value:.2g}; {event.label} predicts now")

    @_hear.register
    def _(self, event: ChallengerDropped, logged: LoggedEvent) -> None:
        self.challenger = ""
        self._end_mark(logged, "search")
        losses = losses_told(event.loss, event.previous_loss, event.n_rows)
        self._note(logged, f"challenger dropped: {event.sentence.rstrip('.')}{losses and f'; {losses}'}")

    @_hear.register
    def _(self, event: LearnerTakenUp, logged: LoggedEvent) -> None:
        learnt = f"{event.label} takes up what it had learnt from {counted(event.n_labels, 'label')}"
        if event.predicts:
            self._crown("", event.label)
        else:
            self.challenger = f"{event.label} predicts the same rows, unseen, to prove itself"
        self._note(logged, f"{learnt}, and {'predicts' if event.predicts else 'predicts the same rows, unseen'}")

    @_hear.register
    def _(self, event: ChampionRestored, logged: LoggedEvent) -> None:
        self._crown(event.run_id, event.label)
        self._mark(logged, "promotion", "rolled back")
        self._note(logged, f"rolled back: {event.label} predicts again")

    def _crown(self, run_id: str, label: str) -> None:
        """Another model predicts; what was said of the one before says nothing about it."""
        self.model_run, self.model_label, self.challenger = run_id, label, ""
        self.drifts.clear()

    @_hear.register
    def _(self, event: WatermarkMoved, logged: LoggedEvent) -> None:
        if event.n_lost and not self.n_lost:
            self._note(logged, "windows hold as many entities as they may: the oldest give way", severe=True)
        self.watermark, self.n_held = event.watermark, event.n_held
        self.n_late += event.n_late
        self.n_lost += event.n_lost

    @_hear.register
    def _(self, event: LoopPlaced, logged: LoggedEvent) -> None:
        self._note(logged, f"loop {event.seat + 1} reads on {event.worker}, {counted(event.n_loops, 'loop')} in all")
        self._end_mark(logged, "lost", f"loop {event.seat + 1} lost")

    @_hear.register
    def _(self, event: LoopLost, logged: LoggedEvent) -> None:
        left = f"{counted(event.n_loops, 'loop')} left"
        self._note(logged, f"loop {event.seat + 1} on {event.worker} is lost, {left}: {event.sentence}", severe=True)
        self._mark(logged, "lost", f"loop {event.seat + 1} lost", lasts=True)

    @_hear.register(StreamPaused)
    @_hear.register(StreamContinued)
    def _(self, event: StreamPaused | StreamContinued, logged: LoggedEvent) -> None:
        self.paused = isinstance(event, StreamPaused)
        if self.paused:
            self._mark(logged, "pause", "paused", lasts=True)
        else:
            self._end_mark(logged, "pause")
        self._note(logged, "paused" if self.paused else "goes on")

    @_hear.register
    def _(self, event: StopRequested, logged: LoggedEvent) -> None:
        del event
        self._note(logged, "stops when what was read is stored")

    @_hear.register
    def _(self, event: WarningRaised, logged: LoggedEvent) -> None:
        self._note(logged, event.text, severe=True)

    @_hear.register
    def _(self, event: StreamEnded, logged: LoggedEvent) -> None:
        self.ended, self.challenger = event, ""
        for kind in ("pause", "lost", "search"):
            self._end_mark(logged, kind)
        said = event.sentence or f"{_END.get(event.reason, event.reason)}; {counted(self.n_stored, 'row')} stored"
        self._note(logged, said, severe=event.reason == "failed")

    def state(self, *, live: bool) -> str:
        """How it stands, in one word of `StreamMessage.state`."""
        if self.ended is not None:
            return "stopped" if self.ended.reason == "lease" else self.ended.reason
        if not live:
            return "interrupted"
        if self.lost:
            return "waiting"
        return "paused" if self.paused else "running"


def extract_stream(state: StreamState, *, live: bool, now_elapsed: float | None = None) -> StreamMessage:
    """What a panel shows of a stream.

    Parameters
    ----------
    state : StreamState
    live : bool
        Whether it goes on in this kernel.
    now_elapsed : float, optional
        Its running time now, which no event may have told yet.

    Returns
    -------
    message : StreamMessage

    Examples
    --------
    >>> extract_stream(StreamState(), live=True).state
    'running'
    """
    started = state.started
    now = max(state.elapsed_seconds, now_elapsed or 0.0)
    recent = LatencySketch()
    for at, second in state.seconds:
        if at >= now - _RECENT_SECONDS or not live:
            recent.merge(second.latency)
    points = chart_points(state.seconds)
    since = chart_span(points)[0]
    word = state.state(live=live)
    ended_sentence = state.ended.sentence if state.ended else ""
    return StreamMessage(
        run_id=started.run_id if started else "",
        name=started.name if started else "",
        state=word,
        sentence=ended_sentence or (next(iter(state.lost.values()), "") if word == "waiting" else ""),
        source=started.source if started else "",
        model_run=state.model_run,
        model_label=state.model_label,
        challenger=state.challenger,
        sink=started.sink if started else "",
        guarantee=started.guarantee if started else "",
        promise=started.promise if started else "",
        target=started.target if started else "",
        metric_label=started.metric_label if started else "",
        score=state.score,
        n_labels=state.n_labels,
        rows_per_second=_rate(state, now, live=live),
        p50_milliseconds=recent.milliseconds(0.5),
        p99_milliseconds=recent.milliseconds(0.99),
        lag=state.seconds[-1][1].lag if state.seconds else None,
        n_waiting=state.seconds[-1][1].n_waiting if state.seconds else 0,
        n_read=state.n_read,
        n_stored=state.n_stored,
        n_dead=state.n_dead,
        started_at=state.started_at[11:19],
        elapsed_seconds=now,
        dead_letters=started.dead_letters if started else "",
        dead_reasons=tuple(
            DeadLetterCount(reason=reason, n_rows=n) for reason, n in state.reasons.most_common(_MOST_REASONS)
        ),
        watermark=state.watermark,
        n_late=state.n_late,
        n_held=state.n_held,
        n_lost=state.n_lost,
        drifts=tuple(reversed(state.drifts.values())),
        notes=tuple(state.notes),
        marks=tuple(mark for mark in state.marks if mark.until is None or mark.until >= since),
        seconds=points,
    )


def _rate(state: StreamState, now: float, *, live: bool) -> float:
    """Rows a second: of the last few seconds, or of the whole of what has ended."""
    if not live:
        return state.n_stored / state.elapsed_seconds if state.elapsed_seconds else 0.0
    window = min(_RATE_SECONDS, now)
    stored = sum(second.n_stored for at, second in state.seconds if at > now - _RATE_SECONDS)
    return stored / window if window > 0 else 0.0
