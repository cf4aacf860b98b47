"""What happens in a run of kind ``prepare``: decisions and summaries, never rows or values of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lepton_jupyter.events.run_events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationStarted(Event):
    """A table began to be prepared: which, how it is parted, who works."""

    run_id: str
    name: str
    format_version: int = 1
    kind: str = "prepare"
    table_name: str
    n_partitions: int
    target: str  # empty where none was named
    filtered: bool  # whether only some rows are kept
    without: tuple[str, ...]  # steps that were switched off
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what was chosen: "scale": "age:robust", …
    drop_leaks: bool = False
    on_bad_partition: str  # "fail" | "skip" | "quarantine"
    writes: bool  # whether the prepared table is written to a folder
    executor: str  # "threads" | "cluster"
    n_workers: int
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepOfColumn:
    """One thing that is done to a column, or would be."""

    kind: str  # "numbers" | "dates" | "missing" | "impossible" | "outliers" | "categories" | "constants" | …
    action: str
    reason: str
    on: bool  # False: it was switched off, or does not apply after all


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedColumn:
    """What is done to one column."""

    name: str
    stored: str  # "number" | "truth" | "moment" | "text"
    becomes: str  # one of these, or "left out"
    role: str  # "target" or empty
    missing_share: float  # marks for missing counted
    n_distinct: int  # about
    steps: tuple[StepOfColumn, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationPlanned(Event):
    """It was decided what is done to each column: first from some rows, then from all."""

    draft: bool  # from some rows
    n_rows: int  # that it was decided from
    columns: tuple[PlannedColumn, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanEdited(Event):
    """A person switched steps of the plan, or chose others; the plan for it comes next."""

    source: str  # "panel"
    without: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    drop_leaks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerMemory:
    """What one worker uses."""

    worker: str
    used_bytes: int
    limit_bytes: int  # 0 where there is none


@dataclass(frozen=True, kw_only=True, slots=True)
class PassStarted(Event):
    """A pass over all partitions began."""

    # "copies" | "near copies" | "earlier rows" | "joining" | "counting" | "statistics" | "features" | "writing"
    phase: str
    n_partitions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PassAdvanced(Event):
    """Some partitions of a pass are done."""

    phase: str
    n_done: int
    n_rows: int  # of these partitions
    worker_bytes: int  # memory of the worker that uses most
    memory: tuple[WorkerMemory, ...] = ()  # of those that use most


@dataclass(frozen=True, kw_only=True, slots=True)
class PartitionRejected(Event):
    """A partition is bad, and the preparation goes on without it."""

    partition: str
    problem: str
    action: str  # "skip" | "quarantine"


@dataclass(frozen=True, kw_only=True, slots=True)
class PassFinished(Event):
    """All partitions of a pass are done."""

    phase: str
    n_partitions: int
    n_rows: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationFinished(Event):
    """The prepared table can be used."""

    n_rows: int
    n_columns: int
    n_partitions: int
    n_bad: int
    elapsed_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationStopped(Event):
    """Somebody asked for a stop, and the preparation has ended without a prepared table."""

    elapsed_seconds: float
