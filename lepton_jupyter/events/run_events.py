"""What happens in a run of kind ``search``: frozen facts, decisions and summaries, never rows or cell values.

A score is in the metric's natural unit (an AUC, a log loss, an RMSE); `RunStarted.greater_is_better` tells which way is
good. A score's error is half the width of its 95 % interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.events.quantities import Budget

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a parameter of a configuration may be, in memory and in JSON.
Scalar = float | int | str | bool | None


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
class TrialAsked(Event):
    """The search asked for one configuration; `based_on` holds the figures of the decision."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldScored(Event):
    """One fold of a trial was fitted and scored."""

    trial_id: int
    fold: int
    score: float
    train_score: float
    fit_seconds: float
    n_iterations: int | None


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
    """A weighted mean of finished trials is the best known predictor."""

    members: tuple[EnsembleMember, ...]
    score: float
    score_error: float
    train_score: float
    fold_scores: tuple[float, ...]
    row_milliseconds: float
    size_bytes: int


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


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFailed(Event):
    """The run ended without a model, for the reason given in one sentence."""

    sentence: str
