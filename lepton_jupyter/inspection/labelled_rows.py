"""Rows with their predictions and the truth: what every part of an evaluation looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import label_of
from lepton_jupyter.evaluation.label_formulas import predicted_labels
from lepton_jupyter.exceptions.evaluation_errors import EvaluationRowsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Label
    from lepton_jupyter.evaluation.metrics import Metric


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows that are judged.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        Values, or class codes in the order of `classes`.
    predictions : ndarray of shape (n_rows, n_outputs)
        Values, or probabilities of each class.
    classes : tuple of str, int, float or bool
        Empty for values.
    threshold : float or None
        Probability of the second of two classes from which a row is given its label; None: the most probable class.
    weights : ndarray of shape (n_rows,) or None
        How much each row counts in a score. Counts and curves are of rows.

    Examples
    --------
    >>> rows = LabelledRows(np.array([0, 1]), np.array([[0.9, 0.1], [0.7, 0.3]]), ("no", "yes"), threshold=0.2)
    >>> rows.task, rows.labels.tolist()
    ('binary', [0, 1])
    """

    y: NDArray[Any]
    predictions: NDArray[Any]
    classes: tuple[Label, ...] = ()
    threshold: float | None = None
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def n_classes(self) -> int:
        """How many classes there are; 0 for values."""
        return len(self.classes)

    @property
    def task(self) -> str:
        """One of ``"regression"``, ``"binary"``, ``"multiclass"``."""
        return {0: "regression", 2: "binary"}.get(self.n_classes, "multiclass")

    @property
    def names(self) -> tuple[str, ...]:
        """The classes as texts."""
        return tuple(label_of(label) for label in self.classes)

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Code of the class that each row is given, at the threshold in force."""
        return decided(self.predictions, self.threshold)

    @cached_property
    def decisions(self) -> NDArray[np.float64]:
        """The given labels as probabilities of 0 and 1, which metrics on labels read."""
        return one_hot(self.labels, self.n_classes)

    def seen_by(self, metric: Metric) -> NDArray[Any]:
        """What a metric looks at: the decisions for one on labels, else the predictions."""
        return self.decisions if metric.needs == "labels" else self.predictions

    def score(self, metric: Metric) -> float:
        """Score of these rows by one metric, at the threshold in force; NaN where it has no value."""
        return metric.score(self.y, self.seen_by(metric), self.n_classes, self.weights)

    def scorer(self, metric: Metric) -> Callable[[NDArray[np.int64]], float]:
        """Scores some of the rows, given by their places; quick, since it is asked a thousand times."""
        y, seen, n_classes, weights = self.y, self.seen_by(metric), self.n_classes, self.weights
        if weights is None:
            return lambda places: metric.score(y[places], seen[places], n_classes)
        return lambda places: metric.score(y[places], seen[places], n_classes, weights[places])

    def constant(self) -> LabelledRows:
        """The same rows with the same prediction for each: the share of each class, or the mean."""
        if not self.n_classes:
            level = np.array([np.average(self.y, weights=self.weights)])
        else:
            counts = np.bincount(self.y, weights=self.weights, minlength=self.n_classes)
            level = counts / counts.sum()
        return LabelledRows(self.y, np.tile(level, (len(self.y), 1)), self.classes, weights=self.weights)

    def at(self, rows: NDArray[Any]) -> LabelledRows:
        """Some of the rows."""
        return self.predicted_as(self.predictions[rows], rows)

    def predicted_as(self, predictions: NDArray[Any], rows: NDArray[Any]) -> LabelledRows:
        """Some of the rows with other predictions."""
        weights = None if self.weights is None else self.weights[rows]
        return LabelledRows(self.y[rows], predictions, self.classes, self.threshold, weights)

    def check(self, name: str) -> LabelledRows:
        """Refuse rows that no score can be had of.

        Parameters
        ----------
        name : str
            Of the target.

        Raises
        ------
        EvaluationRowsError
            If there are fewer than two rows, or all are of one class.
        """
        if len(self) < 2:
            raise EvaluationRowsError.from_count(len(self), name)
        if self.n_classes:
            present = np.unique(self.y)
            if len(present) < 2:
                raise EvaluationRowsError.from_one_class(name, self.classes[int(present[0])], len(self))
        return self


def decided(predictions: NDArray[Any], threshold: float | None) -> NDArray[np.int64]:
    """Code of the class that each row is given.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_classes)
        Probabilities.
    threshold : float or None
        Probability of the second of two classes from which its label is given, that one included, as scikit-learn's
        ``FixedThresholdClassifier`` has it. None: the most probable class.

    Examples
    --------
    >>> decided(np.array([[0.5, 0.5], [0.4, 0.6]]), None), decided(np.array([[0.5, 0.5]]), 0.5)
    (array([0, 1]), array([1]))
    """
    if threshold is None:
        return predicted_labels(predictions)
    return (predictions[:, 1] >= threshold).astype(np.int64)


def one_hot(labels: NDArray[np.int64], n_classes: int) -> NDArray[np.float64]:
    """Labels as probabilities of 0 and 1, of shape (n_rows, n_classes)."""
    certain = np.zeros((len(labels), n_classes))
    certain[np.arange(len(labels)), labels] = 1.0
    return certain
