"""The models among which a person may choose when a run has ended, as its log tells of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.automl.predictor import predicting_folds
from lepton_jupyter.evaluation.model_choice import Candidate
from lepton_jupyter.evaluation.pool_form import form_of
from lepton_jupyter.events.run_events import (
    EnsembleUpdated,
    PartialEnsembleFormed,
    RunStarted,
    TrialAsked,
    TrialFinished,
    TrialWidened,
)
from lepton_jupyter.learners.registry import exports_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lepton_jupyter.events.run_events import Event


def candidates(
    events: Iterable[Event],
    *,
    has_models: Callable[[int], bool],
) -> tuple[Candidate, ...]:
    """All finished trials and ensembles that can still predict; constant baselines only where there is nothing else.

    Parameters
    ----------
    events : iterable of Event
        In logged order.
    has_models : callable
        Whether a trial's models are there.

    Returns
    -------
    candidates : tuple of Candidate
        Trials in the order in which they finished, then parts of ensembles and the last ensemble. Then the same with
        the models of one fold alone, where several predict.
    """
    asked: dict[int, TrialAsked] = {}
    finished: dict[int, TrialFinished] = {}
    of_folds: dict[int, TrialFinished] = {}  # without the models of late folds
    parts: dict[frozenset[int], PartialEnsembleFormed] = {}
    ensemble: EnsembleUpdated | None = None
    folds: tuple[int, ...] = (0,)
    worse: Callable[[float, float], float] = min
    for event in events:
        match event:
            case RunStarted():
                folds = predicting_folds(event.n_folds, in_time=bool(event.time))
                worse = min if event.greater_is_better else max
            case TrialAsked():
                asked[event.trial_id] = event
            case TrialFinished():
                finished[event.trial_id] = of_folds[event.trial_id] = event
            case TrialWidened(trial_id=trial_id):
                finished[trial_id] = event.added_to(finished[trial_id])
                ensemble = event.added_within(ensemble)
            case PartialEnsembleFormed():
                parts[_members(event)] = event
            case EnsembleUpdated():
                ensemble = event  # the one before is not as good
            case _:
                pass
    there = {trial_id: each for trial_id, each in finished.items() if has_models(trial_id)}
    trials = [_of_trial(asked[i], each) for i, each in there.items() if asked[i].family != "baseline"]
    if not trials:
        trials = [_of_trial(asked[i], each) for i, each in there.items()]
    together = [_of_ensemble(each, asked, finished) for ids, each in parts.items() if ids <= there.keys()]
    if ensemble is not None and _members(ensemble) <= there.keys():
        # A part that seems better than the whole fits the rows better that both were judged on, and no others.
        most = ensemble.contended_score
        together = [replace(each, contended_score=worse(each.score, most)) for each in together]
        together.append(replace(_of_ensemble(ensemble, asked, finished), contended_score=most))
    whole = [replace(each, folds=folds) for each in (*trials, *together)]
    return (*whole, *(_without_late(each, of_folds).of_one_fold() for each in whole if len(folds) > 1))


def _without_late(whole: Candidate, of_folds: Mapping[int, TrialFinished]) -> Candidate:
    members = [of_folds[trial_id] for trial_id in whole.weights]
    return replace(
        whole,
        row_milliseconds=sum(each.row_milliseconds for each in members),
        size_bytes=sum(each.size_bytes for each in members),
    )


def _members(formed: EnsembleUpdated | PartialEnsembleFormed) -> frozenset[int]:
    return frozenset(each.trial_id for each in formed.members)


def _of_trial(asked: TrialAsked, finished: TrialFinished) -> Candidate:
    return Candidate(
        label=f"{asked.label}, {asked.description}" if asked.description else asked.label,
        weights={finished.trial_id: 1.0},
        score=finished.score,
        score_error=finished.score_error,
        fold_scores=finished.fold_scores,
        fit_seconds=finished.fit_seconds,
        train_score=finished.train_score,
        row_milliseconds=finished.row_milliseconds,
        size_bytes=finished.size_bytes,
        exports=exports_of(asked.learner),
    )


def _of_ensemble(
    formed: EnsembleUpdated | PartialEnsembleFormed,
    asked: Mapping[int, TrialAsked],
    finished: Mapping[int, TrialFinished],
) -> Candidate:
    weights = {member.trial_id: member.weight for member in formed.members}
    alone = asked[formed.members[0].trial_id].label if len(weights) == 1 else None
    first, *others = (exports_of(asked[trial_id].learner) for trial_id in weights)
    return Candidate(
        label=f"Ensemble of {len(weights)}" if alone is None else f"{alone}, its probabilities set right",
        weights=weights,
        score=formed.score,
        score_error=formed.score_error,
        fold_scores=formed.fold_scores,
        fit_seconds=sum(finished[trial_id].fit_seconds for trial_id in weights),
        train_score=formed.train_score,
        row_milliseconds=formed.row_milliseconds,
        size_bytes=formed.size_bytes,
        form=form_of(formed),
        exports=tuple(each for each in first if all(each in other for other in others)),
    )
