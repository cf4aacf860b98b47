"""Errors about a search as a whole and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean
from lepton_jupyter.exceptions.run_errors import write_failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ReplayError(LeptonError, ValueError):
    """A log does not lead to the trials it holds."""

    @classmethod
    def from_old_log(cls) -> Self:
        """Build for a log without what its asks were based on."""
        return cls("This log is of a version that did not say what its asks were based on: it cannot be replayed.")

    @classmethod
    def from_difference(cls, trial_id: int, what: str, logged: object, replayed: object) -> Self:
        """Build from the first trial for which another one is asked."""
        return cls(
            f"Trial {trial_id} is not reproduced: its {what} is {logged!r} in the log and {replayed!r} in the replay. "
            "The log was changed, or was written by another version of the search."
        )


class NoModelError(LeptonError, RuntimeError):
    """There is no model to give."""

    @classmethod
    def from_budget(cls, budget: str) -> Self:
        """Build from a budget in which nothing was finished."""
        return cls(f"No model was finished within {budget}. Give the run more time: --budget 60s")

    @classmethod
    def from_stop_in_queue(cls, run_id: str, waited_for: Sequence[str]) -> Self:
        """Build for a run that was stopped before its turn."""
        return cls(
            f"The run was stopped while it waited for {' and '.join(waited_for)}. "
            f"Start it again with %lepton resume {run_id}"
        )

    @classmethod
    def from_stop(cls) -> Self:
        """Build from a run that was stopped before anything was finished."""
        return cls("No model was finished before the run was stopped. Begin it again, or go on with %lepton resume.")

    @classmethod
    def from_unwritten(cls, last_error: str) -> Self:
        """Build from a run of which nothing could be written, and what the last trial failed with."""
        return cls(f"No model was kept: {last_error.rstrip('.')}. With more space, begin again with %lepton fit.")

    @classmethod
    def from_failures(cls, n_failed: int, last_error: str) -> Self:
        """Build from trials that all failed, and what the last one failed with."""
        failed = "The only trial failed" if n_failed == 1 else f"All {n_failed} trials failed, the last"
        return cls(
            f"No model was finished. {failed} with: {last_error.rstrip('.')}. "
            "Look at the columns, or try other learners: --learners linear"
        )

    @classmethod
    def not_yet(cls, run_id: str) -> Self:
        """Build from a run whose first model is still being fitted."""
        return cls(f"Run {run_id!r} has no model yet. Wait for it: run.model")


class ModelWriteError(LeptonError, OSError):
    """A fitted model cannot be written to the folder for temporary files, or to that of its run."""

    @classmethod
    def from_os_error(cls, folder: str, error: OSError) -> Self:
        """Build from the folder and what the system said."""
        return cls(
            f"The model could not be written to {folder}: {write_failure(error)}. Free some space there, or set TMPDIR."
        )

    @classmethod
    def from_run(cls, folder: str, error: OSError) -> Self:
        """Build from the run's folder and what the system said."""
        return cls(f"The models could not be written to {folder}: {write_failure(error)}. Free some space there.")


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


class HeldOutTableError(LeptonError, ValueError):
    """A held-out table does not go with the table that is learnt from."""

    @classmethod
    def from_error(cls, error: LeptonError) -> Self:
        """Build from what is wrong with the table."""
        return cls(f"In the test table: {error}")

    @classmethod
    def from_no_target(cls, name: str, known: Iterable[str]) -> Self:
        """Build from the target's name and the columns there are."""
        return cls(f"The test table has no target column {name!r}. {did_you_mean(name, known)}".rstrip())

    @classmethod
    def from_missing_target(cls, name: str, n_rows: int) -> Self:
        """Build for a table of which no row has a target."""
        return cls(
            f"None of the {n_rows:,} rows of the test table has a target {name!r}. Leave --test out, or fill it."
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

    @classmethod
    def from_preparation(cls, run_id: str) -> Self:
        """Build from the id of a run that prepared a table, where one with a model is meant."""
        return cls(
            f"{run_id!r} prepared a table and has no model. Name a run of %lepton fit (%lepton runs lists them)."
        )


class NoProbabilitiesError(LeptonError, TypeError):
    """Probabilities are asked of a model that predicts values."""

    @classmethod
    def from_run(cls, run_id: str) -> Self:
        """Build from the run."""
        return cls(
            f"Run {run_id!r} predicts numbers, which have no class probabilities. "
            "Ask for its predictions instead, without --proba."
        )
