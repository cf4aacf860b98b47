"""Comparing runs: what ``%lepton compare`` calls."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.comparison_messages import ComparisonMessage
from lepton_jupyter.exceptions.evaluation_errors import ComparisonError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.inspection.run_comparison import difference_by_fold, difference_by_row, difference_unpaired
from lepton_jupyter.notebook.compared_runs import (
    check_comparable,
    compared_names,
    described,
    differing_settings,
    same_rows,
    why_unpaired,
)
from lepton_jupyter.notebook.comparison_result import Comparison
from lepton_jupyter.notebook.judged_rows import (
    find_training_task,
    n_learnt_from,
    rows_of_table,
    same_task,
    started_event,
)
from lepton_jupyter.notebook.judged_rows import training_rows as rows_of_training
from lepton_jupyter.notebook.library import find_run
from lepton_jupyter.notebook.tables import open_held_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.comparison_messages import ComparedRun, RunDifference
    from lepton_jupyter.inspection.labelled_rows import LabelledRows
    from lepton_jupyter.notebook.run_handle import Run

#: Of a difference of more than this many runs only those to the first are shown.
_ALL_PAIRS = 3


def compare(
    *runs: str | Run, test: Any = None, find_table: Callable[[str], Any] | None = None, seed: int = 0
) -> Comparison:
    """Put runs side by side: what they found, how sure the difference is, what it cost, and in what they differ.

    Runs that share rows, folds, seed and metric are compared fold by fold; if the truth about common rows is known,
    from `test` or because the table of the runs is still there, also row by row.

    Parameters
    ----------
    *runs : str or Run
        Two or more, of one target.
    test : DataFrame, str or path, optional
        Rows with the target: those that no run has seen, or those that all of them learnt from.
    find_table : callable, optional
        Finds the runs' table by the name it had; used only if it is the same.
    seed : int, default=0
        Of the bootstrap.

    Returns
    -------
    comparison : Comparison

    Raises
    ------
    ComparisonError
        If there are fewer than two, one is named twice, goes on, has no model, or predicts something else.
    UnknownRunError
        If there is no such run.

    Examples
    --------
    >>> comparison = compare("churn", "churn-linear")  # doctest: +SKIP
    >>> comparison.differences  # doctest: +SKIP
    """
    if len(runs) < 2:
        raise ComparisonError.from_too_few(len(runs))
    chosen = [find_run(each) for each in runs]
    check_comparable(chosen)
    names = compared_names(chosen)
    first = started_event(chosen[0])
    metric = find_metric(first.metric, first.task)
    every = list(combinations(range(len(chosen)), 2))
    pairs = every if len(chosen) <= _ALL_PAIRS else [pair for pair in every if pair[0] == 0]
    columns = tuple(described(run, name) for run, name in zip(chosen, names, strict=True))
    reasons = {pair: why_unpaired(chosen[pair[0]], chosen[pair[1]]) for pair in every}
    reason, remedy = next((found for found in reasons.values() if found[0]), ("", ""))
    notices: list[str] = []
    opened = None if test is None else open_held_out(test)
    notices += () if opened is None else opened.notes
    rows = _common_rows(chosen, opened, find_table, notices)
    differences: list[RunDifference] = []
    for pair in pairs:
        one, other = (columns[place] for place in pair)
        if started_event(chosen[pair[0]]).metric == started_event(chosen[pair[1]]).metric:
            differences.append(_difference(one, other, metric, paired=not reasons[pair][0]))
        if rows is not None:
            both = (one.name, other.name)
            differences.append(difference_by_row(both, rows[pair[0]], rows[pair[1]], metric, seed=seed))
    settings, n_settings = differing_settings(chosen)
    message = ComparisonMessage(
        target=first.target,
        task=first.task,
        metric_label=metric.label,
        greater_is_better=metric.greater_is_better,
        paired=not reason,
        reason=reason,
        remedy=remedy if rows is None else "",
        runs=columns,
        differences=tuple(differences),
        settings=settings,
        n_settings=n_settings,
        notices=tuple(notices),
    )
    return Comparison(message)


def _difference(one: ComparedRun, other: ComparedRun, metric: Metric, *, paired: bool) -> RunDifference:
    names, up = (one.name, other.name), metric.greater_is_better
    if paired:
        return difference_by_fold(names, one.fold_scores, other.fold_scores, greater_is_better=up)
    return difference_unpaired(
        names, (one.score, other.score), (one.score_error, other.score_error), greater_is_better=up
    )


def _common_rows(
    runs: Sequence[Run], test: Any, find_table: Callable[[str], Any] | None, notices: list[str]
) -> list[LabelledRows] | None:
    """Rows of which the truth and what each run says of them are known; None if there are none."""
    if test is not None:
        tasks = [same_task(run, test) for run in runs]
        if all(task is None for task in tasks):
            judged = [rows_of_table(run, test) for run in runs]
            for run, each in zip(runs, judged, strict=True):
                own = find_training_task(run, None, find_table)
                n_learnt = 0 if own is None else n_learnt_from(run, each, own)
                if n_learnt:
                    notices.append(
                        f"{n_learnt:,} of the {len(each.rows):,} rows of --test equal rows that {run.name} "
                        "learnt from: they would flatter it, and were not used."
                    )
                    return None
            return [each.rows for each in judged]
        if any(task is None for task in tasks):
            seen = [run.name for run, task in zip(runs, tasks, strict=True) if task is not None]
            notices.append(
                f"The rows of --test were learnt from by {', '.join(seen)}, but not by all: "
                "they would flatter some of the runs, and were not used."
            )
            return None
    else:
        tasks = [find_training_task(run, None, find_table) for run in runs]
    if any(task is None for task in tasks) or not all(same_rows(runs[0], run) for run in runs[1:]):
        return None
    try:
        rows = [rows_of_training(run, task).rows for run, task in zip(runs, tasks, strict=True) if task is not None]
    except LeptonError:  # predictions of an earlier version, or removed by hand
        return None
    same = all(len(each) == len(rows[0]) and np.array_equal(each.y, rows[0].y) for each in rows)
    return rows if same else None
