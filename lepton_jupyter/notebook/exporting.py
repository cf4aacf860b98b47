"""Taking a model elsewhere: a run's model as a file, and the file as a fitted estimator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lepton_jupyter.automl.exported_model import read_model
from lepton_jupyter.exceptions.export_errors import ExportError, ModelFileError
from lepton_jupyter.notebook.estimators import LeptonClassifier, LeptonRegressor, fitted_estimator
from lepton_jupyter.notebook.library import find_ended_run
from lepton_jupyter.notebook.model_files import is_code, place_to_write
from lepton_jupyter.notebook.run_handle import Run
from lepton_jupyter.views.number_format import size


def export(
    model: Any = None,
    *,
    to: str | os.PathLike[str],
    trial: int | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a model to a file that needs nothing of its run, and say so; waits for the run's end.

    Parameters
    ----------
    model : Run, str, LeptonClassifier or LeptonRegressor, optional
        A run or its name, whose best model is meant; or a fitted model, such as `Run.choose` gives. Default: the only
        or last finished run of this kernel, which is then said.
    to : str or path
        Ends in ``.zip`` for the fitted model, which `load_model` reads; in ``.py`` for plain code that fits it again.
    trial : int, optional
        The model of this trial of the run alone.
    overwrite : bool, default=False
        Whether a file that is there gives way.

    Returns
    -------
    path : Path

    Raises
    ------
    ExportError, ExistingFileError, ExportWriteError
        If nothing is written under such an ending, a file is there, or the file cannot be written.
    LeptonError
        If there is no such run or trial, or no code for it.

    Examples
    --------
    >>> export("churn-1", to="churn.zip")  # doctest: +SKIP
    Wrote churn.zip (412 kB). Anywhere: lepton_jupyter.load_model('churn.zip')
    """
    code = is_code(place_to_write(to, overwrite=overwrite))  # before a run is looked for
    if isinstance(model, LeptonClassifier | LeptonRegressor):
        if trial is not None:
            raise ExportError.from_trial_of_model(trial)
        path = model.export(to, overwrite=overwrite)
    elif model is None or isinstance(model, str | Run):
        path = find_ended_run(model).export(to, trial=trial, overwrite=overwrite)
    else:
        raise ExportError.from_subject(model)
    told = "" if code else f" Anywhere: lepton_jupyter.load_model({str(path)!r})"
    print(f"Wrote {path} ({size(path.stat().st_size)}).{told}")  # noqa: T201  seen in a page and a terminal alike
    return path


def load_model(path: str | os.PathLike[str], *, trust: bool = False) -> Any:
    """Load a model that `Run.export` wrote, in any process: nothing of its run is needed.

    Nothing in the file is unpickled or run. Its libraries read their own formats, which were not made for files of
    strangers: open what comes from people you know.

    Parameters
    ----------
    path : str or path
    trust : bool, default=False
        Whether models of classes that are not lepton's own or scikit-learn's may be loaded.

    Returns
    -------
    model : LeptonClassifier or LeptonRegressor
        Fitted: it predicts what the exported one did, to the last bit. Its attribute ``threshold_`` is the threshold
        that `evaluate` had chosen for the run, or None.

    Raises
    ------
    ModelFileError
        If the file is no such model, is damaged, or is of another version.
    UntrustedModelError
        If it holds a class of somebody's own, and nobody said that it may be trusted.

    Examples
    --------
    >>> load_model("churn.zip").predict(df)  # doctest: +SKIP
    """
    try:
        place = Path(os.fspath(path)).expanduser()
    except (TypeError, RuntimeError):
        raise ExportError.from_place(path) from None
    if place.is_dir():
        raise ModelFileError.from_missing(place)
    found = read_model(place, trust=trust)
    model = fitted_estimator(found.predictor, found.settings, found.run_id, named=found.named)
    model.threshold_ = found.threshold
    return model
