"""What became of one trial, and a predictor that a board can name as its best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.events.run_events import StepJudged, TrialAsked, TrialFinished


@dataclass(slots=True)
class TrialRecord:
    """One trial as far as it got.

    Parameters
    ----------
    asked : TrialAsked
    outcome : {"pending", "finished", "rejected", "failed", "cancelled", "interrupted"}
        "interrupted": the kernel ended while it was fitted, and the run went on without it.
    finished : TrialFinished or None
    score : float or None
        Out of fold; of the first folds only for a rejected trial.
    improved : bool
        Whether it was the best so far when it finished.
    judged : StepJudged or None
    cpu_seconds : float
        Of the folds that came back.
    dropped_seconds : float
        On the clock, of the folds that did not.
    """

    asked: TrialAsked
    outcome: str = "pending"
    finished: TrialFinished | None = None
    score: float | None = None
    improved: bool = False
    judged: StepJudged | None = None
    cpu_seconds: float = 0.0
    dropped_seconds: float = 0.0

    @property
    def is_baseline(self) -> bool:
        """Whether it is a line to compare with (majority, mean), not a model to choose."""
        return self.asked.family == "baseline"


@dataclass(frozen=True, slots=True)
class BestModel:
    """The best predictor known at some moment: a trial, or the ensemble (then `trial_id` is None)."""

    trial_id: int | None
    label: str
    family: str
    score: float
    score_error: float
    fold_scores: tuple[float, ...]
