"""What a run took: CPU, wall, energy and money, of all of it, of each learner and of each trial."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lepton_jupyter.events.quantities import Price
from lepton_jupyter.events.run_events import (
    ExecutorChanged,
    RunFinished,
    RunQueued,
    RunResumed,
    RunStarted,
    TurnCame,
)
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.energy_estimate import WATTS_PER_CORE, WATTS_PER_GIGABYTE, estimated_watt_hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.views.trial_record import TrialRecord

_MEASURED = "Energy was measured by the processor's own counters (RAPL): all that this machine computed meanwhile."
_ESTIMATED = (
    f"Energy is an estimate: {WATTS_PER_CORE:g} W for a busy core and {WATTS_PER_GIGABYTE:g} W for each GB of memory "
    "(Green Algorithms, Lannelongue et al. 2021), within a factor of two or so."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialCost:
    """What one trial took, however it ended.

    Parameters
    ----------
    trial_id : int
    learner, label, description : str
    outcome : str
        As in `TrialRecord`.
    cpu_seconds : float
        Of its folds, those that were broken off included.
    dropped_seconds : float
        The part of it that brought nothing: folds that were broken off, counted as a whole core until then.
    """

    trial_id: int
    learner: str
    label: str
    description: str
    outcome: str
    cpu_seconds: float
    dropped_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerCost:
    """What all trials of one learner took."""

    learner: str
    label: str
    n_trials: int
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCost:
    """What a run took.

    Parameters
    ----------
    run_id, name : str
    cpu_seconds : float
        Of all its folds and of the run's own threads, on all workers.
    outside_seconds : float
        The part of it outside folds: preparing the table, deciding, ensembles, the test table. Known at the end only.
    wall_seconds : float
        Without what it waited for other runs.
    core_seconds : float
        Cores that were held for it, as long as they were: its workers, whether they had work or not.
    energy_watt_hours : float
    energy_method : str
        How that was found, in one sentence.
    core_hour_price : Price or None
    learners : tuple of LearnerCost
        The dearest first.
    trials : tuple of TrialCost
        In the order in which they were asked for.
    """

    run_id: str
    name: str
    cpu_seconds: float
    outside_seconds: float
    wall_seconds: float
    core_seconds: float
    energy_watt_hours: float
    energy_method: str
    core_hour_price: Price | None
    learners: tuple[LearnerCost, ...]
    trials: tuple[TrialCost, ...]

    @property
    def utilisation(self) -> float:
        """Part of the cores held that was used; NaN before any was."""
        return self.cpu_seconds / self.core_seconds if self.core_seconds else math.nan

    @property
    def dropped_seconds(self) -> float:
        """What went into folds that brought nothing."""
        return sum(each.dropped_seconds for each in self.trials)

    @property
    def money(self) -> Price | None:
        """Price of the cores held, used or not, since that is what is paid for; None without a price."""
        return self.money_for(self.core_seconds)

    def money_for(self, core_seconds: float) -> Price | None:
        """Price of so many seconds of one core; None without a price."""
        return None if self.core_hour_price is None else self.core_hour_price.times(core_seconds / 3600.0)

    def at_price(self, core_hour_price: str) -> RunCost:
        """The same at another price.

        Raises
        ------
        InvalidQuantityError
            If it is not a price such as ``"0.05EUR"``.
        """
        return replace(self, core_hour_price=Price.parse(core_hour_price))


def run_cost(logged: Sequence[LoggedEvent], *, now_elapsed: float | None = None) -> RunCost:
    """Add up what a log says that a run took.

    Parameters
    ----------
    logged : sequence of LoggedEvent
        In the order of the log.
    now_elapsed : float, optional
        Seconds since the beginning, of a run that goes on.

    Examples
    --------
    >>> run_cost([]).cpu_seconds
    0.0
    """
    state = BoardState.from_events(logged)
    trials = tuple(_trial_cost(record) for record in state.trials.values())
    ends = [each.event for each in logged if isinstance(each.event, RunFinished)]
    outside = math.fsum(end.outside_seconds for end in ends)
    cpu = math.fsum(each.cpu_seconds for each in trials) + outside
    wall, core_seconds = _held(logged, None if state.ended else now_elapsed)
    energy, method = _energy(ends, cpu, wall, ended=state.ended)
    started = state.started
    return RunCost(
        run_id=started.run_id if started else "",
        name=started.name if started else "",
        cpu_seconds=cpu,
        outside_seconds=outside,
        wall_seconds=wall,
        core_seconds=core_seconds,
        energy_watt_hours=energy,
        energy_method=method,
        core_hour_price=Price.parse(started.core_hour_price) if started and started.core_hour_price else None,
        learners=_by_learner(trials),
        trials=trials,
    )


def _trial_cost(record: TrialRecord) -> TrialCost:
    asked = record.asked
    return TrialCost(
        trial_id=asked.trial_id,
        learner=asked.learner,
        label=asked.label,
        description=asked.description,
        outcome=record.outcome,
        cpu_seconds=record.cpu_seconds + record.dropped_seconds,
        dropped_seconds=record.dropped_seconds,
    )


def _by_learner(trials: Iterable[TrialCost]) -> tuple[LearnerCost, ...]:
    groups: dict[str, list[TrialCost]] = {}
    for each in trials:
        groups.setdefault(each.learner, []).append(each)
    costs = [
        LearnerCost(
            learner=learner,
            label=group[0].label,
            n_trials=len(group),
            cpu_seconds=sum(each.cpu_seconds for each in group),
        )
        for learner, group in groups.items()
    ]
    return tuple(sorted(costs, key=lambda each: -each.cpu_seconds))


def _held(logged: Sequence[LoggedEvent], now_elapsed: float | None) -> tuple[float, float]:
    """Wall seconds in which the run was at work, and the seconds of all cores that were held for it meanwhile."""
    times = [each.elapsed_seconds for each in logged]
    if now_elapsed is not None:
        times.append(max(times[-1], now_elapsed) if times else now_elapsed)
    n_workers, wall, core_seconds = 0, 0.0, 0.0
    waiting_for = 0
    for each, (began, ended) in zip(logged, pairwise(times), strict=False):
        event = each.event
        if isinstance(event, RunStarted | RunResumed | ExecutorChanged):
            n_workers = event.n_workers
        if isinstance(event, RunQueued):
            n_workers, waiting_for = 0, waiting_for or n_workers
        if isinstance(event, TurnCame):
            n_workers, waiting_for = waiting_for, 0
        if isinstance(event, RunFinished):
            n_workers = 0
        if n_workers:
            wall += ended - began
            core_seconds += n_workers * (ended - began)
    return wall, core_seconds


def _energy(ends: Sequence[RunFinished], cpu: float, wall: float, *, ended: bool) -> tuple[float, str]:
    measured = [end.energy_joules for end in ends if end.energy_joules is not None]
    if ended and measured and len(measured) == len(ends):
        return sum(measured) / 3600.0, _MEASURED
    memory = max((end.memory_bytes for end in ends), default=0)
    return estimated_watt_hours(cpu, wall, memory), _ESTIMATED
