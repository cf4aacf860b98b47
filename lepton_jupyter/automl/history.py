"""What a run's log says about its past: the best predictor so far, and how to rebuild the search that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm, form_of
from lepton_jupyter.events.run_events import (
    EnsembleUpdated,
    FoldScored,
    ModelChosen,
    RunResumed,
    RunStarted,
    TrialAsked,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    TrialWidened,
)
from lepton_jupyter.search.trial import Report, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lepton_jupyter.automl.board import Board
    from lepton_jupyter.automl.runner import Runner
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.search.local_search import LocalSearch


@dataclass(frozen=True, slots=True)
class BestSoFar:
    """The best predictor a log knows of.

    Parameters
    ----------
    weights : dict of int to float
        Trials and their weights, summing to one.
    score : float
        Out of fold, in the metric's unit.
    score_error : float
        Half of its 95 % interval.
    label : str
        ``"ensemble"`` or ``"trial 12"``.
    contended_score : float
        What a trial must beat to be the best.
    form : PoolForm, default=MEAN
        How the trials are pooled.
    folds : tuple of int
        Whose models predict; empty: all that a run predicts with.
    """

    weights: Mapping[int, float]
    score: float
    score_error: float
    label: str
    contended_score: float
    form: PoolForm = MEAN
    folds: tuple[int, ...] = ()


def best_so_far(events: Iterable[Event]) -> BestSoFar | None:
    """Best of the finished trials and the ensembles in a log, or what was chosen in its place; None before the first.

    A choice holds until the run goes on.

    Parameters
    ----------
    events : iterable of Event
        In logged order.

    Examples
    --------
    >>> best_so_far([]) is None
    True
    """
    best: BestSoFar | None = None
    chosen: BestSoFar | None = None
    greater_is_better = True
    for event in events:
        if isinstance(event, RunStarted):
            greater_is_better = event.greater_is_better
            continue
        if isinstance(event, TrialFinished):
            weights, label, contended = {event.trial_id: 1.0}, f"trial {event.trial_id}", event.score
            contender = BestSoFar(weights, event.score, event.score_error, label, contended)
        elif isinstance(event, EnsembleUpdated):
            weights = {member.trial_id: member.weight for member in event.members}
            contender = BestSoFar(
                weights, event.score, event.score_error, "ensemble", event.contended_score, form_of(event)
            )
        elif isinstance(event, ModelChosen):
            weights = {member.trial_id: member.weight for member in event.members}
            label = "ensemble" if len(weights) > 1 else f"trial {next(iter(weights))}"
            chosen = BestSoFar(
                weights, event.score, event.score_error, label, event.score, form_of(event), folds=event.folds
            )
            continue
        else:
            chosen = None if isinstance(event, RunResumed) else chosen
            continue
        ours, theirs = contender.contended_score, None if best is None else best.contended_score
        # An ensemble is only logged when it is better than the one before it.
        replaces = best is not None and contender.label == best.label == "ensemble"
        if theirs is None or replaces or ((ours > theirs) == greater_is_better and ours != theirs):
            best = contender
    return chosen or best


def late_folds_of_trial(events: Iterable[Event]) -> dict[int, tuple[int, ...]]:
    """Late folds of each trial in a log that was fitted on some, whose models predict beside those of its folds."""
    folds: dict[int, tuple[int, ...]] = {}
    for event in events:
        if isinstance(event, TrialWidened):
            folds[event.trial_id] = (*folds.get(event.trial_id, ()), event.fold)
    return folds


def learner_of_trial(events: Iterable[Event]) -> dict[int, str]:
    """Name of the learner of each trial in a log."""
    return {event.trial_id: event.learner for event in events if isinstance(event, TrialAsked)}


def heard_again(events: Iterable[Event], search: LocalSearch, metric: Metric) -> Iterator[tuple[Event, Trial | None]]:
    """Let a fresh search hear a log again; trials that were in flight when a part of the run ended are forgotten.

    Parameters
    ----------
    events : iterable of Event
        In logged order.
    search : LocalSearch
        Changed in place, event by event, as the iterator is asked.
    metric : Metric
        Turns logged scores into losses.

    Yields
    ------
    event : Event
        What the search has just heard, or did not care for.
    trial : Trial or None
        The one that is settled by it.
    """
    asked: dict[int, Trial] = {}
    fold_scores: dict[int, dict[int, float]] = {}
    for event in events:
        settled: Trial | None = None
        match event:
            case TrialAsked():
                trial = as_trial(event)
                asked[trial.id] = trial
                search.adopt(trial)
            case FoldScored(trial_id=trial_id, fold=fold, score=score):
                fold_scores.setdefault(trial_id, {})[fold] = score
            case TrialFinished(trial_id=trial_id):
                settled = asked.pop(trial_id)
                losses = {fold: metric.to_loss(score) for fold, score in enumerate(event.fold_scores)}
                search.tell(settled, Report(fold_losses=losses, complete=True, cost=event.cost))
            case TrialRejected(trial_id=trial_id):
                settled = asked.pop(trial_id)
                losses = {fold: metric.to_loss(score) for fold, score in fold_scores.get(trial_id, {}).items()}
                search.tell(settled, Report(fold_losses=losses, complete=False, cost=event.cost))
            case TrialFailed(trial_id=trial_id) if trial_id in asked:
                settled = asked.pop(trial_id)
                search.tell(settled, Report(fold_losses={}, complete=False, cost=event.cost, failed=True))
            case RunResumed():
                _forget(asked, search)
            case _:
                pass
        yield event, settled
    _forget(asked, search)


def rebuild(
    events: Iterable[Event],
    *,
    search: LocalSearch,
    runner: Runner,
    board: Board,
    metric: Metric,
) -> int:
    """Bring a fresh search, runner and board to where a log ends; nothing that was finished is fitted again.

    Trials that were in flight when the log ended are forgotten: they count as neither good nor bad.

    Parameters
    ----------
    events : iterable of Event
        In logged order.
    search, runner, board
        Fresh ones, changed in place.
    metric : Metric
        Turns logged scores into losses.

    Returns
    -------
    n_finished : int
    """
    n_finished = 0
    for event, trial in heard_again(events, search, metric):
        if isinstance(event, TrialFinished) and trial is not None:
            board.restore(trial.learner, event, baseline=trial.origin == "baseline")
            runner.learned(trial.id, trial.learner)
            runner.may_widen(trial, event.fit_seconds / max(1, len(event.fold_scores)))
            n_finished += 1
        elif isinstance(event, TrialWidened):
            board.restore_widened(event)
            runner.widened(event.trial_id, event.fold)
        elif isinstance(event, EnsembleUpdated):
            board.restore_ensemble(event)
    if n_finished > 1:  # with one alone nothing was ever combined
        runner.combined(board.weights)
    return n_finished


def _forget(asked: dict[int, Trial], search: LocalSearch) -> None:
    """Withdraw what was in flight when one part of the run ended, before the next part asks for it again."""
    for trial in reversed(tuple(asked.values())):
        search.forget(trial)
    asked.clear()


def as_trial(event: TrialAsked) -> Trial:
    """The trial that was asked for, as the search knows it."""
    return Trial(
        id=event.trial_id,
        learner=event.learner,
        point=dict(event.parameters),
        origin=event.origin,
        parent_id=event.parent_id,
        step_size=event.step_size,
        based_on=event.based_on,
        row_share=event.row_share,
    )
