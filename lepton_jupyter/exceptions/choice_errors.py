"""Errors about the choice of one model among those that a run has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoDistilledModelError(LeptonError, RuntimeError):
    """No small model was fitted on all folds."""

    @classmethod
    def from_seconds(cls, seconds: float) -> Self:
        """Build from the time that was given."""
        return cls(f'No small model was fitted on all folds in {seconds:g} s. Give more: run.distil(budget="30s")')


class NoCandidateError(LeptonError, LookupError):
    """No model of a run keeps within what was asked for."""

    @classmethod
    def from_nearest(cls, label: str, score: float, row_milliseconds: float, size_bytes: int) -> Self:
        """Build from the figures of the model that comes nearest."""
        return cls(
            f"No model keeps within these limits. The nearest is {label}: score {score:.6g}, "
            f"{row_milliseconds:.3g}ms a row, {size_bytes / 1e6:.3g}MB. Give more room, or see run.frontier."
        )

    @classmethod
    def from_no_files(cls, run_id: str) -> Self:
        """Build from a run whose models were all removed from the disk."""
        return cls(f"Run {run_id!r} has no models on disk to choose from. Go on with it: %lepton resume {run_id}")

    @classmethod
    def from_trial(cls, run_id: str, trial: object) -> Self:
        """Build from a trial that is none of this run, or whose models were removed from the disk."""
        return cls(
            f"Run {run_id!r} has no model of a trial {trial!r} on disk. "
            "See run.frontier for those it has; keep_models='all' keeps every one."
        )


class NoPlainCodeError(LeptonError, ValueError):
    """A model cannot be said in plain code."""

    @classmethod
    def from_learner(cls, label: str, learners: Sequence[str]) -> Self:
        """Build from the learner, and those that can."""
        return cls(
            f"{label} has no counterpart in scikit-learn or LightGBM. A trial of these has: {', '.join(learners)}."
        )

    @classmethod
    def from_trial(cls, run_id: str, trial: object) -> Self:
        """Build from a trial that did not finish in this run."""
        return cls(f"Run {run_id!r} has no finished trial {trial!r}. See run.leaderboard for those it has.")
