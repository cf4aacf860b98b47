"""One file for a model and the features that are made before it: these first, then the learner's own file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.preprocessing.made_features import MadeFeatures

if TYPE_CHECKING:
    from lepton_jupyter.learners.learner import FoldModel, Learner


def save_after_features(
    path: Path, learner: Learner, features: MadeFeatures, model: FoldModel, *, name: str, length_name: str
) -> None:
    """Write a model and what is made before it.

    Parameters
    ----------
    path : Path
    learner : Learner
        Who made the model.
    features : MadeFeatures
    model : FoldModel
    name : str
        Whose file it is, as `write_model_file` takes it.
    length_name : str
        Setting that tells how many bytes the features take.
    """
    made = features.to_bytes()
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "model"
        learner.save(model, own)
        write_model_file(path, name, {length_name: len(made)}, made + own.read_bytes())


def load_after_features(path: Path, learner: Learner, *, name: str, length_name: str) -> tuple[MadeFeatures, FoldModel]:
    """Read what `save_after_features` wrote.

    Raises
    ------
    UnreadableModelError
        If the file is damaged or another learner's.
    """
    settings, payload = read_model_file(path, name)
    length = int(settings[length_name])
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "model"
        own.write_bytes(payload[length:])
        return MadeFeatures.from_bytes(payload[:length]), learner.load(own)
