"""How a preparation stands, from its events alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.preparation_events import (
    PartitionRejected,
    PassAdvanced,
    PassFinished,
    PassStarted,
    PreparationFinished,
    PreparationPlanned,
    PreparationStarted,
    PreparationStopped,
    WorkerMemory,
)
from lepton_jupyter.events.preparation_messages import BadPartition, PreparationMessage
from lepton_jupyter.events.run_events import RunFailed, WarningRaised
from lepton_jupyter.views.log_sentences import workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.logged_event import LoggedEvent

#: Columns, bad partitions and notes that a page shows; a message stays below 64 KiB.
_MOST_COLUMNS = 120
_MOST_BAD = 20
_MOST_NOTES = 10


def preparation_message(events: Sequence[LoggedEvent], *, find: str = "") -> PreparationMessage:
    """Say how a preparation stands.

    Parameters
    ----------
    events : sequence of LoggedEvent
        All of its log so far, and what was changed in its plan since.
    find : str, default=""
        Text that the columns are looked for by.

    Returns
    -------
    message : PreparationMessage
        Of an empty log: nothing is known.

    Examples
    --------
    >>> preparation_message([]).state
    'planned'
    """
    found = _Found()
    for logged in events:
        found.hear(logged)
    return found.message(find)


class _Found:
    """What events have told so far."""

    def __init__(self) -> None:
        self.started: PreparationStarted | None = None
        self.planned: PreparationPlanned | None = None
        self.ended: PreparationFinished | PreparationStopped | RunFailed | None = None
        self.phase, self.phase_began = "", 0.0
        self.n_done, self.n_rows, self.worker_bytes = 0, 0, 0
        self.rate: float | None = None
        self.memory: tuple[WorkerMemory, ...] = ()
        self.bad: list[BadPartition] = []
        self.notes: list[str] = []
        self.elapsed = 0.0

    def hear(self, logged: LoggedEvent) -> None:
        if self.ended is None:  # what is changed in a plan afterwards is another day's work
            self.elapsed = logged.elapsed_seconds
        match logged.event:
            case PreparationStarted() as event:
                self.started = event
            case PreparationPlanned() as event:
                self.planned = event
            case PassStarted() as event:
                self.phase, self.phase_began = event.phase, logged.elapsed_seconds
                self.n_done, self.n_rows, self.rate = 0, 0, None
            case PassAdvanced() as event:
                self.n_done, self.n_rows = event.n_done, event.n_rows
                self.worker_bytes = max(self.worker_bytes, event.worker_bytes)
                self.memory = event.memory
                seconds = logged.elapsed_seconds - self.phase_began
                self.rate = event.n_rows / seconds if seconds > 0 else None
            case PassFinished() as event:
                self.n_done, self.n_rows = event.n_partitions, event.n_rows
                self.rate = event.n_rows / event.seconds if event.seconds > 0 else None
            case PartitionRejected() as event:
                self.bad.append(BadPartition(name=event.partition, problem=event.problem))
            case WarningRaised() as event:
                self.notes.append(event.text)
            case PreparationFinished() | PreparationStopped() | RunFailed() as event:
                self.ended = event

    def message(self, find: str) -> PreparationMessage:
        columns = self.planned.columns if self.planned else ()
        wanted = find.casefold()
        matching = [column for column in columns if wanted in column.name.casefold()]
        # What is done comes first where not all columns can be shown.
        ordered = matching if len(matching) <= _MOST_COLUMNS else sorted(matching, key=lambda each: not each.steps)
        kept = [column for column in columns if column.becomes != "left out"]
        started = self.started
        return PreparationMessage(
            run_id=started.run_id if started else "",
            state=self._state(),
            table=started.table_name if started else "",
            target=started.target if started else "",
            phase="" if self.ended and not isinstance(self.ended, PreparationStopped) else self.phase,
            n_partitions=started.n_partitions if started else 0,
            n_done=self.n_done,
            n_rows=self.ended.n_rows if isinstance(self.ended, PreparationFinished) else self.n_rows,
            rows_per_second=self.rate,
            worker_bytes=self.worker_bytes or None,
            memory=() if self.ended else self.memory,
            workers=workers(started.executor, started.n_workers) if started else "",
            elapsed_seconds=self.elapsed,
            draft=self.planned.draft if self.planned else False,
            planned_rows=self.planned.n_rows if self.planned else 0,
            columns=tuple(ordered[:_MOST_COLUMNS]),
            n_hidden=max(0, len(matching) - _MOST_COLUMNS),
            n_left_out=len(columns) - len(kept),
            n_changed=sum(any(step.on for step in column.steps) for column in kept),
            n_columns=len(columns),
            bad_partitions=tuple(self.bad[:_MOST_BAD]),
            n_bad=len(self.bad),
            notes=tuple(self.notes[:_MOST_NOTES]),
            failure=self.ended.sentence if isinstance(self.ended, RunFailed) else "",
            n_prepared=self.ended.n_columns if isinstance(self.ended, PreparationFinished) else 0,
            writes=started.writes if started else False,
            find=find,
            n_matching=len(matching),
        )

    def _state(self) -> str:
        if isinstance(self.ended, RunFailed):
            return "failed"
        if isinstance(self.ended, PreparationStopped):
            return "stopped"
        if self.ended is not None:
            return "finished"
        return "running" if self.phase else "planned"
