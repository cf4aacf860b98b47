"""Judging a run's model: what ``%lepton evaluate`` calls."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.history import best_so_far
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.evaluation_messages import EvaluationMessage
from lepton_jupyter.exceptions.evaluation_errors import ThresholdError, TrainingRowsError
from lepton_jupyter.inspection.calibration_curve import calibration
from lepton_jupyter.inspection.class_report import class_lines, confusion_table
from lepton_jupyter.inspection.lift_curve import lift
from lepton_jupyter.inspection.permutation_importance import MOST_LINES, permutation_importance
from lepton_jupyter.inspection.ranking_curves import precision_recall_curves, roc_curves
from lepton_jupyter.inspection.residual_picture import residuals
from lepton_jupyter.inspection.score_report import score_lines
from lepton_jupyter.inspection.threshold_choice import describe_threshold
from lepton_jupyter.inspection.weak_slices import find_weak_slices
from lepton_jupyter.notebook.evaluation_result import Evaluation
from lepton_jupyter.notebook.judged_rows import (
    find_training_task,
    n_learnt_from,
    rows_of_table,
    same_task,
    started_event,
    training_rows,
)
from lepton_jupyter.notebook.library import find_ended_run
from lepton_jupyter.notebook.tables import open_table
from lepton_jupyter.notebook.tuned_threshold import ThresholdWish, tuned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.labelled_rows import LabelledRows
    from lepton_jupyter.notebook.judged_rows import JudgedRows
    from lepton_jupyter.notebook.run_handle import Run

#: Seconds that permutation importance may take.
IMPORTANCE_SECONDS = 8.0
_NOT_MEASURED = "not measured: not all models that predicted these rows are kept; give rows the run has not seen"


def evaluate(  # noqa: PLR0913  what a magic's options say, one Python call says by the same names
    table: Any = None,
    *,
    run: str | Run | None = None,
    train: Any = None,
    find_table: Callable[[str], Any] | None = None,
    table_name: str | None = None,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    tune: str | None = None,
    threshold: float | None = None,
    seed: int = 0,
) -> Evaluation:
    """Judge a run's best model on a table it has not seen, or on its own rows out of fold.

    Scores carry bootstrap intervals. A threshold is chosen on the run's out-of-fold predictions and then judged on the
    table. If the table is the one the run learnt from, its rows are scored out of fold instead, and that is said.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        Rows with the target; or the path of a file, as for `fit`. Default: those the run learnt from, out of fold; rows
        are never stored, so they must still be in this kernel, or in the file they were read from.
    run : str or Run, optional
        Which run. Default: the only or last finished one of this kernel, which is then said.
    train : DataFrame, str or path, optional
        The table the run learnt from, if it was fitted in another kernel; needed to choose a threshold.
    find_table : callable, optional
        Finds that table by the name it had; used only if it is the same.
    table_name : str, optional
        What the page calls the table. Default: the name of the file.
    sql, connection, params : optional
        A select instead of a table, as for `fit`.
    cost_fp, cost_fn : float, optional
        What a false positive and a false negative cost, in any unit a row: the threshold is chosen by money.
    tune : str, optional
        Metric on labels, such as ``"f1"``, that the threshold is chosen by.
    threshold : float, optional
        Probability of the positive class from which a row is called positive.
    seed : int, default=0
        Of samples and shuffles.

    Returns
    -------
    evaluation : Evaluation

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the run, the table or an option.

    Examples
    --------
    >>> evaluation = evaluate(test, run="churn", cost_fp=1, cost_fn=5)  # doctest: +SKIP
    >>> evaluation.scores  # doctest: +SKIP
    """
    wish = ThresholdWish(cost_fp=cost_fp, cost_fn=cost_fn, tune=tune, threshold=threshold)
    chosen = find_ended_run(run).wait()
    started = started_event(chosen)
    metric = find_metric(started.metric, started.task)
    objective, how = wish.objective(started.task, metric)
    given = table is not None or sql is not None
    opened = open_table(table, sql=sql, connection=connection, params=params) if given else None
    own = find_training_task(chosen, train, find_table)
    judged, own, seen = _judged(chosen, opened, own)
    notices = [*(() if opened is None else opened.notes), *_notices(chosen, judged, own, seen=seen)]
    chosen_on: LabelledRows | None = None
    if how in {"cost", "metric"}:
        if own is not None:
            chosen_on = judged.rows if judged.out_of_fold else training_rows(chosen, own).rows
            threshold = tuned(chosen_on, objective)
            chosen.threshold = threshold
        elif wish.first_given is not None:
            raise ThresholdError.from_missing_rows(chosen.id, started.table_name)
        else:
            how = "default"
            notices.append(
                f"The threshold stays 0.5: to tune it by {metric.label}, name the table the run learnt from (--train)."
            )
    rows = dataclasses.replace(judged.rows, threshold=threshold)
    if rows.weights is not None:
        notices.append(f"Scores weigh rows by {chosen.settings.weights}; counts, curves and costs are of rows.")
    choice = None if rows.task != "binary" else describe_threshold(rows, objective, how=how, chosen_on=chosen_on)
    table_name = table_name or ("table" if opened is None else opened.label)
    message = _message(chosen, judged, rows, metric, seed=seed, table_name=table_name, seen=seen)
    message = dataclasses.replace(message, threshold=choice, notices=tuple(notices))
    return Evaluation(message, chosen, threshold)


def _judged(run: Run, table: Any, own: UnderstoodTask | None) -> tuple[JudgedRows, UnderstoodTask | None, bool]:
    """The rows to judge on, the run's own table if it is known now, and whether the table given was that."""
    if table is None:
        if own is None:
            started = started_event(run)
            raise TrainingRowsError.from_run(run.id, started.table_name, started.n_rows)
        return training_rows(run, own), own, False
    given = same_task(run, table)
    if given is not None:
        return training_rows(run, given), given, True
    return rows_of_table(run, table), own, False


