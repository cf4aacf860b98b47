"""Probabilities as every learner returns them: a column for each class, clipped, summing to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: No class is ever thought less likely: a log loss stays finite, also after rounding to float32.
SMALLEST_PROBABILITY = 1e-7


def clipped_probabilities(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Rows of non-negative numbers as probabilities that sum to one.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes)
        NaN counts as zero; a row of zeros becomes uniform.

    Returns
    -------
    probabilities : ndarray of shape (n_rows, n_classes)
        Each at least about ``1e-7``.

    Examples
    --------
    >>> clipped_probabilities(np.array([[3.0, 1.0], [0.0, 0.0]]))
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    clean = np.nan_to_num(np.asarray(scores, dtype=np.float64), nan=0.0, posinf=1.0, neginf=0.0)
    total = clean.sum(axis=1, keepdims=True)
    shares = np.divide(clean, total, out=np.full_like(clean, 1.0 / clean.shape[1]), where=total > 0)
    shares = np.maximum(shares, SMALLEST_PROBABILITY)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


def outputs_in_columns(outputs: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    """What LightGBM and XGBoost predict, with a column for each output of a learner.

    Parameters
    ----------
    outputs : ndarray of shape (n_rows,) or (n_rows, n_classes)
        Values; or of two classes the probability of the second alone; or of more classes that of each.
    n_classes : int
        0 for regression.

    Returns
    -------
    predictions : ndarray of shape (n_rows, max(1, n_classes))

    Examples
    --------
    >>> outputs_in_columns(np.array([0.25]), 2), outputs_in_columns(np.array([7.0]), 0)
    (array([[0.75, 0.25]]), array([[7.]]))
    """
    if n_classes == 0:
        return outputs[:, None]
    return clipped_probabilities(np.column_stack([1.0 - outputs, outputs]) if n_classes == 2 else outputs)


def spread_over_classes(scores: NDArray[Any], classes: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    """Columns of the classes a fold has seen, put in their places among all classes.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_seen)
    classes : ndarray of shape (n_seen,)
        Code of the class of each column.
    n_classes : int

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes)
        Zero for classes that were not seen.

    Examples
    --------
    >>> spread_over_classes(np.array([[0.25, 0.75]]), np.array([0, 2]), 3)
    array([[0.25, 0.  , 0.75]])
    """
    spread = np.zeros((len(scores), n_classes))
    spread[:, np.asarray(classes, dtype=np.int64)] = scores
    return spread


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities from logits, without overflow.

    Parameters
    ----------
    logits : ndarray of shape (n_rows, n_classes) or (n_rows, 1)
        A single column is the logit of the second of two classes.

    Returns
    -------
    probabilities : ndarray of shape (n_rows, max(2, n_classes))

    Examples
    --------
    >>> softmax(np.array([[0.0], [1000.0]])).round(3)
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    exponentials = np.exp(np.asarray(logits - logits.max(axis=1, keepdims=True), dtype=np.float64))
    return clipped_probabilities(exponentials)
