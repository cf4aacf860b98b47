"""What ``%lepton compare`` shows: two or more runs side by side, and how sure their difference is."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedModel:
    """One of the best models of a compared run."""

    family: str
    label: str  # "LightGBM"
    description: str  # "31 leaves, rate 0.046"
    score: float
    score_error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedRun:
    """One run of a comparison: what it found, and what that cost."""

    run_id: str
    name: str
    best_label: str  # "ensemble of 4 models", or the model's own
    score: float  # out of fold, mean over folds
    score_error: float  # half its 95 % interval
    fold_scores: tuple[float, ...]
    table_name: str
    n_rows: int
    n_columns: int
    n_folds: int
    seed: int
    n_tried: int  # trials finished, rejected and failed
    elapsed_seconds: float  # of the search
    fit_seconds: float  # that went into the fits of all its trials, summed over workers
    row_milliseconds: float  # predicting one row with the best
    size_bytes: int  # of the best
    disk_bytes: int  # of the whole run
    executor: str  # "threads" | "processes" | "cluster" | "serial"
    n_workers: int
    models: tuple[ComparedModel, ...]  # the best five


@dataclass(frozen=True, kw_only=True, slots=True)
class RunDifference:
    """How much better one run is than another; positive: the first is better."""

    first: str  # name, or id where names are the same
    second: str
    how: str  # "folds": paired by fold | "rows": paired by row | "unpaired": from both scores' own intervals
    mean: float  # in the metric's unit
    error: float  # half the 95 % interval; NaN if unknown
    n: int  # folds or rows that both share; 0 if unpaired
    tied: bool  # the interval reaches zero, or is unknown
    parts: tuple[float, ...]  # the difference in each fold; empty otherwise


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingLine:
    """One setting in which the runs differ."""

    name: str
    values: tuple[str, ...]  # one for each run, in their order


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonMessage(Message):
    """All that a comparison of runs shows; differences are to the first run named, all with all for three or fewer."""

    version: int = 1
    target: str
    task: str
    metric_label: str
    greater_is_better: bool
    paired: bool  # all runs share rows, folds, seed and metric
    reason: str  # why they are not paired, in one sentence; empty if they are
    remedy: str  # what to do about it; may be empty
    runs: tuple[ComparedRun, ...]
    differences: tuple[RunDifference, ...]
    settings: tuple[SettingLine, ...]
    n_settings: int  # that were compared
    notices: tuple[str, ...]
