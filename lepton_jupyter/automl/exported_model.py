"""A fitted model as one file that needs nothing of its run: a small run folder, packed, with a manifest to read.

The file holds how a table is prepared, the fold models in their learners' own formats, and how they are pooled. What a
person wants to know of it stands in ``manifest.json``, which also names every other file with its checksum: nothing is
given to a library before that was compared.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.kept_conformity import load_conformity, write_conformity
from lepton_jupyter.automl.kept_copies import load_copies, write_copies
from lepton_jupyter.automl.package_versions import package_versions
from lepton_jupyter.automl.predictor import load_predictor
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.evaluation.pool_form import PoolForm
from lepton_jupyter.exceptions.export_errors import ExportError, ModelFileError
from lepton_jupyter.exceptions.learner_errors import (
    MissingLearnerPackageError,
    UnknownLearnerError,
    UntrustedModelError,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.learners.custom import EstimatorLearner
from lepton_jupyter.learners.kind_learner import KindLearner
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.learners.stepped_learner import SteppedLearner
from lepton_jupyter.preprocessing.prepared_column import VIEWS
from lepton_jupyter.preprocessing.recipe import Recipe
from lepton_jupyter.runs.packed_files import check_size, pack_folder, unpacking, write_atomically
from lepton_jupyter.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.automl.predictor import Member, Predictor
    from lepton_jupyter.learners.learner import Learner

#: Version of the format; a file of another one is refused.
FORMAT_VERSION = 1
_FORMAT = "lepton model"
_MANIFEST = "manifest.json"
#: Files that a model may have beside those of its trials.
_RECIPE, _SETTINGS, _CONFORMITY, _COPIES = "recipe.json", "settings.json", "conformity.json", "copies/copies.npz"
#: Families whose models consist of rows of the training table.
_OF_ROWS = {"neighbours": "the rows that it looks for neighbours among", "kernel": "rows that others are compared with"}
#: What a file that says something else than a model can make of the code that reads it.
_NONSENSE = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, ArithmeticError, OSError,
    RecursionError, MemoryError, EOFError, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A model as its file holds it.

    Parameters
    ----------
    predictor : Predictor
    settings : AutoMLSettings
        By which it could be fitted again.
    run_id : str
        Of the run that it was part of.
    named : bool, default=True
        Whether the table it learnt from named its columns.
    threshold : float or None, default=None
        Probability from which a row is called positive, where one was tuned.
    """

    predictor: Predictor
    settings: AutoMLSettings
    run_id: str
    named: bool = True
    threshold: float | None = None


def write_model(
    path: Path, model: ExportedModel, *, about: Mapping[str, Any] | None = None, overwrite: bool = False
) -> None:
    """Write a model to one file.

    Parameters
    ----------
    path : Path
    model : ExportedModel
    about : mapping of str to JSON, optional
        What else a person may want to know of it, such as its score; nothing that is read back.
    overwrite : bool, default=False
        Whether a file that is there gives way.

    Raises
    ------
    ExistingFileError
        If there is one.
    ExportWriteError
        If the file cannot be written.
    ExportError
        If nobody knows what can write the models.

    Examples
    --------
    >>> write_model(Path("churn.zip"), ExportedModel(predictor, settings, run_id))  # doctest: +SKIP
    """

    def write(place: Path) -> None:
        with tempfile.TemporaryDirectory() as unpacked:
            _lay_out(Path(unpacked), model, about or {})
            pack_folder(Path(unpacked), place, first=_MANIFEST)

    write_atomically(path, write, overwrite=overwrite)


def read_model(path: Path, *, trust: bool = False) -> ExportedModel:
    """Read what `write_model` wrote.

    Nothing in the file is unpickled or run. The libraries read their own formats, though, and these were not made for
    files of strangers: the checksums tell damage, not a forger.

    Parameters
    ----------
    path : Path
    trust : bool, default=False
        Whether models of classes that are not scikit-learn's or lepton's own may be loaded.

    Returns
    -------
    model : ExportedModel

    Raises
    ------
    ModelFileError
        If the file is none, is damaged, or is of another version.
    UntrustedModelError
        If a model is of a class of somebody's own, and nobody said that it may be trusted.
    MissingLearnerPackageError, UnknownLearnerError
        If what fitted a model is not installed, or not known to this version.

    Examples
    --------
    >>> read_model(Path("churn.zip")).predictor.predict(df)  # doctest: +SKIP
    """
    with unpacking(path) as (names, read):
        if _MANIFEST not in names:
            raise ModelFileError.from_foreign(path)
        described = _Described.from_bytes(path, read(_MANIFEST))
        if unexpected := names - {_MANIFEST, *described.checksums}:
            raise ModelFileError.from_names(path, unexpected)
        if missing := described.checksums.keys() - names:
            raise ModelFileError.from_damage(path, f"{min(missing)!r} is missing in it")
        contents = {name: read(name) for name in described.checksums}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != described.checksums[name]:
            raise ModelFileError.from_damage(path, f"{name!r} is not what its checksum says")
    with tempfile.TemporaryDirectory() as unpacked:
        for name, content in contents.items():
            (Path(unpacked) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(unpacked) / name).write_bytes(content)
        try:
            return _loaded(RunFolder(Path(unpacked)), described, trust=trust)
        except (UntrustedModelError, MissingLearnerPackageError, UnknownLearnerError, ModelFileError):
            raise
        except (LeptonError, *_NONSENSE) as error:
            raise ModelFileError.from_damage(path, f"its parts make no model ({_first_words(error)})") from None


