"""Errors about a search as a whole and its result."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


class NoModelError(LeptonError, RuntimeError):
    """There is no model to give."""

    @classmethod
    def from_budget(cls, budget: str) -> Self:
        """Build from a budget in which nothing was finished."""
        return cls(f"No model was finished within {budget}. Give the run more time: --budget 60s")

    @classmethod
    def not_yet(cls, run_id: str) -> Self:
        """Build from a run whose first model is still being fitted."""
        return cls(f"Run {run_id!r} has no model yet. Wait for it: run.model")


class RunFailedError(LeptonError, RuntimeError):
    """A run ended without a model; the message is the run's own sentence."""


class TableChangedError(LeptonError, ValueError):
    """A run is resumed on another table than it was started on."""

    @classmethod
    def from_run(cls, run_id: str) -> Self:
        """Build from the run that is resumed."""
        return cls(
            f"Run {run_id!r} was started on another table: columns, rows or values differ. "
            "Load the table it was started on, or begin a new run with %lepton fit."
        )


class MissingTableError(LeptonError, LookupError):
    """A run cannot go on without its table, which is never stored."""

    @classmethod
    def from_name(cls, run_id: str, table_name: str, n_rows: int) -> Self:
        """Build from the name that the table had."""
        return cls(
            f"Run {run_id!r} needs its table again ({n_rows:,} rows), which is never stored. "
            f"Load it as {table_name!r}, or name it: %lepton resume {run_id} --table df"
        )


class NoRunError(LeptonError, LookupError):
    """A verb needs a run, and there is none."""

    @classmethod
    def in_this_kernel(cls) -> Self:
        """Build for a kernel in which no run was started or opened."""
        return cls(
            "No run was started in this kernel yet. Start one with %lepton fit, or open one of the past with "
            "%lepton show (%lepton runs lists them)."
        )


class NoProbabilitiesError(LeptonError, TypeError):
    """Probabilities are asked of a model that predicts values."""

    @classmethod
    def from_run(cls, run_id: str) -> Self:
        """Build from the run."""
        return cls(f"Run {run_id!r} predicts numbers, which have no class probabilities. Leave --proba out.")
