"""What panels receive: small pictures of a run, computed in Python, only drawn in the page.

``labextension/src/messages.ts`` is the twin of this module; ``tests/golden`` holds one example of each type that both
test suites read. A message never exceeds 64 KiB, a page that is asked for 256 KiB; what does not fit is counted, not
cut silently.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lepton_jupyter.events.run_events import ColumnTreatment, EnsembleMember


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Root of all messages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GainOverBaseline:
    """How sure: the paired difference to the linear baseline, positive is better."""

    baseline: str  # "linear"
    gain: float
    gain_error: float  # half the 95 % interval
    fold_gains: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineLine:
    """A horizontal line of the score picture."""

    label: str  # "linear", "majority" or "mean"
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPoint:
    """One scored candidate on the score-over-time picture."""

    trial_id: int | None  # None: the ensemble
    elapsed_seconds: float
    score: float
    family: str
    improved: bool
    best_score: float  # best so far, this point included
    best_error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PathPoint:
    """One point of a learner's search in the picture's two coordinates."""

    trial_id: int
    x: float
    y: float
    score: float
    accepted: bool
    step_size: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PathPicture:
    """How one learner's single point moved, in order of judgement; the first point is the start."""

    learner: str
    label: str
    family: str
    x_name: str
    y_name: str
    x_log: bool
    y_log: bool
    points: tuple[PathPoint, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """One line of the leaderboard; the ensemble, if any, is the first and has members."""

    trial_id: int | None  # None: the ensemble
    rank: int | None  # None: the ensemble and baselines that are not ranked
    family: str
    label: str
    description: str
    score: float
    score_error: float
    difference: float  # to the best, paired by fold, zero or negative is worse
    difference_error: float
    tied: bool  # the interval of the difference reaches zero
    fold_scores: tuple[float, ...]
    train_score: float = math.nan
    train_error: float = math.nan  # half the 95 % interval, as for all errors
    test_score: float | None = None  # on the held-out table, where there is one and this model was scored on it
    test_error: float | None = None
    gap: float  # training minus out-of-fold, positive: fits the training data better
    parted: bool = False  # the two are further apart than is usual
    fit_seconds: float
    row_milliseconds: float
    size_bytes: int
    on_frontier: bool
    members: tuple[EnsembleMember, ...]
    exports: tuple[str, ...] = ()  # formats that hold the model: "onnx"; of an ensemble those of all its members


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line of the panel's log."""

    elapsed_seconds: float
    text: str
    level: str  # "info" | "warning" | "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPanelMessage(Message):
    """All that the search panel shows of a run at one moment."""

    version: int = 1
    sequence: int  # of the last event seen
    run_id: str
    name: str
    state: str  # "starting" | "waiting" | "running" | "stopping" | "stopped" | "failed" | "finished" | "saved"
    detail: str  # what it waits for, why it failed, why it ended; may be empty
    target: str
    task: str
    metric_label: str
    greater_is_better: bool
    score: float | None
    score_error: float | None
    best_label: str
    gain: GainOverBaseline | None
    budget_seconds: float | None
    budget_trials: int | None
    reserve_seconds: float
    elapsed_seconds: float
    n_trials: int  # finished, rejected and failed
    n_workers: int
    executor: str
    baselines: tuple[BaselineLine, ...]
    history: tuple[HistoryPoint, ...]
    paths: tuple[PathPicture, ...]
    rows: tuple[BoardRow, ...]
    n_rows: int  # of the whole board
    columns: tuple[ColumnTreatment, ...]
    n_columns: int
    columns_summary: str  # "14 columns: 3 set aside, 5 encoded, 6 as they are"
    log: tuple[LogLine, ...]
    notices: tuple[str, ...]  # warnings that should be seen without opening the log


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardPageMessage(Message):
    """Rows of the board beyond those of a panel's state, sent once to whoever asked; at most 256 KiB."""

    version: int = 1
    sequence: int  # of the last event seen
    after_rank: int  # of the last row before these
    n_ranked: int  # models that carry a rank
    rows: tuple[BoardRow, ...]  # fewer than there are where they would not fit: the next page begins after them