@dataclass(frozen=True, slots=True)
class _Trial:
    """A trial of a model as its manifest names it."""

    trial_id: int
    learner: str
    own: bool  # of a class that is not the library's
    view: str
    weight: float
    n_late: int  # models beyond those of its folds; files of older versions have none, and do not say so

    @classmethod
    def from_saved(cls, saved: dict[str, Any]) -> _Trial:
        learner, view = str(saved["learner"]), str(saved["view"])
        n_late = int(saved.get("late_models", 0))
        return cls(int(saved["trial"]), learner, saved["own"] is True, view, _share(saved["weight"]), n_late)


@dataclass(frozen=True, slots=True)
class _Described:
    """What a manifest says, checked."""

    path: Path
    run_id: str
    trials: tuple[_Trial, ...]
    n_models: int
    n_outputs: int
    form: PoolForm
    named: bool
    threshold: float | None
    checksums: Mapping[str, str]

    @classmethod
    def from_bytes(cls, path: Path, text: bytes) -> _Described:
        try:
            saved = json.loads(text)
            if saved["format"] != _FORMAT:
                raise ModelFileError.from_foreign(path)
            if saved["version"] != FORMAT_VERSION:
                raise ModelFileError.from_version(path, saved["version"], FORMAT_VERSION)
            return cls._from_saved(path, saved)
        except _NONSENSE as error:
            if isinstance(error, ModelFileError):
                raise
            raise ModelFileError.from_damage(path, "its manifest cannot be read") from None

    @classmethod
    def _from_saved(cls, path: Path, saved: dict[str, Any]) -> _Described:
        trials = tuple(map(_Trial.from_saved, saved["trials"]))
        if any(each.view not in VIEWS for each in trials):
            raise KeyError("view")
        pool = saved["pool"]
        threshold = saved["threshold"]
        described = cls(
            path=path,
            run_id=str(saved["run"]),
            trials=trials,
            n_models=int(saved["models_of_each"]),
            n_outputs=int(saved["outputs"]),
            form=PoolForm(pool["logarithmic"] is True, float(pool["sharpness"]), tuple(map(float, pool["shifts"]))),
            named=saved["named_columns"] is True,
            threshold=None if threshold is None else _share(threshold),
            checksums={str(name): str(each["sha256"]) for name, each in saved["files"].items()},
        )
        given = described.checksums.keys()
        # Counted first: a number of a forger's could name more files than there is memory for.
        models: set[str] = set()
        n_each = [described.n_models + each.n_late for each in trials]
        if 0 < described.n_models <= min(n_each, default=0) and sum(n_each) <= len(given):
            # Paths are made here, and those of the manifest only compared: none of its names can lead elsewhere.
            models = {
                _model_name(each.trial_id, fold) for each, n in zip(trials, n_each, strict=True) for fold in range(n)
            }
        needed = {_RECIPE, _SETTINGS, *models}
        if not models or len(models) != sum(n_each) or not needed <= given <= {*needed, _CONFORMITY, _COPIES}:
            raise ModelFileError.from_damage(path, "its manifest names other files than its model has")
        return described


def _share(value: Any) -> float:
    share = float(value)
    if not (math.isfinite(share) and 0 <= share <= 1):
        message = f"{value!r} is no share"
        raise ValueError(message)
    return share


def _model_name(trial_id: int, fold: int) -> str:
    return f"trials/{trial_id}/fold-{fold}.model"


