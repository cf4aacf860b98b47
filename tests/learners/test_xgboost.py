from __future__ import annotations

import pytest
from contracts.learner_contract import EveryTaskContract

pytest.importorskip("xgboost")

from lepton_jupyter.learners.xgboost import XGBoostLearner  # after the skip


class TestXGBoost(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> XGBoostLearner:
        return XGBoostLearner()
