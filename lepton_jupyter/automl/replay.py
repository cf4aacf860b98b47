"""A run's search, lived through again from its log alone: without its data, a clock, or a single fit."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from lepton_jupyter.automl.history import as_trial, heard_again
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.run_events import (
    FoldScored,
    RunStarted,
    SearchOpened,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
)
from lepton_jupyter.exceptions.automl_errors import ReplayError
from lepton_jupyter.search.local_search import LocalSearch, Start
from lepton_jupyter.search.space import Choice, Integer, Real, Space
from lepton_jupyter.search.trial import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import AskMade, Coordinate, Event
    from lepton_jupyter.search.single_point import Incumbent
    from lepton_jupyter.search.space import Dimension, Point
    from lepton_jupyter.search.trial import Judgement, Trial


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchState:
    """Where a search stood when it had heard of one more trial.

    Parameters
    ----------
    trial : Trial
        The one it heard of.
    report : Report
    judgement : Judgement or None
        What it made of it; None for a baseline.
    incumbents : dict of str to Incumbent
        Where each learner's point stands now.
    """

    trial: Trial
    report: Report
    judgement: Judgement | None
    incumbents: Mapping[str, Incumbent]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What came of living through a log again.

    Parameters
    ----------
    n_asked : int
        Trials that were asked for once more, before the first difference.
    difference : str
        At which trial the replay parts from the log and why; empty where it never does.
    """

    n_asked: int
    difference: str = ""

    @property
    def exact(self) -> bool:
        """Whether every ask led to the trial of the log."""
        return not self.difference

    def __repr__(self) -> str:
        trials = f"{self.n_asked} trial{'' if self.n_asked == 1 else 's'}"
        if self.exact:
            return f"The log leads to every one of its {trials} again."
        return f"The log leads to its first {trials} again. {self.difference}"


def replay(events: Iterable[Event]) -> Replay:
    """Ask a fresh search for every trial of a log again, and compare.

    Parameters
    ----------
    events : iterable of Event
        In logged order.

    Returns
    -------
    outcome : Replay

    Raises
    ------
    ReplayError
        If the log is of a version that did not say what its asks were based on.
    """
    player = _Player()
    events = tuple(events)
    if not any(isinstance(event, SearchOpened) for event in events) and any(
        isinstance(event, TrialAsked) for event in events
    ):
        raise ReplayError.from_old_log()
    try:
        for _ in player.play(events):
            pass
    except ReplayError as error:
        return Replay(n_asked=player.n_asked, difference=str(error))
    return Replay(n_asked=player.n_asked)


def replayed_states(events: Iterable[Event]) -> Iterator[SearchState]:
    """Each state of a logged search, one after the other, to be drawn or taught with.

    Parameters
    ----------
    events : iterable of Event
        In logged order; the states of a run that was resumed follow one another as if it had never ended.

    Yields
    ------
    state : SearchState
        After each trial that the search heard of.

    Raises
    ------
    ReplayError
        At the first trial that another search would have asked for.
    """
    return _Player().play(tuple(events))


class _Player:
    """Feeds a log to fresh searches, one for each part of the run."""

    def __init__(self) -> None:
        self.n_asked = 0

    def play(self, events: Sequence[Event]) -> Iterator[SearchState]:
        metric: Metric | None = None
        part: _Part | None = None
        for index, event in enumerate(events):
            if isinstance(event, RunStarted):
                metric = find_metric(event.metric, event.task)
            elif isinstance(event, SearchOpened) and metric is not None:
                if part is not None:
                    yield from part.hear_all()
                part = _Part(event, metric)
                part.hear_past(islice(events, index))
            elif part is not None:
                yield from part.follow(event)
                self.n_asked += isinstance(event, TrialAsked)
        if part is not None:
            yield from part.hear_all()


@dataclass(slots=True)
class _LoggedCosts:
    """A cost model that repeats its logged answers."""

    answers: list[float] = field(default_factory=list)
    trial_id: int = 0

    def expected(self, learner: str, point: Point, row_share: float = 1.0) -> float:
        del point, row_share
        if not self.answers:
            raise ReplayError.from_difference(self.trial_id, "number of costs looked up", "less", f"one of {learner}")
        return self.answers.pop(0)

    def observed(self, learner: str, point: Point, seconds: float, row_share: float = 1.0) -> float:
        del learner, point, row_share
        return seconds