def _lay_out(place: Path, model: ExportedModel, about: Mapping[str, Any]) -> None:
    """Write the files of a model into an empty folder, the manifest last."""
    predictor, folder = model.predictor, RunFolder(place)
    (place / _RECIPE).write_text(predictor.recipe.to_json(), encoding="utf-8")
    (place / _SETTINGS).write_text(model.settings.to_json(), encoding="utf-8")
    for member in predictor.members:
        learner = _writer(member)
        folder.trial(member.trial_id).mkdir(parents=True)
        for fold, fitted in enumerate(member.every):
            learner.save(fitted, place / _model_name(member.trial_id, fold))
    if predictor.conformity is not None:
        weights, folds = _weights(predictor), tuple(range(len(predictor.members[0].models)))
        write_conformity(folder, [(weights, predictor.form, folds, predictor.conformity)])
    if predictor.copies is not None:
        write_copies(folder, predictor.copies)
    files = {
        each.relative_to(place).as_posix(): {
            "bytes": each.stat().st_size, "sha256": hashlib.sha256(each.read_bytes()).hexdigest(),
        }
        for each in sorted(place.rglob("*")) if each.is_file()
    }  # fmt: skip
    (place / _MANIFEST).write_text(
        json.dumps(_manifest(model, about) | {"files": files}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _manifest(model: ExportedModel, about: Mapping[str, Any]) -> dict[str, Any]:
    predictor = model.predictor
    learners = [_writer(member) for member in predictor.members]
    told: Mapping[int, str] = about.get("trials", {})
    return {
        "format": _FORMAT,
        "version": FORMAT_VERSION,
        "read_by": "lepton_jupyter.load_model",
        "run": model.run_id,
        **{name: value for name, value in about.items() if name != "trials"},
        "target": predictor.recipe.target,
        "classes": list(predictor.recipe.classes),
        "columns": list(predictor.recipe.input_names),
        "named_columns": model.named,
        "holds_of_rows": _of_rows(predictor, learners),
        "trials": [
            {
                "trial": member.trial_id,
                "label": told.get(member.trial_id, learner.label),
                "learner": member.learner,
                "own": _is_own(learner),
                "view": member.view,
                "weight": member.weight,
                "late_models": len(member.late),
            }
            for member, learner in zip(predictor.members, learners, strict=True)
        ],
        "models_of_each": len(predictor.members[0].models),
        "outputs": predictor.n_outputs,
        "pool": asdict(predictor.form) | {"shifts": list(predictor.form.shifts)},
        "threshold": model.threshold,
        "versions": package_versions(member.learner for member in predictor.members),
    }


def _of_rows(predictor: Predictor, learners: list[Learner]) -> list[str]:
    """What the file tells of single rows, in words: somebody has to decide whom to give it."""
    words = [
        f"{learner.label}: {_OF_ROWS[learner.family]}, as prepared numbers"
        for learner in learners
        if learner.family in _OF_ROWS
    ]
    words += [f"{learner.label}: whatever its class keeps" for learner in learners if _is_own(learner)]
    if predictor.copies is not None:
        words.append("copies of training rows: a hash of the values of each row, and its target")
    return list(dict.fromkeys(words))


def _weights(predictor: Predictor) -> dict[int, float]:
    return {member.trial_id: member.weight for member in predictor.members}


def _writer(member: Member) -> Learner:
    if not member.learner:
        raise ExportError.from_unknown_learner()
    return SteppedLearner(learner_named(member.learner))


def _is_own(learner: Learner) -> bool:
    inner = learner.learner if isinstance(learner, SteppedLearner) else learner
    return isinstance(inner, EstimatorLearner) and not isinstance(inner, KindLearner)


def _loaded(folder: RunFolder, described: _Described, *, trust: bool) -> ExportedModel:
    for packed in (each for each in folder.path.rglob("*") if zipfile.is_zipfile(each)):
        with zipfile.ZipFile(packed) as inner:
            check_size(described.path, inner, packed.stat().st_size)
    recipe = Recipe.from_json(folder.read_text(_RECIPE))
    weights = {each.trial_id: each.weight for each in described.trials}
    predictor = load_predictor(
        folder,
        recipe,
        weights,
        {each.trial_id: _reader(each, trust=trust) for each in described.trials},
        folds=range(described.n_models),
        late={each.trial_id: range(described.n_models, described.n_models + each.n_late) for each in described.trials},
        n_outputs=described.n_outputs,
        form=described.form,
    )
    # A learner of the same name in this process may look at another view.
    members = tuple(
        replace(member, view=trial.view) for member, trial in zip(predictor.members, described.trials, strict=True)
    )
    return ExportedModel(
        replace(
            predictor,
            members=members,
            copies=load_copies(folder),
            conformity=load_conformity(folder, weights, described.form, tuple(range(described.n_models))),
        ),
        AutoMLSettings.from_json(folder.read_text(_SETTINGS)),
        described.run_id,
        described.named,
        described.threshold,
    )


def _reader(trial: _Trial, *, trust: bool) -> Learner:
    """What reads the models of a trial; a class of somebody's own need not be known here as a learner."""
    try:
        learner = learner_named(trial.learner)
    except UnknownLearnerError:
        if not trial.own:
            raise
        learner = EstimatorLearner(
            None, name=trial.learner, label=trial.learner, family="custom", view=trial.view, dimensions=(), start={},
            seconds_per_cell=0.0,
        )  # fmt: skip
    if trust and isinstance(learner, EstimatorLearner):
        learner = learner.trusting_all()
    return SteppedLearner(learner)


def _first_words(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:80] or type(error).__name__
