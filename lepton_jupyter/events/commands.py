"""Wishes of a page or a person: imperative, small, answered by events and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """Root of all commands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRun(Command):
    """End a search now and keep the best so far, a stream when what was read is stored, a preparation with nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendBudget(Command):
    """Search on for more seconds."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepAlive(Command):
    """A page still looks; without one for 30 s nothing is published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseStream(Command):
    """Read no more rows for now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContinueStream(Command):
    """Read rows again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AskRows(Command):
    """Send the last results of a stream once: to be seen, never kept, so they are no part of any message's state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AskBoardPage(Command):
    """Send the rows of a search's board that rank after this one, as many as one message holds."""

    after_rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AskForms(Command):
    """Send the HTML and text of a run that has ended once: for the file, where the page keeps the output."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FormChoices:
    """What is chosen in a form, by name: Python alone writes a line of it."""

    frame: str  # name of a table of the notebook, or a path
    is_path: bool
    target: str
    budget_seconds: float
    options: Mapping[str, tuple[str, ...]]  # by option, such as "--drop"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseInForm(Command):
    """Say what these choices mean and write their line."""

    revision: int  # comes back with the answer
    choices: FormChoices
    find: str  # show the columns whose names hold this


@dataclass(frozen=True, kw_only=True, slots=True)
class StartForm(Command):
    """Run the line of these choices in the kernel; for pages that cannot put it into a cell of its own."""

    revision: int
    choices: FormChoices


@dataclass(frozen=True, kw_only=True, slots=True)
class LineStarted(Command):
    """The page has put the line of a form or a plan into a cell and run it there."""

    line: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChoices:
    """What a person wants of a preparation's plan: the values of its options."""

    without: tuple[str, ...]  # steps that are switched off: "outliers", or "age:outliers" for one column
    options: Mapping[str, tuple[str, ...]]  # by option, such as "scale": "robust", or "age:none" for one column
    drop_leaks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseInPlan(Command):
    """Plan again with these choices, and write the line that prepares so."""

    revision: int  # comes back with the answer
    choices: PlanChoices
    find: str  # show the columns whose names hold this


@dataclass(frozen=True, kw_only=True, slots=True)
class StartPreparation(Command):
    """Run the line of these choices in the kernel; for pages that cannot put it into a cell of its own."""

    revision: int
    choices: PlanChoices


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchRuns(Command):
    """A page looks at the list of runs; without one for 30 s it is told no more."""

    page: str  # of its own choice, the same each time
    disk: bool  # whether it wants those on disk as well
    boards: tuple[str, ...]  # ids of the runs whose boards it shows


@dataclass(frozen=True, kw_only=True, slots=True)
class StopListedRun(Command):
    """End a run of the list now and keep the best so far."""

    run_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AskListedPage(Command):
    """Send the rows of a listed search's board that rank after this one, as many as one message holds."""

    run_id: str
    after_rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendListedRun(Command):
    """Let a search of the list go on for more seconds."""

    run_id: str
    seconds: float
