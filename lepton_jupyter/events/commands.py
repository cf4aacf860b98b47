"""Wishes of a page or a person about a run that goes on: imperative, small, answered by events."""

from __future__ import annotations

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
