"""Wishes of a page or a person about a run or a form: imperative, small, answered by events and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """Root of all commands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRun(Command):
    """End the search now and keep the best so far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendBudget(Command):
    """Search on for more seconds."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepAlive(Command):
    """A page still looks; without one for 30 s nothing is published."""


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
    """The page has put the form's line into a cell and run it there."""

    line: str
