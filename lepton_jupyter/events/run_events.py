"""What happens in a run of kind ``search``: frozen facts, decisions and summaries, never rows or cell values.

A score is in the metric's natural unit (an AUC, a log loss, an RMSE); `RunStarted.greater_is_better` tells which way is
good. A score's error is half the width of its 95 % interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from lepton_jupyter.events.quantities import Budget

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a parameter of a configuration may be, in memory and in JSON.
Scalar = float | int | str | bool | None
_Model = TypeVar("_Model", "TrialFinished", "EnsembleUpdated")


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Root of all events; each is named in the past tense."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStarted(Event):
    """A search began: what is sought, on what, within what."""

    run_id: str
    name: str
    format_version: int = 1
    kind: str = "search"
    task: str  # "binary" | "multiclass" | "regression"
    metric: str  # scikit-learn's name, such as "roc_auc"
    metric_label: str  # what a person reads, such as "AUC"
    greater_is_better: bool
    target: str
    table_name: str
    n_rows: int
    n_columns: int
    n_classes: int  # 0 for regression
    n_folds: int
    budget: Budget
    reserve_seconds: float  # end of the budget kept for the ensemble
    seed: int
    learners: tuple[str, ...]
    executor: str  # "threads" | "processes" | "cluster" | "serial"
    n_workers: int
    versions: Mapping[str, str]
    groups: str = ""  # column whose groups stay in one fold each
    time: str = ""  # column in whose order folds follow one another
    weights: str = ""  # column that tells how much each row counts
    core_hour_price: str = ""  # what an hour of one core costs, such as "0.05EUR"


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnTreatment:
    """What one column was understood as, and what is done to it."""

    name: str
    kind: str  # "number" | "category" | "boolean" | "date" | "text" | "constant" | "identifier"
    treatment: str  # short, as read: "as it is", "encoded, 12 categories", "year, month, day …", "set aside"
    reason: str
    missing_share: float
    n_distinct: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDescribed(Event):
    """The table was understood: one treatment for each column, the target left out."""

    columns: tuple[ColumnTreatment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleDrawn(Event):
    """The search learns from a sample of a table that is too large for whoever holds it."""

    n_table_rows: int
    n_rows: int
    reason: str  # "memory": of the kernel | "worker memory": of the smallest worker | "again": as an earlier run did
    table_bytes: int = 0  # memory that all rows would take
    limit_bytes: int = 0  # memory that a table may take; 0 where nobody asked
    by_class: bool = False  # whether each class of the target has its share
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResumed(Event):
    """A run that had ended or died goes on, on top of what it had finished."""

    budget: Budget
    n_finished: int
    executor: str
    n_workers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetExtended(Event):
    """Time was added while the run went on."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRequested(Event):
    """Somebody wants the best so far now."""

    source: str  # "panel" | "magic" | "python" | "interrupt"


