"""The rows a run's model is judged on: of a table it has not seen, or its own out of fold."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.automl.preparation import UnderstoodTask, understand_task
from lepton_jupyter.data.checks import check_table
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.row_columns import read_weights
from lepton_jupyter.data.target import coded_target, known_target
from lepton_jupyter.events.run_events import RunStarted
from lepton_jupyter.exceptions.evaluation_errors import EvaluationRowsError, TrainingRowsError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.inspection.labelled_rows import LabelledRows
from lepton_jupyter.notebook.tables import kept_place, open_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.data.opened_table import OpenedTable
    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.inspection.permutation_importance import Predict
    from lepton_jupyter.runs.run_folder import RunFolder

#: Rows on which out-of-fold predictions are made again, to prove that the folds are those of the run.
_PROOF_ROWS = 200
#: How near the models that held rows back must come to what is stored, as a share of how near others do, which have
#: seen the rows. Learners that stop early were judged at other rounds than their models are cut at, and so differ a
#: little from what is stored; were the rows dealt to other folds, both would be as near.
_NEARER = 0.7
#: Share of rows that may equal rows of the run by chance, beside the twins among its own rows.
_FEW_TWINS = 0.02


class JudgedRun(Protocol):
    """What is asked of a run to judge it; a run itself draws with what is here, and is therefore not imported."""

    @property
    def id(self) -> str:
        """Id of the run."""

    @property
    def events(self) -> tuple[LoggedEvent, ...]:
        """Everything that has happened, oldest first."""

    @property
    def folder(self) -> RunFolder:
        """Where it is kept."""

    @property
    def settings(self) -> AutoMLSettings:
        """What it was asked to do."""

    @property
    def task(self) -> UnderstoodTask | None:
        """The table it learns from, if it is in this kernel."""

    def best_predictor(self) -> Predictor:
        """Best recipe and models so far."""

    def out_of_fold(self) -> NDArray[np.float64]:
        """Predictions of the best model for its own rows, each made by the part that has not seen the row."""


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """A table, the truth about its rows, and what a run's model says of them.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns that the model may read, without the target; one line for each of `rows`.
    rows : LabelledRows
    n_without_target : int
        Rows that were left out.
    out_of_fold : bool
        Whether these are the run's own rows, each predicted by models that have not seen it.
    predict : callable or None
        ``predict(table, places)`` predicts lines of a table like `table` as `rows` were predicted; `places` says which
        of the rows each line was made from. None where that cannot be done.
    """

    table: pd.DataFrame
    rows: LabelledRows
    n_without_target: int
    out_of_fold: bool
    predict: Predict | None


def started_event(run: JudgedRun) -> RunStarted:
    """How a run began."""
    return next(logged.event for logged in run.events if isinstance(logged.event, RunStarted))


def rows_to_draw(run: JudgedRun, table: Any = None) -> LabelledRows:
    """Rows of a table, or those a run learnt from out of fold, with the predictions of its best model so far.

    Raises
    ------
    TrainingRowsError
        If no table is given and the run's own is not in this kernel.
    LeptonError
        If the table cannot be read, predicted or judged on.
    """
    if table is not None:
        return rows_of_table(run, open_table(table)).rows
    task = find_training_task(run)
    if task is None:
        started = started_event(run)
        raise TrainingRowsError.from_run(run.id, started.table_name, started.n_rows)
    return training_rows(run, task).rows


def rows_of_table(run: JudgedRun, table: Any) -> JudgedRows:
    """Predict a table with a run's model, and read the truth from its target column.

    Raises
    ------
    EvaluationRowsError
        If there is no target, no row of it is known, or only one class.
    LeptonError
        If the table cannot be read or predicted.
    """
    target = started_event(run).target
    frame = to_pandas(table)
    check_table(frame)
    if target not in frame.columns:
        raise EvaluationRowsError.from_no_target(target, [str(each) for each in frame.columns])
    known = known_target(frame[target])
    if not known.any():
        raise EvaluationRowsError.from_missing_target(target, len(frame))
    predictor = run.best_predictor()
    classes = predictor.recipe.classes
    kept = frame if known.all() else frame[known]
    y = coded_target(kept[target], target, classes)
    weighed = run.settings.weights
    weights = None if weighed not in kept.columns else read_weights(kept[weighed], str(weighed))
    rows = LabelledRows(y, predictor.predict(kept), classes, weights=weights).check(target)
    return JudgedRows(
        # Columns that training did not know were named once, when the rows were predicted.
        table=kept[[name for name in predictor.recipe.input_names if name in kept.columns]],
        rows=rows,
        n_without_target=len(frame) - len(kept),
        out_of_fold=False,
        predict=lambda lines, _: predictor.predict(lines),
    )


def training_rows(run: JudgedRun, task: UnderstoodTask) -> JudgedRows:
    """The rows a run learnt from, with its out-of-fold predictions; those that were never validated are left out."""
    predictions = run.out_of_fold()
    validated: NDArray[np.bool_] = np.asarray(np.isfinite(predictions).all(axis=1))
    table = task.schema.training_table(task.frame)
    rows = LabelledRows(task.target.y, predictions, task.target.classes, weights=task.splits.weights)
    n_without_target = len(task.frame) - len(table)
    fold_of_row = task.splits.fold_of_row(task.target.y, task.target.n_classes, task.n_folds, task.seed)
    if not validated.all():
        rows, table, fold_of_row = rows.at(validated), table.loc[validated], fold_of_row[validated]
    return JudgedRows(
        table=table,
        rows=rows.check(task.target.name),
        n_without_target=n_without_target,
        out_of_fold=True,
        # Where folds follow one another in time, models of the last one alone are kept as the run's model.
        predict=None if task.splits.in_time else _out_of_fold_predict(run.best_predictor(), table, rows, fold_of_row),
    )


def _out_of_fold_predict(
    predictor: Predictor, table: pd.DataFrame, rows: LabelledRows, fold_of_row: NDArray[np.int16]
) -> Predict | None:
    """Predicts each line by the models of the fold in which its row was held back; None if those are not its folds."""
    by_fold = [
        dataclasses.replace(
            predictor,
            members=tuple(each.of_fold(fold) for each in predictor.members),
        )
        for fold in range(int(fold_of_row.max()) + 1)
        if all(fold < len(each.models) for each in predictor.members)
    ]

    def predict_by(lines: pd.DataFrame, folds: NDArray[Any]) -> NDArray[np.float64]:
        predictions = np.empty((len(lines), predictor.n_outputs))
        for fold, of_fold in enumerate(by_fold):
            here = np.flatnonzero(folds == fold)
            if len(here):
                predictions[here] = of_fold.predict(lines.iloc[here])
        return predictions

    def predict(lines: pd.DataFrame, places: NDArray[np.int64]) -> NDArray[np.float64]:
        return predict_by(lines, fold_of_row[places])

    # Some rows are predicted again: were they dealt to other folds, their models would have seen them.
    some = np.unique(np.linspace(0, len(rows) - 1, _PROOF_ROWS).astype(int))
    lines, stored = table.iloc[some], rows.predictions[some]
    again = predict(lines, some)
    scale = float(np.abs(stored).max()) or 1.0
    if np.allclose(again, stored, atol=1e-3 * scale):
        return predict
    by_others = predict_by(lines, (fold_of_row[some] + 1) % max(1, len(by_fold)))
    return predict if np.abs(again - stored).sum() < _NEARER * np.abs(by_others - stored).sum() else None


def n_learnt_from(run: JudgedRun, judged: JudgedRows, task: UnderstoodTask) -> int:
    """Judged rows that equal a row the run learnt from, target included, beyond what twins among its own rows explain.

    Returns
    -------
    n_rows : int
        0 where no more are equal than in a table of so many twins is to be expected.
    """
    import pandas as pd

    recipe = run.best_predictor().recipe

    def digests(table: pd.DataFrame) -> NDArray[Any]:
        # As the model sees them: a date is the same in a file, in text and in any unit of time.
        views = recipe.transform(table[[name for name in recipe.input_names if name in table.columns]])
        return pd.util.hash_pandas_object(pd.DataFrame(np.hstack(list(views.values()))), index=False).to_numpy()

    seen, given = digests(task.schema.training_table(task.frame)), digests(judged.table)
    seen = seen ^ pd.util.hash_array(task.target.y.astype(np.float64))
    given = given ^ pd.util.hash_array(judged.rows.y.astype(np.float64))
    n_equal = int(np.isin(given, seen).sum())
    twins = 1 - len(np.unique(seen)) / len(seen)
    return n_equal if n_equal / len(given) > _FEW_TWINS + 1.5 * twins else 0


def find_training_task(
    run: JudgedRun, train: Any = None, find_table: Callable[[str], Any] | None = None
) -> UnderstoodTask | None:
    """The table a run learnt from, wherever it still is: given, in the memory of this kernel, by its name, in its file.

    Parameters
    ----------
    run : Run
    train : DataFrame, optional
        Said to be that table; checked by its fingerprint.
    find_table : callable, optional
        Finds a table by the name it had; what it gives is used only if it is the same table.

    Returns
    -------
    task : UnderstoodTask or None

    Raises
    ------
    TrainingRowsError
        If `train` is another table.
    """
    settings = run.settings
    if train is not None:
        task = same_task(run, _opened_again(train, settings))
        if task is None:
            raise TrainingRowsError.from_other_table(run.id)
        return task
    if run.task is not None:
        return run.task
    found = None if find_table is None else find_table(started_event(run).table_name)
    try:
        found = kept_place(settings.table_place) if found is None else found
        if found is None:
            return None
        return same_task(run, _opened_again(found, settings))
    except LeptonError:  # a thing of that name that is no table, or cannot be learnt from: not the one that is sought
        return None


def _opened_again(table: Any, settings: AutoMLSettings) -> OpenedTable:
    return open_table(table, seed=settings.seed, n_rows=settings.n_drawn, stratum=settings.stratum)


def same_task(run: JudgedRun, table: Any) -> UnderstoodTask | None:
    """The table understood as the run understood it, if it is the very one it learnt from; else None."""
    started, settings = started_event(run), run.settings
    frame = to_pandas(table)
    if settings.target not in frame.columns or len(frame) < started.n_rows:
        return None
    n_known = np.count_nonzero(known_target(frame[settings.target]))
    # Rows of no weight are not learnt from.
    if n_known < started.n_rows or (settings.weights is None and n_known > started.n_rows):
        return None
    settings = dataclasses.replace(settings, n_folds=started.n_folds, learners=started.learners)
    task = understand_task(frame, settings)
    return task if task.is_table_of(run.folder) else None
