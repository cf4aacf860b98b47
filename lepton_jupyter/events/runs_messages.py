"""What JupyterLab's side panel of runs receives: a line for each run, and the board of one that is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_jupyter.events.messages import BoardPageMessage, Message


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLine:
    """One run as a list shows it."""

    run_id: str
    name: str
    kind: str  # "search" | "preparation" | "stream"
    state: str  # as in messages of its kind; "interrupted": its kernel ended before it did
    target: str
    table: str  # name of the table or of the stream's source
    metric_label: str
    score: float | None  # of the best model, None before the first
    score_error: float | None  # half the 95 % interval
    started_at: str  # ISO 8601, UTC
    elapsed_seconds: float
    budget_seconds: float | None
    budget_trials: int | None
    n_trials: int | None  # None for what has no trials
    goes_on: bool
    stoppable: bool  # by whoever sends this line


@dataclass(frozen=True, kw_only=True, slots=True)
class RunsMessage(Message):
    """The runs of one place, the newest first; at most 64 KiB, what does not fit is counted."""

    version: int = 1
    place: str  # "kernel": open in this one | "disk": the others of this person
    lines: tuple[RunLine, ...]
    n_runs: int
    n_unread: int  # logs that are still being read


@dataclass(frozen=True, kw_only=True, slots=True)
class RunBoardMessage(Message):
    """The board of one run, as a cell shows it."""

    version: int = 1
    run_id: str
    kind: str
    goes_on: bool
    forms: Mapping[str, str]  # by MIME type; a JSON form is its text
    problem: str  # why there is no board; else empty


@dataclass(frozen=True, kw_only=True, slots=True)
class RunBoardPageMessage(Message):
    """Rows of a listed search's board beyond those that were sent with it, once to whoever asked."""

    version: int = 1
    run_id: str
    page: BoardPageMessage
