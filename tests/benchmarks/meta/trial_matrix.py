"""Every candidate on every table: what it predicts out of fold and what it costs, kept in files, so that it can go on.

Time is that of the processor, and a fit ends by it: other programs on the machine change nothing in the matrix.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.registry import available_learners

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.meta.candidate_points import Candidate
    from numpy.typing import NDArray

    from lepton_jupyter.automl.preparation import PreparedTask
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.runs.run_store import RunStore

MOST_ROWS = 6_000
N_FOLDS = 3
#: Rows up to which all three folds, and up to which two of them are fitted: enough rows to judge by, then no more.
_FOLDS_BY_ROWS = ((250, 3), (700, 2))
#: Seconds of the processor that one fit may take: about what a run of ten seconds gives it on such a table.
_SECONDS_BY_ROWS = ((1_000, 0.4), (3_000, 0.7))
_MOST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class MetaTable:
    """A table, ready to be learnt from.

    Parameters
    ----------
    name : str
    task : PreparedTask
    judged : tuple of int
        Folds that are fitted.
    """

    name: str
    task: PreparedTask
    judged: tuple[int, ...]

    @property
    def shape(self) -> TableShape:
        """Of its training part."""
        return self.task.data.shape

    @property
    def judged_rows(self) -> NDArray[np.bool_]:
        """Rows whose predictions are kept."""
        return np.isin(self.task.data.fold_of_row, self.judged)


def open_table(folder: Path, name: str, store: RunStore) -> MetaTable:
    """Read the training part of a table, at most 6,000 rows of it, and prepare it as a run would.

    Parameters
    ----------
    folder : Path
        With ``index.json`` and ``NAME.train.parquet``.
    name : str
    store : RunStore
        Where the recipe goes.
    """
    about = json.loads((folder / "index.json").read_text("utf-8"))[name]
    frame = pd.read_parquet(folder / f"{name}.train.parquet")
    if len(frame) > MOST_ROWS:
        frame = frame.sample(MOST_ROWS, random_state=0)
    settings = AutoMLSettings(target=about["target"], task=about["task"], budget=Budget(trials=1), n_folds=N_FOLDS)
    task = understand_task(frame.reset_index(drop=True), settings, single_row_classes="keep").prepare(
        store.create(name)
    )
    n_rows = task.data.shape.n_rows
    n_judged = next((count for most, count in _FOLDS_BY_ROWS if n_rows <= most), 1)
    return MetaTable(name, task, tuple(range(min(n_judged, task.data.n_folds))))


def fill(folder: Path, kept: Path, names: Iterable[str], candidates: Iterable[Candidate], store: RunStore) -> int:
    """Fit what is not in the matrix yet.

    Parameters
    ----------
    folder : Path
        Of the tables.
    kept : Path
        Of the matrix: a folder for each table, a file for each candidate.
    names : iterable of str
        Of tables.
    candidates : iterable of Candidate
    store : RunStore

    Returns
    -------
    n_fitted : int
    """
    n_fitted = 0
    for name in names:
        missing = [each for each in candidates if not (kept / name / f"{each.key}.npz").exists()]
        if not missing:
            continue
        table = open_table(folder, name, store)
        (kept / name).mkdir(parents=True, exist_ok=True)
        _keep_table(table, kept / name / "table.npz")
        for candidate in missing:
            found = fit(table, candidate)
            # Under another name first: a file that is there is whole, wherever the power went.
            unfinished = kept / name / "unfinished.npz"
            np.savez_compressed(unfinished, **found)
            unfinished.rename(kept / name / f"{candidate.key}.npz")
            n_fitted += 1
    return n_fitted


def _keep_table(table: MetaTable, path: Path) -> None:
    shape = table.shape
    np.savez_compressed(
        path, y=table.task.data.y[table.judged_rows], n_classes=shape.n_classes, n_rows=shape.n_rows,
        n_categorical=shape.n_categorical, **{f"columns_{view}": count for view, count in shape.n_columns.items()},
    )  # fmt: skip


def fit(table: MetaTable, candidate: Candidate) -> dict[str, Any]:
    """Fit one candidate on the judged folds.

    Returns
    -------
    found : dict
        ``predictions`` of shape (n_judged_rows, n_outputs) in float32 (empty where it suits the table not, or not in
        time), ``seconds`` of the processor that one fold took, ``point`` as JSON.
    """
    data = table.task.data
    nothing = {"predictions": np.empty((0, 0), np.float32), "seconds": np.nan, "point": "null"}
    learner = available_learners()[candidate.learner]
    point = candidate.point(learner, data.shape) if learner.supports(data.shape) else None
    if point is None:
        return nothing
    limit = next((seconds for most, seconds in _SECONDS_BY_ROWS if len(data.y) <= most), _MOST_SECONDS)
    predictions = np.empty((len(data.y), data.shape.n_outputs), np.float32)
    began = time.process_time()
    try:
        for index in table.judged:
            fold = data.fold(index, learner.view)
            deadline = Deadline(time.process_time() + limit, clock=time.process_time)
            predictions[data.fold_of_row == index] = learner.fit(fold, point, deadline=deadline, seed=0).predict(
                fold.X_validation
            )
    except DeadlinePassedError:
        return nothing
    seconds = (time.process_time() - began) / len(table.judged)
    return {"predictions": predictions[table.judged_rows], "seconds": seconds, "point": json.dumps(point)}


def loss_of(predictions: NDArray[np.float32], y: NDArray[Any], n_classes: int) -> float:
    """Loss by the usual metric of the task: minus AUC, log loss or RMSE."""
    task = {0: "regression", 2: "binary"}.get(n_classes, "multiclass")
    return find_metric(None, task).loss(y, predictions, n_classes)
