"""What happens in a run of kind ``stream``: one summary a second and its decisions, never rows or cell values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import Event, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamStarted(Event):
    """A stream began, or went on after its kernel had ended: what flows where, and what is promised."""

    run_id: str
    name: str
    format_version: int = 1
    kind: str = "stream"
    model_run: str  # id of the run whose model predicts
    model_label: str  # what a person reads, such as "Ensemble of 4"
    task: str
    target: str
    source: str  # here and below: as a person may read it, without secrets
    sink: str
    dead_letters: str
    guarantee: str  # "effectively-once" | "at-least-once" | "at-most-once"
    promise: str  # the same in one sentence
    key: str  # column that names a row; empty: its position in the source
    labels: str = ""  # column with the truth, where rows bring it
    metric_label: str = ""  # of the score as labels arrive
    resumed: bool = False
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChampionCompiled(Event):
    """By which way the model of a stream predicts, and how near that is to the model."""

    label: str  # of the model
    how: Mapping[str, int]  # fold models by what predicts them: "ONNX Runtime", "LightGBM", "its own code"
    reason: str  # why some or all of them are not compiled; else empty
    n_rows: int  # that were compared; 0: the model itself predicts
    largest_difference: float | None  # of a probability; of values in standard deviations; None: none was compared
    n_flipped: int  # rows that were decided otherwise
    seconds: float  # that it took


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondPassed(Event):
    """What moved since the last of these; a second in which nothing did has none."""

    n_read: int
    n_stored: int  # rows whose results are stored and whose offsets are committed
    n_dead: int
    n_waiting: int  # rows read and not stored yet, now
    lag: int | None  # rows that the source holds and that were not read yet; None: it cannot say
    latency: Mapping[str, int]  # from read to committed, as `LatencySketch.counts`
    score: float | None = None  # of the latest labelled rows
    n_labels: int = 0  # that arrived


@dataclass(frozen=True, kw_only=True, slots=True)
class OffsetsCommitted(Event):
    """Everything before these offsets is stored; at most one a second."""

    offsets: Mapping[str, Scalar]
    n_rows: int  # since the last of these


@dataclass(frozen=True, kw_only=True, slots=True)
class RowsQuarantined(Event):
    """Rows went to the dead letters, for one reason that holds no value of theirs; at most one a second and reason."""

    n_rows: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionLost(Event):
    """The source or the sink does not answer; the stream waits for it."""

    end: str  # "source" | "sink" | "dead letters" | "workers"
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionRegained(Event):
    """The source or the sink answers again."""

    end: str
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPaused(Event):
    """No more rows are read until somebody says so; what was read is finished."""

    by: str  # "panel" | "magic" | "python" | "another kernel" | "bad rows"


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamContinued(Event):
    """Rows are read again after a pause."""

    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamEnded(Event):
    """The stream ended; what was read before is stored, or will be read again."""

    reason: str  # "stopped" | "exhausted" | "lease" | "failed"
    sentence: str  # why it failed; else empty
    n_read: int
    n_stored: int
    n_dead: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftDetected(Event):
    """What comes in, what is predicted, or how wrong it is, is no longer as it was."""

    subject: str  # "errors" | "feature" | "prediction"
    column: str  # of the model's input or of the results; empty: errors have none
    measure: str  # "ADWIN" | "Page–Hinkley" | "KSWIN" | "correction" | "PSI" | "KS"
    value: float  # mean error since the change, of "correction" mean squared distance; index, or distance
    reference: float  # mean error before, of "correction" distance with it; limit of the index, or of the distance
    n_rows: int  # labels since the change; rows that were compared with training


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftPassed(Event):
    """A column is again as it was in training."""

    subject: str  # "feature" | "prediction"
    column: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengerSought(Event):
    """After a drift enough labels have come: another model is searched for on the newest rows, in a run of its own."""

    cause: str  # subject of the drift: "errors" | "feature" | "prediction"
    n_rows: int  # labelled rows that it learns from
    budget: str  # as typed


@dataclass(frozen=True, kw_only=True, slots=True)
class BoostingContinued(Event):
    """The champion's boosters went on with the rows of a search, and were compared with what it found on them."""

    label: str
    n_rounds: int  # that they went on
    n_rows: int  # which neither had seen when it predicted them
    loss: float  # mean squared distance from the truth of the boosters that went on
    fresh_label: str
    fresh_loss: float
    p_value: float  # of the paired test
    chosen: bool  # whether they are the challenger


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengerFound(Event):
    """A challenger predicts the same rows as the champion from now on; what it says is judged and not stored."""

    run_id: str  # of its search
    label: str
    seconds: float  # that the search took


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengerPromoted(Event):
    """The challenger lost less than the champion on the same rows, and predicts in its place."""

    run_id: str
    label: str
    previous_run: str  # whose model predicted until now
    n_rows: int  # labelled rows that both predicted
    loss: float  # mean squared distance from the truth of the challenger
    previous_loss: float
    p_value: float  # of the paired test


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengerDropped(Event):
    """There is no challenger any more, and the champion stays."""

    run_id: str  # empty: none was found
    sentence: str  # why
    n_rows: int
    loss: float | None
    previous_loss: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerTakenUp(Event):
    """A stream went on, and its online learner with what it had learnt before."""

    label: str
    n_labels: int  # that it had learnt from
    predicts: bool  # whether it was the champion, and is again


@dataclass(frozen=True, kw_only=True, slots=True)
class ChampionRestored(Event):
    """Somebody took a promotion back: the model of before predicts again."""

    run_id: str
    label: str
    previous_run: str  # whose model predicted until now
    by: str  # "python" | "magic" | "panel"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopPlaced(Event):
    """One of the loops that share the stream began on a worker."""

    seat: int  # its number among them
    worker: str  # address
    n_loops: int  # that go on now


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopLost(Event):
    """A loop that shares the stream is no more; what it had not committed is read again by others."""

    seat: int
    worker: str
    sentence: str  # why
    n_loops: int  # that go on now


@dataclass(frozen=True, kw_only=True, slots=True)
class WatermarkMoved(Event):
    """How windows over event time stand; at most one a second."""

    watermark: str  # UTC; rows of before are late
    n_late: int  # rows since the last of these that are in no window
    n_held: int  # aggregates and entities in memory, now
    n_lost: int  # of them that had to give way since the last of these
