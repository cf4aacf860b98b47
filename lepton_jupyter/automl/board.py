"""The board: finished trials with their out-of-fold predictions, and the best predictor made of them so far."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.predictor import predicting_folds
from lepton_jupyter.evaluation.frontier import pareto_front
from lepton_jupyter.evaluation.honest_ensemble import select_honestly
from lepton_jupyter.evaluation.out_of_fold import OutOfFold
from lepton_jupyter.evaluation.partial_ensembles import parts_of
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm, blend, form_of, pool_form
from lepton_jupyter.evaluation.uncertainty import score_error
from lepton_jupyter.events.run_events import (
    EnsembleMember,
    EnsembleUpdated,
    FrontierUpdated,
    PartialEnsembleFormed,
    TrialFinished,
    TrialWidened,
)
from lepton_jupyter.exceptions.automl_errors import ModelWriteError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.runs.laid_aside import LaidAside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.automl.fold_evaluation import FoldOutcome
    from lepton_jupyter.evaluation.honest_ensemble import HonestEnsemble
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.search.trial import Trial

#: Seconds that one selection of the ensemble may take, where time is what a run spends.
COMBINE_SECONDS = 0.5
#: Weights at which a new trial is tried beside the best predictor so far.
_BLEND_SHARES = (0.15, 0.35, 0.7)
#: Part of what a run keeps for its end that the last selection may take; the most, since whoever stops a run waits.
_LAST_SHARE = 0.7
_MOST_LAST_SECONDS = 3.0


def last_combine_seconds(reserve_seconds: float) -> float:
    """Seconds that the last selection of an ensemble may take, of those that a run keeps for its end.

    Examples
    --------
    >>> last_combine_seconds(0.6).__round__(2), last_combine_seconds(24.0)
    (0.42, 3.0)
    """
    return min(_MOST_LAST_SECONDS, _LAST_SHARE * reserve_seconds)


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A finished trial in memory: its predictions and its line on the board, but not its models.

    `fold_milliseconds` are those of one row by the models of its folds alone.
    """

    finished: TrialFinished
    fold_milliseconds: float
    learner: str
    baseline: bool
    out_of_fold: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WaitingFold:
    """One fold of a trial whose others are still fitted.

    Parameters
    ----------
    outcome : FoldOutcome
        Without its model.
    model : LaidAside
        Forests of all folds together would be what takes most memory.
    """

    outcome: FoldOutcome
    model: LaidAside


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
    last_seconds : float or None, default=None
        The same of the last one.
    """

    def __init__(
        self,
        folder: RunFolder,
        data: TrainingData,
        metric: Metric,
        *,
        n_test_rows: int = 0,
        combine_seconds: float | None = None,
        last_seconds: float | None = None,
    ) -> None:
        self._folder = folder
        self._data = data
        self._metric = metric
        self._n_test_rows = n_test_rows
        self._late_growth = 1.0 + data.n_late_folds / data.n_folds
        self._combine_seconds = combine_seconds
        self._last_seconds = last_seconds
        self._lock = threading.Lock()
        self._kept: dict[int, KeptTrial] = {}
        self._weights: dict[int, float] = {}
        self._ensemble: EnsembleUpdated | None = None  # None: the best so far is a single trial
        self._form = MEAN
        self._best_score: float | None = None  # what a trial must beat
        self._best_trial_score: float | None = None
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

    def worth_a_test(self, most: int) -> tuple[int, ...]:
        """Trials beside the best predictor's that a held-out table should judge too: the best, and the front."""
        with self._lock:
            kept = [each.finished for each in self._kept.values() if not each.baseline]
            ranked = [each.trial_id for each in sorted(kept, key=lambda each: -self._sign * each.score)[:most]]
            return tuple(each for each in dict.fromkeys((*ranked, *self._front)) if each not in self._weights)

    def test_seconds(self, trial_id: int) -> float:
        """What scoring the held-out table with one trial will probably take."""
        with self._lock:
            return 1e-3 * self._kept[trial_id].finished.row_milliseconds * self._n_test_rows

    @property
    def _sign(self) -> float:
        return 1.0 if self._metric.greater_is_better else -1.0

    def closing_seconds(self) -> float:
        """What scoring the held-out table with the best predictor so far will probably take, late models included."""
        with self._lock:
            milliseconds = sum(self._kept[trial_id].fold_milliseconds for trial_id in self._weights)
        return 1e-3 * self._late_growth * milliseconds * self._n_test_rows

    def lay_aside(self, outcome: FoldOutcome) -> WaitingFold:
        """Let a fold wait for the others of its trial.

        Raises
        ------
        ModelWriteError
            If its model cannot be written.
        """
        try:
            model = LaidAside(outcome.model, self._folder.path)
        except OSError as error:
            raise ModelWriteError.from_run(str(self._folder.path), error) from None
        return WaitingFold(replace(outcome, model=b""), model)

    def keep(self, trial: Trial, waiting: Mapping[int, WaitingFold], cost: float) -> TrialFinished:
        """Write a complete trial to the run's folder and put it on the board.

        Raises
        ------
        OSError
            If it cannot be written; then neither the folder nor the board holds any of it.
        """
        collected = OutOfFold(self._data.fold_of_row, self._data.shape.n_outputs)
        with self._folder.trial_writer(trial.id) as place:
            for fold, each in waiting.items():
                collected.add(fold, each.outcome.out_of_fold)
                each.model.move_to(place / f"fold-{fold}.model")
            out_of_fold = collected.predictions()
            self._folder.save_out_of_fold(place, out_of_fold)
        finished = _summarise(trial, waiting, cost, predicting_folds(self._data.n_folds, in_time=self._data.in_time))
        self._put(trial.learner, finished, out_of_fold, baseline=trial.origin == "baseline")
        return finished

    def widen(self, trial_id: int, fold: int, waiting: WaitingFold) -> TrialWidened:
        """Put the model of a late fold beside those of a trial on the board.

        Raises
        ------
        OSError
            If it cannot be written; then the trial is what it was.
        """
        outcome = waiting.outcome
        waiting.model.move_to(self._folder.trial(trial_id) / f"fold-{fold}.model")
        made = TrialWidened(
            trial_id=trial_id,
            fold=fold,
            score=outcome.score,
            fit_seconds=outcome.fit_seconds,
            n_iterations=outcome.n_iterations,
            row_milliseconds=outcome.row_milliseconds,
            size_bytes=len(waiting.model),
            cpu_seconds=outcome.cpu_seconds,
        )
        self.restore_widened(made)
        return made

    def restore_widened(self, made: TrialWidened) -> None:
        """Let a trial on the board be as slow and as large as it is with its late model; one that is not there, not."""
        with self._lock:
            kept = self._kept.get(made.trial_id)
            if kept is not None:
                self._kept[made.trial_id] = replace(kept, finished=made.added_to(kept.finished))

    def restore_ensemble(self, updated: EnsembleUpdated) -> None:
        """Put an ensemble of an earlier part of the run back."""
        with self._lock:
            self._take(updated, at_once=True)

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
            self._kept[finished.trial_id] = KeptTrial(
                finished, finished.row_milliseconds, learner, baseline, out_of_fold
            )
            if self._best_trial_score is None or self._is_better(finished.score, self._best_trial_score):
                self._best_trial_score = finished.score
            if self._best_score is None or self._is_better(finished.score, self._best_score):
                self._best_score = finished.score
                self._weights = {finished.trial_id: 1.0}
                self._ensemble, self._form = None, MEAN

    def best_out_of_fold(self) -> NDArray[np.float32]:
        """Out-of-fold predictions of the best predictor so far, of all rows that are validated."""
        with self._lock:
            return self._pooled(self._weights, self._form)

    def blend_gain(self, fold: int, predictions: NDArray[np.float32]) -> float | None:
        """What the best predictor so far would gain on one fold, if a new trial were blended into it.

        Parameters
        ----------
        fold : int
        predictions : ndarray of shape (n_validation_rows, n_outputs)
            Of the new trial.

        Returns
        -------
        gain : float or None
            In loss, by the best of a few weights; not positive where no blend is better. None while there is nothing
            to blend with but baselines, or where the metric has no value.
        """
        with self._lock:
            members = {trial_id: self._kept[trial_id] for trial_id in self._weights}
            weights, form = dict(self._weights), self._form
        if not members or any(each.baseline for each in members.values()):
            return None
        data, rows = self._data, self._data.fold_of_row == fold
        best = blend({trial_id: each.out_of_fold[rows] for trial_id, each in members.items()}, weights, form)
        row_weights = None if data.weights is None else data.weights[rows]
        # As the ensemble would pool them: what helps a mean of probabilities need not help one of their logarithms.
        blends = (
            blend({0: best, 1: predictions}, {0: 1 - share, 1: share}, pool_form(self._metric))
            for share in (0.0, *_BLEND_SHARES)
        )
        losses = [self._metric.loss(data.y[rows], each, data.n_classes, row_weights) for each in blends]
        return float(losses[0] - min(losses[1:])) if np.isfinite(losses).all() else None

    def _take(self, updated: EnsembleUpdated, *, at_once: bool) -> bool:
        """Let an ensemble be the best so far if it is one, comparing like with like.

        With the best trial by scores that both were chosen for; with the ensemble before it by nested scores, unless
        it is to replace that one `at_once`.
        """
        contended, before = updated.contended_score, self._ensemble
        beaten = self._best_trial_score is None or self._is_better(contended, self._best_trial_score)
        if not beaten or not (at_once or before is None or self._is_better(updated.score, before.score)):
            return False
        self._ensemble, self._best_score, self._form = updated, contended, form_of(updated)
        self._weights = {member.trial_id: member.weight for member in updated.members}
        return True

    def _is_better(self, score: float, other: float) -> bool:
        return self._sign * score > self._sign * other

    def _validated(self, values: NDArray[Any]) -> NDArray[Any]:
        validated = self._data.fold_of_row >= 0
        return values if validated.all() else values[validated]

    def candidates(self) -> dict[int, NDArray[np.float32]]:
        """Out-of-fold predictions that an ensemble may be made of; baselines only when there is nothing else."""
        with self._lock:
            chosen = {i: kept for i, kept in self._kept.items() if not kept.baseline} or self._kept
            return {i: self._validated(kept.out_of_fold) for i, kept in chosen.items()}

    def combine(
        self, candidates: Mapping[int, NDArray[np.float32]], *, last: bool = False, within_seconds: float = math.inf
    ) -> tuple[dict[int, float], list[Event]]:
        """Select the ensemble anew; the best so far is only replaced by something better.

        Parameters
        ----------
        candidates : mapping of int to ndarray
            What `candidates` gave.
        last : bool, default=False
            Whether the search is over: the selection is then thorough, and may take more time.
        within_seconds : float, default=inf
            What it may take at most, where a clock is read.

        Returns
        -------
        weights : dict of int to float
            Of the best predictor, whether it changed or not.
        events : list of Event
            What is new.
        """
        if not candidates:  # the disk had no room for any of them
            return {}, []
        data = self._data
        most_seconds = self._last_seconds if last else self._combine_seconds
        ensemble = select_honestly(
            candidates,
            self._validated(data.y),
            self._validated(data.fold_of_row),
            self._metric,
            data.n_classes,
            thorough=last,
            deadline=Deadline.after(None if most_seconds is None else min(most_seconds, within_seconds)),
            sample_weight=None if data.weights is None else self._validated(data.weights),
        )
        events: list[Event] = []
        with self._lock:
            described = self._describe_ensemble(ensemble)
            if (len(ensemble.weights) > 1 or ensemble.form != MEAN) and self._take(described, at_once=last):
                events.append(described)
            front = self._pareto()
            if front != self._front:
                self._front = front
                events.append(FrontierUpdated(trial_ids=front))
            return dict(self._weights), events

    def _describe_ensemble(self, ensemble: HonestEnsemble) -> EnsembleUpdated:
        weights, form = ensemble.weights, ensemble.form
        return EnsembleUpdated(
            **self._figures(weights, self._fold_scores(ensemble.nested)),
            # As if its members erred together, since they see the same rows: at most this.
            train_error=float(sum(w * self._kept[i].finished.train_error for i, w in weights.items())),
            logarithmic=form.logarithmic,
            sharpness=form.sharpness,
            shifts=form.shifts,
            selection_score=float(np.mean(self._fold_scores(self._pooled(weights, form)))),
        )

    def _describe_part(self, weights: Mapping[int, float]) -> PartialEnsembleFormed:
        # A part is pooled as the whole is, but the whole's stacking model was not made for it.
        form = PoolForm(logarithmic=self._form.logarithmic)
        return PartialEnsembleFormed(
            **self._figures(weights, self._fold_scores(self._pooled(weights, form))), logarithmic=form.logarithmic
        )

    def _figures(self, weights: Mapping[int, float], fold_scores: tuple[float, ...]) -> dict[str, Any]:
        """What events say of any pool of trials."""
        finished = {trial_id: self._kept[trial_id].finished for trial_id in weights}
        return {
            "members": tuple(EnsembleMember(trial_id=i, weight=w) for i, w in weights.items()),
            "score": float(np.mean(fold_scores)),
            "score_error": score_error(fold_scores),
            # A blend's own training score would need every member on every training row; the weighted mean is close.
            "train_score": float(sum(w * finished[i].train_score for i, w in weights.items())),
            "fold_scores": fold_scores,
            "row_milliseconds": sum(each.row_milliseconds for each in finished.values()),
            "size_bytes": sum(each.size_bytes for each in finished.values()),
        }

    def _pooled(self, weights: Mapping[int, float], form: PoolForm) -> NDArray[np.float32]:
        """Out-of-fold predictions of a pool of trials, of all rows that are validated."""
        return self._validated(blend({i: self._kept[i].out_of_fold for i in weights}, weights, form))

    def _fold_scores(self, predictions: NDArray[np.float32]) -> tuple[float, ...]:
        """Score of each fold of predictions of the validated rows."""
        data = self._data
        y, fold_of_row = self._validated(data.y), self._validated(data.fold_of_row)
        weights = None if data.weights is None else self._validated(data.weights)
        return tuple(
            self._metric.score(y[rows], predictions[rows], data.n_classes, None if weights is None else weights[rows])
            for rows in (fold_of_row == fold for fold in range(data.n_folds))
        )

    def form_parts(self, deadline: Deadline) -> list[PartialEnsembleFormed]:
        """Parts of the ensemble that neither it nor a trial beats in both score and latency, as far as time allows."""
        with self._lock:
            whole = self._weights
            formed: list[PartialEnsembleFormed] = []
            for part in parts_of(whole, {i: self._kept[i].finished.row_milliseconds for i in whole}):
                if deadline.passed():
                    break
                formed.append(self._describe_part(part))
            rivals = [each.finished for each in self._kept.values()]
            scores = [each.score for each in rivals] + [each.score for each in formed] + [self._best_score or 0.0]
            latencies = [each.row_milliseconds for each in rivals] + [each.row_milliseconds for each in formed]
            latencies.append(sum(self._kept[trial_id].finished.row_milliseconds for trial_id in whole))
            front = pareto_front(self._sign * np.array(scores), latencies)
            return [each for place, each in enumerate(formed, start=len(rivals)) if place in front]

    def _pareto(self) -> tuple[int, ...]:
        kept = [each for each in self._kept.values() if not each.baseline] or list(self._kept.values())
        front = pareto_front(
            np.array([self._sign * each.finished.score for each in kept]),
            np.array([each.finished.row_milliseconds for each in kept]),
        )
        return tuple(kept[index].finished.trial_id for index in front)


def _summarise(
    trial: Trial, waiting: Mapping[int, WaitingFold], cost: float, predicting: Sequence[int]
) -> TrialFinished:
    folds = [waiting[fold].outcome for fold in sorted(waiting)]
    fold_scores = tuple(fold.score for fold in folds)
    return TrialFinished(
        trial_id=trial.id,
        score=float(np.mean(fold_scores)),
        score_error=score_error(fold_scores),
        train_score=float(np.mean([fold.train_score for fold in folds])),
        train_error=score_error([fold.train_score for fold in folds]),
        fold_scores=fold_scores,
        fit_seconds=sum(fold.fit_seconds for fold in folds),
        # Predicting asks each of these fold models once, so a row costs their sum.
        row_milliseconds=sum(folds[index].row_milliseconds for index in predicting),
        size_bytes=sum(len(waiting[index].model) for index in predicting),
        cost=cost,
    )
