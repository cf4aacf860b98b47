"""Formulas that judge labels: the class that is most probable, whatever its probability.

All take class codes 0 … n_classes-1 and predictions of shape (n_rows, n_classes); they equal scikit-learn's to 1e-12.
Most are small sums over the confusion matrix, which is counted once in one pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def top_two_accuracy(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Share of rows whose class is among the two most probable."""
    chosen = predictions[np.arange(len(y)), y][:, None]
    later = np.arange(predictions.shape[1]) > y[:, None]
    # Of equal probabilities the later class counts as the higher one, as in scikit-learn.
    above = (predictions > chosen) | ((predictions == chosen) & later)
    return float(np.average(above.sum(axis=1) < 2, weights=sample_weight))


def predicted_labels(predictions: NDArray[Any]) -> NDArray[np.int64]:
    """Code of the most probable class, the first of equals."""
    if predictions.shape[1] == 2:
        return (predictions[:, 1] > predictions[:, 0]).astype(np.int64)
    return np.asarray(predictions.argmax(axis=1))


def accuracy(y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> float:
    """Share of rows whose most probable class is the right one.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])).__round__(3)
    0.667
    """
    return float(np.average(predicted_labels(predictions) == y, weights=sample_weight))


def confusion_counts(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> NDArray[Any]:
    """Number, or weight, of rows of each class (first axis) that were given each label (second axis)."""
    n_classes = predictions.shape[1]
    pairs = y * n_classes + predicted_labels(predictions)
    return np.bincount(pairs, sample_weight, minlength=n_classes**2).reshape(n_classes, n_classes)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)
    return ratio


def _recall(right: NDArray[Any], given: NDArray[Any], true: NDArray[Any]) -> NDArray[np.float64]:
    del given
    return _ratio(right, true)


def _precision(right: NDArray[Any], given: NDArray[Any], true: NDArray[Any]) -> NDArray[np.float64]:
    del true
    return _ratio(right, given)


def _f1(right: NDArray[Any], given: NDArray[Any], true: NDArray[Any]) -> NDArray[np.float64]:
    return _ratio(2 * right, given + true)


def _jaccard(right: NDArray[Any], given: NDArray[Any], true: NDArray[Any]) -> NDArray[np.float64]:
    return _ratio(right, given + true - right)


_RATES: dict[str, Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], NDArray[np.float64]]] = {
    "recall": _recall,
    "precision": _precision,
    "f1": _f1,
    "jaccard": _jaccard,
}


def class_rate(
    y: NDArray[Any],
    predictions: NDArray[Any],
    sample_weight: NDArray[np.float64] | None = None,
    *,
    rate: str,
    average: str,
) -> float:
    """Recall, precision, F1 or Jaccard index of labels; a rate with nothing to count is 0.

    Parameters
    ----------
    y : ndarray of int, shape (n_rows,)
    predictions : ndarray of shape (n_rows, n_classes)
    sample_weight : ndarray of shape (n_rows,), optional
    rate : {"recall", "precision", "f1", "jaccard"}
    average : {"binary", "macro", "micro", "weighted"}
        The second class alone; the plain mean over classes that occur, in truth or prediction; all rows together; the
        mean weighted by how often a class occurs in truth.

    Returns
    -------
    value : float

    Examples
    --------
    >>> class_rate(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), rate="recall", average="binary")
    0.5
    """
    counts = confusion_counts(y, predictions, sample_weight)
    right, given, true = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    if average == "micro":
        right, given, true = right.sum(keepdims=True), given.sum(keepdims=True), true.sum(keepdims=True)
    values = _RATES[rate](right, given, true)
    if average == "binary":
        return float(values[1])
    if average == "weighted":
        return float(np.average(values, weights=true))
    return float(values[(given + true) > 0].mean())


def balanced_accuracy(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Mean recall of the classes that occur in `y`."""
    counts = confusion_counts(y, predictions, sample_weight)
    occurs = counts.sum(axis=1) > 0
    return float((np.diag(counts)[occurs] / counts.sum(axis=1)[occurs]).mean())


def matthews_correlation(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Correlation of labels and classes, from -1 to 1; 0 when either is constant.

    References
    ----------
    .. [1] J. Gorodkin. Comparing two K-category assignments by a K-category correlation coefficient. Computational
           Biology and Chemistry 28(5-6):367-374, 2004.
    """
    counts = confusion_counts(y, predictions, sample_weight).astype(np.float64)
    given, true, n_rows = counts.sum(axis=0), counts.sum(axis=1), counts.sum()
    spread = (n_rows**2 - given @ given) * (n_rows**2 - true @ true)
    return float((np.trace(counts) * n_rows - given @ true) / np.sqrt(spread)) if spread > 0 else 0.0
