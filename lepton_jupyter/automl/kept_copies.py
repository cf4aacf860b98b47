"""What is known of copies of training rows, kept in a run's folder when it ends."""

from __future__ import annotations

from shutil import rmtree
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.automl.predictor import KNOWN_BY
from lepton_jupyter.evaluation.copied_rows import CopiedRows, learn_copies
from lepton_jupyter.runs.private_files import whole_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.run_folder import RunFolder

_NAME = "copies.npz"


def forget_copies(folder: RunFolder) -> None:
    """Remove what an earlier part of the run kept."""
    rmtree(folder.copies, ignore_errors=True)


def keep_copies(
    folder: RunFolder, data: TrainingData, out_of_fold: NDArray[np.float32], metric: Metric
) -> CopiedRows | None:
    """Keep what is known of rows with copies, where it says more of others of them than the model does.

    Parameters
    ----------
    folder : RunFolder
    data : TrainingData
        With copies of a row in one fold.
    out_of_fold : ndarray of shape (n_validated_rows, n_outputs)
        Of the model.
    metric : Metric

    Returns
    -------
    copies : CopiedRows or None
        What was kept; None if nothing was.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    predictions = np.full((len(data.y), out_of_fold.shape[1]), np.nan, dtype=np.float32)
    predictions[data.fold_of_row >= 0] = out_of_fold
    copies = learn_copies(data.views[KNOWN_BY], data.y, predictions, metric, data.n_classes, data.weights)
    if copies is not None:
        write_copies(folder, copies)
    return copies


def write_copies(folder: RunFolder, copies: CopiedRows) -> None:
    """Write what is known of copies, for `load_copies`.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with whole_folder(folder.copies) as place:
        copies.save(place / _NAME)


def load_copies(folder: RunFolder) -> CopiedRows | None:
    """What was kept; None if nothing was.

    Raises
    ------
    DamagedRunError
        If the file is something else.
    """
    return CopiedRows.load(folder.copies / _NAME) if folder.copies.exists() else None
