from __future__ import annotations

import math

import numpy as np
import pytest
from contracts.learner_contract import easy_table
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners import neighbours
from lepton_jupyter.learners.neighbours import NeighboursLearner
from lepton_jupyter.learners.training_data import TableShape

NO_LIMIT = Deadline(math.inf)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("n_classes", [0, 4])
def test_agrees_with_scikit_learn(n_classes: int, weights: str) -> None:
    data = easy_table(n_classes)
    fold = data.fold(0, "linear")
    model = NeighboursLearner().fit(fold, {"n_neighbors": 7, "weights": weights}, deadline=NO_LIMIT, seed=0)
    if n_classes:
        reference = KNeighborsClassifier(7, weights=weights).fit(fold.X_train, fold.y_train)
        expected = reference.predict_proba(fold.X_validation)
    else:
        reference = KNeighborsRegressor(7, weights=weights).fit(fold.X_train, fold.y_train)
        expected = reference.predict(fold.X_validation)[:, None]
    np.testing.assert_allclose(model.predict(fold.X_validation), expected, atol=1e-4)


def test_trials_share_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    data, searched = easy_table(0), []
    search = neighbours._search
    monkeypatch.setattr(neighbours, "_search", lambda index, X: searched.append(len(X)) or search(index, X))
    for n_neighbors in (1, 5, 60):
        fold = data.fold(0, "linear")
        point = {"n_neighbors": n_neighbors, "weights": "distance"}
        NeighboursLearner().fit(fold, point, deadline=NO_LIMIT, seed=0)
    assert searched == [80]


def test_what_was_looked_up_equals_a_new_search_to_the_last_bit() -> None:
    data = easy_table(2, n_rows=3_000)
    fold = data.fold(0, "linear")
    model = NeighboursLearner().fit(fold, {"n_neighbors": 9, "weights": "distance"}, deadline=NO_LIMIT, seed=0)
    # The fold's own rows were looked up while fitting; a copy of them is searched anew.
    np.testing.assert_array_equal(model.predict(fold.X_validation), model.predict(fold.X_validation.copy()))


@pytest.mark.parametrize(("n_rows", "columns"), [(40_000, 5), (1_000, 600)])
def test_tables_that_would_take_too_long_are_left_to_others(n_rows: int, columns: int) -> None:
    assert not NeighboursLearner().supports(TableShape(n_rows, {"tree": 5, "linear": columns}, 0))
