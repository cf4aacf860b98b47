"""One learner's search: a single point that steps through its space and remembers where it has been."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.search.trial import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.search.space import Point, Space
    from lepton_jupyter.search.trial import Report, Trial

#: Step size at a start, as a share of each coordinate's range.
FIRST_STEP_SIZE = 0.15
#: Below it the neighbourhood is searched out and the point jumps elsewhere.
_LAST_STEP_SIZE = 0.03
_LARGEST_STEP_SIZE = 0.4
_AFTER_SUCCESS = 1.3
_AFTER_FAILED_PAIRS = 0.6
_FAILED_PAIRS = 2
#: Restarts in a row that gain nothing before the learner is held to be searched out.
_FRUITLESS_RESTARTS = 3
#: Part of a standard error that a paired gain must exceed; luck on the folds alone is not a step forward.
_ACCEPT_ERRORS = 0.25
#: Spread of the incumbent's folds (in standard errors) by which a half-evaluated step may be worse and still go on.
_RACE_ERRORS = 0.3
_DRAWS = 30


@dataclass(frozen=True, slots=True)
class Incumbent:
    """Where a point stands: the last trial it accepted, or where it began if that was given up after some folds."""

    trial_id: int
    point: Point
    fold_losses: Mapping[int, float]
    cost: float
    row_share: float = 1.0

    @property
    def loss(self) -> float:
        """Mean loss over folds."""
        return float(np.mean(list(self.fold_losses.values())))

    @property
    def fold_cost(self) -> float:
        """What one fold cost."""
        return self.cost / len(self.fold_losses)

    def gains_of(self, fold_losses: Mapping[int, float]) -> list[float]:
        """What another trial gains over it on each fold that both have."""
        return [self.fold_losses[fold] - loss for fold, loss in fold_losses.items() if fold in self.fold_losses]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A point to try next, why, and how many waiting mirrored steps it uses up."""

    point: Point
    origin: str
    mirrors_used: int


