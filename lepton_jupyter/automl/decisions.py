"""What a runner hears (happenings) and what it wants done (orders): the two doors of its state machine.

These never reach the log: the log holds what came of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.execution.executor import Resources
    from lepton_jupyter.search.trial import Trial


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """Root of all that a runner hears."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldMeasured(Happening):
    """One fold came back with its loss (lower is better) and its score (in the metric's unit)."""

    trial_id: int
    fold: int
    loss: float
    score: float
    train_score: float
    fit_seconds: float
    n_iterations: int | None
    blend_gain: float | None = None  # in loss, of the best predictor so far on this fold if it were blended in
    cpu_seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldBroke(Happening):
    """One fold raised, overran or lost its worker."""

    trial_id: int
    fold: int
    error: str
    unwritten: bool = False  # its model could not be written, such as on a full disk


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialKept(Happening):
    """A complete trial's predictions and models lie in the run's folder, and the log says so.

    `closing_seconds`: what scoring the held-out table with the best so far will probably take after the search.
    """

    trial_id: int
    closing_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialLost(Happening):
    """A complete trial could not be written down, such as on a full disk."""

    trial_id: int
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialsCombined(Happening):
    """The ensemble was selected anew: weight of each trial, summing to one; `closing_seconds` as in `TrialKept`.

    `last_seconds` is what a last, thorough selection would probably take; None: nobody knows.
    """

    weights: Mapping[int, float]
    closing_seconds: float = 0.0
    last_seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StopWanted(Happening):
    """Somebody wants the best so far now."""

    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeAdded(Happening):
    """The budget grew."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourcesChanged(Happening):
    """New folds go to another executor, or the one in use grew, or no other is coming any more.

    `more_expected` tells that processes are still being started, so that it is worth waiting for them. `shared_with`:
    runs that work beside this one, which leave it `resources.n_workers` of `n_shared`.
    """

    resources: Resources
    more_expected: bool
    n_shared: int = 0
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Woken(Happening):
    """Time passed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Root of all that a runner wants done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluateFold(Order):
    """Fit and score one fold of a trial within `limit_seconds` (None: as long as it takes)."""

    trial: Trial
    fold: int
    limit_seconds: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepTrial(Order):
    """Write a complete trial down, then announce it; answered by `TrialKept` or `TrialLost`."""

    trial: Trial
    cost: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WidenTrial(Order):
    """Let the model of a late fold predict beside those of its trial, and announce it."""

    trial_id: int
    fold: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DropTrial(Order):
    """Forget the folds of a trial that will not be finished, and cancel those in flight."""

    trial_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CombineTrials(Order):
    """Select the ensemble from what is kept; answered by `TrialsCombined`. The `last` time it is done thoroughly.

    `within_seconds` it must be done, however long it would like to take.
    """

    last: bool = False
    within_seconds: float = math.inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Announce(Order):
    """Append an event to the log."""

    event: Event


@dataclass(frozen=True, kw_only=True, slots=True)
class WakeAt(Order):
    """Send `Woken` when the clock shows this many seconds."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EndSearch(Order):
    """Nothing more will be ordered. `reason`: "budget", "trials", "exhausted", "stopped", "failing" or "unwritable"."""

    reason: str
