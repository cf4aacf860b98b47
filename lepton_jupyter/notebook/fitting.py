"""Starting a search: what ``%lepton fit`` calls, and what the estimators' ``fit`` is made of."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings, as_names, whole_number
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.configuration_errors import ConfigurationWarning
from lepton_jupyter.exceptions.data_errors import TooFewRowsError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.metric_errors import MetricMismatchError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, TimeColumnError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.configuration import given_or_configured, unsuitable
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.prepared_table import Prepared
from lepton_jupyter.notebook.progress import progress_line
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.notebook.tables import is_elsewhere, open_held_out, open_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.data.opened_table import OpenedTable
    from lepton_jupyter.notebook.run_handle import Run


def fit(  # noqa: PLR0913  what a magic's options say, one Python call says by the same names
    table: Any = None,
    *,
    target: str,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    table_name: str | None = None,
    budget: str | float | Budget | None = None,
    trials: int | None = None,
    task: str | None = None,
    metric: str | None = None,
    positive: Any = None,
    drop: Sequence[str] = (),
    learners: Sequence[str] | None = None,
    without: Sequence[str] = (),
    folds: int | None = None,
    test: Any = None,
    test_name: str | None = None,
    name: str | None = None,
    seed: int | None = None,
    wait: bool | None = None,
    keep_models: str | None = None,
    prefer: str | None = None,
    groups: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    class_weight: str | Mapping[Any, float] | None = None,
    monotone: Mapping[str, int] | None = None,
    max_memory: int | str | None = None,
    trial_seconds: float | str | None = None,
    learn_groups: bool = False,
    queue: bool = False,
    core_hour_price: str | None = None,
) -> Run:
    """Find a good model for one column of a table, within a budget.

    In a notebook the call returns at once and the cell shows the search live; where nobody can look it waits. What is
    not given is as ``%lepton config`` says.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        Rows to learn from, the target among its columns: pandas, polars, Arrow, Dask; or the path, pattern or address
        of CSV, Parquet, Feather, JSON or Excel files. What does not fit into memory is sampled, and the board says so.
    target : str
        Column to predict.
    sql : str, optional
        A select instead of a table; values stand in it as ``:name``.
    connection : str, URL or Engine, optional
        Where the select is asked, such as ``"postgresql://user@host/database"``.
    params : mapping, optional
        Values for the names in `sql`.
    table_name : str, optional
        What the panel calls the table, and under what name `resume` looks for it. Default: the name of the file.
    budget : str, float or Budget, optional
        Default: 60 s. ``"30s"``, ``"5m"``, ``"40trials"``; a number is seconds.
    trials : int, optional
        Most configurations to try, beside the time.
    task : {"binary", "multiclass", "regression", "classification"}, optional
        Default: inferred from the target.
    metric : str, optional
        scikit-learn's name. Default: ROC AUC, log loss or RMSE by task.
    positive : optional
        Label of the class that counts as positive.
    drop : sequence of str
        Columns to leave out.
    learners, without : sequence of str
        Learners to try only, or to leave out.
    folds : int, optional
        Folds of the cross-validation. Default: chosen by the number of rows.
    test : DataFrame, str or path, optional
        Table held out for the final score.
    test_name : str, optional
        Under what name `resume` looks for that table.
    name : str, optional
        What to call the run. Default: the target.
    seed : int, optional
        Default: 0.
    wait : bool, optional
        Whether to return only when the run has ended. Default: where nobody can look.
    keep_models : {"all", "front", "best"}, optional
        Default: all.
        Whose models stay on disk after the end.
    prefer : {"accuracy", "balanced", "speed", "smallest"}, optional
        Default: accuracy, the best score. What the final model is chosen for: ``balanced`` takes the fastest whose
        score is within one standard error of the best, ``speed`` and ``smallest`` give up as much as a tenth of what
        the best lacks to a perfect score. `Run.choose` chooses anew when the run has ended.
    groups : str, optional
        Column whose equal values keep rows in one fold: customers, patients, series. It is not learnt from.
    time : str, optional
        Column in whose order folds follow one another: validation is always later than what was learnt from.
    weights : str, optional
        Column that tells how much each row counts in fits and scores. It is not learnt from.
    class_weight : {"balanced"} or mapping of label to float, optional
        How much more rows of a class count, as for `LeptonClassifier`: in fits and not in scores.
    monotone : mapping of str to {1, -1}, optional
        Columns of numbers along which the prediction never falls (1) or never rises (-1) while all others stay; of two
        classes the probability of the positive one. Learners that cannot be held to it are left out and named.
    max_memory : int or str, optional
        Memory that fits may take beside the table, all that go on at once together, such as ``"2GB"``. What would need
        more by its learner's estimate is not tried, and the board says so. It is an estimate, not a fence.
    trial_seconds : float or str, optional
        Longest that the fits of one trial may take, summed over its folds, such as ``"20s"``; a learner is then stopped
        with what it has. Constants are not.
    learn_groups : bool, default=False
        Learn from the column of `groups` all the same.
    queue : bool, default=False
        Wait for the runs before this one in this kernel; else they share its workers.
    core_hour_price : str, optional
        What an hour of one core costs, such as ``"0.05EUR"``: `run.cost` says money, and a budget may be money too.

    Returns
    -------
    run : Run

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the table, the target or an option.

    Warns
    -----
    ConfigurationWarning
        About a setting that could not be used.

    Examples
    --------
    >>> run = fit(df, target="churn", budget="30s")  # doctest: +SKIP
    >>> run.model.predict(df)  # doctest: +SKIP
    """
    began = monotonic()
    if trials is not None:
        whole_number("trials", trials)
    holds = given_or_configured(
        budget=budget, metric=metric, learners=learners, without=without, folds=folds, seed=seed, wait=wait,
        keep_models=keep_models, prefer=prefer, core_hour_price=core_hour_price,
        max_memory=max_memory, trial_seconds=trial_seconds,
    )  # fmt: skip
    settings = AutoMLSettings(
        target=target,
        table_name=table_name or "table",
        budget=Budget.parse(
            holds["budget"], trials=trials, core_hour_price=holds["core_hour_price"], n_cores=len(usable_cores())
        ),
        task=task,
        metric=holds["metric"],
        positive=positive,
        drop=as_names("drop", drop),
        learners=as_names("learners", holds["learners"]),
        without=as_names("without", holds["without"]),
        n_folds=holds["folds"],
        name=name,
        seed=holds["seed"],
        keep_models=holds["keep_models"],
        prefer=holds["prefer"],
        groups=groups,
        time=time,
        weights=weights,
        class_weight=class_weight,
        monotone=monotone,
        max_memory=holds["max_memory"],
        trial_seconds=holds["trial_seconds"],
        learn_groups=learn_groups,
        queue=queue,
        core_hour_price=holds["core_hour_price"],
        test_name=None if test is None else test_name,
        in_folds=table.in_folds if isinstance(table, Prepared) else (),
    )
    opened = open_table(
        table,
        sql=sql,
        connection=connection,
        params=params,
        seed=settings.seed,
        stratum=settings.stratum,
        most_bytes=current_session().cluster.smallest_worker_bytes(),
    )
    held_out = None if test is None else open_held_out(test)
    settings = replace(
        settings,
        table_name=table_name or opened.label,
        table_place=opened.place,
        test_place=None if held_out is None else held_out.place,
        n_drawn=opened.n_drawn,
    )
    configured = [name for name, given in (("metric", metric), ("folds", folds)) if given is None]
    understood, settings = _understood(opened, settings, held_out, configured)
    notes = (*opened.notes, *(() if held_out is None else held_out.notes), *understood.notes)
    run = start_run(
        replace(understood, notes=notes, sample=opened.sample), settings, wrap=fitted_estimator, began=began
    )
    if is_elsewhere(table) and not isinstance(table, str | os.PathLike):
        run.source = table
    return present(run, wait=holds["wait"])


def _understood(
    table: OpenedTable, settings: AutoMLSettings, test: OpenedTable | None, configured: Sequence[str]
) -> tuple[UnderstoodTask, AutoMLSettings]:
    """Understand the task; a setting that was configured, not typed, and does not suit it is left open and said."""
    try:
        return understand_task(table, settings, test=test), settings
    except (MetricMismatchError, GroupColumnError, TimeColumnError, TooFewRowsError):
        for name in configured:
            left_open = replace(settings, metric=None) if name == "metric" else replace(settings, n_folds=None)
            if left_open == settings:
                continue
            try:
                understood = understand_task(table, left_open, test=test)
            except LeptonError:
                continue
            warnings.warn(unsuitable(name), ConfigurationWarning, stacklevel=3)
            return understood, left_open
        raise


def present(run: Run, *, wait: bool | None) -> Run:
    """Show a run that was started, and wait for it where nobody could look (or as told)."""
    if wait is None:
        wait = not look_around().live_page
    if wait and not look_around().live_page:
        follow(run)
        show(run)
    else:
        show(run)
        if wait:
            run.wait()
    return run.shown()


def follow(run: Run) -> None:
    """Wait for the end with one progress line, if there is a terminal to draw it on."""
    with progress_line(run):
        run.wait()
