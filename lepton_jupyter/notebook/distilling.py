"""A run's small model: what `Run.distil` calls once the run has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.evaluation.model_choice import choose
from lepton_jupyter.exceptions.evaluation_errors import TrainingRowsError
from lepton_jupyter.notebook.judged_rows import find_training_task, started_event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.evaluation.model_choice import Candidate
    from lepton_jupyter.notebook.judged_rows import JudgedRun


def distil(
    run: JudgedRun,
    candidates: Sequence[Candidate],
    models: StoredModels,
    *,
    seconds: float,
    train: Any,
    wrap: Callable[[Predictor, AutoMLSettings, str], Any],
) -> Any:
    """Fit a small model on what the best of a run's models says of the rows it learnt from.

    Parameters
    ----------
    run : Run
    candidates : sequence of Candidate
        Of which the best teaches.
    models : StoredModels
        Of the run.
    seconds : float
    train : DataFrame, str or path, optional
        The run's table, where this kernel does not hold it.
    wrap : callable
        Makes a fitted estimator of a predictor.

    Returns
    -------
    model : LeptonClassifier or LeptonRegressor
        With the attribute ``distilled_``.

    Raises
    ------
    TrainingRowsError
        If the table is not there.
    """
    from lepton_jupyter.automl.distillation import distil as distil_from

    task = find_training_task(run, train)
    if task is None:
        raise TrainingRowsError.from_distillation(run.id, started_event(run).n_rows)
    prepared = task.prepare(run.folder)
    best = choose(candidates, greater_is_better=task.metric.greater_is_better)
    distilled = distil_from(
        prepared.data,
        task.schema.training_table(task.frame)[list(prepared.recipe.input_names)],
        best,
        models.predictor(best.weights, best.form, folds=tuple(range(prepared.data.n_folds))),
        task.metric,
        seconds=seconds,
        seed=run.settings.seed,
    )
    model = wrap(distilled.predictor, run.settings, run.id)
    model.distilled_ = distilled
    return model
