"""What a stream's rows and predictions are compared with: summaries of the table that its model learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.column_reference import ColumnReference, references_from_json, references_of
from lepton_jupyter.exceptions.automl_errors import NoModelError
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.column_watch import ColumnWatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.streaming.stream_source import Row


def column_watch(run: Run, predictor: Predictor) -> ColumnWatch | None:
    """Watch over the columns that a run's model reads, and over what it predicts.

    Parameters
    ----------
    run : Run
    predictor : Predictor
        Its model.

    Returns
    -------
    watch : ColumnWatch or None
        None where the run has kept no summary of its table.
    """
    try:
        features = references_from_json(run.folder.read_text("reference.json"))
    except (DamagedRunError, ValueError, TypeError, KeyError):
        return None
    reader = RowReader(predictor.recipe)

    def read(rows: Sequence[Row]) -> NDArray[np.float32]:
        return reader.read(rows, ["tree"])[0]["tree"]

    return ColumnWatch(features, _references_of_predictions(run, predictor), read)


def _references_of_predictions(run: Run, predictor: Predictor) -> tuple[ColumnReference, ...]:
    """References of what it said of its own rows, each by models that had not seen the row; none if that is gone."""
    try:
        outputs = run.out_of_fold()
    except (NoModelError, DamagedRunError):
        return ()
    known = outputs[np.isfinite(outputs).all(axis=1)]
    labels = predictor.recipe.classes
    names = [f"probability_{label}" for label in labels] or [f"predicted_{started_event(run).target}"]
    # Of two classes the second says it all.
    kept = slice(1, 2) if len(labels) == 2 else slice(None)
    return references_of(names[kept], known[:, kept]) if len(known) else ()
