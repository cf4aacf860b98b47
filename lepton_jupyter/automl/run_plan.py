"""What a run may spend and on what: fixed before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.quantities import Budget
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What does not change while a run goes on.

    Parameters
    ----------
    shape : TableShape
    n_folds : int
    learners : mapping of str to Learner
    budget : Budget
    reserve_seconds : float
        End of the budget kept for the ensemble.
    most_workers : int or None, default=None
        Most folds side by side, however many workers there are.
    patience : int or None, default=None
        Trials without gain after which the search ends.
    max_memory_bytes : int or None, default=None
        What all fits that go on at once may take together, by the estimates of the learners.
    trial_seconds : float or None, default=None
        Longest that the fits of one trial may take, summed over its folds.
    n_late_folds : int, default=0
        Folds of nearly all rows, on which the best trials are fitted once more.
    """

    shape: TableShape
    n_folds: int
    learners: Mapping[str, Learner]
    budget: Budget
    reserve_seconds: float
    most_workers: int | None = None
    patience: int | None = None
    max_memory_bytes: int | None = None
    trial_seconds: float | None = None
    n_late_folds: int = 0


#: Of which a last selection may take 3 seconds, since whoever stops a run waits for it.
_MOST_RESERVE = 4.5


def reserve_seconds(budget_seconds: float | None) -> float:
    """End of a budget that is kept for the last ensemble, in seconds; less, where that will probably take less.

    Examples
    --------
    >>> reserve_seconds(30.0), reserve_seconds(10.0), reserve_seconds(600.0), reserve_seconds(None)
    (1.2, 0.6, 4.5, 0.0)
    """
    if budget_seconds is None:
        return 0.0
    return min(max(0.6, 0.04 * budget_seconds), 0.3 * budget_seconds, _MOST_RESERVE)
