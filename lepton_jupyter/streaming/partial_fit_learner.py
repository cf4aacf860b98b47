"""Estimators of scikit-learn that learn from a stream by ``partial_fit``, and the linear one of ``--learn linear``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.stream_errors import OnlineLearnerError
from lepton_jupyter.streaming.learner_state import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class PartialFitLearner:
    """An estimator of scikit-learn that has ``partial_fit``.

    Parameters
    ----------
    estimator : estimator
        Copied.
    n_classes : int
        0 for regression.
    label : str, optional
        Default: the name of its class.
    """

    def __init__(self, estimator: Any, n_classes: int, *, label: str = "") -> None:
        from sklearn.base import clone, is_classifier

        self.label = label or type(estimator).__name__
        if is_classifier(estimator) != bool(n_classes):
            raise OnlineLearnerError.from_task(self.label, classifies=not n_classes)
        if n_classes and not hasattr(estimator, "predict_proba"):
            raise OnlineLearnerError.from_probabilities(self.label)
        self._estimator = clone(estimator)
        self._classes = np.arange(n_classes)

    def learn(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        """Learn from rows."""
        if len(self._classes):
            self._estimator.partial_fit(X, truths.astype(np.int64), classes=self._classes)
        else:
            self._estimator.partial_fit(X, truths)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows."""
        if not len(self._classes):
            return np.asarray(self._estimator.predict(X), dtype=np.float64).reshape(-1, 1)
        return summing_to_one(np.asarray(self._estimator.predict_proba(X), dtype=np.float64))


class OnlineLinear(PartialFitLearner):
    """A linear model by stochastic gradient descent, whose state can be kept.

    Parameters
    ----------
    n_classes : int
        0 for regression.

    Examples
    --------
    >>> X = np.linspace(-1, 1, 200, dtype=np.float32).reshape(-1, 1)
    >>> learner, again = OnlineLinear(2), OnlineLinear(2)
    >>> learner.learn(X, (X[:, 0] > 0).astype(float))
    >>> again.take_up(learner.state(), n_columns=1)
    >>> again.predict(X[[0, -1]]).argmax(axis=1).tolist()
    [0, 1]
    """

    def __init__(self, n_classes: int) -> None:
        from sklearn.linear_model import SGDClassifier, SGDRegressor

        # A constant rate goes on learning after a change, where the usual one has become too slow for it.
        estimator = (
            SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01, random_state=0)
            if n_classes
            else SGDRegressor(learning_rate="constant", eta0=0.005, random_state=0)
        )
        super().__init__(estimator, n_classes, label="Linear, online")

    @property
    def has_learnt(self) -> bool:
        """Whether it can predict."""
        return hasattr(self._estimator, "coef_")

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows."""
        return np.nan_to_num(super().predict(X))

    def state(self) -> dict[str, Any]:
        """Its coefficients, as plain JSON; empty before it has learnt."""
        if not self.has_learnt:
            return {}
        return {
            "coefficients": self._estimator.coef_.tolist(),
            "intercept": self._estimator.intercept_.tolist(),
            "steps": float(self._estimator.t_),
        }

    def take_up(self, state: Mapping[str, Any], n_columns: int) -> None:
        """Go on with what another learnt.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is no such state.
        """
        if state == {}:
            return
        n_outputs = len(self._classes) if len(self._classes) > 2 else 1
        # A regression has one vector, a classification a row for each output.
        shape = (n_outputs, n_columns) if len(self._classes) else (n_columns,)
        coefficients, intercept = numbers(state["coefficients"], *shape), numbers(state["intercept"], n_outputs)
        steps = float(numbers(state["steps"]))
        # One step makes all else that the estimator needs to go on; what it learnt by that is replaced.
        self.learn(np.zeros((1, n_columns), dtype=np.float32), np.zeros(1))
        made = self._estimator
        # It goes on with numbers of the kind it began with only.
        made.coef_ = coefficients.astype(made.coef_.dtype)
        made.intercept_ = intercept.astype(made.intercept_.dtype)
        made.t_ = steps


def summing_to_one(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of each row; even ones where a model has none yet, or none that is a number.

    Examples
    --------
    >>> summing_to_one(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    chances = np.where(np.isfinite(chances), np.maximum(chances, 0.0), 0.0)
    total = chances.sum(axis=1, keepdims=True)
    even = 1 / max(1, chances.shape[1])
    made: NDArray[np.float64] = np.where(total > 0, chances / np.where(total > 0, total, math.inf), even)
    return made
