"""What a panel of a stream shows."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamSecond:
    """One point of the panel's charts: a second, or several of them where they are long past."""

    at: float  # seconds since the stream began, at the end of what it sums up
    rows_per_second: float
    p50_milliseconds: float | None
    p99_milliseconds: float | None
    score: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamNote:
    """One decision, as a sentence."""

    at: str  # clock time, "14:32:07"
    sentence: str
    severe: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamMark:
    """Something that changed how a stream flows, at its place in the charts."""

    at: float  # seconds since the stream began
    kind: str  # "start" | "pause" | "lost" | "drift" | "search" | "promotion"
    label: str  # a few words
    until: float | None  # where it ended; None: not yet, or it has no length


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamDrift:
    """Something that is not as it was in training, or as it was before, and has not passed."""

    at: str  # clock time
    subject: str  # "errors" | "feature" | "prediction"
    column: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetterCount:
    """How many rows became dead letters for one reason."""

    reason: str
    n_rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamMessage(Message):
    """A stream as it stands."""

    run_id: str
    name: str
    state: str  # "running" | "paused" | "waiting" | "stopped" | "exhausted" | "failed" | "interrupted"
    sentence: str  # why it failed, or what it waits for; else empty
    source: str
    model_run: str  # whose model predicts: the champion
    model_label: str
    challenger: str  # that is searched for or proves itself, as a sentence; else empty
    sink: str
    guarantee: str
    promise: str
    target: str
    metric_label: str
    score: float | None
    n_labels: int
    rows_per_second: float
    p50_milliseconds: float | None  # of the last minute, here and below
    p99_milliseconds: float | None
    lag: int | None
    n_waiting: int
    n_read: int
    n_stored: int
    n_dead: int
    started_at: str  # clock time at which the stream began, "14:32:07"
    elapsed_seconds: float
    dead_letters: str  # where they are
    dead_reasons: tuple[DeadLetterCount, ...]  # the commonest first
    watermark: str  # UTC; empty: there are no windows over event time
    n_late: int  # rows that were in none of them, since they came too late
    n_held: int  # aggregates and entities in memory
    n_lost: int  # that had to give way
    drifts: tuple[StreamDrift, ...]  # the newest first
    notes: tuple[StreamNote, ...]  # the newest first
    marks: tuple[StreamMark, ...]  # the oldest first
    seconds: tuple[StreamSecond, ...]
