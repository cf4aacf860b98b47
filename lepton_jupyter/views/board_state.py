"""What is known of a run after some of its events: a pure fold, cheap for each event, however long the run."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Self

from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    ColumnTreatment,
    EnsembleUpdated,
    Event,
    ExecutorChanged,
    FoldDropped,
    FoldScored,
    FrontierUpdated,
    HeldOutScored,
    LearnerPostponed,
    ModelChosen,
    PartialEnsembleFormed,
    RunFailed,
    RunFinished,
    RunQueued,
    RunResumed,
    RunStarted,
    SampleDrawn,
    SearchOpened,
    StepJudged,
    StopRequested,
    TableDescribed,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    TrialWidened,
    TurnCame,
    WarningRaised,
)
from lepton_jupyter.views.score_history import ScoreHistory
from lepton_jupyter.views.trial_record import BestModel, TrialRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepton_jupyter.events.messages import HistoryPoint

#: Events that the panel's log tells of, kept until they are pushed out by newer ones.
RECENT_EVENTS = 60
_UNTOLD = (
    SearchOpened, SampleDrawn, FoldScored, FoldDropped, FrontierUpdated, PartialEnsembleFormed, HeldOutScored,
)  # fmt: skip


class BoardState:
    """All that views know of a run; grows by one event at a time.

    Not thread-safe: one owner applies the events in the order of the log. What died with a kernel in the middle of a
    run is told apart from what goes on by whoever asks (`live` of `extract`), since no event can say so.

    Attributes
    ----------
    sequence : int
        Of the last event, -1 before the first.
    elapsed_seconds : float
        At the last event.
    started : RunStarted or None
    started_at : str
        When, as the log says; empty before `started`.
    chosen : ModelChosen or None
        What the run predicts with, where that is not simply the best.
    trials : dict of int to TrialRecord
        In the order in which they were asked for.
    recent : deque of LoggedEvent
        What the log tells of.

    Examples
    --------
    >>> from lepton_jupyter.events.logged_event import LoggedEvent
    >>> event = WarningRaised(text="12 rows have no target and are left out.")
    >>> state = BoardState.from_events([LoggedEvent(sequence=0, at="", elapsed_seconds=0.1, event=event)])
    >>> state.warnings
    ['12 rows have no target and are left out.']
    """

    def __init__(self) -> None:
        self.sequence = -1
        self.elapsed_seconds = 0.0
        self.started: RunStarted | None = None
        self.started_at = ""
        self.budget_seconds: float | None = None
        self.budget_trials: int | None = None
        self.executor = ""
        self.n_workers = 0
        self.n_shared = 0
        self.shared_with: tuple[str, ...] = ()
        self.waits_for: tuple[str, ...] = ()
        self.waited_seconds = 0.0
        self.columns: tuple[ColumnTreatment, ...] = ()
        self.trials: dict[int, TrialRecord] = {}
        self.judgements: dict[str, list[StepJudged]] = {}
        self._history = ScoreHistory()
        self._whole_ensemble: EnsembleUpdated | None = None
        self.chosen: ModelChosen | None = None
        self.frontier: frozenset[int] = frozenset()
        self.test_scores: dict[int | None, HeldOutScored] = {}
        self.postponed: dict[str, str] = {}
        self.warnings: list[str] = []
        self.recent: deque[LoggedEvent] = deque(maxlen=RECENT_EVENTS)
        self.stop_requested = False
        self.finished: RunFinished | None = None
        self.failed: RunFailed | None = None
        self.n_tried = 0
        self._finished_ids: list[int] = []
        self._best_id: int | None = None
        self._linear_id: int | None = None
        self._baseline_id: int | None = None

    @classmethod
    def from_events(cls, events: Iterable[LoggedEvent]) -> Self:
        """State after all of `events`, which come in the order of the log."""
        state = cls()
        for each in events:
            state.apply(each)
        return state

    def apply(self, logged: LoggedEvent) -> None:
        """Take the next event of the log into account."""
        logged = self._on_its_own_clock(logged)
        self.sequence = logged.sequence
        self.elapsed_seconds = max(self.elapsed_seconds, logged.elapsed_seconds)
        if not isinstance(logged.event, _UNTOLD):
            self.recent.append(logged)
        self._hear(logged.event, logged)

    def _on_its_own_clock(self, logged: LoggedEvent) -> LoggedEvent:
        """What a run waits for others is no part of its time: its clock stands still from when it was queued."""
        if isinstance(logged.event, TurnCame):
            self.waited_seconds += logged.event.waited_seconds
        elif self.waits_for:
            return replace(logged, elapsed_seconds=self.elapsed_seconds)
        if not self.waited_seconds:
            return logged
        return replace(logged, elapsed_seconds=max(0.0, logged.elapsed_seconds - self.waited_seconds))

    # ---------------------------------------------------------------- what is asked of it

    @property
    def greater_is_better(self) -> bool:
        """Direction of the metric; True while it is not known."""
        return self.started is None or self.started.greater_is_better

    @property
    def history(self) -> list[HistoryPoint]:
        """Every scored trial and ensemble but the constant baselines, in order of time."""
        return self._history.points

    @property
    def ended(self) -> bool:
        """Whether the log says that the run is over."""
        return self.finished is not None or self.failed is not None

    @property
    def best(self) -> BestModel | None:
        """The best so far: what the run said when it finished, else the ensemble or the best trial."""
        if self.finished is not None:
            named = self._named(self.finished.best)
            if named is not None:
                return named
        best_trial = self.trial_as_model(self._best_id)
        ensemble = self.ensemble_as_model()
        if ensemble is not None and (best_trial is None or not self._beats_ensemble(best_trial)):
            return ensemble
        return best_trial or self.trial_as_model(self._baseline_id)

    @property
    def ensemble(self) -> EnsembleUpdated | ModelChosen | None:
        """The last ensemble; that which the run predicts with, where it was chosen by more than its score."""
        chosen = self.chosen
        return chosen if chosen is not None and len(chosen.members) > 1 else self._whole_ensemble

    @property
    def linear_baseline(self) -> TrialRecord | None:
        """The first linear model that was scored: what a person would have fitted without a search."""
        return None if self._linear_id is None else self.trials[self._linear_id]

    @property
    def constant_baseline(self) -> TrialRecord | None:
        """The majority or mean, if it was scored."""
        return None if self._baseline_id is None else self.trials[self._baseline_id]

    @property
    def finished_trials(self) -> list[tuple[TrialRecord, TrialFinished]]:
        """Trials with a score on all folds, in the order in which they finished."""
        records = (self.trials[each] for each in self._finished_ids)
        return [(record, record.finished) for record in records if record.finished is not None]

    @property
    def cpu_seconds(self) -> float:
        """CPU of all folds, those that were dropped included."""
        return sum(each.cpu_seconds + each.dropped_seconds for each in self.trials.values())

    @property
    def n_finished(self) -> int:
        """Trials with a score on all folds."""
        return len(self._finished_ids)

    def is_better(self, score: float, other: float) -> bool:
        """Whether `score` beats `other` in the metric's direction; what is not a number never does."""
        return self._history.is_better(score, other)

    def _beats_ensemble(self, trial: BestModel) -> bool:
        return self.ensemble is None or self.is_better(trial.score, self.ensemble.contended_score)

    def ensemble_as_model(self) -> BestModel | None:
        """The ensemble in force, or None; one of a single member is that trial, not an ensemble."""
        if self.ensemble is None or len(self.ensemble.members) < 2:
            return None
        found, label = self.ensemble, f"Ensemble of {len(self.ensemble.members)}"
        return BestModel(None, label, "ensemble", found.score, found.score_error, found.fold_scores)

    def trial_as_model(self, trial_id: int | None) -> BestModel | None:
        """A finished trial as a model, or None."""
        record = None if trial_id is None else self.trials.get(trial_id)
        if record is None or record.finished is None:
            return None
        done, asked = record.finished, record.asked
        return BestModel(trial_id, asked.label, asked.family, done.score, done.score_error, done.fold_scores)

    def _named(self, best: str) -> BestModel | None:
        if best != "ensemble":
            word = best.removeprefix("trial ")
            return self.trial_as_model(int(word)) if word.isdecimal() else None
        if self.ensemble is not None and len(self.ensemble.members) == 1:
            return self.trial_as_model(self.ensemble.members[0].trial_id)
        return self.ensemble_as_model()

    # ---------------------------------------------------------------- what each event changes

    @singledispatchmethod
    def _hear(self, event: Event, logged: LoggedEvent) -> None:
        """An event of which the board shows nothing but its line in the log."""

    @_hear.register
    def _(self, event: RunStarted, logged: LoggedEvent) -> None:
        self.started, self.started_at = event, logged.at
        self._history = ScoreHistory(greater_is_better=event.greater_is_better)
        self.budget_seconds, self.budget_trials = event.budget.seconds, event.budget.trials
        self.executor, self.n_workers = event.executor, event.n_workers

    @_hear.register
    def _(self, event: RunResumed, logged: LoggedEvent) -> None:
        seconds, trials = event.budget.seconds, event.budget.trials
        self.budget_seconds = None if seconds is None else logged.elapsed_seconds + seconds
        self.budget_trials = None if trials is None else self.n_tried + trials
        self.executor, self.n_workers = event.executor, event.n_workers
        self.n_shared, self.shared_with, self.waits_for = 0, (), ()
        self.stop_requested, self.finished, self.failed, self.chosen = False, None, None, None
        for record in self.trials.values():
            if record.outcome == "pending":
                record.outcome = "interrupted"

    @_hear.register
    def _(self, event: BudgetExtended, logged: LoggedEvent) -> None:
        del logged
        if self.budget_seconds is not None:
            self.budget_seconds += event.seconds

    @_hear.register
    def _(self, event: StopRequested, logged: LoggedEvent) -> None:
        del event, logged
        self.stop_requested = True

    @_hear.register
    def _(self, event: WarningRaised, logged: LoggedEvent) -> None:
        del logged
        if event.text not in self.warnings:
            self.warnings.append(event.text)

    @_hear.register
    def _(self, event: TableDescribed, logged: LoggedEvent) -> None:
        del logged
        self.columns = event.columns

    @_hear.register
    def _(self, event: ExecutorChanged, logged: LoggedEvent) -> None:
        del logged
        self.executor, self.n_workers = event.executor, event.n_workers
        self.n_shared, self.shared_with = event.n_shared, event.shared_with

    @_hear.register
    def _(self, event: RunQueued, logged: LoggedEvent) -> None:
        del logged
        self.waits_for = event.waits_for

    @_hear.register
    def _(self, event: TurnCame, logged: LoggedEvent) -> None:
        del event, logged
        self.waits_for = ()

    @_hear.register
    def _(self, event: LearnerPostponed, logged: LoggedEvent) -> None:
        del logged
        self.postponed[event.learner] = event.reason

    @_hear.register
    def _(self, event: TrialAsked, logged: LoggedEvent) -> None:
        del logged
        self.trials[event.trial_id] = TrialRecord(event)
        self.postponed.pop(event.learner, None)

    @_hear.register
    def _(self, event: FoldScored, logged: LoggedEvent) -> None:
        del logged
        record = self.trials.get(event.trial_id)
        if record is not None:
            record.cpu_seconds += _core_seconds(event)

    @_hear.register
    def _(self, event: FoldDropped, logged: LoggedEvent) -> None:
        del logged
        record = self.trials.get(event.trial_id)
        if record is not None:
            record.dropped_seconds += event.seconds

    @_hear.register
    def _(self, event: TrialFinished, logged: LoggedEvent) -> None:
        record = self._settle(event.trial_id, "finished")
        if record is None:
            return
        if record.finished is None:
            self._finished_ids.append(event.trial_id)
        record.finished, record.score = event, event.score
        if record.is_baseline:
            self._baseline_id = event.trial_id if self._baseline_id is None else self._baseline_id
            return
        if self._linear_id is None and record.asked.family == "linear":
            self._linear_id = event.trial_id
        best = self.trial_as_model(self._best_id)
        if best is None or self.is_better(event.score, best.score):
            self._best_id = event.trial_id
        record.improved = self._history.add(
            event.trial_id, logged.elapsed_seconds, event.score, event.score_error, record.asked.family
        )

    @_hear.register
    def _(self, event: TrialWidened, logged: LoggedEvent) -> None:
        del logged
        record = self.trials.get(event.trial_id)
        if record is None or record.finished is None:
            return
        record.finished = event.added_to(record.finished)
        record.cpu_seconds += _core_seconds(event)
        self._whole_ensemble = event.added_within(self._whole_ensemble)

    @_hear.register
    def _(self, event: TrialRejected, logged: LoggedEvent) -> None:
        record = self._settle(event.trial_id, "rejected")
        if record is None:
            return
        record.score = event.score
        if not record.is_baseline:
            score = self._score_of_all_folds(event, record.asked)
            self._history.add_rejected(event.trial_id, logged.elapsed_seconds, score, record.asked.family)

    def _score_of_all_folds(self, event: TrialRejected, asked: TrialAsked) -> float:
        """What a rejected trial would have scored: its parent's score, moved by the difference on the folds it has.

        The mean of its first folds alone is no score beside others: where these are easy it lies above the best.
        """
        for trial_id in (asked.parent_id, self._best_id):
            record = None if trial_id is None else self.trials.get(trial_id)
            if record is not None and record.finished is not None:
                pairs = list(zip(event.fold_scores, record.finished.fold_scores, strict=False))
                if pairs:
                    return record.finished.score + sum(ours - theirs for ours, theirs in pairs) / len(pairs)
        return event.score

    @_hear.register
    def _(self, event: TrialFailed, logged: LoggedEvent) -> None:
        del logged
        self._settle(event.trial_id, "failed")

    @_hear.register
    def _(self, event: TrialCancelled, logged: LoggedEvent) -> None:
        del logged
        record = self.trials.get(event.trial_id)
        if record is not None:
            record.outcome = "cancelled"

    @_hear.register
    def _(self, event: StepJudged, logged: LoggedEvent) -> None:
        del logged
        record = self.trials.get(event.trial_id)
        if record is not None:
            record.judged = event
            self.judgements.setdefault(event.learner, []).append(event)

    @_hear.register
    def _(self, event: EnsembleUpdated, logged: LoggedEvent) -> None:
        self._whole_ensemble = event
        self.test_scores.pop(None, None)  # it is another one now
        if len(event.members) > 1:
            self._history.add(
                None,
                logged.elapsed_seconds,
                event.score,
                event.score_error,
                "ensemble",
                contended_score=event.selection_score,
            )

    @_hear.register
    def _(self, event: ModelChosen, logged: LoggedEvent) -> None:
        del logged
        self.chosen = event

    @_hear.register
    def _(self, event: FrontierUpdated, logged: LoggedEvent) -> None:
        del logged
        self.frontier = frozenset(event.trial_ids)

    @_hear.register
    def _(self, event: HeldOutScored, logged: LoggedEvent) -> None:
        del logged
        self.test_scores[event.trial_id] = event

    @_hear.register
    def _(self, event: RunFinished, logged: LoggedEvent) -> None:
        del logged
        self.finished = event

    @_hear.register
    def _(self, event: RunFailed, logged: LoggedEvent) -> None:
        del logged
        self.failed = event

    def _settle(self, trial_id: int, outcome: str) -> TrialRecord | None:
        record = self.trials.get(trial_id)
        if record is None:
            return None
        if record.outcome not in {"finished", "rejected", "failed"}:
            self.n_tried += 1
        record.outcome = outcome
        return record


def _core_seconds(event: FoldScored | TrialWidened) -> float:
    # Logs of older versions have the clock alone: a fit has one thread.
    return event.fit_seconds if event.cpu_seconds is None else event.cpu_seconds
