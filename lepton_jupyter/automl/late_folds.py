"""Late folds: the best trials are fitted once more on nearly all rows before a search ends, and how long that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepton_jupyter.search.trial import Trial

#: Weight in the best predictor from which a trial is worth it.
_LEAST_WEIGHT = 0.1
#: How much longer a late fit may take than its folds did and its rows ask for.
PATIENCE = 1.5
#: What comes to the seconds of any fit: rows are cut out, and models travel.
_AROUND_SECONDS = 0.05
#: Part of its time that a late fit must have: one that is cut off a little sooner is nearly as good.
_LEAST_PART = 0.85


@dataclass(frozen=True, slots=True)
class LateFit:
    """One trial on one late fold, and the seconds that it will probably take."""

    trial: Trial
    fold: int
    seconds: float


class LateFolds:
    """Which late fits are still to be made; only the runner changes it.

    Parameters
    ----------
    n_folds : int
        Late folds count on from there.
    n_late : int
        0: none is ever made.

    Examples
    --------
    >>> from lepton_jupyter.search.trial import Trial
    >>> late = LateFolds(n_folds=3, n_late=2)
    >>> late.offer(Trial(id=4, learner="lightgbm", point={}, origin="portfolio"), fold_seconds=2.0)
    >>> late.weigh({4: 0.7, 5: 0.3})  # of trial 5 nothing is known
    >>> round(late.seconds(n_workers=1, most_seconds=10.0), 2), round(late.seconds(n_workers=2, most_seconds=10.0), 2)
    (5.8, 2.9)
    >>> late.next(within_seconds=3.0).fold
    3
    """

    def __init__(self, n_folds: int, n_late: int) -> None:
        self._n_folds, self._n_late = n_folds, n_late
        # A twentieth is left out in place of one fold.
        self._longer = 0.95 / (1.0 - 1.0 / n_folds) if n_folds > 1 else 1.0
        self._offered: dict[int, tuple[Trial, float]] = {}
        self._weights: dict[int, float] = {}
        self._begun: set[tuple[int, int]] = set()
        self.running: set[tuple[int, int]] = set()

    def offer(self, trial: Trial, fold_seconds: float) -> None:
        """A trial is complete, and one of its folds took so long; those that learnt from a part of the rows do not."""
        if trial.row_share == 1.0 and trial.origin != "baseline":
            self._offered[trial.id] = (trial, fold_seconds)

    def weigh(self, weights: Mapping[int, float]) -> None:
        """The best predictor is another one."""
        self._weights = dict(weights)

    def seconds(self, n_workers: int, most_seconds: float) -> float:
        """Seconds that so many workers need for the fits that are still to be begun, as far as they fit into `most`."""
        ends = np.zeros(max(1, n_workers))
        for fit in self._waiting():
            first = int(ends.argmin())
            if ends[first] + fit.seconds > most_seconds:
                break
            ends[first] += fit.seconds
        return float(ends.max())

    def next(self, within_seconds: float) -> LateFit | None:
        """The fit to begin now, of those that will be nearly done in time: first the heaviest trial."""
        return next((fit for fit in self._waiting() if _LEAST_PART * fit.seconds <= within_seconds), None)

    def begin(self, fit: LateFit) -> None:
        """It is on its way, and not begun again whatever becomes of it."""
        self._begun.add((fit.trial.id, fit.fold))
        self.running.add((fit.trial.id, fit.fold))

    def end(self, trial_id: int, fold: int) -> bool:
        """It came back, or broke; False if it was given up before, or never begun."""
        ours = (trial_id, fold) in self.running
        self.running.discard((trial_id, fold))
        return ours

    def give_up(self) -> list[int]:
        """Expect nothing more of the fits on their way; their trials, each once."""
        trials = sorted({trial_id for trial_id, _ in self.running})
        self.running.clear()
        return trials

    def trials_running(self) -> list[Trial]:
        """The trial of each fit that is on its way."""
        return [self._offered[trial_id][0] for trial_id, _ in self.running]

    def made_before(self, trial_id: int, fold: int) -> None:
        """It was made in an earlier part of the run."""
        self._begun.add((trial_id, fold))

    def _waiting(self) -> Iterator[LateFit]:
        heavy = [each for each, weight in self._weights.items() if weight >= _LEAST_WEIGHT and each in self._offered]
        heavy.sort(key=lambda trial_id: -self._weights[trial_id])
        for fold in range(self._n_folds, self._n_folds + self._n_late):
            for trial_id in heavy:
                trial, seconds = self._offered[trial_id]
                if (trial_id, fold) not in self._begun:
                    yield LateFit(trial, fold, self._longer * seconds + _AROUND_SECONDS)
