"""Predicting a table with a run's model, in memory or into a file or a database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.settings import as_names
from lepton_jupyter.data.table_writing import ENDINGS, check_destination, is_file_name, write_table
from lepton_jupyter.exceptions.automl_errors import NoProbabilitiesError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.exceptions.writing_errors import DestinationError
from lepton_jupyter.notebook.library import find_ended_run
from lepton_jupyter.notebook.surety import Surety
from lepton_jupyter.notebook.tables import all_rows, resolved_connection
from lepton_jupyter.notebook.tuned_threshold import wished_threshold, with_threshold
from lepton_jupyter.views.number_format import counted, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from lepton_jupyter.data.opened_table import OpenedTable
    from lepton_jupyter.notebook.run_handle import Run


def predict(  # noqa: PLR0913  what a magic's options say, one Python call says by the same names
    table: Any = None,
    *,
    run: str | Run | None = None,
    trial: int | None = None,
    proba: bool = False,
    threshold: float | str | None = None,
    interval: float | None = None,
    quantiles: Sequence[float] | None = None,
    label_set: float | None = None,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    to: str | os.PathLike[str] | None = None,
    keep: Sequence[str] = (),
    replace: bool = False,
) -> pd.Series[Any] | pd.DataFrame:
    """Predict each row of a table with the best model of a run; waits for the run's end.

    A file or a select that does not fit into memory is predicted in parts: every row of it, never a sample.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        With the columns of the training table; the target may be among them and is not looked at. Whatever `fit` takes.
    run : str or Run, optional
        Which run. Default: the only or last finished one of this kernel, which is then said.
    trial : int, optional
        The model of this trial of the run alone, as `Run.choose` gives it. Default: the run's best.
    proba : bool, default=False
        A probability for each class instead of a label.
    threshold : float or {"tuned"}, optional
        Probability of the second of two classes from which a row is given its label; ``"tuned"``: the one that
        `evaluate` chose last for this run. Default: the most probable class.
    interval : float, optional
        Coverage, such as 0.9: two more columns ``TARGET_low`` and ``TARGET_high``, between which the value lies with
        that probability.
    quantiles : sequence of float, optional
        A column ``TARGET_q10`` for 0.1, and so on: the value lies below it with that probability.
    label_set : float, optional
        Coverage: a column ``TARGET_may_be_LABEL`` of truths for each class; the true class is among those that may be
        with that probability.
    sql, connection, params : optional
        A select instead of a table, as for `fit`.
    to : str or path, optional
        Where the predictions are written: a file that ends in .csv, .tsv, .parquet, .feather, .jsonl or .xlsx, which
        is replaced at once when all is written; or with `connection` a new table of that database. A line says what
        was written. Columns are ``predicted_TARGET``, or ``probability_LABEL`` for each class.
    keep : sequence of str
        Columns of the table that are written beside the predictions, to know the rows by. Default: the index.
    replace : bool, default=False
        Whether a table of the database that has the name already gives way.

    Returns
    -------
    predictions : Series or DataFrame
        With the index of `table`: labels or values, named after the target; with `proba` one column for each class.

    Raises
    ------
    NoProbabilitiesError
        If probabilities of a regression are asked for.
    NoCandidateError
        If the run has no model of that trial.
    ThresholdError
        If the threshold is no probability, was not tuned, or the run does not tell two classes apart.
    CoverageError
        If a coverage is no share between 0 and 1, is not for this task, or needs more rows than the run judged.
    LeptonError
        One sentence about what is wrong with the table or the destination.
    """
    import pandas as pd

    surety = Surety(interval=interval, quantiles=quantiles, label_set=label_set)
    surety.check_beside(proba=proba, threshold=threshold is not None)
    chosen = find_ended_run(run)
    surety.check_task(chosen.message().task)
    kept = as_names("keep", keep)
    if to is None and (kept or replace):
        raise DestinationError.from_option("--keep" if kept else "--replace")
    if to is None and sql is None and connection is not None:
        raise SqlUsageError.from_missing_sql()
    write = None if to is None else _writer(os.fspath(to), connection, replace=replace)
    asked = connection if sql is not None else None
    if threshold is not None:
        threshold = wished_threshold(chosen, threshold, proba=proba)
    model = chosen.model if trial is None else chosen.choose(trial=trial)
    model = with_threshold(model, threshold)
    parts: list[pd.Series[Any] | pd.DataFrame] = []
    identified: list[pd.DataFrame] = []
    for opened in all_rows(table, sql=sql, connection=asked, params=params):
        found = _predicted(chosen, model, opened, surety, proba=proba)
        parts.append(found)
        if write is not None:
            identified.append(_identified(opened.frame, found, kept, proba=proba))
    predictions = parts[0] if len(parts) == 1 else pd.concat(parts)
    if write is not None:
        write(identified[0] if len(identified) == 1 else pd.concat(identified, ignore_index=True))
    return predictions


def _predicted(
    run: Run, model: Any, opened: OpenedTable, surety: Surety, *, proba: bool
) -> pd.Series[Any] | pd.DataFrame:
    import pandas as pd

    index = opened.frame.index
    if not proba:
        labels = pd.Series(model.predict(opened), index=index, name=run.message().target)
        return surety.beside(labels, model, opened) if surety.asked else labels
    if not hasattr(model, "predict_proba"):
        raise NoProbabilitiesError.from_run(run.id)
    return pd.DataFrame(model.predict_proba(opened), index=index, columns=[str(label) for label in model.classes_])


def _identified(
    frame: pd.DataFrame, found: pd.Series[Any] | pd.DataFrame, kept: tuple[str, ...], *, proba: bool
) -> pd.DataFrame:
    """Predictions beside what their rows are known by."""
    import pandas as pd

    for name in kept:
        if name not in frame.columns:
            raise DestinationError.from_kept_column(name, [str(each) for each in frame.columns])
    columns = pd.DataFrame(found)
    columns.columns = pd.Index([f"{'probability' if proba else 'predicted'}_{name}" for name in columns.columns])
    if kept:
        left = frame[list(kept)]
    else:
        left = frame.index.to_frame()
        left.columns = pd.Index(["row" if name is None else str(name) for name in frame.index.names])
    return left.reset_index(drop=True).join(columns.reset_index(drop=True))


def _writer(name: str, connection: Any, *, replace: bool) -> Callable[[pd.DataFrame], None]:
    """Check a destination, and return what writes to it."""
    if is_file_name(name):
        check_destination(name)
        if replace:
            raise DestinationError.from_replace(name)

        def into_file(frame: pd.DataFrame) -> None:
            n_bytes = write_table(frame, name)
            _say(f"Wrote {counted(len(frame), 'prediction')} to {name} ({size(n_bytes)}).")

        return into_file
    if connection is None:
        raise DestinationError.from_ending(name, ENDINGS)
    from lepton_jupyter.data.sql_writing import SqlDestination

    table = SqlDestination(name, resolved_connection(connection), replace=replace)

    def into_table(frame: pd.DataFrame) -> None:
        table.write(frame)
        _say(f"Wrote {counted(len(frame), 'prediction')} to table {name} of {table.shown}.")

    return into_table


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201  as text it is seen in a page, a terminal and a script alike
