"""Requests: what a magic line asks for, understood and checked, before anything is looked up or started.

Objects are still text here: an expression is evaluated by the verb that needs it, with the names of the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]
KeptModels = Literal["best", "front", "all"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Root of all requests; each is named after its verb."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FitRequest(Request):
    """Find a model for one column of a table.

    Parameters
    ----------
    table : str
        Expression as typed.
    target : str
        Name of the column to predict.
    budget : str
        As typed, checked.
    trials : int or None
        Limit on trials beside the time.
    task, metric, positive : str or None
        None is inferred from the target; `positive` is the text of a label.
    drop : tuple of str
        Columns to leave out.
    learners : tuple of str or None
        The only ones to try.
    without : tuple of str
        Learners to leave out.
    folds : int or None
    test : str or None
        Expression of a held-out table.
    name : str or None
        What the run is called.
    seed : int
    wait : bool or None
        Whether the cell lasts until the end; None where it depends on who looks.
    keep_models : {"best", "front", "all"}
    """

    table: str
    target: str
    budget: str = "60s"
    trials: int | None = None
    task: Task | None = None
    metric: str | None = None
    positive: str | None = None
    drop: tuple[str, ...] = ()
    learners: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    folds: int | None = None
    test: str | None = None
    name: str | None = None
    seed: int = 0
    wait: bool | None = None
    keep_models: KeptModels = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictRequest(Request):
    """Predict the rows of a table with a run's model."""

    table: str
    run: str | None = None
    proba: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RunsRequest(Request):
    """List the runs on disk, or remove some."""

    remove: str | None = None
    older: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowRequest(Request):
    """Open a run of the past."""

    run: str
    trust: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRequest(Request):
    """See the models of a run, the best first."""

    run: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRequest(Request):
    """End a search now and keep the best so far."""

    run: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ResumeRequest(Request):
    """Go on with a run that ended or died.

    Parameters
    ----------
    run : str
    table : str or None
        Expression of the table it was started on; None for the variable of that name.
    budget : str or None
        As typed, checked; None for what was left.
    trust : bool
    wait : bool or None
    """

    run: str
    table: str | None = None
    budget: str | None = None
    trust: bool = False
    wait: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterRequest(Request):
    """Say where trials run.

    Parameters
    ----------
    what : str or None
        "local", "off", an address, or None to be told what is in use.
    n_workers : int or None
        For a local cluster; None for the usable cores.
    """

    what: str | None = None
    n_workers: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpRequest(Request):
    """Read about all verbs, or about one."""

    verb: str | None = None
