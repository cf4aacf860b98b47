"""The matrix on a small table: what is kept, and that it goes on where it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.meta.candidate_points import Candidate, candidates
from benchmarks.meta.kept_trials import KeptTrials
from benchmarks.meta.trial_matrix import fill
from benchmarks.race.shipped_tables import write_shipped
from sklearn.metrics import roc_auc_score

from lepton_jupyter.learners.registry import available_learners
from lepton_jupyter.learners.training_data import TableShape
from lepton_jupyter.runs.run_store import RunStore

if TYPE_CHECKING:
    from pathlib import Path

LINEAR, TREE, MISSING = Candidate("linear", 0), Candidate("decision_tree", -1, (0.5, 0.5)), Candidate("linear", 7)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    write_shipped(tmp_path / "tables", ("tumours",))
    fill(tmp_path / "tables", tmp_path / "kept", ["tumours"], [LINEAR, TREE, MISSING], RunStore(tmp_path / "runs"))
    return tmp_path / "kept"


def test_what_is_there_is_not_fitted_again(kept: Path, tmp_path: Path) -> None:
    again = fill(tmp_path / "tables", kept, ["tumours"], [LINEAR, TREE, MISSING], RunStore(tmp_path / "runs"))
    more = fill(
        tmp_path / "tables", kept, ["tumours"], [LINEAR, Candidate("naive_bayes", 0)], RunStore(tmp_path / "runs")
    )
    assert (again, more) == (0, 1)


def test_kept_trials_hold_what_was_predicted_out_of_fold_and_what_it_cost(kept: Path) -> None:
    table = KeptTrials.open(kept / "tumours")
    assert (table.task, table.size, table.keys) == ("binary", "small", (TREE.key, LINEAR.key))
    assert (table.seconds > 0).all()
    linear = table.place(LINEAR.key)
    assert table.single[linear] == pytest.approx(1 - roc_auc_score(table.y, table.predictions[linear]), abs=1e-6)
    assert table.single[linear] < 0.05
    assert json.dumps(table.points[linear]).startswith('{"C"')


@pytest.mark.parametrize("n_classes", [0, 2, 5])
def test_every_candidate_lies_in_the_space_of_its_learner(n_classes: int) -> None:
    shape = TableShape(n_rows=6_000, n_columns={"tree": 10, "linear": 20}, n_classes=n_classes, n_categorical=2)
    learners = available_learners()
    for candidate in candidates():
        point = candidate.point(learners[candidate.learner], shape)
        assert point is not None
        assert learners[candidate.learner].space(shape).contains(point)


def test_spread_points_look_at_all_of_each_coordinate() -> None:
    places = np.array([each.places for each in candidates() if each.learner == "lightgbm" and each.number < 0])
    assert (places.min(axis=0) < 0.25).all()
    assert (places.max(axis=0) > 0.75).all()
