"""A trial in progress: which folds wait, which run, and what those that came back were worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.search.trial import Trial


@dataclass(slots=True)
class TrialRace:
    """The folds of one trial on their way; only the runner changes it.

    Parameters
    ----------
    trial : Trial
    waiting : list of int
        Folds not started, in order.
    running : set of int
    losses, scores : dict of int to float
        Of the folds that came back.
    blend_gains : dict of int to float
        What the best predictor would gain on each of them; empty while there is none but a baseline.
    cost : float
        Of those folds, in the cost model's unit.
    seconds : float
        Of their fits.
    """

    trial: Trial
    waiting: list[int]
    running: set[int] = field(default_factory=set)
    losses: dict[int, float] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    blend_gains: dict[int, float] = field(default_factory=dict)
    cost: float = 0.0
    seconds: float = 0.0