@dataclass(frozen=True, kw_only=True, slots=True)
class WarningRaised(Event):
    """Something a person should know that does not end the run."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutorChanged(Event):
    """New trials go to another executor, such as the processes that have become ready, or to more or fewer workers."""

    executor: str
    n_workers: int  # that this run may use
    n_shared: int = 0  # workers in all, of which the others are left to the runs named next
    shared_with: tuple[str, ...] = ()  # runs that work beside this one in the same kernel


@dataclass(frozen=True, kw_only=True, slots=True)
class RunQueued(Event):
    """A run waits for others of its kernel; its budget has not begun."""

    waits_for: tuple[str, ...]  # runs that must end first, by name or id


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnCame(Event):
    """A run that waited for others begins, and its budget with it."""

    budget: Budget
    waited_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerPostponed(Event):
    """A learner waits for processes, or is not tried at all."""

    learner: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Coordinate:
    """One coordinate of a learner's space: a stretch of numbers, or options."""

    name: str
    kind: str  # "real" | "integer" | "choice"
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    options: tuple[Scalar, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchedLearner:
    """A learner that may be stepped in: its coordinates, and how many steps it may take."""

    learner: str
    coordinates: tuple[Coordinate, ...]
    most_steps: int | None  # None: as many as the search allows any learner


@dataclass(frozen=True, kw_only=True, slots=True)
class StartingPoint:
    """A configuration that is tried before any step."""

    learner: str
    parameters: Mapping[str, Scalar]
    baseline: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchOpened(Event):
    """A search is ready to be asked: all that it knows, so that the log alone can be replayed."""

    n_folds: int
    seed: int
    learners: tuple[SearchedLearner, ...]
    portfolio: tuple[StartingPoint, ...]
    row_shares: tuple[float, ...] = ()  # parts of the training rows that trials may learn from, the largest first
    shared: tuple[str, ...] = ()  # coordinates that say the same of the table whatever the learner


@dataclass(frozen=True, kw_only=True, slots=True)
class AskMade:
    """All that one ask of a search was based on, beside the reports it had heard: enough to repeat it exactly."""

    within: float | None  # cost that the trial may have; None: any
    excluding: tuple[str, ...]  # learners that could not run
    shares: Mapping[str, float]  # part of the ensemble's weight that each learner held
    costs: tuple[float, ...]  # answers of the cost model, in the order in which the search wanted them
    n_heard: int  # reports heard since the search was opened
    share: float | None = None  # cost at which an entry of the portfolio is cut off; None: at none


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialAsked(Event):
    """The search asked for one configuration; `based_on` holds the figures of the decision.

    `asks` holds the ask that led to it, after those that found nothing to try: they change a search too, since it
    learns that a neighbourhood is empty.
    """

    trial_id: int
    learner: str
    family: str
    label: str  # "LightGBM"
    description: str  # "31 leaves, rate 0.046"
    parameters: Mapping[str, Scalar]
    origin: str  # "baseline" | "portfolio" | "step" | "restart"
    parent_id: int | None
    step_size: float | None
    based_on: Mapping[str, Scalar]
    asks: tuple[AskMade, ...] = ()
    row_share: float = 1.0  # part of the training rows of each fold that it learns from
    exports: tuple[str, ...] = ()  # formats that hold its fitted models: "onnx", "treelite"


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldScored(Event):
    """One fold of a trial was fitted and scored."""

    trial_id: int
    fold: int
    score: float
    train_score: float
    fit_seconds: float
    n_iterations: int | None
    # Of the best predictor on this fold if the trial, one of the portfolio, were blended in; in loss.
    blend_gain: float | None = None
    cpu_seconds: float | None = None  # of fitting, predicting and writing; None in logs of older versions


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldDropped(Event):
    """A fold brought nothing: it raised, or was broken off because its trial was rejected or the run ended."""

    trial_id: int
    fold: int
    seconds: float  # on the clock until then: what it took of its core is not known, and at most this


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialFinished(Event):
    """All folds of a trial are scored, and its predictions and models lie in the run's folder."""

    trial_id: int
    score: float
    score_error: float
    train_score: float
    fold_scores: tuple[float, ...]
    fit_seconds: float  # summed over folds
    row_milliseconds: float  # predicting one row, measured within a batch
    size_bytes: int
    cost: float  # in the cost model's unit, by which the search decides
    train_error: float = math.nan  # half the 95 % interval of `train_score`; NaN in logs of older versions


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialWidened(Event):
    """A finished trial of the best predictor was fitted once more, on nearly all rows; the model counts as a fold's."""

    trial_id: int
    fold: int  # from the number of folds on
    score: float  # on the few rows that were left for stopping it
    fit_seconds: float
    n_iterations: int | None
    row_milliseconds: float  # of this model alone
    size_bytes: int
    cpu_seconds: float | None = None

    def added_to(self, model: _Model) -> _Model:
        """The trial, or an ensemble that it is in, as slow and as large as it is with this model."""
        return replace(
            model,
            row_milliseconds=model.row_milliseconds + self.row_milliseconds,
            size_bytes=model.size_bytes + self.size_bytes,
        )

    def added_within(self, ensemble: EnsembleUpdated | None) -> EnsembleUpdated | None:
        """An ensemble with this model, if the trial is in it; else the very same."""
        if ensemble is None or all(each.trial_id != self.trial_id for each in ensemble.members):
            return ensemble
        return self.added_to(ensemble)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRejected(Event):
    """A trial lost the race: its first folds were clearly worse, the others are saved."""

    trial_id: int
    fold_scores: tuple[float, ...]
    score: float
    cost: float
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialFailed(Event):
    """A trial raised, ran out of memory or lost its worker."""

    trial_id: int
    error: str
    cost: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialCancelled(Event):
    """A trial was given up because the run ended."""

    trial_id: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepJudged(Event):
    """A step from a learner's incumbent was accepted or not; the step size in force afterwards."""

    learner: str
    trial_id: int
    accepted: bool
    gain: float  # mean paired gain over the incumbent, positive is better
    gain_error: float  # its standard error over folds
    step_size: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EnsembleMember:
    """One trial of an ensemble and its weight; weights sum to one."""

    trial_id: int
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EnsembleUpdated(Event):
    """A weighted pool of finished trials is the best known predictor.

    Its scores are nested: each row is judged by weights that were chosen without it. A single trial is compared with
    `selection_score`, which is as hopeful as the score of a trial that was the best of many.
    """

    members: tuple[EnsembleMember, ...]
    score: float
    score_error: float
    train_score: float
    fold_scores: tuple[float, ...]
    row_milliseconds: float
    size_bytes: int
    logarithmic: bool = False  # log probabilities are summed, not probabilities
    sharpness: float = 1.0  # factor of the summed log probabilities
    shifts: tuple[float, ...] = ()  # added to them, one for each class; with a sharpness: a stacked ensemble
    selection_score: float | None = None  # of the weights on the rows they were chosen on; None: `score` is that
    train_error: float = math.nan  # as in `TrialFinished`

    @property
    def contended_score(self) -> float:
        """What a single trial must beat."""
        return self.score if self.selection_score is None else self.selection_score


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOutScored(Event):
    """A model was scored on the held-out table, after the search, which never saw it."""

    trial_id: int | None  # None: the ensemble
    score: float
    score_error: float  # half the 95 % interval, by parts of the table; NaN where it is too small for that


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialEnsembleFormed(Event):
    """Some members of the ensemble are faster than all of it, and better than any trial as fast."""

    members: tuple[EnsembleMember, ...]
    score: float
    score_error: float
    train_score: float
    fold_scores: tuple[float, ...]
    row_milliseconds: float
    size_bytes: int
    logarithmic: bool = False  # this and the next two as in `EnsembleUpdated`
    sharpness: float = 1.0
    shifts: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelChosen(Event):
    """What a run predicts with was chosen by more than its score; nothing was fitted again."""

    prefer: str  # "balanced" | "speed" | "smallest"
    members: tuple[EnsembleMember, ...]
    score: float
    score_error: float
    train_score: float
    fold_scores: tuple[float, ...]
    row_milliseconds: float
    size_bytes: int
    folds: tuple[int, ...] = ()  # whose models predict; none named: all that a run predicts with
    logarithmic: bool = False  # this and the next two as in `EnsembleUpdated`
    sharpness: float = 1.0
    shifts: tuple[float, ...] = ()
    best_score: float  # here and below: of the model of the best score
    best_row_milliseconds: float
    best_size_bytes: int
    train_error: float = math.nan  # as in `TrialFinished`

    @property
    def contended_score(self) -> float:
        """What a single trial must beat."""
        return self.score


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontierUpdated(Event):
    """Trials that no other beats in both score and latency, fastest first."""

    trial_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFinished(Event):
    """The run ended with a model."""

    reason: str  # "budget" | "trials" | "exhausted" | "stopped" | "failing" | "unwritable"
    best: str  # "ensemble" or "trial 12"
    score: float
    score_error: float
    test_score: float | None
    n_finished: int
    elapsed_seconds: float
    disk_bytes: int
    outside_seconds: float = 0.0  # CPU outside folds, of this part: preparing, deciding, ensembles, the test table
    memory_bytes: int = 0  # resident in the kernel at the end
    energy_joules: float | None = None  # of all processor packages during this part, where the machine measures it


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFailed(Event):
    """The run ended without a model, for the reason given in one sentence."""

    sentence: str