def _notices(run: Run, judged: JudgedRows, own: UnderstoodTask | None, *, seen: bool) -> list[str]:
    if seen:
        return [
            "The run learnt from these very rows, and scores of a model on rows it has seen are too good: "
            "each row is scored by the models that have not seen it instead."
        ]
    n_learnt = 0 if own is None or judged.out_of_fold else n_learnt_from(run, judged, own)
    if not n_learnt:
        return []
    return [
        f"{n_learnt:,} of these {len(judged.rows):,} rows equal rows the run learnt from: their scores are too good. "
        "Give rows it has not seen, or leave the table out: then its own rows are scored out of fold."
    ]


def _message(
    run: Run, judged: JudgedRows, rows: LabelledRows, metric: Metric, *, seed: int, table_name: str, seen: bool
) -> EvaluationMessage:
    started = started_event(run)
    best = best_so_far(logged.event for logged in run.events)
    lines, intervals = score_lines(rows, metric, seed=seed)
    first, classes = lines[0], rows.n_classes > 0
    kinds = {each.schema.name: each.schema.kind for each in run.best_predictor().recipe.columns}
    kinds = {name: kind for name, kind in kinds.items() if name in judged.table.columns}
    importance = None
    if judged.predict is not None:
        importance = permutation_importance(
            judged.predict, judged.table, rows, metric, tuple(kinds), seconds=IMPORTANCE_SECONDS, seed=seed
        )
    search = find_weak_slices(judged.table, rows, metric, kinds, seed=seed)
    return EvaluationMessage(
        run_id=run.id,
        run_name=run.name,
        model_label=run.best_label,
        target=started.target,
        task=rows.task,
        metric=metric.name,
        metric_label=metric.label,
        greater_is_better=metric.greater_is_better,
        table_name=started.table_name if judged.out_of_fold else table_name,
        n_rows=len(rows),
        n_without_target=judged.n_without_target,
        source="out_of_fold" if judged.out_of_fold else "table",
        seen=seen,
        classes=rows.names[:100],
        n_classes=rows.n_classes,
        positive=rows.names[1] if rows.task == "binary" else "",
        positive_share=float((rows.y == 1).mean()) if rows.task == "binary" else float("nan"),
        score=first.score,
        low=first.low,
        high=first.high,
        baseline=first.baseline,
        baseline_label="majority" if classes else "mean",
        board_score=best.score if best else float("nan"),
        board_error=best.score_error if best else float("nan"),
        interval=intervals.described(len(rows)),
        scores=lines,
        threshold=None,
        confusion=confusion_table(rows) if classes else None,
        class_lines=class_lines(rows) if classes else (),
        roc=roc_curves(rows) if classes else (),
        precision_recall=precision_recall_curves(rows) if classes else (),
        calibration=calibration(rows) if classes else None,
        lift=lift(rows) if rows.task == "binary" else None,
        residuals=None if classes else residuals(rows),
        importance=() if importance is None else importance.lines[:MOST_LINES],
        n_columns=0 if importance is None else len(importance.lines),
        importance_note=_NOT_MEASURED if importance is None else importance.note,
        slices=search.slices,
        n_slices=search.n_looked_at,
        slices_note=search.note,
        notices=(),
    )
