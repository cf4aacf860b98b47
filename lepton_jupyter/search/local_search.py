"""The search: which learner's point moves next, and where to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.search.shared_coordinate import SharedCoordinate
from lepton_jupyter.search.single_point import SinglePoint
from lepton_jupyter.search.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lepton_jupyter.search.cost_model import CostModel
    from lepton_jupyter.search.single_point import Incumbent
    from lepton_jupyter.search.space import Point, Space
    from lepton_jupyter.search.trial import Judgement, Report

#: Chance of a step that a learner keeps when it has no part in the ensemble.
_LEAST_SHARE = 0.04
#: A portfolio entry may be expected to cost this many times what there is: learners stop at their limit with the best
#: they have, and half of a good booster is worth more than none.
_PORTFOLIO_STRETCH = 2.0
#: An entry that needs more than this many times the share of one entry would be cut off long before it converges: it
#: costs its share, and what is left of it helps no ensemble.
_SHARE_STRETCH = 4.0
#: Times the share of one entry that all rows may cost: what is cut off half-way has raised its rate, and does better
#: than on fewer rows.
_WHOLE_STRETCH = 2.0
#: Part of the share of one entry by which a part of the rows is chosen: several are compared before one is promoted.
_SCREENED_SHARE = 1 / 3
#: Times the share of one entry that learning from more rows may cost: half of a budget.
_PROMOTED_SHARE = 5 / 3
#: Starts that are compared before one of them is promoted, as long as others wait.
_LEAST_SCREENED = 3
#: Part of the ensemble's weight with which a learner that is not the best is promoted too.
_PROMOTED_WEIGHT = 0.1
#: Folds on which a blend must have failed to help: on one alone a few rows decide.
_FOLDS_TO_BLEND = 2
#: Part of its loss that a portfolio entry must gain in the blend, for its other folds to be fitted side by side.
_CLEAR_BLEND_GAIN = 0.01
#: Steps of one learner before it is held to be searched out.
_MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class Start:
    """A configuration worth trying before any search: one entry of the portfolio.

    Parameters
    ----------
    learner : str
    point : dict
    baseline : bool, default=False
        Fixed for comparison; nothing steps from it.
    """

    learner: str
    point: Point
    baseline: bool = False


class LocalSearch:
    """Single-point local search over several learners at once.

    A pure state machine: no clock, no I/O, and no randomness but its seed. `ask` proposes, `tell` hears, and what was
    asked but not told is pending. Each draw depends on the seed and the trial's number alone, so a search is rebuilt
    from a log by `adopt` and `tell` in the logged order.

    Parameters
    ----------
    spaces : mapping of str to Space
        The space of each learner that may be stepped in.
    portfolio : sequence of Start
        Tried first, in this order.
    cost : CostModel
        What every decision about cost reads.
    n_folds : int
    seed : int, default=0
    most_steps : mapping of str to int, optional
        Steps of a learner after which it is held to be searched out: linear models gain nothing after a few.
    row_shares : sequence of float, default=()
        Parts of the training rows that a trial may learn from where all of them are too many, the largest first.
    shared : sequence of str, default=()
        Coordinates that say the same of the table whatever the learner: once one learner has shown which value is
        better, what is left of the portfolio starts with it.

    Examples
    --------
    >>> from lepton_jupyter.search.cost_model import CountedCost
    >>> from lepton_jupyter.search.space import Real, Space
    >>> from lepton_jupyter.search.trial import Report
    >>> search = LocalSearch(
    ...     {"bowl": Space((Real("x", 0.0, 1.0),))},
    ...     [Start("bowl", {"x": 0.9})],
    ...     CountedCost(lambda learner, point: 1.0),
    ...     n_folds=1,
    ... )
    >>> for _ in range(40):
    ...     trial = search.ask()
    ...     _ = search.tell(trial, Report(fold_losses={0: (trial.point["x"] - 0.3) ** 2}, complete=True, cost=1.0))
    >>> round(search.incumbents["bowl"].point["x"], 1)
    0.3
    """

    def __init__(
        self,
        spaces: Mapping[str, Space],
        portfolio: Sequence[Start],
        cost: CostModel,
        *,
        n_folds: int,
        seed: int = 0,
        most_steps: Mapping[str, int] | None = None,
        row_shares: Sequence[float] = (),
        shared: Sequence[str] = (),
    ) -> None:
        limits = most_steps or {}
        self._shared = {name: SharedCoordinate(name) for name in shared}
        self._row_shares = tuple(row_shares)
        self._points = {name: SinglePoint(name, space, limits.get(name, _MOST_STEPS)) for name, space in spaces.items()}
        self._waiting = list(portfolio)
        self._baselines = {start.learner for start in portfolio if start.baseline}
        self._cost = cost
        self._n_folds = n_folds
        self._seed = seed
        self._shares: dict[str, float] = {}
        self._baseline_losses: Mapping[int, float] | None = None
        self._pending: dict[int, Trial] = {}
        self._promoted: set[int] = set()
        self._n_screened = 0
        self._n_asked = 0

    @property
    def incumbents(self) -> dict[str, Incumbent]:
        """Where each learner's point stands."""
        return {name: point.incumbent for name, point in self._points.items() if point.incumbent is not None}

    @property
    def pending(self) -> tuple[Trial, ...]:
        """Trials asked for and not told about yet, oldest first."""
        return tuple(self._pending.values())

    def ask(
        self, *, within: float = math.inf, share: float = math.inf, excluding: Collection[str] = ()
    ) -> Trial | None:
        """Next trial, or None when there is nothing (affordable) to try now.

        Parameters
        ----------
        within : float, default=inf
            Cost that all folds of the trial may have together; what is dearer is not asked for (a portfolio entry:
            what is more than twice as dear).
        share : float, default=inf
            Cost at which an entry of the portfolio is cut off, over all its folds: one that needs over four times as
            much waits.
        excluding : collection of str
            Learners that cannot run now; what they have in the portfolio waits.
        """
        start = self._ask_portfolio(within, share, excluding)
        promotion = self._ask_promotion(within, share, excluding, start)
        if promotion is not None and self._awaited():
            return None  # what is on its way may be what is worth it
        trial = promotion or start or self._ask_step(within, excluding)
        if trial is not None:
            self._note(trial)
        return trial

    def searched_out(self, *, excluding: Collection[str] = ()) -> bool:
        """Whether nothing is left to try at any cost, as far as is known now."""
        return (
            self._ask_portfolio(math.inf, math.inf, excluding) is None and self._ask_step(math.inf, excluding) is None
        )

    def adopt(self, trial: Trial) -> None:
        """Count a logged trial as asked for: in the logged order this rebuilds the search it came from."""
        # What `ask` found searched out on the way to this trial left no other trace.
        for name in str(trial.based_on.get("emptied") or "").split(","):
            if name in self._points:
                self._points[name].neighbourhood_is_empty()
        self._note(trial)

    def _note(self, trial: Trial) -> None:
        self._pending[trial.id] = trial
        self._n_asked = max(self._n_asked, trial.id + 1)
        # The same point first; one that took over what pays elsewhere stands for the start it was made of.
        same = [start for start in self._waiting if _is_point(start, trial)]
        if trial.origin == "portfolio" and trial.parent_id is None:
            same += [start for start in self._waiting if self._is_start(start, trial)]
        if same:
            self._waiting.remove(same[0])
        if trial.origin == "portfolio" and trial.parent_id is not None:
            self._promoted.add(trial.parent_id)
        if trial.learner in self._points:
            self._points[trial.learner].started(trial)

    def keeps_up(
        self, trial: Trial, fold_losses: Mapping[int, float], blend_gains: Mapping[int, float] | None = None
    ) -> bool:
        """Whether a half-evaluated trial deserves its next fold.

        A step is raced against its incumbent; a portfolio entry has to beat the baseline, and to help the best
        predictor so far when it is blended into it: the ensemble lives from variety.

        Parameters
        ----------
        trial : Trial
        fold_losses : mapping of int to float
        blend_gains : mapping of int to float, optional
            What the best predictor would gain, in loss, on each of these folds; of those where it is known.
        """
        if trial.learner in self._baselines:
            return True
        if self._baseline_losses is not None and fold_losses:
            folds = list(fold_losses)
            if np.mean(list(fold_losses.values())) > np.mean([self._baseline_losses[fold] for fold in folds]):
                return False
        if trial.origin == "portfolio" and blend_gains and len(blend_gains) >= _FOLDS_TO_BLEND:
            return bool(np.mean(list(blend_gains.values())) > 0)
        return self._points[trial.learner].keeps_up(trial, fold_losses, self._n_folds)

    def leads(
        self, trial: Trial, fold_losses: Mapping[int, float], blend_gains: Mapping[int, float] | None = None
    ) -> bool:
        """Whether a half-evaluated trial will hardly be given up by its next fold, so that two may be fitted at once.

        A step leads while it is ahead of its incumbent; a portfolio entry until as many folds are known as it is judged
        by, and then while it clearly helps the best predictor so far.

        Parameters
        ----------
        trial : Trial
        fold_losses : mapping of int to float
        blend_gains : mapping of int to float, optional
            As for `keeps_up`.
        """
        if trial.learner in self._baselines:
            return True
        if trial.origin == "portfolio":
            if not blend_gains or len(blend_gains) < _FOLDS_TO_BLEND:
                return True
            loss = float(np.mean([abs(fold_losses[fold]) for fold in blend_gains]))
            return bool(np.mean(list(blend_gains.values())) > _CLEAR_BLEND_GAIN * loss)
        return self._points[trial.learner].leads(fold_losses)

    def tell(self, trial: Trial, report: Report) -> Judgement | None:
        """Hear what became of a trial; None for baselines, from which nothing steps."""
        self._pending.pop(trial.id, None)
        if trial.learner in self._baselines:
            if report.complete and not report.failed:
                self._baseline_losses = report.fold_losses
            return None
        self._n_screened += trial.origin == "portfolio"
        if report.complete and not report.failed:
            for coordinate in self._shared.values():
                coordinate.hear(trial, report.fold_losses)
        return self._points[trial.learner].judge(trial, report)

    def forget(self, trial: Trial) -> None:
        """Withdraw a pending trial that was cancelled: it counts as neither good nor bad.

        One of the portfolio goes back to its front: without it a resumed search would never know its learner; and one
        that was to learn from more rows may do so later.
        """
        self._pending.pop(trial.id, None)
        if trial.origin == "portfolio" and trial.parent_id is not None:
            self._promoted.discard(trial.parent_id)
        elif trial.origin in {"baseline", "portfolio"}:
            self._waiting.insert(0, Start(trial.learner, trial.point, baseline=trial.origin == "baseline"))

    def weigh(self, shares: Mapping[str, float]) -> None:
        """Hear how much of the ensemble's weight each learner holds; steps go where they help the ensemble."""
        self._shares = dict(shares)

    def _ask_portfolio(self, within: float, share: float, excluding: Collection[str]) -> Trial | None:
        most = min(_PORTFOLIO_STRETCH * within, _SHARE_STRETCH * share)
        better: Point = {name: value for name, each in self._shared.items() if (value := each.better()) is not None}
        moved = [self._moved(start, better) for start in self._waiting]
        for start in sorted(moved, key=lambda each: _is_behind(each, better)):
            if start.learner in excluding:
                continue
            expected, row_share = self._affordable_part(start, min(within, share))
            # A baseline is always affordable: without one there would be nothing to give at the end.
            if expected > most and not start.baseline:
                continue
            return Trial(
                id=self._n_asked,
                learner=start.learner,
                point=start.point,
                origin="baseline" if start.baseline else "portfolio",
                based_on={"expected_cost": round(expected, 4)},
                row_share=row_share,
            )
        return None

    def _moved(self, start: Start, better: Point) -> Start:
        """A start with what other learners have shown to be better, unless it was tried there."""
        taken_over = {name: value for name, value in better.items() if name in start.point}
        if not taken_over or start.learner not in self._points:
            return start
        moved = Start(start.learner, {**start.point, **taken_over}, baseline=start.baseline)
        return start if self._points[start.learner].was_tried(moved.point) else moved

    def _is_start(self, start: Start, trial: Trial) -> bool:
        """Whether a trial tries a start, but for the coordinates that all learners share."""
        return start.learner == trial.learner and all(
            value == trial.point.get(name) for name, value in start.point.items() if name not in self._shared
        )

    def _affordable_part(self, start: Start, most: float) -> tuple[float, float]:
        """Cost on the largest part of the rows, all or fewer, on which a start can converge; and that part.

        A booster that is cut off after ten rounds on all rows is far worse than one that converged on an eighth.
        """
        row_share = 1.0
        expected = self._n_folds * self._cost.expected(start.learner, start.point)
        # The first of all comes soon: until it is there, nobody has a model.
        if start.baseline or expected <= (_WHOLE_STRETCH if self._n_screened else _SCREENED_SHARE) * most:
            return expected, row_share
        for smaller in self._row_shares:
            if expected <= _SCREENED_SHARE * most:
                break
            row_share = smaller
            expected = self._n_folds * self._cost.expected(start.learner, start.point, smaller)
        return expected, row_share

    def _ask_promotion(
        self, within: float, share: float, excluding: Collection[str], start: Trial | None
    ) -> Trial | None:
        """The best point so far on more rows, once it has to be now: nothing waits, or there is no time for both.

        Successive halving [1]_ on rows, with as many rungs as the budget has time for: mostly two.

        References
        ----------
        .. [1] K. Jamieson, A. Talwalkar. Non-stochastic best arm identification and hyperparameter optimization.
               AISTATS, 2016.
        """
        if not self._row_shares or math.isinf(within) or (start is not None and self._n_screened < _LEAST_SCREENED):
            return None
        whole = {name: each for name, each in self.incumbents.items() if len(each.fold_losses) == self._n_folds}
        ranked = sorted(whole.items(), key=lambda each: each[1].loss)
        for rank, (name, incumbent) in enumerate(ranked):
            worthy = rank == 0 or self._shares.get(name, 0.0) >= _PROMOTED_WEIGHT
            if not worthy or incumbent.row_share == 1.0 or incumbent.trial_id in self._promoted or name in excluding:
                continue
            for row_share in (each for each in (1.0, *self._row_shares) if each > incumbent.row_share):
                expected = self._n_folds * self._cost.expected(name, incumbent.point, row_share)
                if expected > min(within, _PROMOTED_SHARE * share):
                    continue
                if start is not None and within - float(start.based_on["expected_cost"] or 0.0) >= expected:
                    return None
                return Trial(
                    id=self._n_asked,
                    learner=name,
                    point=incumbent.point,
                    origin="portfolio",
                    parent_id=incumbent.trial_id,
                    based_on={"expected_cost": round(expected, 4)},
                    row_share=row_share,
                )
            return None  # what the best cannot have, no other gets
        return None

    def _awaited(self) -> bool:
        """Whether a trial is on its way that may be the best."""
        return any(trial.learner not in self._baselines for trial in self._pending.values())

    def _ask_step(self, within: float, excluding: Collection[str]) -> Trial | None:
        rng = np.random.default_rng([self._seed, self._n_asked])
        candidates = {
            name: self._n_folds * self._cost.expected(name, point.incumbent.point, point.incumbent.row_share)
            for name, point in self._points.items()
            if point.incumbent is not None and not point.exhausted and name not in excluding
        }
        candidates = {name: cost for name, cost in candidates.items() if cost <= within}
        emptied: list[str] = []
        while candidates:
            chances = self._chances(candidates)
            names = list(candidates)
            name = names[int(rng.choice(len(names), p=[chances[each] for each in names]))]
            point = self._points[name]
            proposal = point.propose(rng)
            if proposal is None:
                point.neighbourhood_is_empty()
                emptied.append(name)
                if point.exhausted:
                    del candidates[name]
                continue
            return Trial(
                id=self._n_asked,
                learner=name,
                point=proposal.point,
                origin=proposal.origin,
                parent_id=point.incumbent.trial_id if point.incumbent is not None else None,
                step_size=point.step_size,
                row_share=point.incumbent.row_share if point.incumbent is not None else 1.0,
                based_on={
                    "chance": round(chances[name], 4),
                    "ensemble_share": round(self._shares.get(name, 0.0), 4),
                    "expected_cost": round(candidates[name], 4),
                    "mirrors_used": proposal.mirrors_used,
                    "emptied": ",".join(emptied),
                },
            )
        return None

    def _chances(self, costs: Mapping[str, float]) -> dict[str, float]:
        # Expected gain in the ensemble for each second: the share stands for the gain, and its root for the cost,
        # since a dear learner's step also tells more.
        cheapest = max(min(costs.values()), 1e-9)
        weights = {
            name: (_LEAST_SHARE + self._shares.get(name, 0.0)) / math.sqrt(1.0 + cost / cheapest)
            for name, cost in costs.items()
        }
        total = sum(weights.values())
        return {name: weight / total for name, weight in weights.items()}


def _is_point(start: Start, trial: Trial) -> bool:
    return start.learner == trial.learner and start.point == trial.point


def _is_behind(start: Start, better: Point) -> bool:
    """Whether a start is where other learners were worse: it comes last, for the variety of the ensemble."""
    return any(name in start.point and start.point[name] != value for name, value in better.items())
