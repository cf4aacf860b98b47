from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lepton_jupyter.exceptions.learner_errors import UnreadableModelError, UntrustedModelError
from lepton_jupyter.learners.baseline import MajorityLearner, MeanLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.model_file import is_model_file, read_model_file, write_model_file


class Raises:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was opened",))


def test_pickled_objects_are_never_opened(tmp_path: Any) -> None:
    path = tmp_path / "model"
    with path.open("wb") as file:
        np.savez(file, learner=np.array("mean"), output=np.array([Raises()], dtype=object))
    with pytest.raises(UntrustedModelError, match="never opened"):
        MeanLearner().load(path)


def test_files_of_other_learners_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "model"
    with path.open("wb") as file:
        np.savez(file, learner=np.array("mean"), output=np.array([1.0]))
    assert MeanLearner().load(path).predict(np.zeros((1, 1), np.float32)) == 1.0
    for other in (MajorityLearner(), LinearLearner()):
        with pytest.raises(UnreadableModelError, match=f"as a model of '{other.name}'"):
            other.load(path)


def test_library_formats_come_back_whole(tmp_path: Any) -> None:
    path = tmp_path / "model"
    write_model_file(path, "lightgbm", {"n_classes": 2}, b"tree\nfirst\nsecond")
    assert read_model_file(path, "lightgbm") == ({"n_classes": 2}, b"tree\nfirst\nsecond")
    with pytest.raises(UnreadableModelError):
        read_model_file(path, "xgboost")


def test_any_changed_byte_is_noticed(tmp_path: Any) -> None:
    path = tmp_path / "model"
    write_model_file(path, "lightgbm", {"n_classes": 2}, b"tree")
    whole = path.read_bytes()
    for position in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:position] + b"?" + whole[position + 1 :])
        with pytest.raises(UnreadableModelError):
            read_model_file(path, "lightgbm")


def test_a_file_is_known_by_its_beginning(tmp_path: Any) -> None:
    path = tmp_path / "model"
    write_model_file(path, "lightgbm", {"n_classes": 2}, b"tree")
    assert is_model_file(path, "lightgbm")
    assert not is_model_file(path, "light")
    path.write_bytes(path.read_bytes()[:30])
    assert is_model_file(path, "lightgbm")
