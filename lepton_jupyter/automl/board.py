"""The board: finished trials with their out-of-fold predictions, and the best predictor made of them so far."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.predictor import predicting_folds
from lepton_jupyter.evaluation.frontier import pareto_front
from lepton_jupyter.evaluation.greedy_ensemble import blend, select
from lepton_jupyter.evaluation.out_of_fold import OutOfFold
from lepton_jupyter.evaluation.uncertainty import score_error
from lepton_jupyter.events.run_events import EnsembleMember, EnsembleUpdated, FrontierUpdated, TrialFinished
from lepton_jupyter.execution.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.automl.fold_evaluation import FoldOutcome
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.search.trial import Trial

#: Seconds that one selection of the ensemble may take, where time is what a run spends.
COMBINE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A finished trial in memory: its predictions and its line on the board, but not its models."""

    finished: TrialFinished
    learner: str
    baseline: bool
    out_of_fold: NDArray[np.float32]


class Board:
    """Keeps finished trials and selects the ensemble; safe to read from any thread.

    A trial is on the board only when its predictions and models lie in the run's folder: what the board shows can
    always be predicted with, in this kernel or in the next.

    Parameters
    ----------
    folder : RunFolder
    data : TrainingData
    metric : Metric
    n_test_rows : int, default=0
        Rows held out, which the best predictor scores after the search.
    combine_seconds : float or None, default=None
        What one selection of the ensemble may take; None reads no clock, as a budget in trials promises.
    """

    def __init__(
        self,
        folder: RunFolder,
        data: TrainingData,
        metric: Metric,
        *,
        n_test_rows: int = 0,
        combine_seconds: float | None = None,
    ) -> None:
        self._folder = folder
        self._data = data
        self._metric = metric
        self._n_test_rows = n_test_rows
        self._combine_seconds = combine_seconds
        self._lock = threading.Lock()
        self._kept: dict[int, KeptTrial] = {}
        self._weights: dict[int, float] = {}
        self._best_score: float | None = None
        self._front: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def weights(self) -> dict[int, float]:
        """Trials of the best predictor so far and their weights, summing to one; empty before the first trial."""
        with self._lock:
            return dict(self._weights)

    @property
    def front(self) -> tuple[int, ...]:
        """Trials that no other beats in both score and latency."""
        return self._front

    def closing_seconds(self) -> float:
        """What scoring the held-out table with the best predictor so far will probably take."""
        with self._lock:
            milliseconds = sum(self._kept[trial_id].finished.row_milliseconds for trial_id in self._weights)
        return 1e-3 * milliseconds * self._n_test_rows

    def keep(self, trial: Trial, outcomes: Mapping[int, FoldOutcome], cost: float) -> TrialFinished:
        """Write a complete trial to the run's folder and put it on the board.

        Raises
        ------
        OSError
            If it cannot be written; then neither the folder nor the board holds any of it.
        """
        collected = OutOfFold(self._data.fold_of_row, self._data.shape.n_outputs)
        with self._folder.trial_writer(trial.id) as place:
            for fold, outcome in outcomes.items():
                collected.add(fold, outcome.out_of_fold)
                (place / f"fold-{fold}.model").write_bytes(outcome.model)
            out_of_fold = collected.predictions()
            self._folder.save_out_of_fold(place, out_of_fold)
        finished = _summarise(trial, outcomes, cost, predicting_folds(self._data.n_folds, in_time=self._data.in_time))
        self._put(trial.learner, finished, out_of_fold, baseline=trial.origin == "baseline")
        return finished

    def restore_ensemble(self, updated: EnsembleUpdated) -> None:
        """Put an ensemble of an earlier part of the run back."""
        with self._lock:
            if self._improves(updated.score):
                self._best_score = updated.score
                self._weights = {member.trial_id: member.weight for member in updated.members}

    def restore(self, learner: str, finished: TrialFinished, *, baseline: bool) -> None:
        """Put a trial of an earlier part of the run back, from its files.

        One whose models were removed at the end of that part can no longer predict, and stays off the board.
        """
        place = self._folder.trial(finished.trial_id)
        if not all((place / f"fold-{fold}.model").exists() for fold in range(self._data.n_folds)):
            return
        out_of_fold = self._folder.load_out_of_fold(finished.trial_id)
        self._put(learner, finished, out_of_fold, baseline=baseline)

    def _put(self, learner: str, finished: TrialFinished, out_of_fold: NDArray[np.float32], *, baseline: bool) -> None:
        with self._lock:
            self._kept[finished.trial_id] = KeptTrial(finished, learner, baseline, out_of_fold)
            if self._improves(finished.score):
                self._best_score = finished.score
                self._weights = {finished.trial_id: 1.0}

    def _improves(self, score: float) -> bool:
        if self._best_score is None:
            return True
        return score > self._best_score if self._metric.greater_is_better else score < self._best_score

    def _validated(self, values: NDArray[Any]) -> NDArray[Any]:
        validated = self._data.fold_of_row >= 0
        return values if validated.all() else values[validated]

    def candidates(self) -> dict[int, NDArray[np.float32]]:
        """Out-of-fold predictions that an ensemble may be made of; baselines only when there is nothing else."""
        with self._lock:
            chosen = {i: kept for i, kept in self._kept.items() if not kept.baseline} or self._kept
            return {i: self._validated(kept.out_of_fold) for i, kept in chosen.items()}

    def combine(self, candidates: Mapping[int, NDArray[np.float32]]) -> tuple[dict[int, float], list[Event]]:
        """Select the ensemble anew; the best so far is only replaced by something better.

        Returns
        -------
        weights : dict of int to float
            Of the best predictor, whether it changed or not.
        events : list of Event
            What is new.
        """
        data = self._data
        ensemble = select(
            candidates,
            self._validated(data.y),
            self._metric,
            data.n_classes,
            deadline=Deadline.after(self._combine_seconds),
            sample_weight=None if data.weights is None else self._validated(data.weights),
        )
        events: list[Event] = []
        with self._lock:
            described = self._describe_ensemble(ensemble.weights)
            if len(ensemble.weights) > 1 and self._improves(described.score):
                self._best_score = described.score
                self._weights = dict(ensemble.weights)
                events.append(described)
            front = self._pareto()
            if front != self._front:
                self._front = front
                events.append(FrontierUpdated(trial_ids=front))
            return dict(self._weights), events

    def _describe_ensemble(self, weights: Mapping[int, float]) -> EnsembleUpdated:
        members = [self._kept[trial_id] for trial_id in weights]
        blended = blend({trial_id: self._kept[trial_id].out_of_fold for trial_id in weights}, weights)
        data = self._data
        fold_scores = tuple(
            self._metric.score(
                data.y[rows], blended[rows], data.n_classes, None if data.weights is None else data.weights[rows]
            )
            for rows in (data.fold_of_row == fold for fold in range(data.n_folds))
        )
        return EnsembleUpdated(
            members=tuple(EnsembleMember(trial_id=i, weight=w) for i, w in weights.items()),
            score=float(np.mean(fold_scores)),
            score_error=score_error(fold_scores),
            # A blend's own training score would need every member on every training row; the weighted mean is close.
            train_score=float(sum(w * self._kept[i].finished.train_score for i, w in weights.items())),
            fold_scores=fold_scores,
            row_milliseconds=sum(member.finished.row_milliseconds for member in members),
            size_bytes=sum(member.finished.size_bytes for member in members),
        )

    def _pareto(self) -> tuple[int, ...]:
        kept = [each for each in self._kept.values() if not each.baseline] or list(self._kept.values())
        sign = 1.0 if self._metric.greater_is_better else -1.0
        front = pareto_front(
            np.array([sign * each.finished.score for each in kept]),
            np.array([each.finished.row_milliseconds for each in kept]),
        )
        return tuple(kept[index].finished.trial_id for index in front)


def _summarise(
    trial: Trial, outcomes: Mapping[int, FoldOutcome], cost: float, predicting: Sequence[int]
) -> TrialFinished:
    folds = [outcomes[fold] for fold in sorted(outcomes)]
    fold_scores = tuple(fold.score for fold in folds)
    return TrialFinished(
        trial_id=trial.id,
        score=float(np.mean(fold_scores)),
        score_error=score_error(fold_scores),
        train_score=float(np.mean([fold.train_score for fold in folds])),
        fold_scores=fold_scores,
        fit_seconds=sum(fold.fit_seconds for fold in folds),
        # Predicting asks each of these fold models once, so a row costs their sum.
        row_milliseconds=sum(folds[index].row_milliseconds for index in predicting),
        size_bytes=sum(len(folds[index].model) for index in predicting),
        cost=cost,
    )
