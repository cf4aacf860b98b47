"""Preparations as lists of logged events, for tests and for the golden files; the same on every machine."""

from __future__ import annotations

from dataclasses import replace

from lepton_jupyter.events.commands import PlanChoices
from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.preparation_events import (
    PartitionRejected,
    PassAdvanced,
    PassFinished,
    PassStarted,
    PlanEdited,
    PlannedColumn,
    PreparationFinished,
    PreparationPlanned,
    PreparationStarted,
    PreparationStopped,
    StepOfColumn,
    WorkerMemory,
)
from lepton_jupyter.events.preparation_messages import OfferedOptions, PlanEditing, PreparationMessage
from lepton_jupyter.events.run_events import Event, RunFailed, StopRequested, WarningRaised
from lepton_jupyter.views.preparation_board import preparation_message

STARTED = PreparationStarted(
    run_id="20260301-101500-prepare-orders-0a1b",
    name="data/*.parquet",
    table_name="data/*.parquet",
    n_partitions=40,
    target="returned",
    filtered=True,
    without=("age:outliers",),
    on_bad_partition="skip",
    writes=True,
    executor="cluster",
    n_workers=4,
    versions={"lepton-jupyter": "0.1.0"},
)
MEMORY = tuple(
    WorkerMemory(worker=f"{place}", used_bytes=used * 1_000_000, limit_bytes=1_073_741_824)
    for place, used in ((2, 410), (0, 388), (3, 362), (1, 201))
)
BEGAN_WITH = PlanChoices(without=("age:outliers",), options={}, drop_leaks=False)
CHOICES = PlanChoices(
    without=("age:outliers", "price:outliers"), options={"scale": ("robust", "price:none")}, drop_leaks=False
)
COLUMNS = (
    PlannedColumn(name="order_id", stored="number", becomes="left out", role="",
                  missing_share=0.0, n_distinct=39_111_004,
                  steps=(StepOfColumn(kind="identifiers", action="left out", on=True,
                                      reason="a different whole number in nearly every row, named like a key"),)),
    PlannedColumn(name="price", stored="text", becomes="number", role="", missing_share=0.019, n_distinct=9_129,
                  steps=(StepOfColumn(kind="numbers", action="read as numbers", on=True,
                                      reason="stored as text, decimal commas, currency €"),
                         StepOfColumn(kind="outliers", action="brought to 4.1 … 258.16", on=False,
                                      reason="about 14 of 14,722 values lie more than three spreads of the middle half "
                                             "beyond it"))),
    PlannedColumn(name="town", stored="text", becomes="text", role="", missing_share=0.0, n_distinct=12),
    PlannedColumn(name="returned", stored="number", becomes="number", role="target", missing_share=0.0, n_distinct=2),
)  # fmt: skip


def logged(*events: tuple[float, Event]) -> list[LoggedEvent]:
    return [
        LoggedEvent(sequence=place, at="2026-03-01T10:15:00.000Z", elapsed_seconds=seconds, event=event)
        for place, (seconds, event) in enumerate(events)
    ]


def finished() -> list[LoggedEvent]:
    """A preparation that passed over a bad partition."""
    return logged(
        (0.0, STARTED),
        (0.1, PreparationPlanned(draft=True, n_rows=20_000, columns=COLUMNS)),
        (0.1, PassStarted(phase="statistics", n_partitions=40)),
        (0.6, PassAdvanced(phase="statistics", n_done=12, n_rows=12_000_000, worker_bytes=410_000_000, memory=MEMORY)),
        (2.1, PassFinished(phase="statistics", n_partitions=40, n_rows=39_000_000, seconds=2.0)),
        (
            2.2,
            PartitionRejected(partition="part-007.parquet", problem="'part-007.parquet' is cut short.", action="skip"),
        ),
        (2.2, WarningRaised(text="The log can no longer be written.")),
        (2.2, PreparationPlanned(draft=False, n_rows=39_000_000, columns=COLUMNS)),
        (2.2, PassStarted(phase="writing", n_partitions=39)),
        (5.2, PassFinished(phase="writing", n_partitions=39, n_rows=39_000_000, seconds=3.0)),
        (5.3, PreparationFinished(n_rows=39_000_000, n_columns=3, n_partitions=39, n_bad=1, elapsed_seconds=5.3)),
    )


def running() -> list[LoggedEvent]:
    """The same, in its first pass."""
    return finished()[:4]


def planned() -> list[LoggedEvent]:
    """The same, before it begins."""
    return finished()[:2]


def failed() -> list[LoggedEvent]:
    """The same, ended by a bad partition."""
    return [
        *finished()[:3],
        *logged((1.0, RunFailed(sentence="Partition 'part-007.parquet' is bad: it is cut short."))),
    ]


def stopped() -> list[LoggedEvent]:
    """The same, stopped in its first pass."""
    return [
        *running(),
        *logged((0.9, StopRequested(source="panel")), (1.1, PreparationStopped(elapsed_seconds=1.1))),
    ]


def edited() -> PreparationMessage:
    """The plan, as it was changed in its panel."""
    choices = {"without": CHOICES.without, "options": CHOICES.options, "drop_leaks": CHOICES.drop_leaks}
    events = [
        *planned(),
        *logged(
            (4.0, PlanEdited(source="panel", **choices)),
            (4.0, PreparationPlanned(draft=True, n_rows=20_000, columns=COLUMNS)),
        ),
    ]
    editing = PlanEditing(
        revision=2,
        state="ready",
        detail="",
        problem="",
        line="clean = %lepton prepare data/*.parquet --target returned "
        "--without-step age:outliers,price:outliers --scale robust,price:none",
        choices=CHOICES,
        began_with=BEGAN_WITH,
        kinds=("numbers", "dates", "missing", "impossible", "outliers", "categories", "typos", "units", "leaks",
               "components", "constants", "identifiers"),
        offered={
            "scale": ("none", "standard", "robust", "quantile", "power"),
            "encode": ("none", "onehot", "ordinal", "count"),
            "dates": ("none", "calendar", "cyclic"),
            "text": ("none", "hashed", "tfidf", "embeddings"),
            "outliers": ("winsorise", "flag"),
        },
        columns=(
            OfferedOptions(column="price", options=("scale", "outliers")),
            OfferedOptions(column="town", options=("encode", "text")),
        ),
    )  # fmt: skip
    return replace(preparation_message(events), editing=editing)
