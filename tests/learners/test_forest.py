"""Forests: how their trees are grown."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.learner_contract import NO_LIMIT, easy_table

from lepton_jupyter.learners import forest
from lepton_jupyter.learners.decision_tree import DecisionTreeLearner
from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.random_forest import RandomForestLearner


@pytest.mark.parametrize("kind", [DecisionTreeLearner, RandomForestLearner, ExtraTreesLearner])
@pytest.mark.parametrize("n_classes", [2, 3, 8])
def test_trees_of_indicators_are_those_of_a_classifier(kind, n_classes, monkeypatch):
    learner, data = kind(), easy_table(n_classes, n_rows=400)
    point = learner.starting_points(data.shape)[0]
    point = {**point, **({"n_estimators": 12} if "n_estimators" in point else {})}
    fold = data.fold(0, learner.view)
    assert n_classes <= forest._MOST_INDICATORS
    ours = learner.fit(fold, point, deadline=NO_LIMIT, seed=3)
    monkeypatch.setattr(forest, "_MOST_INDICATORS", 0)
    theirs = learner.fit(fold, point, deadline=NO_LIMIT, seed=3)
    same = np.isclose(ours.predict(fold.X_validation), theirs.predict(fold.X_validation), rtol=0, atol=1e-6)
    # Of two cuts that gain the same the rounding decides, and everything below them differs.
    assert same.all() if n_classes == 2 else same.mean() > 0.9
