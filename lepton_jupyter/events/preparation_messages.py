"""What the page and the panel of a preparation receive.

``labextension/src/prepare/plan_message.ts`` is the twin of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_jupyter.events.commands import PlanChoices
from lepton_jupyter.events.messages import Message
from lepton_jupyter.events.preparation_events import PlannedColumn, WorkerMemory


@dataclass(frozen=True, kw_only=True, slots=True)
class BadPartition:
    """A partition that cannot be used, and why."""

    name: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedOptions:
    """Options of which one may be chosen for a column; the first is what a choice for all columns falls to."""

    column: str
    options: tuple[str, ...]  # "scale" | "encode" | "text" | "dates" | "outliers"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanEditing:
    """What may be changed in a plan, what is chosen, and the line that prepares so."""

    revision: int  # of the choices that this answers
    state: str  # "ready" | "queued" | "starting" | "started" | "failed"
    detail: str  # what it waits for, or why it failed; may be empty
    problem: str  # why there is no such line; may be empty
    line: str  # what Prepare runs
    choices: PlanChoices
    began_with: PlanChoices  # before anything was changed
    kinds: tuple[str, ...]  # of steps that can be switched off
    offered: Mapping[str, tuple[str, ...]]  # by option, what may be chosen
    columns: tuple[OfferedOptions, ...]  # of the columns that are shown


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationMessage(Message):
    """How a preparation stands; at most 64 KiB, what does not fit is counted."""

    run_id: str
    state: str  # "planned" | "running" | "finished" | "stopped" | "failed"
    table: str
    target: str
    phase: str  # "", or that of the pass that goes on, or in which it was stopped
    n_partitions: int
    n_done: int  # partitions of this phase
    n_rows: int  # of these partitions; at the end, of the prepared table
    rows_per_second: float | None
    worker_bytes: int | None  # memory of the worker that uses most
    memory: tuple[WorkerMemory, ...] = ()  # now, of those that use most
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
    n_prepared: int = 0  # columns of the prepared table, at the end
    writes: bool = False  # whether it is written to a folder
    find: str = ""  # the text that the columns were looked for by
    n_matching: int = 0  # columns whose names hold it
    editing: PlanEditing | None = None  # None where nothing can be changed
