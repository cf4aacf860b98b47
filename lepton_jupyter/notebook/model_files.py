"""Fitted estimators as files: where they may be written, and what a run's log tells of them for their manifest."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.candidates import candidates
from lepton_jupyter.automl.exported_model import ExportedModel, write_model
from lepton_jupyter.events.run_events import RunStarted, TrialAsked
from lepton_jupyter.exceptions.export_errors import ExistingFileError, ExportError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.code_of_trials import code_of_trial
from lepton_jupyter.runs.log_reading import read_log
from lepton_jupyter.runs.packed_files import write_atomically
from lepton_jupyter.runs.retention import has_models
from lepton_jupyter.runs.run_store import RunStore

if TYPE_CHECKING:
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.runs.run_folder import RunFolder

_MODEL, _CODE = ".zip", ".py"


def place_to_write(to: Any, *, overwrite: bool) -> Path:
    """Path of a file that a model may be written to.

    Raises
    ------
    ExportError
        If it is no name of a file, or nothing is written under such an ending.
    ExistingFileError
        If a file is there that is not to give way.

    Examples
    --------
    >>> place_to_write("churn.zip", overwrite=True).name
    'churn.zip'
    """
    found = False
    try:
        path = Path(os.fspath(to)).expanduser()
        with suppress(OSError):  # what cannot be written is said when it is
            path.lstat()
            found = True
    except (TypeError, ValueError, RuntimeError):  # bytes, names that no file can have, and homes that nobody has
        raise ExportError.from_place(to) from None
    if path.suffix.lower() not in {_MODEL, _CODE}:
        raise ExportError.from_ending(str(to))
    if found and not overwrite:
        raise ExistingFileError.from_name(str(path))
    return path


def is_code(path: Path) -> bool:
    """Whether code is meant, and not the fitted model."""
    return path.suffix.lower() == _CODE


def write_code(path: Path, code: str, *, overwrite: bool) -> Path:
    """Write code, whole or not at all."""
    write_atomically(path, lambda place: place.write_text(code, encoding="utf-8"), overwrite=overwrite)
    return path


def export_estimator(model: Any, to: Any, *, overwrite: bool) -> Path:
    """Write a fitted estimator, or code for it, with what its run tells where that is still there."""
    path = place_to_write(to, overwrite=overwrite)
    if is_code(path):
        members = model.predictor_.members
        if len(members) > 1:
            raise ExportError.from_ensemble(len(members))
        folder = RunStore().open(model.run_)
        return write_code(path, code_of_trial(folder, _events(folder), members[0].trial_id), overwrite=overwrite)
    found = None
    with suppress(LeptonError):  # the model needs nothing of a run that is gone
        found = RunStore().open(model.run_)
    return write_estimator(path, model, found, threshold=getattr(model, "threshold_", None), overwrite=overwrite)


def write_estimator(
    path: Path, model: Any, folder: RunFolder | None, *, threshold: float | None, overwrite: bool
) -> Path:
    """Write a fitted estimator.

    Parameters
    ----------
    path : Path
    model : LeptonClassifier or LeptonRegressor
    folder : RunFolder or None
        Of its run.
    threshold : float or None
    overwrite : bool

    Returns
    -------
    path : Path
    """
    exported = ExportedModel(
        model.predictor_, model.as_settings(), model.run_, hasattr(model, "feature_names_in_"), threshold
    )
    write_model(path, exported, about={} if folder is None else _told(folder, model.predictor_), overwrite=overwrite)
    return path


def _events(folder: RunFolder) -> list[Event]:
    return [logged.event for logged in read_log(folder.events).events]


def _told(folder: RunFolder, predictor: Any) -> dict[str, Any]:
    """What a run's log says of a model, for whoever reads its manifest."""
    events: list[Event] = []
    with suppress(LeptonError):
        events = _events(folder)
    started = next((each for each in events if isinstance(each, RunStarted)), None)
    if started is None:
        return {}
    weights = {member.trial_id: member.weight for member in predictor.members}
    asked = [each for each in events if isinstance(each, TrialAsked) and each.trial_id in weights]
    labels = {each.trial_id: ", ".join(filter(None, (each.label, each.description))) for each in asked}
    told = {"task": started.task, "metric": started.metric, "trials": labels}
    n_folds = len(predictor.members[0].models)
    for each in candidates(events, has_models=partial(has_models, folder)):
        if dict(each.weights) == weights and len(each.folds) == n_folds:
            return told | {"model": each.label, "score": each.score, "score_error": each.score_error}
    return told
