"""How far off predictors of a run were out of fold, kept in its folder when it ends: quantiles, never rows."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.predictor import predicting_folds
from lepton_jupyter.evaluation.conformal_classes import ClassConformity
from lepton_jupyter.evaluation.conformal_values import ValueConformity
from lepton_jupyter.evaluation.pool_form import blend

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lepton_jupyter.evaluation.pool_form import PoolForm
    from lepton_jupyter.learners.training_data import TrainingData
    from lepton_jupyter.runs.run_folder import RunFolder

Conformity = ValueConformity | ClassConformity
_NAME = "conformity.json"


def keep_conformity(
    folder: RunFolder, data: TrainingData, predictors: Iterable[tuple[Mapping[int, float], PoolForm, tuple[int, ...]]]
) -> None:
    """Write how far off some predictors were on the rows that their models had not seen.

    Parameters
    ----------
    folder : RunFolder
        With the out-of-fold predictions of their trials.
    data : TrainingData
    predictors : iterable of (mapping of int to float, PoolForm, tuple of int)
        Weights of the trials of each, how they are pooled, and the folds whose models predict; none: all that may.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    everyone = predicting_folds(data.n_folds, in_time=data.in_time)
    distinct = []
    for weights, form, folds in predictors:
        asked = (dict(weights), form, folds or everyone)
        if asked not in distinct:  # the best may be a model of the front as well
            distinct.append(asked)
    write_conformity(folder, ((*each, _conformity(folder, data, *each)) for each in distinct))


def write_conformity(
    folder: RunFolder, known: Iterable[tuple[Mapping[int, float], PoolForm, tuple[int, ...], Conformity]]
) -> None:
    """Write what is known of some predictors, each told by its weights, form and folds, for `load_conformity`.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    kept = [
        _key(weights, form, folds) | {"conformity": conformity.to_dict()} for weights, form, folds, conformity in known
    ]
    folder.write_text_atomically(_NAME, json.dumps({"version": 1, "predictors": kept}))


def load_conformity(
    folder: RunFolder, weights: Mapping[int, float], form: PoolForm, folds: tuple[int, ...]
) -> Conformity | None:
    """What was kept of the predictor with these weights, pooled so, by these folds; None if nothing was."""
    if not (folder.path / _NAME).exists():
        return None
    wanted = _key(weights, form, folds)
    for kept in json.loads(folder.read_text(_NAME))["predictors"]:
        saved = kept.pop("conformity")
        if kept == wanted:
            return (ClassConformity if saved["kind"] == "classes" else ValueConformity).from_dict(saved)
    return None


def _key(weights: Mapping[int, float], form: PoolForm, folds: tuple[int, ...]) -> dict[str, Any]:
    """What a predictor is known by, as it comes back from JSON."""
    members = {str(trial_id): weight for trial_id, weight in weights.items()}
    return {"weights": members, "form": asdict(form) | {"shifts": list(form.shifts)}, "folds": list(folds)}


def _conformity(
    folder: RunFolder, data: TrainingData, weights: Mapping[int, float], form: PoolForm, folds: tuple[int, ...]
) -> Conformity:
    out_of_fold = blend({trial_id: folder.load_out_of_fold(trial_id) for trial_id in weights}, weights, form)
    if data.n_classes:
        return ClassConformity.of(
            data.y, out_of_fold, data.fold_of_row, folds=folds, n_classes=data.n_classes, weights=data.weights
        )
    return ValueConformity.of(data.y, out_of_fold, data.fold_of_row, folds=folds, weights=data.weights)