@dataclass(slots=True)
class SinglePoint:
    """The state of one learner's search; only `LocalSearch` changes it.

    A step moves a few coordinates at once (sparse). When it fails, the mirrored step is tried next, so that every
    direction is judged from both sides. The size grows after success and shrinks after two failed pairs.

    Parameters
    ----------
    learner : str
    space : Space
    most_steps : int
        Steps after which the learner is held to be searched out, whatever they gained.
    """

    learner: str
    space: Space
    most_steps: int
    incumbent: Incumbent | None = None
    best_loss: float = math.inf
    step_size: float = FIRST_STEP_SIZE
    steps: int = 0
    _failed_steps: int = 0
    _fruitless_restarts: int = 0
    _restart_wanted: bool = False
    _mirrors: list[NDArray[np.float64]] = field(default_factory=list)
    _pending: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    @property
    def exhausted(self) -> bool:
        """Whether nothing worth trying is left."""
        return (
            not self.space.dimensions
            or self.steps >= self.most_steps
            or self._fruitless_restarts >= _FRUITLESS_RESTARTS
        )

    def was_tried(self, point: Mapping[str, object]) -> bool:
        """Whether a point was asked for before."""
        return self._key(point) in self._seen

    def propose(self, rng: np.random.Generator) -> Proposal | None:
        """Draw the next point not yet tried; None when the neighbourhood offers none. Changes nothing."""
        if self.incumbent is None or self.exhausted:
            return None
        if self._restart_wanted:
            draws = (rng.random(len(self.space.dimensions)) for _ in range(_DRAWS))
            return self._first_fresh(draws, "restart", mirrors_used=0)
        centre = self.space.to_unit(self.incumbent.point)
        for used, mirror in enumerate(self._mirrors, start=1):
            proposal = self._first_fresh([centre + mirror], "step", mirrors_used=used)
            if proposal is not None:
                return proposal
        steps = (centre + self._draw_direction(rng) for _ in range(_DRAWS))
        return self._first_fresh(steps, "step", mirrors_used=len(self._mirrors))

    def _first_fresh(self, places: Iterable[NDArray[np.float64]], origin: str, *, mirrors_used: int) -> Proposal | None:
        if self.incumbent is None:
            return None
        for place in places:
            point = self.space.from_unit(place, self.incumbent.point)
            if not self.was_tried(point):
                return Proposal(point, origin, mirrors_used)
        return None

    def _key(self, point: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(point.get(each.name) for each in self.space.dimensions)

    def _draw_direction(self, rng: np.random.Generator) -> NDArray[np.float64]:
        n = len(self.space.dimensions)
        moved = rng.choice(n, size=min(n, 1 + rng.poisson(1.0)), replace=False)
        direction = np.zeros(n)
        direction[moved] = self.step_size * 1.5 * rng.standard_normal(len(moved))
        return direction

    def started(self, trial: Trial) -> None:
        """A trial of this learner was asked for (or is read back from a log)."""
        self._seen.add(self._key(trial.point))
        if trial.origin in {"step", "restart"}:
            self.steps += 1
        if trial.origin == "restart":
            if not self._restart_wanted:
                self.neighbourhood_is_empty()
            self._restart_wanted = False
        if trial.origin == "step" and self.incumbent is not None:
            del self._mirrors[: int(trial.based_on.get("mirrors_used") or 0)]
            self._pending[trial.id] = self.space.to_unit(trial.point) - self.space.to_unit(self.incumbent.point)

    def keeps_up(self, trial: Trial, fold_losses: Mapping[int, float], n_folds: int) -> bool:
        """Whether a half-evaluated step is good enough for another fold.

        Folds are compared one by one with the incumbent's: a hard fold is hard for both.
        """
        incumbent = self.incumbent
        if trial.origin not in {"step", "restart"} or incumbent is None or not fold_losses:
            return True
        gains = incumbent.gains_of(fold_losses)
        if not gains:
            return True
        worse = -float(np.mean(gains))
        spread = float(np.std(list(incumbent.fold_losses.values()))) / math.sqrt(len(fold_losses))
        patience = 1.0 if trial.origin == "restart" else _RACE_ERRORS
        return len(fold_losses) >= n_folds or not worse > max(patience * spread, 1e-12)

    def leads(self, fold_losses: Mapping[int, float]) -> bool:
        """Whether a half-evaluated step is ahead of the incumbent on the folds it has; without one, any is."""
        return self.incumbent is None or sum(self.incumbent.gains_of(fold_losses)) > 0

    def judge(self, trial: Trial, report: Report) -> Judgement:
        """Hear how a trial went; move there, or turn round, or shrink."""
        direction = self._pending.pop(trial.id, None)
        usable = report.complete and not report.failed
        loss = float(np.mean(list(report.fold_losses.values()))) if usable else math.inf
        if trial.origin == "restart":
            return self._judge_restart(trial, report, loss)
        if self.incumbent is None or self._began_anew(trial, report, usable=usable):
            # One that was given up is a place to step from too: its neighbours may do what it did not.
            if report.fold_losses and not report.failed:
                self._move(trial, report, loss)
            return Judgement(accepted=usable, gain=math.nan, gain_error=math.nan, step_size=self.step_size)
        gain, error = self._paired_gain(report)
        accepted = usable and gain > _ACCEPT_ERRORS * error and gain > 0
        if accepted:
            self._move(trial, report, loss)
        if trial.origin == "step":
            self._adapt(accepted=accepted, direction=direction)
        return Judgement(accepted=accepted, gain=gain, gain_error=error, step_size=self.step_size)

    def _began_anew(self, trial: Trial, report: Report, *, usable: bool) -> bool:
        """Whether a whole starting point comes after one that was given up."""
        known = 0 if self.incumbent is None else len(self.incumbent.fold_losses)
        return usable and trial.origin == "portfolio" and known < len(report.fold_losses)

    def _paired_gain(self, report: Report) -> tuple[float, float]:
        if self.incumbent is None or report.failed or not report.fold_losses:
            return -math.inf, 0.0
        gains = self.incumbent.gains_of(report.fold_losses)
        if not gains:
            return -math.inf, 0.0
        error = float(np.std(gains, ddof=1) / math.sqrt(len(gains))) if len(gains) > 1 else 0.0
        return float(np.mean(gains)), error

    def _move(self, trial: Trial, report: Report, loss: float) -> None:
        self.incumbent = Incumbent(trial.id, trial.point, report.fold_losses, report.cost, trial.row_share)
        self._mirrors.clear()
        if loss < self.best_loss:
            self.best_loss = loss
            self._fruitless_restarts = 0

    def _adapt(self, *, accepted: bool, direction: NDArray[np.float64] | None) -> None:
        if accepted:
            self.step_size = min(_LARGEST_STEP_SIZE, self.step_size * _AFTER_SUCCESS)
            self._failed_steps = 0
            return
        self._failed_steps += 1
        if self._failed_steps % 2 and direction is not None:
            self._mirrors.append(-direction)
        if self._failed_steps % (2 * _FAILED_PAIRS) == 0:
            self.step_size *= _AFTER_FAILED_PAIRS
        if self.step_size < _LAST_STEP_SIZE:
            self._want_restart()

    def _want_restart(self) -> None:
        self._restart_wanted = True
        self._mirrors.clear()
        self._failed_steps = 0
        self.step_size = FIRST_STEP_SIZE
        self._fruitless_restarts += 1

    def _judge_restart(self, trial: Trial, report: Report, loss: float) -> Judgement:
        # A restart is where a new search begins, so it need not beat the old incumbent; it has only to be complete,
        # that is: not so bad that it lost the race.
        gain, error = self._paired_gain(report)
        if math.isfinite(loss):
            self._move(trial, report, loss)
        else:
            self._want_restart()
        return Judgement(accepted=math.isfinite(loss), gain=gain, gain_error=error, step_size=self.step_size)

    def neighbourhood_is_empty(self) -> None:
        """No untried point was found near the incumbent: jump."""
        if self._restart_wanted:
            self._fruitless_restarts = _FRUITLESS_RESTARTS
        else:
            self._want_restart()
