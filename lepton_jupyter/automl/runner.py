"""The runner: decides what is fitted when, what is given up, and when the search is over.

A pure state machine: happenings in, orders out. The time comes in with each happening, in seconds since this part of
the run began; under a budget in trials it is never looked at. Only `step` changes the state: whoever else did would
break the promise that a run can be replayed from its log.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.decisions import (
    Announce,
    CombineTrials,
    DropTrial,
    EndSearch,
    EvaluateFold,
    FoldBroke,
    FoldMeasured,
    KeepTrial,
    ResourcesChanged,
    StopWanted,
    TimeAdded,
    TrialKept,
    TrialLost,
    TrialsCombined,
    WakeAt,
    WidenTrial,
    Woken,
)
from lepton_jupyter.automl.late_folds import PATIENCE, LateFolds
from lepton_jupyter.automl.trial_race import TrialRace
from lepton_jupyter.events.quantities import size_text
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    ExecutorChanged,
    FoldScored,
    LearnerPostponed,
    StepJudged,
    StopRequested,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialRejected,
    WarningRaised,
)
from lepton_jupyter.search.trial import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.automl.decisions import Happening, Order
    from lepton_jupyter.automl.run_plan import RunPlan
    from lepton_jupyter.execution.executor import Resources
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.search.cost_model import CostModel
    from lepton_jupyter.search.local_search import LocalSearch
    from lepton_jupyter.search.trial import Judgement, Trial

#: Part of the budget that one portfolio entry may take on all workers together.
_PORTFOLIO_SHARE = 0.3
#: A step may take this many times as long as the incumbent it is compared with, and at least this many seconds.
_STEP_PATIENCE = 2.5
_LEAST_LIMIT_SECONDS = 0.5
#: Of the time of an entry of the portfolio, what one has that learns from all rows: five that are cut off a little
#: earlier make a better ensemble than three.
_WHOLE_LIMIT = 2 / 3
#: Of the time of an entry of the portfolio, what one has that learns from a part of the rows.
_SCREENED_LIMIT = 0.3
#: The same as the patience of a step for one that learns from more rows than before, over what it is expected to take.
_PROMOTION_PATIENCE = 1.5
#: Folds end this long before the search does, and none starts later: they must travel back and be written down.
_RETURN_SECONDS = 0.15
#: Part of the time of its other folds that a fold must have: a model that was cut off long before them spoils the mean.
_LEAST_PART_OF_FOLD = 0.5
#: Part of the time left that a new trial may fill by its expected cost.
_FILL = 0.9
#: Part of the budget below which nothing is started that is not expected to fit into it.
_LITTLE_LEFT = 0.1
#: Part of the budget that scoring the held-out table may take at most.
_MOST_CLOSING = 0.3
#: Part of the budget that late folds may take at most.
_MOST_LATE = 0.25
#: Trials that may fail one after the other before the run is held to be broken.
_MOST_FAILURES = 25
#: Trials that may fail to be written down, one after the other, before no other is begun: the disk is full.
_MOST_UNWRITTEN = 5
#: Kept for what follows the last selection: parts of the ensemble, intervals, and models that are removed.
_FINISH_SECONDS = 0.5
#: What a last selection may take at least, also where folds came back late: as much as short budgets keep for it.
_LEAST_SELECTION_SECONDS = 0.42
#: Seconds after the end of the search when calls that did not come back are given up.
_GRACE_SECONDS = 0.1


class Runner:
    """Decides for one run: `start` and `step` give orders, and never wait.

    Parameters
    ----------
    search : LocalSearch
        Fresh, or rebuilt from a log.
    cost : CostModel
        The one the search reads.
    plan : RunPlan
    resources : Resources
        Of the executor in use.
    more_expected : bool, default=False
        Whether processes are being started that will take over.
    n_asked : int, default=0
        Trials that were asked for before, when a run is resumed.
    shared_with : tuple of str, default=()
        Runs that work beside it, which leave it no more than `resources`.
    """

    def __init__(
        self,
        search: LocalSearch,
        cost: CostModel,
        plan: RunPlan,
        resources: Resources,
        *,
        more_expected: bool = False,
        n_asked: int = 0,
        shared_with: tuple[str, ...] = (),
    ) -> None:
        self._search = search
        self._cost = cost
        self._plan = plan
        self._resources = resources
        self._shared_with = shared_with
        self._more_expected = more_expected
        self._budget_seconds = math.inf if plan.budget.seconds is None else plan.budget.seconds
        self._closing_seconds = 0.0
        self._reserve_seconds = plan.reserve_seconds
        self._woken_at = math.inf
        self._most_trials = math.inf if plan.budget.trials is None else plan.budget.trials
        self._n_asked = n_asked
        self._races: dict[int, TrialRace] = {}
        # Where no clock is read, nobody knows that the end is near.
        self._late = LateFolds(plan.n_folds, 0 if plan.budget.seconds is None else plan.n_late_folds)
        self._learner_of: dict[int, str] = {}
        self._postponed: set[str] = set()
        self._n_kept = 0
        self._n_combined = 0
        self._combining = False
        self._combined_last = False
        self._reason: str | None = None
        self._ended = False
        self._failures = 0
        self._least_loss = math.inf
        self._n_without_gain = 0
        self._unwritten = 0
        self._reactions: dict[type[Happening], Callable[[Any, float], list[Order]]] = {
            FoldMeasured: self._fold_measured,
            FoldBroke: self._fold_broke,
            TrialKept: self._trial_kept,
            TrialLost: self._trial_lost,
            TrialsCombined: self._trials_combined,
            StopWanted: self._stop_wanted,
            TimeAdded: self._time_added,
            ResourcesChanged: self._resources_changed,
            Woken: self._woken,
        }

    @property
    def _end_seconds(self) -> float:
        """When the last fold must be back; infinity without a budget in seconds."""
        closing = min(self._closing_seconds, _MOST_CLOSING * self._budget_seconds)
        return self._budget_seconds - self._reserve_seconds - closing

    @property
    def _search_seconds(self) -> float:
        """When the search makes way for late folds; where there are none left to make, the same."""
        if self._end_seconds == math.inf:
            return math.inf
        return self._end_seconds - self._late.seconds(self._n_workers, _MOST_LATE * self._budget_seconds)

    def learned(self, trial_id: int, learner: str) -> None:
        """A trial kept in an earlier part of the run counts towards the ensemble."""
        self._learner_of[trial_id] = learner
        self._n_kept += 1

    def may_widen(self, trial: Trial, fold_seconds: float) -> None:
        """A complete trial, one fold of which took so long, may be fitted on late folds."""
        self._late.offer(trial, fold_seconds)

    def widened(self, trial_id: int, fold: int) -> None:
        """A late fold was made in an earlier part of the run."""
        self._late.made_before(trial_id, fold)

    def combined(self, weights: Mapping[int, float]) -> None:
        """Tell the search how much of the best predictor each learner holds, as of now or of an earlier part."""
        shares: dict[str, float] = {}
        for trial_id, weight in weights.items():
            learner = self._learner_of[trial_id]
            shares[learner] = shares.get(learner, 0.0) + weight
        self._search.weigh(shares)
        self._late.weigh(weights)

    def start(self, now: float) -> list[Order]:
        """First orders."""
        orders: list[Order] = []
        if self._end_seconds < math.inf:
            self._woken_at = self._end_seconds
            orders.append(WakeAt(seconds=self._end_seconds))
        orders += self._fill_workers(now)
        if self._reason is not None:  # nothing is left to try in a run that is resumed: no happening would ever come
            orders += self._close(now)
        return orders

    def step(self, happening: Happening, now: float) -> list[Order]:
        """Hear one happening and give the orders that follow from it."""
        if self._ended:
            return []
        orders = self._react(happening, now)
        if self._reason is None and now >= self._end_seconds:
            self._reason = "budget"
        if self._reason is None:
            orders += self._fill_workers(now)
        if self._reason is not None:
            orders += self._close(now)
        return orders

    def _react(self, happening: Happening, now: float) -> list[Order]:
        reaction = self._reactions.get(type(happening))
        if reaction is None:
            message = f"a runner does not know {type(happening).__name__}"
            raise TypeError(message)
        return reaction(happening, now)

    def _woken(self, woken: Woken, now: float) -> list[Order]:
        del woken, now  # `step` compares every happening's time with the end
        return []

    def _stop_wanted(self, stop: StopWanted, now: float) -> list[Order]:
        del now
        if self._reason is not None:
            return []
        self._reason = "stopped"
        return [Announce(event=StopRequested(source=stop.source))]

    def _trial_kept(self, kept: TrialKept, now: float) -> list[Order]:
        del now
        self._unwritten = 0
        self.learned(kept.trial_id, self._learner_of[kept.trial_id])
        return self._leave_time(kept.closing_seconds) + self._combine_if_worthwhile()

    def _leave_time(self, closing_seconds: float) -> list[Order]:
        self._closing_seconds = closing_seconds
        if self._end_seconds in {self._woken_at, math.inf}:
            return []
        self._woken_at = self._end_seconds
        return [WakeAt(seconds=self._end_seconds)]

    def _trial_lost(self, lost: TrialLost, now: float) -> list[Order]:
        del now
        orders: list[Order] = [Announce(event=TrialFailed(trial_id=lost.trial_id, error=lost.error, cost=0.0))]
        return orders + self._count_unwritten(lost.error)

    def _count_unwritten(self, error: str) -> list[Order]:
        self._unwritten += 1
        if self._unwritten < _MOST_UNWRITTEN or self._reason is not None:
            return []
        self._reason = "unwritable"
        text = (
            f"The search ends early: {self._unwritten} trials one after the other could not be kept, the last with: "
            f"{error.rstrip('.')}. What was kept before is the result; with more space, go on with %lepton resume."
        )
        return [Announce(event=WarningRaised(text=text))]

    # Folds come back ------------------------------------------------------------------------------------------------

    def _fold_measured(self, fold: FoldMeasured, now: float) -> list[Order]:
        del now
        if fold.fold >= self._plan.n_folds:
            ours = self._late.end(fold.trial_id, fold.fold)
            return [WidenTrial(trial_id=fold.trial_id, fold=fold.fold)] if ours else []
        race = self._races.get(fold.trial_id)
        if race is None:  # rejected or cancelled while this fold was on its way
            return []
        trial = race.trial
        self._failures = 0
        race.running.discard(fold.fold)
        race.losses[fold.fold] = fold.loss
        race.seconds += fold.fit_seconds
        race.scores[fold.fold] = fold.score
        if fold.blend_gain is not None:
            race.blend_gains[fold.fold] = fold.blend_gain
        race.cost += self._cost.observed(trial.learner, trial.point, fold.fit_seconds, trial.row_share)
        orders: list[Order] = [
            Announce(
                event=FoldScored(
                    trial_id=fold.trial_id,
                    fold=fold.fold,
                    score=fold.score,
                    train_score=fold.train_score,
                    fit_seconds=fold.fit_seconds,
                    n_iterations=fold.n_iterations,
                    blend_gain=fold.blend_gain,
                    cpu_seconds=fold.cpu_seconds,
                )
            )
        ]
        if len(race.losses) == self._plan.n_folds:
            return orders + self._complete(race)
        if not self._search.keeps_up(trial, race.losses, race.blend_gains):
            return orders + self._reject(race)
        return orders

    def _complete(self, race: TrialRace) -> list[Order]:
        trial = race.trial
        del self._races[trial.id]
        self._learner_of[trial.id] = trial.learner
        self.may_widen(trial, race.seconds / self._plan.n_folds)
        report = Report(fold_losses=race.losses, complete=True, cost=race.cost)
        judgement = self._search.tell(trial, report)
        self._count_towards_patience(float(np.mean(list(race.losses.values()))))
        return [KeepTrial(trial=trial, cost=race.cost), *self._announce_judgement(trial, judgement)]

    def _reject(self, race: TrialRace) -> list[Order]:
        trial = race.trial
        del self._races[trial.id]
        report = Report(fold_losses=race.losses, complete=False, cost=race.cost)
        judgement = self._search.tell(trial, report)
        self._count_towards_patience(math.inf)
        scores = tuple(race.scores[fold] for fold in sorted(race.scores))
        rejected = TrialRejected(
            trial_id=trial.id,
            fold_scores=scores,
            score=float(np.mean(scores)),
            cost=race.cost,
            reason=f"clearly worse on {len(scores)} of {self._plan.n_folds} folds",
        )
        return [
            DropTrial(trial_id=trial.id),
            Announce(event=rejected),
            *self._announce_judgement(trial, judgement),
        ]

    def _count_towards_patience(self, loss: float) -> None:
        if loss < self._least_loss:
            self._least_loss, self._n_without_gain = loss, 0
            return
        self._n_without_gain += 1
        if self._plan.patience is not None and self._n_without_gain >= self._plan.patience and self._reason is None:
            self._reason = "patience"

    def _announce_judgement(self, trial: Trial, judgement: Judgement | None) -> list[Order]:
        if judgement is None or trial.origin not in {"step", "restart"}:
            return []
        judged = StepJudged(
            learner=trial.learner,
            trial_id=trial.id,
            accepted=judgement.accepted,
            gain=judgement.gain if math.isfinite(judgement.gain) else 0.0,
            gain_error=judgement.gain_error,
            step_size=judgement.step_size,
        )
        return [Announce(event=judged)]

    def _fold_broke(self, fold: FoldBroke, now: float) -> list[Order]:
        del now
        if self._late.end(fold.trial_id, fold.fold):
            return []  # its trial predicts without it
        race = self._races.pop(fold.trial_id, None)
        if race is None:
            return []
        self._search.tell(race.trial, Report(fold_losses={}, complete=False, cost=race.cost, failed=True))
        self._count_towards_patience(math.inf)
        failed = TrialFailed(trial_id=fold.trial_id, error=fold.error, cost=race.cost)
        orders: list[Order] = [DropTrial(trial_id=fold.trial_id), Announce(event=failed)]
        if fold.unwritten:
            return orders + self._count_unwritten(fold.error)
        self._failures += 1
        if self._failures >= _MOST_FAILURES and self._reason is None:
            self._reason = "failing"
            text = f"{self._failures} trials failed one after the other, the last with: {fold.error}"
            orders.append(Announce(event=WarningRaised(text=text)))
        return orders

    # The ensemble ---------------------------------------------------------------------------------------------------

    def _combine_if_worthwhile(self) -> list[Order]:
        # An ensemble costs the same however little is new, so it waits for a tenth more trials.
        new = self._n_kept - self._n_combined
        if self._combining or self._reason is not None or self._n_kept < 2 or new < max(1, self._n_kept // 10):
            return []
        return [self._combine()]

    def _combine(self, *, last: bool = False, within_seconds: float = math.inf) -> Order:
        self._combining = True
        self._n_combined = self._n_kept
        return CombineTrials(last=last, within_seconds=within_seconds)

    def _trials_combined(self, combined: TrialsCombined, now: float) -> list[Order]:
        del now
        self._combining = False
        self.combined(combined.weights)
        if combined.last_seconds is not None:
            self._reserve_seconds = min(self._plan.reserve_seconds, _FINISH_SECONDS + combined.last_seconds)
        return self._leave_time(combined.closing_seconds) + self._combine_if_worthwhile()

    # Time and workers -----------------------------------------------------------------------------------------------

    def _time_added(self, added: TimeAdded, now: float) -> list[Order]:
        if self._reason is not None or self._end_seconds == math.inf:
            return []
        self._budget_seconds += added.seconds + max(0.0, now - self._end_seconds)
        return [Announce(event=BudgetExtended(seconds=added.seconds)), WakeAt(seconds=self._end_seconds)]

    def _resources_changed(self, change: ResourcesChanged, now: float) -> list[Order]:
        del now
        resources = change.resources
        moved = resources.kind != self._resources.kind
        changed = moved or resources.n_workers != self._resources.n_workers or change.shared_with != self._shared_with
        self._resources, self._shared_with = resources, change.shared_with
        self._more_expected = change.more_expected
        if not changed:
            return []
        if moved:
            self._postponed.clear()
        changed_to = ExecutorChanged(
            executor=resources.kind,
            n_workers=self._n_workers,
            n_shared=change.n_shared,
            shared_with=change.shared_with,
        )
        return [Announce(event=changed_to)]

    # New work -------------------------------------------------------------------------------------------------------

    def _fill_workers(self, now: float) -> list[Order]:
        orders: list[Order] = []
        while self._n_running() < self._n_workers:
            if self._end_seconds - now <= _RETURN_SECONDS:
                self._reason = "budget"
                break
            makes_way = self._search_seconds - now <= _RETURN_SECONDS
            race = None if makes_way else self._next_race(now, orders)
            if race is None:
                late = None if self._reason is not None else self._begin_late(now)
                if late is None:
                    break
                orders.append(late)
                continue
            if self._is_late(race, now):
                orders += self._cancel(race, "too little time is left for its other folds")
                continue
            if not self._fits_beside(race.trial):
                break  # it waits for a fold to come back
            limit = self._limit(race, now)
            fold = race.waiting.pop(0)
            race.running.add(fold)
            orders.append(EvaluateFold(trial=race.trial, fold=fold, limit_seconds=limit))
        return orders

    def _has_late(self, now: float) -> bool:
        """Whether late folds are on their way, or one could still be made."""
        return bool(self._late.running) or self._late.next(self._end_seconds - now - _RETURN_SECONDS) is not None

    def _begin_late(self, now: float) -> Order | None:
        """A late fold instead of a trial, where the search makes way for it or has nothing that fits."""
        left = self._end_seconds - now - _RETURN_SECONDS
        fit = self._late.next(left)
        if fit is None or not self._fits_beside(fit.trial):
            return None
        self._late.begin(fit)
        limit = min(left, PATIENCE * fit.seconds, self._longest_fold)
        return EvaluateFold(trial=fit.trial, fold=fit.fold, limit_seconds=limit)

    def _next_race(self, now: float, orders: list[Order]) -> TrialRace | None:
        """The trial whose next fold is started: one in progress, a new one, or one that may be given up meanwhile.

        A fold that is begun beside the one by which its trial is given up was begun for nothing: with two workers that
        took a fifteenth of their time. So a free worker rather begins another trial, unless the one in progress leads.
        """
        waiting = [each for each in self._races.values() if each.waiting]
        for race in waiting:
            if not race.running or self._search.leads(race.trial, race.losses, race.blend_gains):
                return race
        return self._ask(now, orders) or next(iter(waiting), None)

    def _is_late(self, race: TrialRace, now: float) -> bool:
        if not race.losses or race.trial.origin == "baseline" or self._end_seconds == math.inf:
            return False
        return self._search_seconds - now - _RETURN_SECONDS < _LEAST_PART_OF_FOLD * race.cost / len(race.losses)

    def _cancel(self, race: TrialRace, reason: str) -> list[Order]:
        trial_id = race.trial.id
        del self._races[trial_id]
        self._search.forget(race.trial)
        return [DropTrial(trial_id=trial_id), Announce(event=TrialCancelled(trial_id=trial_id, reason=reason))]

    @property
    def _n_workers(self) -> int:
        return min(self._resources.n_workers, self._plan.most_workers or self._resources.n_workers)

    def _n_running(self) -> int:
        return sum(len(race.running) for race in self._races.values()) + len(self._late.running)

    def _ask(self, now: float, orders: list[Order]) -> TrialRace | None:
        if self._n_asked >= self._most_trials:
            if not self._races and not self._has_late(now):
                self._reason = "trials"
            return None
        waiting = self._must_wait()
        orders.extend(
            Announce(event=LearnerPostponed(learner=name, reason=waiting[name]))
            for name in sorted(waiting.keys() - self._postponed)
        )
        self._postponed |= waiting.keys()
        without_clock = self._end_seconds == math.inf
        # Beside one that has folds to come it will have no more than a worker of its own.
        shared = any(each.waiting for each in self._races.values())
        side_by_side = 1.0 if shared else self._plan.n_folds / self._rounds(self._plan.n_folds)
        within = math.inf if without_clock else (self._search_seconds - now) * side_by_side * _FILL
        share = math.inf if without_clock else self._budget_seconds * self._n_workers * _PORTFOLIO_SHARE
        trial = self._search.ask(within=within, share=share, excluding=waiting.keys())
        if trial is None and not self._races and self._search_seconds - now > _LITTLE_LEFT * self._end_seconds:
            # Nothing fits, and much is left: a learner that is stopped at its limit is worth more than an early end.
            trial = self._search.ask(excluding=waiting.keys())
        if trial is None:
            # What is in flight may open new neighbourhoods, and processes that are on their way new learners.
            if not self._races and not (waiting and self._more_expected) and not self._has_late(now):
                searched_out = without_clock or self._search.searched_out(excluding=waiting.keys())
                self._reason = "exhausted" if searched_out else "budget"
            return None
        self._n_asked += 1
        race = TrialRace(trial, list(range(self._plan.n_folds)))
        self._races[trial.id] = race
        orders.append(Announce(event=self._asked(trial)))
        most = self._plan.max_memory_bytes
        if most is not None and self._needed_bytes(trial) > most:
            error = f"it needs about {size_text(self._needed_bytes(trial))}, and may take {size_text(most)}"
            orders += self._fold_broke(FoldBroke(trial_id=trial.id, fold=0, error=error), now)
            return self._ask(now, orders) if self._reason is None else None
        return race

    def _needed_bytes(self, trial: Trial) -> int:
        learner = self._plan.learners[trial.learner]
        return 0 if learner.baseline else learner.memory_bytes(trial.point, self._plan.shape)

    def _fits_beside(self, trial: Trial) -> bool:
        """Whether one more fold of a trial may go on beside those in flight, by the memory that all may take."""
        most = self._plan.max_memory_bytes
        if most is None or not self._n_running():
            return True
        taken = sum(len(race.running) * self._needed_bytes(race.trial) for race in self._races.values())
        taken += sum(self._needed_bytes(each) for each in self._late.trials_running())
        return taken + self._needed_bytes(trial) <= most

    def _asked(self, trial: Trial) -> TrialAsked:
        learner = self._plan.learners[trial.learner]
        return TrialAsked(
            trial_id=trial.id,
            learner=trial.learner,
            family=learner.family,
            label=learner.label,
            description=_described(learner, trial),
            parameters=trial.point,
            origin=trial.origin,
            parent_id=trial.parent_id,
            step_size=trial.step_size,
            based_on=trial.based_on,
            row_share=trial.row_share,
            exports=learner.exports,
        )

    def _must_wait(self) -> dict[str, str]:
        """Learners that cannot run on the executor in use, and why."""
        reasons: dict[str, str] = {}
        for name, learner in self._plan.learners.items():
            # Where no processes come, a thread that may outlast the run is better than a learner that is never tried.
            if self._resources.kind == "threads" and self._more_expected and not learner.cooperative:
                reasons[name] = "cannot be interrupted in a thread; waits for processes"
                continue
            needed = max(
                (learner.memory_bytes(point, self._plan.shape) for point in learner.starting_points(self._plan.shape)),
                default=0,
            )
            if needed > self._resources.memory_bytes and not learner.baseline:
                reasons[name] = (
                    f"needs about {needed / 2**30:.1f} GiB, and one worker may use "
                    f"{self._resources.memory_bytes / 2**30:.1f} GiB"
                )
        return reasons

    def _rounds(self, n_folds: int) -> int:
        """How often all workers together must take a fold each until so many are done: two for three on two workers."""
        return max(1, math.ceil(n_folds / self._n_workers))

    @property
    def _longest_fold(self) -> float:
        return math.inf if self._plan.trial_seconds is None else self._plan.trial_seconds / self._plan.n_folds

    def _limit(self, race: TrialRace, now: float) -> float | None:
        trial = race.trial
        longest = self._longest_fold
        if self._end_seconds == math.inf:
            return None if longest == math.inf else longest
        # Of what is left each round of folds gets the same: a trial whose last fold finds no time is lost whole.
        left = (self._search_seconds - now - _RETURN_SECONDS) / self._rounds(len(race.waiting) + len(race.running))
        if trial.origin == "baseline":
            return max(left, _LEAST_LIMIT_SECONDS)
        incumbent = self._search.incumbents.get(trial.learner)
        if trial.origin == "portfolio" or incumbent is None:
            share = self._budget_seconds * _PORTFOLIO_SHARE * self._n_workers / self._plan.n_folds
            share = self._share_of_entry(trial, share)
        else:
            share = _STEP_PATIENCE * incumbent.fold_cost
        return max(0.05, min(left, longest, max(_LEAST_LIMIT_SECONDS, share)))

    def _share_of_entry(self, trial: Trial, share: float) -> float:
        """Seconds of a fold on all rows, on a part, whose learner is to be compared, or on more rows than before."""
        expected = float(trial.based_on.get("expected_cost") or 0.0) / self._plan.n_folds
        if trial.parent_id is not None:
            return max(share, _PROMOTION_PATIENCE * expected)
        if trial.row_share == 1.0:
            return _WHOLE_LIMIT * share
        # Where even the smallest part is dear, cutting it off soon would leave nothing to compare.
        return _SCREENED_LIMIT * share if expected <= share else share

    # The end --------------------------------------------------------------------------------------------------------

    def _close(self, now: float) -> list[Order]:
        orders: list[Order] = []
        patient = self._reason == "budget" and now < self._end_seconds + _GRACE_SECONDS
        for race in tuple(self._races.values()):
            can_complete = patient and not race.waiting
            if not can_complete:
                orders += self._cancel(race, "the run ended")
        if not patient:
            orders += [DropTrial(trial_id=trial_id) for trial_id in self._late.give_up()]
        if self._races or self._late.running:
            return [*orders, WakeAt(seconds=self._end_seconds + _GRACE_SECONDS)]
        if self._combining:
            return orders
        # A trial that completed just now is on the board before this order is carried out, though not yet told as kept.
        if not self._combined_last and self._learner_of:
            self._combined_last = True
            left = self._budget_seconds - now - _FINISH_SECONDS
            return [*orders, self._combine(last=True, within_seconds=max(left, _LEAST_SELECTION_SECONDS))]
        self._ended = True
        return [*orders, EndSearch(reason=self._reason or "budget")]


def _described(learner: Learner, trial: Trial) -> str:
    words = learner.describe(trial.point)
    return words if trial.row_share == 1.0 else f"{words} · on 1/{round(1 / trial.row_share)} of the rows"
