"""What the page of a preparation receives."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message
from lepton_jupyter.events.preparation_events import PlannedColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class BadPartition:
    """A partition that cannot be used, and why."""

    name: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationMessage(Message):
    """How a preparation stands; at most 64 KiB, what does not fit is counted."""

    run_id: str
    state: str  # "planned" | "running" | "finished" | "failed"
    table: str
    target: str
    phase: str  # "", or that of the pass that goes on
    n_partitions: int
    n_done: int  # partitions of this phase
    n_rows: int  # of these partitions; at the end, of the prepared table
    rows_per_second: float | None
    worker_bytes: int | None  # memory of the worker that uses most
    workers: str  # "2 threads"
    elapsed_seconds: float
    draft: bool  # whether the plan was made from some rows
    planned_rows: int  # from how many
    columns: tuple[PlannedColumn, ...]
    n_hidden: int  # columns that are not among them
    n_left_out: int  # of all columns
    n_changed: int  # columns that are kept and to which something is done
    n_columns: int
    bad_partitions: tuple[BadPartition, ...]
    n_bad: int
    notes: tuple[str, ...]
    failure: str
