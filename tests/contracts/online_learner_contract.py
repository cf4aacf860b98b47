"""What every online learner of a stream keeps: inherit, and give `make`."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lepton_jupyter.streaming.learner_state import KeepableLearner


def moons(n_rows, seed):
    """Two classes that a line tells apart in nine rows of ten."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n_rows, 3)).astype(np.float32)
    return X, ((X[:, 0] + X[:, 1] > 0) ^ (random.random(n_rows) < 0.1)).astype(float)


def _changed(state, name, value):
    """The same with another value wherever that name is."""
    if not isinstance(state, dict):
        return state
    return {key: value if key == name else _changed(each, name, value) for key, each in state.items()}


class OnlineLearnerContract:
    """Classes 0 and 1; a class that learns values too overrides `make_of_values`."""

    def make(self):
        raise NotImplementedError

    def make_of_values(self):
        pytest.skip("learns classes alone")

    def taught(self, n_rows=600):
        learner = self.make()
        X, y = moons(n_rows, 0)
        for start in range(0, n_rows, 50):
            learner.learn(X[start : start + 50], y[start : start + 50])
        return learner

    def test_it_learns_what_a_line_tells_apart(self):
        X, y = moons(500, 1)
        assert (self.taught().predict(X).argmax(axis=1) == y).mean() > 0.75

    def test_probabilities_sum_to_one_from_the_first_label_on(self):
        learner = self.make()
        X, y = moons(20, 0)
        learner.learn(X[:1], y[:1])
        said = learner.predict(X)
        assert said.shape == (20, 2)
        assert np.isfinite(said).all()
        np.testing.assert_allclose(said.sum(axis=1), 1)

    def test_a_row_is_predicted_the_same_alone_or_among_others(self):
        learner = self.taught()
        X, _ = moons(20, 2)
        together = learner.predict(X)
        alone = np.concatenate([learner.predict(X[place : place + 1]) for place in range(len(X))])
        np.testing.assert_allclose(alone, together, atol=1e-6)

    def test_asking_teaches_nothing(self):
        learner = self.taught()
        X, _ = moons(20, 2)
        first = learner.predict(X)
        learner.predict(moons(200, 3)[0])
        np.testing.assert_array_equal(learner.predict(X), first)

    def test_a_turned_concept_is_learnt_anew(self):
        learner = self.taught(1_000)
        X, y = moons(4_000, 4)
        for start in range(0, 3_500, 50):
            learner.learn(X[start : start + 50], 1 - y[start : start + 50])
        assert (learner.predict(X[3_500:]).argmax(axis=1) == 1 - y[3_500:]).mean() > 0.7

    def test_what_it_has_learnt_is_taken_up_by_another_of_its_kind(self):
        learner, again = self.taught(2_000), self.make()
        if not isinstance(learner, KeepableLearner):
            pytest.skip("keeps no state of its own")
        X, y = moons(1_000, 5)
        again.take_up(json.loads(json.dumps(learner.state())), n_columns=3)
        np.testing.assert_allclose(again.predict(X), learner.predict(X), atol=1e-6)
        for start in range(0, 500, 50):
            again.learn(X[start : start + 50], y[start : start + 50])
        assert (again.predict(X[500:]).argmax(axis=1) == y[500:]).mean() > 0.8
        # Once more, with what it has learnt itself beside that.
        third = self.make()
        third.take_up(json.loads(json.dumps(again.state())), n_columns=3)
        assert (third.predict(X[500:]).argmax(axis=1) == y[500:]).mean() > 0.8

    @pytest.mark.mistake
    def test_what_is_no_state_of_its_own_is_refused_and_changes_nothing(self):
        learner = self.make()
        if not isinstance(learner, KeepableLearner):
            pytest.skip("keeps no state of its own")
        X, _ = moons(50, 5)
        state, fresh = self.taught().state(), self.taught()
        before = fresh.predict(X)
        broken = [{"a": 1}, [], None, _changed(state, "coefficients", [[1.0]])]
        broken += [_changed(state, "intercept", [float("nan")]), _changed(state, "losses", {})]
        broken += [_changed(state, "trees", text) for text in ("tree\nversion=v4\n", "", 7, "tree")]
        for each in broken:
            if each == state:  # it has no such part
                continue
            with pytest.raises((ValueError, TypeError, KeyError)):
                fresh.take_up(each, 3)
        with pytest.raises((ValueError, TypeError, KeyError)):
            fresh.take_up(state, 4)
        np.testing.assert_array_equal(fresh.predict(X), before)

    def test_it_says_what_it_is(self):
        assert self.make().label

    def test_values_are_learnt(self):
        learner = self.make_of_values()
        X = np.random.default_rng(0).normal(size=(2_000, 3)).astype(np.float32)
        y = 5.0 + 2 * X[:, 0].astype(float)
        for start in range(0, 2_000, 50):
            learner.learn(X[start : start + 50], y[start : start + 50])
        said = learner.predict(X[-500:])
        assert said.shape == (500, 1)
        assert np.mean((said[:, 0] - y[-500:]) ** 2) < 0.5 * np.var(y)
