"""The unit of work: one configuration fitted and scored on one fold, as a plain function that any executor can run."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.exceptions.automl_errors import ModelWriteError
from lepton_jupyter.execution.cpu_clock import own_cpu_clock
from lepton_jupyter.execution.deadline import Deadline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.search.space import Point

#: Rows of the training part that are predicted again, to see how far a model fits them better than the others.
_TRAIN_SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class FoldOutcome:
    """What one fold gives back: its predictions, its scores, and the model as the bytes of its file.

    Parameters
    ----------
    out_of_fold : ndarray of shape (n_validation_rows, n_outputs)
        float32.
    model : bytes
        The learner's own file format: the run's folder takes it as it is, and a model is read back only when somebody
        predicts with it.
    cpu_seconds : float
        Of all that was done for this fold, as far as a core can be asked for it.
    """

    out_of_fold: NDArray[np.float32]
    loss: float
    score: float
    train_score: float
    fit_seconds: float
    row_milliseconds: float
    n_iterations: int | None
    model: bytes
    cpu_seconds: float | None = None


def evaluate_fold(
    data: TrainingData,
    learner: Learner,
    point: Point,
    fold_index: int,
    metric: Metric,
    seed: int,
    limit_seconds: float | None,
    row_share: float = 1.0,
) -> FoldOutcome:
    """Fit `point` on the training part of a fold and score it on the validation part.

    Parameters
    ----------
    data : TrainingData
    learner : Learner
    point : dict
    fold_index : int
    metric : Metric
    seed : int
    limit_seconds : float or None
        The learner is told to return by then with the best it has.
    row_share : float, default=1.0
        Part of the training part that it is fitted on.

    Returns
    -------
    outcome : FoldOutcome
    """
    cpu_clock = own_cpu_clock()
    cpu_began = cpu_clock()
    began = time.perf_counter()
    deadline = Deadline.after(limit_seconds)
    fold = data.fold(fold_index, learner.view, row_share)
    model = learner.fit(fold, point, deadline=deadline, seed=seed)
    fitted = time.perf_counter()
    # Boosters know what they predict for the rows that they were stopped on.
    predictions = getattr(model, "on_validation", None)
    if predictions is None:
        predictions = model.predict(fold.X_validation)
    sample = _every_nth(len(fold.y_train), _TRAIN_SAMPLE)
    seen_rows = fold.X_train[sample]
    model.predict(seen_rows[:1])  # a model that was written as text is read here, once
    before = time.perf_counter()
    of_seen_rows = model.predict(seen_rows)
    predicted = time.perf_counter()
    train_score = metric.score(
        fold.y_train[sample],
        of_seen_rows,
        fold.n_classes,
        None if fold.score_weights_train is None else fold.score_weights_train[sample],
    )
    score = metric.score(fold.y_validation, predictions, fold.n_classes, fold.score_weights_validation)
    model_bytes = _as_bytes(learner, model)
    return FoldOutcome(
        out_of_fold=predictions.astype(np.float32),
        loss=metric.to_loss(score),
        score=score,
        train_score=train_score,
        fit_seconds=fitted - began,
        row_milliseconds=1e3 * (predicted - before) / max(1, len(seen_rows)),
        n_iterations=model.n_iterations,
        model=model_bytes,
        cpu_seconds=cpu_clock() - cpu_began,
    )


def _every_nth(n_rows: int, n_sample: int) -> slice:
    return slice(None, None, max(1, n_rows // n_sample))


def _as_bytes(learner: Learner, model: object) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        try:
            learner.save(model, path)  # type: ignore[arg-type]  # the learner made it
            return path.read_bytes()
        except OSError as error:
            raise ModelWriteError.from_os_error(folder, error) from None
