"""A search that says of each ask what it was based on, so that its log can be replayed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import AskMade, Coordinate, SearchedLearner, SearchOpened, StartingPoint
from lepton_jupyter.search.local_search import LocalSearch
from lepton_jupyter.search.space import Choice, Integer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lepton_jupyter.search.cost_model import CostModel
    from lepton_jupyter.search.local_search import Start
    from lepton_jupyter.search.space import Dimension, Point, Space
    from lepton_jupyter.search.trial import Judgement, Report, Trial


class RecordedSearch(LocalSearch):
    """A `LocalSearch` that remembers of each ask all that `replay` needs; parameters are those of `LocalSearch`.

    Attributes
    ----------
    opened : SearchOpened
        How it was made, for the log.
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
        self._lookups = _CostLookups(cost)
        super().__init__(
            spaces,
            portfolio,
            self._lookups,
            n_folds=n_folds,
            seed=seed,
            most_steps=most_steps,
            row_shares=row_shares,
            shared=shared,
        )
        self._n_heard = 0
        self._heard_shares: Mapping[str, float] = {}
        self._in_vain: list[AskMade] = []
        self._asks: dict[int, tuple[AskMade, ...]] = {}
        limits = most_steps or {}
        self.opened = SearchOpened(
            n_folds=n_folds,
            seed=seed,
            learners=tuple(
                SearchedLearner(
                    learner=name,
                    coordinates=tuple(_coordinate(each) for each in space.dimensions),
                    most_steps=limits.get(name),
                )
                for name, space in spaces.items()
            ),
            portfolio=tuple(
                StartingPoint(learner=each.learner, parameters=each.point, baseline=each.baseline) for each in portfolio
            ),
            row_shares=tuple(row_shares),
            shared=tuple(shared),
        )

    def ask(
        self, *, within: float = math.inf, share: float = math.inf, excluding: Collection[str] = ()
    ) -> Trial | None:
        """As `LocalSearch.ask`, remembered."""
        self._lookups.costs.clear()
        trial = super().ask(within=within, share=share, excluding=excluding)
        made = AskMade(
            within=None if math.isinf(within) else within,
            share=None if math.isinf(share) else share,
            excluding=tuple(sorted(excluding)),
            shares=self._heard_shares,
            costs=tuple(self._lookups.costs),
            n_heard=self._n_heard,
        )
        if trial is not None:
            self._asks[trial.id] = (*self._in_vain, made)
            self._in_vain.clear()
        elif not (self._in_vain and _adds_nothing(made, self._in_vain[-1])):
            self._in_vain.append(made)
        return trial

    def asks_of(self, trial_id: int) -> tuple[AskMade, ...]:
        """The ask that led to a trial, after those in vain before it; told once."""
        return self._asks.pop(trial_id, ())

    def tell(self, trial: Trial, report: Report) -> Judgement | None:
        """As `LocalSearch.tell`."""
        self._n_heard += 1
        return super().tell(trial, report)

    def weigh(self, shares: Mapping[str, float]) -> None:
        """As `LocalSearch.weigh`."""
        self._heard_shares = dict(shares)
        super().weigh(shares)


def _adds_nothing(made: AskMade, earlier: AskMade) -> bool:
    """Whether an ask in vain teaches a search nothing after an earlier one: time alone has passed."""
    within = math.inf if made.within is None else made.within
    return replace(made, within=earlier.within) == earlier and (earlier.within is None or within <= earlier.within)


class _CostLookups:
    """A cost model that remembers its answers."""

    def __init__(self, cost: CostModel) -> None:
        self._cost = cost
        self.costs: list[float] = []

    def expected(self, learner: str, point: Point, row_share: float = 1.0) -> float:
        found = float(self._cost.expected(learner, point, row_share))
        self.costs.append(found)
        return found

    def observed(self, learner: str, point: Point, seconds: float, row_share: float = 1.0) -> float:
        return self._cost.observed(learner, point, seconds, row_share)


def _coordinate(dimension: Dimension) -> Coordinate:
    if isinstance(dimension, Choice):
        return Coordinate(name=dimension.name, kind="choice", options=dimension.options)
    kind = "integer" if isinstance(dimension, Integer) else "real"
    return Coordinate(name=dimension.name, kind=kind, low=dimension.low, high=dimension.high, log=dimension.log)
