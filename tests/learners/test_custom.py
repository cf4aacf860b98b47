from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from contracts.learner_contract import easy_table
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import BayesianRidge, RidgeClassifier
from sklearn.svm import SVR

from lepton_jupyter.exceptions.learner_errors import InvalidLearnerError, UntrustedModelError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.custom import learner_from_estimator
from lepton_jupyter.search.space import Choice, Integer, Real, Space

NO_LIMIT = Deadline(math.inf)


class OwnMedian(RegressorMixin, BaseEstimator):
    """A class of a user's own, which skops cannot know."""

    def fit(self, X: Any, y: Any) -> OwnMedian:
        self.median_ = float(np.median(y))
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.median_)


def test_ranges_become_coordinates() -> None:
    learner = learner_from_estimator(
        SVR(),
        name="svr",
        space={"C": (0.01, 100, "log"), "degree": (1, 5), "tol": (1e-4, 1e-2), "kernel": ["rbf", "poly"]},
    )
    assert learner.space(easy_table(0).shape) == Space(
        (
            Real("C", 0.01, 100.0, log=True),
            Integer("degree", 1, 5),
            Real("tol", 1e-4, 1e-2),
            Choice("kernel", ("rbf", "poly")),
        )
    )


def test_a_default_outside_the_range_starts_in_the_middle() -> None:
    learner = learner_from_estimator(SVR(), name="svr", space={"C": (10.0, 1000.0, "log")})
    assert learner.starting_points(easy_table(0).shape) == ({"C": 100.0},)


def test_settings_of_the_point_are_used() -> None:
    data = easy_table(0)
    learner = learner_from_estimator(SVR(), name="svr", space={"C": (0.01, 100, "log")})
    model = learner.fit(data.fold(0, "linear"), {"C": 7.0}, deadline=NO_LIMIT, seed=0)
    assert model.estimator.C == 7.0
    assert learner.estimator.C == 1.0


def test_a_class_that_a_fold_lacks_keeps_its_column() -> None:
    data = easy_table(2)
    learner = learner_from_estimator(LinearDiscriminantAnalysis(), name="lda")
    model = learner.fit(data.fold(0, "linear"), {}, deadline=NO_LIMIT, seed=0)
    model.n_classes = 3
    assert model.predict(data.fold(0, "linear").X_validation).shape[1] == 3


@pytest.mark.parametrize("given", [(1,), (5, 1), (0, 1, "log"), (1, 2, "linear"), ("a", "b"), []])
def test_ranges_that_cannot_be_read_are_refused(given: Any) -> None:
    with pytest.raises(InvalidLearnerError, match="cannot be searched"):
        learner_from_estimator(SVR(), name="svr", space={"C": given})


def test_an_unknown_parameter_gets_the_nearest_name() -> None:
    with pytest.raises(InvalidLearnerError, match=r"SVR has no parameter 'kernal'\. Did you mean 'kernel'"):
        learner_from_estimator(SVR(), name="svr", space={"kernal": ["rbf"]})


@pytest.mark.parametrize("estimator", [42, SVR, RidgeClassifier(), "svr"])
def test_what_is_not_an_estimator_is_refused(estimator: Any) -> None:
    with pytest.raises(InvalidLearnerError, match="not a scikit-learn classifier or regressor"):
        learner_from_estimator(estimator, name="own")


def test_models_of_own_classes_need_trust(tmp_path: Any) -> None:
    data = easy_table(0)
    learner = learner_from_estimator(OwnMedian(), name="own_median")
    model = learner.fit(data.fold(0, "linear"), {}, deadline=NO_LIMIT, seed=0)
    path = tmp_path / "model"
    learner.save(model, path)
    with pytest.raises(UntrustedModelError, match=r"OwnMedian.*--trust") as raised:
        learner.load(path)
    name = str(raised.value).split("not trusted: ")[1].split(". ")[0]
    again = learner.trusting([name]).load(path)
    X = data.fold(0, "linear").X_validation
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_own_learners_wait_for_processes() -> None:
    assert not learner_from_estimator(BayesianRidge(), name="bayes").cooperative
