"""What a run's log says about its past: the best predictor so far, and how to rebuild the search that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import (
    EnsembleUpdated,
    FoldScored,
    RunResumed,
    RunStarted,
    TrialAsked,
    TrialFailed,
    TrialFinished,
    TrialRejected,
)
from lepton_jupyter.search.trial import Report, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    """

    weights: Mapping[int, float]
    score: float
    score_error: float
    label: str


def best_so_far(events: Iterable[Event]) -> BestSoFar | None:
    """Best of the finished trials and the ensembles in a log; None before the first trial.

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
    greater_is_better = True
    for event in events:
        if isinstance(event, RunStarted):
            greater_is_better = event.greater_is_better
            continue
        if isinstance(event, TrialFinished):
            contender = BestSoFar({event.trial_id: 1.0}, event.score, event.score_error, f"trial {event.trial_id}")
        elif isinstance(event, EnsembleUpdated):
            weights = {member.trial_id: member.weight for member in event.members}
            contender = BestSoFar(weights, event.score, event.score_error, "ensemble")
        else:
            continue
        better = best is None or ((contender.score > best.score) == greater_is_better and contender.score != best.score)
        if better:
            best = contender
    return best


def learner_of_trial(events: Iterable[Event]) -> dict[int, str]:
    """Name of the learner of each trial in a log."""
    return {event.trial_id: event.learner for event in events if isinstance(event, TrialAsked)}


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
    asked: dict[int, Trial] = {}
    fold_scores: dict[int, dict[int, float]] = {}
    n_finished = 0
    for event in events:
        match event:
            case TrialAsked():
                trial = _trial(event)
                asked[trial.id] = trial
                search.adopt(trial)
            case FoldScored(trial_id=trial_id, fold=fold, score=score):
                fold_scores.setdefault(trial_id, {})[fold] = score
            case TrialFinished(trial_id=trial_id):
                trial = asked.pop(trial_id)
                losses = {fold: metric.to_loss(score) for fold, score in enumerate(event.fold_scores)}
                search.tell(trial, Report(fold_losses=losses, complete=True, cost=event.cost))
                board.restore(trial.learner, event, baseline=trial.origin == "baseline")
                runner.learned(trial_id, trial.learner)
                n_finished += 1
            case TrialRejected(trial_id=trial_id):
                losses = {fold: metric.to_loss(score) for fold, score in fold_scores.get(trial_id, {}).items()}
                search.tell(asked.pop(trial_id), Report(fold_losses=losses, complete=False, cost=event.cost))
            case TrialFailed(trial_id=trial_id) if trial_id in asked:
                search.tell(asked.pop(trial_id), Report(fold_losses={}, complete=False, cost=event.cost, failed=True))
            case RunResumed():
                _forget(asked, search)
            case EnsembleUpdated():
                board.restore_ensemble(event)
            case _:
                pass
    _forget(asked, search)
    if n_finished > 1:  # with one alone nothing was ever combined
        runner.combined(board.weights)
    return n_finished


def _forget(asked: dict[int, Trial], search: LocalSearch) -> None:
    """Withdraw what was in flight when one part of the run ended, before the next part asks for it again."""
    for trial in reversed(tuple(asked.values())):
        search.forget(trial)
    asked.clear()


def _trial(event: TrialAsked) -> Trial:
    return Trial(
        id=event.trial_id,
        learner=event.learner,
        point=dict(event.parameters),
        origin=event.origin,
        parent_id=event.parent_id,
        step_size=event.step_size,
        based_on=event.based_on,
    )
