"""Online learners: each keeps the contract, and none is taken that cannot."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from contracts.online_learner_contract import OnlineLearnerContract
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Perceptron, SGDClassifier, SGDRegressor
from sklearn.naive_bayes import GaussianNB

from lepton_jupyter.exceptions.stream_errors import OnlineLearnerError
from lepton_jupyter.streaming.line_expert import LineExpert
from lepton_jupyter.streaming.online_learner import online_learner


class Mean:
    """A model as River writes them: the share of class 1 where the first two numbers are on this side of zero."""

    def __init__(self):
        self.counts = {}

    def clone(self):
        return Mean()

    @staticmethod
    def _side(x):
        return x[0] + x[1] > 0

    def learn_one(self, x, y):
        # The newest twenty alone.
        self.counts.setdefault(self._side(x), []).append(y)
        del self.counts[self._side(x)][:-20]

    def predict_proba_one(self, x):
        seen = self.counts.get(self._side(x), [])
        return {code: seen.count(code) / len(seen) for code in set(seen)} if seen else {}

    def predict_one(self, x):
        chances = self.predict_proba_one(x)
        return max(chances, key=chances.get, default=None)


class TestBoosting(OnlineLearnerContract):
    def make(self):
        return online_learner("boosting", n_classes=2)

    def make_of_values(self):
        return online_learner("boosting", n_classes=0)


class TestLinear(OnlineLearnerContract):
    def make(self):
        return online_learner("linear", n_classes=2)

    def make_of_values(self):
        return online_learner("linear", n_classes=0)


class TestPartialFit(OnlineLearnerContract):
    def make(self):
        steady = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01, random_state=0)
        return online_learner(steady, n_classes=2)

    def make_of_values(self):
        return online_learner(SGDRegressor(random_state=0), n_classes=0)


class TestAsRiverWritesThem(OnlineLearnerContract):
    def make(self):
        return online_learner(Mean(), n_classes=2)


# River is in no group of this project; where it is installed, it is held to the same.
if find_spec("river") is not None:
    from river import linear_model, tree

    class TestRiver(OnlineLearnerContract):
        def make(self):
            return online_learner(tree.HoeffdingAdaptiveTreeClassifier(grace_period=50, seed=0), n_classes=2)

        def make_of_values(self):
            return online_learner(linear_model.LinearRegression(), n_classes=0)


def test_what_it_learns_is_not_seen_in_the_object_that_was_given():
    given = GaussianNB()
    online_learner(given, n_classes=2).learn(np.zeros((2, 1), dtype=np.float32), np.array([0.0, 1.0]))
    assert not hasattr(given, "theta_")


def test_windows_are_bounded_and_one_class_is_no_error():
    learner = online_learner("boosting", n_classes=2)
    X = np.random.default_rng(0).normal(size=(20_000, 2)).astype(np.float32)
    for start in range(0, 20_000, 5_000):
        learner.learn(X[start : start + 5_000], np.zeros(5_000))
    assert len(learner._X) == len(learner._y) == 16_000
    assert learner.predict(X[:3]).argmax(axis=1).tolist() == [0, 0, 0]


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wish", "n_classes", "said"),
    [
        ("bosting", 2, "No online learner is called 'bosting'. Did you mean 'boosting'"),
        (RandomForestClassifier(), 2, "cannot learn row by row"),
        (42, 2, "42 cannot learn row by row"),
        (SGDRegressor(), 2, "SGDRegressor predicts values, and the model of the stream classes"),
        (GaussianNB(), 0, "GaussianNB predicts classes, and the model of the stream values"),
        (Perceptron(), 2, "Perceptron has no predict_proba"),
        (Mean(), 0, "Mean predicts classes"),
    ],
)
def test_what_cannot_learn_from_the_stream_is_said(wish, n_classes, said):
    with pytest.raises(OnlineLearnerError, match=said):
        online_learner(wish, n_classes=n_classes)


def slanting(random, n_rows, cut):
    """Rows on one side of a slanting line or the other: what trees draw in steps, and no heaps about two centres."""
    X = random.uniform(-1.7, 1.7, size=(n_rows, 3)).astype(np.float32)
    return X, (X[:, 0] + X[:, 1] <= cut).astype(float)


def test_a_line_between_classes_is_found_as_it_is():
    random = np.random.default_rng(0)
    X, y = slanting(random, 300, -1.2)
    X_new, truths = slanting(random, 5_000, -1.2)
    assert (LineExpert.fitted(X, y, 2).predict(X_new).argmax(axis=1) == truths).mean() > 0.985


def test_a_line_is_found_in_many_columns_and_rows_too():
    random = np.random.default_rng(0)
    X = random.normal(size=(4_000, 300)).astype(np.float32)
    expert = LineExpert.fitted(X, (X[:, 0] > 0).astype(float), 2)
    assert (expert.predict(X).argmax(axis=1) == (X[:, 0] > 0)).mean() > 0.9


def test_after_an_abrupt_change_it_predicts_by_the_rows_since():
    random, learner = np.random.default_rng(0), online_learner("boosting", n_classes=2)
    shares = []
    for place in range(40):
        X, y = slanting(random, 50, 0.0)
        if place >= 30:
            y = 1 - y  # all that was known is wrong
        if place:
            shares.append((learner.predict(X).argmax(axis=1) == y).mean())
        learner.learn(X, y)
    assert np.mean(shares[20:29]) > 0.95
    assert shares[29] < 0.1
    assert np.mean(shares[30:33]) > 0.85
    assert np.mean(shares[34:]) > 0.93


def test_a_change_in_a_stream_of_values_is_noticed_too():
    random, learner = np.random.default_rng(0), online_learner("boosting", n_classes=0)
    losses = []
    for place in range(30):
        X = random.normal(size=(50, 3)).astype(np.float32)
        y = (1 if place < 20 else -1) * X[:, 0] + 0.1 * random.normal(size=50)
        if place:
            losses.append(float(np.mean((learner.predict(X)[:, 0] - y) ** 2)))
        learner.learn(X, y)
    assert losses[19] > 3
    assert max(losses[21:]) < 0.3
