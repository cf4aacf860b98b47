from __future__ import annotations

import pytest
from contracts.learner_contract import EveryTaskContract

pytest.importorskip("catboost")

from lepton_jupyter.learners.catboost import CatBoostLearner  # after the skip


class TestCatBoost(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> CatBoostLearner:
        return CatBoostLearner()
