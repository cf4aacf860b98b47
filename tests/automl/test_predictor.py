"""Predicting with the fold models of some trials."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.automl.predictor import Member, Predictor
from lepton_jupyter.data.schema import understand
from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, MEAN
from lepton_jupyter.learners.linear import LinearLearner, LinearModel
from lepton_jupyter.preprocessing.recipe import Recipe


@pytest.mark.parametrize("form", [MEAN, LOGARITHMIC])
def test_fold_models_that_are_asked_together_are_pooled_as_each_by_itself(form):
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=300), "b": random.normal(size=300), "y": random.integers(0, 2, 300)})
    recipe = Recipe.fit(table, understand(table, target="y"))
    X = recipe.transform(table)["linear"]
    models = [
        LinearModel(3 * random.normal(size=(X.shape[1], 1)), random.normal(size=1), classifies=True) for _ in "123"
    ]
    member = Member.from_models(1, LinearLearner(), 1.0, models)
    assert len(member.quick) == 1
    pooled = form.closed(np.mean([form.opened(model.predict(X)) for model in models], axis=0))
    assert Predictor(recipe, (member,), 2, form=form).predict(table) == pytest.approx(pooled, abs=1e-9)
