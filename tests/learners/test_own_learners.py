from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sklearn.linear_model import BayesianRidge, Ridge

from lepton_jupyter import add_learner
from lepton_jupyter.exceptions.learner_errors import InvalidLearnerError, LearnerNameTakenError
from lepton_jupyter.learners.registry import available_learners, learner_named, unregister

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    before = set(available_learners())
    yield
    for name in set(available_learners()) - before:
        unregister(name)


def test_the_class_names_the_learner_unless_a_name_is_given() -> None:
    assert add_learner(BayesianRidge()) is learner_named("BayesianRidge")
    assert add_learner(BayesianRidge(), name="mine") is learner_named("mine")


def test_a_cell_that_adds_a_learner_can_be_run_again() -> None:
    add_learner(BayesianRidge(), {"alpha_1": (1e-8, 1e-2, "log")})
    again = add_learner(BayesianRidge(), {"alpha_1": (1e-6, 1e-4, "log")})
    assert learner_named("BayesianRidge") is again


@pytest.mark.parametrize("name", ["linear", "lightgbm", "Ridge"])
def test_learners_of_the_library_are_not_replaced(name: str) -> None:
    there = learner_named(name)
    with pytest.raises(LearnerNameTakenError, match=f"already a learner '{name}'"):
        add_learner(Ridge(), name=name)
    assert learner_named(name) is there


def test_what_is_no_estimator_is_not_added() -> None:
    with pytest.raises(InvalidLearnerError):
        add_learner(Ridge, name="mine")
    with pytest.raises(InvalidLearnerError, match="alfa"):
        add_learner(Ridge(), {"alfa": (0.1, 1.0)}, name="mine")
    assert "mine" not in available_learners()


def test_it_says_what_it_searches() -> None:
    assert repr(add_learner(Ridge(), {"alpha": (0.1, 10.0)}, name="mine")) == "Learner mine: Ridge, searches alpha"
    assert repr(add_learner(Ridge(), name="mine")) == "Learner mine: Ridge, as given"


def test_where_it_arrives_all_is_imported_before_a_fit_begins() -> None:
    sent = pickle.dumps(add_learner(Ridge(), name="mine"))
    asks = "import pickle, sys; pickle.loads(sys.stdin.buffer.read()); print('skops.io' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", asks], input=sent, capture_output=True, check=True, env=environment)
    assert told.stdout.strip() == b"True"
