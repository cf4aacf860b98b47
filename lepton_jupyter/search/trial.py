"""What a search asks for and what it hears back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.search.space import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One configuration of one learner, to be evaluated on every fold.

    Parameters
    ----------
    id : int
        Counted from 0 in the order of asking.
    learner : str
    point : dict
        The full configuration.
    origin : {"baseline", "portfolio", "step", "restart"}
        Why it is asked for.
    parent_id : int or None
        The incumbent a step starts from.
    step_size : float or None
        Share of the unit cube that the step may move, as it was when the step was drawn.
    based_on : mapping of str to float
        The figures of the decision, for the log: expected cost, share of the ensemble, …
    row_share : float, default=1.0
        Part of the training rows of each fold that it learns from; it is judged on all validation rows in any case.
    """

    id: int
    learner: str
    point: Point
    origin: str
    parent_id: int | None = None
    step_size: float | None = None
    based_on: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)
    row_share: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What became of a trial.

    Parameters
    ----------
    fold_losses : mapping of int to float
        Loss of each fold that was fitted, lower is better; not of all folds if the trial lost the race.
    complete : bool
        Whether every fold was fitted.
    cost : float
        In the unit of the search's cost model, summed over folds.
    failed : bool, default=False
        The trial raised or lost its worker; its losses mean nothing.
    """

    fold_losses: Mapping[int, float]
    complete: bool
    cost: float
    failed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Whether a trial became its learner's incumbent, and the step size in force afterwards.

    Parameters
    ----------
    accepted : bool
    gain : float
        Mean paired gain over the incumbent in loss, positive is better; NaN without an incumbent.
    gain_error : float
        Standard error of the gain over folds.
    step_size : float
    """

    accepted: bool
    gain: float
    gain_error: float
    step_size: float
