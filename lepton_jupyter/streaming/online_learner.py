"""Learners that learn from a stream as its labels come: scikit-learn's ``partial_fit``, River's ``learn_one``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.exceptions.stream_errors import OnlineLearnerError
from lepton_jupyter.streaming.partial_fit_learner import OnlineLinear, PartialFitLearner, summing_to_one
from lepton_jupyter.streaming.window_boosters import WindowBoosters

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What ``--learn`` knows by name.
NAMED = ("boosting", "linear")


class OnlineLearner(Protocol):
    """Learns from labelled rows in the order of their labels, and may be asked at any time after the first.

    Every one passes ``tests/contracts/online_learner_contract.py``. Rows are complete and scaled numbers: the view
    ``"linear"`` of the recipe of the model that a stream began with.
    """

    @property
    def label(self) -> str:
        """What a person reads."""
        ...

    def learn(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        """Learn from rows; a truth is the code of a class, or a value."""
        ...

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows: shape (n_rows, n_classes), probabilities summing to one, or (n_rows, 1), values."""
        ...


def online_learner(wish: Any, *, n_classes: int) -> OnlineLearner:
    """Make an online learner of what a person wrote.

    Parameters
    ----------
    wish : str or estimator
        ``"boosting"`` or ``"linear"``; an estimator of scikit-learn with ``partial_fit``; a model of River. Estimators
        are copied: what they learn is not seen in the notebook's own.
    n_classes : int
        0 for regression.

    Returns
    -------
    learner : OnlineLearner

    Raises
    ------
    OnlineLearnerError
        If it cannot learn from a stream, or is for another kind of target.

    Examples
    --------
    >>> learner = online_learner("linear", n_classes=2)
    >>> X = np.linspace(-1, 1, 200, dtype=np.float32).reshape(-1, 1)
    >>> learner.learn(X, (X[:, 0] > 0).astype(float))
    >>> learner.predict(X[[0, -1]]).argmax(axis=1).tolist()
    [0, 1]
    """
    if isinstance(wish, str):
        if wish == "boosting":
            return WindowBoosters(n_classes)
        if wish == "linear":
            return OnlineLinear(n_classes)
        raise OnlineLearnerError.from_name(wish, NAMED)
    if hasattr(wish, "learn_one"):
        return RiverLearner(wish, n_classes)
    if hasattr(wish, "partial_fit"):
        return PartialFitLearner(wish, n_classes)
    raise OnlineLearnerError.from_value(wish, NAMED)


class RiverLearner:
    """A model of River, asked and taught row by row.

    Parameters
    ----------
    model : river.base.Classifier or river.base.Regressor
        Copied.
    n_classes : int
        0 for regression.
    """

    def __init__(self, model: Any, n_classes: int) -> None:
        self.label = type(model).__name__
        classifies = hasattr(model, "predict_proba_one")
        if not hasattr(model, "predict_one"):
            raise OnlineLearnerError.from_value(model, NAMED)
        if classifies != bool(n_classes):
            raise OnlineLearnerError.from_task(self.label, classifies=classifies)
        self._model = model.clone()
        self._n_classes = n_classes

    def learn(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        """Learn from rows, one after the other."""
        for row, truth in zip(X.tolist(), truths.tolist(), strict=True):
            self._model.learn_one(dict(enumerate(row)), int(truth) if self._n_classes else truth)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows, one after the other."""
        rows = [dict(enumerate(row)) for row in X.tolist()]
        if not self._n_classes:
            values = (self._model.predict_one(row) for row in rows)
            return np.array([0.0 if value is None else value for value in values]).reshape(-1, 1)
        chances = [self._model.predict_proba_one(row) for row in rows]
        return summing_to_one(
            np.array([[each.get(code, 0.0) for code in range(self._n_classes)] for each in chances]).reshape(
                len(rows), self._n_classes
            )
        )
