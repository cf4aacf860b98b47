from __future__ import annotations

import pytest
from contracts.learner_contract import ClassesContract, EveryTaskContract, ValuesContract

from lepton_jupyter.learners.baseline import MajorityLearner, MeanLearner
from lepton_jupyter.learners.custom import EstimatorLearner, learner_from_estimator
from lepton_jupyter.learners.decision_tree import DecisionTreeLearner
from lepton_jupyter.learners.discriminant import DiscriminantLearner
from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.kernel_machine import KernelMachineLearner
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.naive_bayes import NaiveBayesLearner
from lepton_jupyter.learners.neighbours import NeighboursLearner
from lepton_jupyter.learners.perceptron import PerceptronLearner
from lepton_jupyter.learners.random_forest import RandomForestLearner


class TestMajority(ClassesContract):
    @pytest.fixture
    def learner(self) -> MajorityLearner:
        return MajorityLearner()


class TestMean(ValuesContract):
    @pytest.fixture
    def learner(self) -> MeanLearner:
        return MeanLearner()


class TestLinear(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> LinearLearner:
        return LinearLearner()


class TestLightGBM(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> LightGBMLearner:
        return LightGBMLearner()


class TestExtraTrees(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> ExtraTreesLearner:
        return ExtraTreesLearner()


class TestRandomForest(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> RandomForestLearner:
        return RandomForestLearner()


class TestDecisionTree(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> DecisionTreeLearner:
        return DecisionTreeLearner()


class TestPerceptron(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> PerceptronLearner:
        return PerceptronLearner()


class TestNeighbours(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> NeighboursLearner:
        return NeighboursLearner()


class TestNaiveBayes(ClassesContract):
    @pytest.fixture
    def learner(self) -> NaiveBayesLearner:
        return NaiveBayesLearner()


class TestDiscriminant(ClassesContract):
    @pytest.fixture
    def learner(self) -> DiscriminantLearner:
        return DiscriminantLearner()


class TestKernelMachine(EveryTaskContract):
    @pytest.fixture
    def learner(self) -> KernelMachineLearner:
        return KernelMachineLearner()


class TestOwnRegressor(ValuesContract):
    @pytest.fixture
    def learner(self) -> EstimatorLearner:
        from sklearn.linear_model import BayesianRidge

        return learner_from_estimator(BayesianRidge(), name="bayesian_ridge", space={"alpha_1": (1e-8, 1e-2, "log")})