class _Part:
    """One part of a run, from the opening of its search to its end."""

    def __init__(self, opened: SearchOpened, metric: Metric) -> None:
        self._metric = metric
        self._n_folds = opened.n_folds
        self._costs = _LoggedCosts()
        self._search = LocalSearch(
            {each.learner: Space(tuple(map(_dimension, each.coordinates))) for each in opened.learners},
            [Start(each.learner, dict(each.parameters), baseline=each.baseline) for each in opened.portfolio],
            self._costs,
            n_folds=opened.n_folds,
            seed=opened.seed,
            most_steps={each.learner: each.most_steps for each in opened.learners if each.most_steps is not None},
            row_shares=opened.row_shares,
            shared=opened.shared,
        )
        self._asked: dict[int, Trial] = {}
        self._losses: dict[int, dict[int, float]] = {}
        self._unheard: list[tuple[Trial, Report]] = []
        self._n_heard = 0

    def hear_past(self, events: Iterable[Event]) -> None:
        """What the search was told of the parts before, when the run was resumed."""
        for _, settled in heard_again(events, self._search, self._metric):
            self._n_heard += settled is not None

    def follow(self, event: Event) -> Iterator[SearchState]:
        match event:
            case TrialAsked():
                yield from self._ask(event)
            case FoldScored(trial_id=trial_id, fold=fold, score=score):
                self._losses.setdefault(trial_id, {})[fold] = self._metric.to_loss(score)
            case TrialFinished(trial_id=trial_id) | TrialRejected(trial_id=trial_id) | TrialFailed(trial_id=trial_id):
                if trial_id in self._asked:
                    self._unheard.append((self._asked.pop(trial_id), self._report(event)))
            case TrialCancelled(trial_id=trial_id) if trial_id in self._asked:
                self._search.forget(self._asked.pop(trial_id))
            case _:
                pass

    def _report(self, event: TrialFinished | TrialRejected | TrialFailed) -> Report:
        losses = self._losses.pop(event.trial_id, {})
        # A trial whose folds all came back was judged as complete, also where its models could not be kept after that.
        complete = len(losses) == self._n_folds
        failed = isinstance(event, TrialFailed) and not complete
        return Report(
            fold_losses={} if failed else losses,
            complete=complete,
            cost=event.cost,
            failed=failed,
        )

    def _ask(self, event: TrialAsked) -> Iterator[SearchState]:
        if not event.asks:
            raise ReplayError.from_old_log()
        self._costs.trial_id = event.trial_id
        found: Trial | None = None
        for made in event.asks:
            if found is not None:
                raise ReplayError.from_difference(event.trial_id, "ask before it", "in vain", found.learner)
            yield from self._hear_until(made.n_heard)
            found = self._ask_again(made)
        logged = as_trial(event)
        _compare(logged, found)
        self._asked[logged.id] = logged

    def _ask_again(self, made: AskMade) -> Trial | None:
        self._costs.answers = list(made.costs)
        self._search.weigh(made.shares)
        within = math.inf if made.within is None else made.within
        share = math.inf if made.share is None else made.share
        return self._search.ask(within=within, share=share, excluding=made.excluding)

    def hear_all(self) -> Iterator[SearchState]:
        yield from self._hear_until(self._n_heard + len(self._unheard))

    def _hear_until(self, n_heard: int) -> Iterator[SearchState]:
        while self._n_heard < n_heard and self._unheard:
            trial, report = self._unheard.pop(0)
            self._n_heard += 1
            judgement = self._search.tell(trial, report)
            yield SearchState(trial=trial, report=report, judgement=judgement, incumbents=dict(self._search.incumbents))


def _compare(logged: Trial, replayed: Trial | None) -> None:
    if replayed is None:
        raise ReplayError.from_difference(logged.id, "learner", logged.learner, "nothing to try")
    for what in ("id", "learner", "origin", "point", "parent_id", "step_size", "row_share"):
        ours, theirs = getattr(logged, what), getattr(replayed, what)
        if ours != theirs:
            raise ReplayError.from_difference(logged.id, what, ours, theirs)


def _dimension(coordinate: Coordinate) -> Dimension:
    if coordinate.kind == "choice":
        return Choice(coordinate.name, coordinate.options)
    if coordinate.kind == "integer":
        return Integer(coordinate.name, int(coordinate.low), int(coordinate.high), coordinate.log)
    return Real(coordinate.name, coordinate.low, coordinate.high, coordinate.log)
