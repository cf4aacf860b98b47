"""Formulas that judge probabilities, vectorised: an ensemble calls them thousands of times.

All take class codes 0 … n_classes-1 and predictions of shape (n_rows, n_classes). They agree with scikit-learn's to
1e-12, ties and classes that are missing from `y` included, and skip its checks of input, which cost more than the
arithmetic.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def binary_roc_aucs(positive: NDArray[Any], scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Areas under the ROC curve of many candidates at once, exact with ties.

    A non-negative float32 keeps its order when its bits are read as an integer. Shifted by one bit, with the label in
    the place that became free, it is a key that carries its label through a plain sort: no index, no gather.

    Parameters
    ----------
    positive : ndarray of bool, shape (n_rows,)
        Which rows belong to the positive class.
    scores : ndarray of float32, shape (n_candidates, n_rows)
        Never negative; higher means more likely positive.

    Returns
    -------
    areas : ndarray of shape (n_candidates,)
        NaN when a class is absent.

    References
    ----------
    .. [1] J. A. Hanley, B. J. McNeil. The meaning and use of the area under a receiver operating characteristic (ROC)
           curve. Radiology 143(1):29-36, 1982.

    Examples
    --------
    >>> binary_roc_aucs(np.array([False, True, True]), np.array([[0.1, 0.5, 0.9], [0.5, 0.5, 0.5]], np.float32))
    array([1. , 0.5])
    """
    n_rows = len(positive)
    n_positive = int(np.count_nonzero(positive))
    n_negative = n_rows - n_positive
    if not n_positive or not n_negative:
        return np.full(len(scores), np.nan)
    # + 0.0 turns -0.0, whose bits are the largest of all, into 0.0.
    keys = (scores + np.float32(0.0)).view(np.uint32)
    keys <<= 1
    keys |= positive.astype(np.uint32)
    keys.sort(axis=1)
    labels = (keys & 1).astype(np.float64)
    wins = labels @ np.arange(n_rows, dtype=np.float64) - n_positive * (n_positive - 1) / 2
    # Within a tie negatives come first, so each tied pair was counted as won: half of it is taken back.
    return np.asarray((wins - _tied_pairs(keys) / 2) / (n_positive * n_negative))


def _tied_pairs(keys: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Pairs of a negative and a positive with one score, for each row of sorted keys."""
    pairs = np.zeros(len(keys))
    # Sorted keys that differ in the last bit alone: the last negative and the first positive of one score.
    candidate, place = np.nonzero((keys[:, 1:] ^ keys[:, :-1]) == 1)
    for index in np.unique(candidate):
        row, last_negative = keys[index], place[candidate == index]
        n_negative = last_negative + 1 - np.searchsorted(row, row[last_negative], side="left")
        n_positive = np.searchsorted(row, row[last_negative + 1], side="right") - last_negative - 1
        pairs[index] = float(n_negative @ n_positive)
    return pairs


def _ranked_roc_auc(
    positive: NDArray[Any], scores: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Area under the ROC curve of any scores, with weights of rows."""
    order = np.argsort(scores)
    weight = np.ones(len(scores)) if sample_weight is None else sample_weight[order]
    won = positive[order]
    start = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])
    gained = np.add.reduceat(np.where(won, weight, 0.0), start)
    lost = np.add.reduceat(np.where(won, 0.0, weight), start)
    total = gained.sum() * lost.sum()
    return float(gained @ (np.cumsum(lost) - lost / 2) / total) if total else float("nan")


def binary_roc_auc(
    positive: NDArray[Any], scores: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Area under the ROC curve: the chance that a positive row is ranked above a negative one, a tie counting half.

    Parameters
    ----------
    positive : ndarray of bool, shape (n_rows,)
    scores : ndarray of shape (n_rows,)
    sample_weight : ndarray of shape (n_rows,), optional
        Weight of each row; zero leaves it out.

    Returns
    -------
    area : float
        NaN when a class is absent.

    Examples
    --------
    >>> binary_roc_auc(np.array([False, True, False]), np.array([0.1, 0.9, 0.9]))
    0.75
    """
    if sample_weight is None and scores.dtype == np.float32 and scores.size and scores.min() >= 0:
        return float(binary_roc_aucs(positive, scores[None])[0])
    return _ranked_roc_auc(positive, scores, sample_weight)


def roc_auc(y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> float:
    """`binary_roc_auc` of the second class."""
    return binary_roc_auc(y == 1, np.ascontiguousarray(predictions[:, 1]), sample_weight)


def roc_auc_ovr(
    y: NDArray[Any],
    predictions: NDArray[Any],
    sample_weight: NDArray[np.float64] | None = None,
    *,
    weighted: bool = False,
) -> float:
    """Mean over classes of the AUC of one class against the rest; classes absent from `y` have none and are left out.

    Parameters
    ----------
    y : ndarray of int, shape (n_rows,)
    predictions : ndarray of shape (n_rows, n_classes)
    sample_weight : ndarray of shape (n_rows,), optional
    weighted : bool, default=False
        Weight classes by their number of rows.

    Returns
    -------
    area : float
        NaN when fewer than two classes are present.
    """
    counts = np.bincount(y, minlength=predictions.shape[1])
    present = np.flatnonzero((counts > 0) & (counts < len(y)))
    shares = np.bincount(y, sample_weight, minlength=predictions.shape[1])
    if not len(present):
        return float("nan")
    areas = [binary_roc_auc(y == each, np.ascontiguousarray(predictions[:, each]), sample_weight) for each in present]
    return float(np.average(areas, weights=shares[present] if weighted else None))


def roc_auc_ovo(
    y: NDArray[Any],
    predictions: NDArray[Any],
    sample_weight: NDArray[np.float64] | None = None,
    *,
    weighted: bool = False,
) -> float:
    """Mean over pairs of classes of how well the two are told apart; pairs with an absent class are left out.

    Parameters
    ----------
    y : ndarray of int, shape (n_rows,)
    predictions : ndarray of shape (n_rows, n_classes)
    sample_weight : ndarray of shape (n_rows,), optional
    weighted : bool, default=False
        Weight pairs by their number of rows.

    Returns
    -------
    area : float
        NaN when fewer than two classes are present.

    References
    ----------
    .. [1] D. J. Hand, R. J. Till. A simple generalisation of the area under the ROC curve for multiple class
           classification problems. Machine Learning 45(2):171-186, 2001.
    """
    counts = np.bincount(y, sample_weight, minlength=predictions.shape[1])
    areas, weights = [], []
    for first, second in combinations(np.flatnonzero(counts), 2):
        rows = (y == first) | (y == second)
        is_second = y[rows] == second
        row_weights = None if sample_weight is None else sample_weight[rows]
        ahead = binary_roc_auc(is_second, np.ascontiguousarray(predictions[rows, second]), row_weights)
        behind = binary_roc_auc(~is_second, np.ascontiguousarray(predictions[rows, first]), row_weights)
        areas.append((ahead + behind) / 2)
        weights.append(float(counts[first] + counts[second]))
    return float(np.average(areas, weights=weights if weighted else None)) if areas else float("nan")


def log_loss(y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> float:
    """Mean of minus the logarithm of the probability given to what happened.

    Probabilities are clipped by the machine precision of their type, as scikit-learn does, so that one wrong certainty
    costs 16 (float32) and not infinity.

    Parameters
    ----------
    y : ndarray of int, shape (n_rows,)
    predictions : ndarray of shape (n_rows, n_classes)
        Rows that sum to one.
    sample_weight : ndarray of shape (n_rows,), optional

    Returns
    -------
    loss : float

    Examples
    --------
    >>> round(log_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.5, 0.5]])), 4)
    0.6931
    """
    precision = np.finfo(predictions.dtype).eps
    chosen = predictions[np.arange(len(y)), y].clip(precision, 1 - precision)
    return float(-np.average(np.log(chosen.astype(np.float64)), weights=sample_weight))


def log_loss_skill(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Share of the log loss of the class frequencies that is explained: 1 is perfect, 0 is no better than them."""
    known = np.broadcast_to(_frequencies(y, predictions.shape[1], sample_weight), predictions.shape)
    return 1 - log_loss(y, predictions, sample_weight) / log_loss(y, known, sample_weight)


def _frequencies(y: NDArray[Any], n_classes: int, sample_weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    counts = np.bincount(y, sample_weight, minlength=n_classes)
    return np.asarray(counts / counts.sum())


def brier_score(y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> float:
    """Mean squared difference of probabilities to what happened: 0 to 1 for two classes, 0 to 2 for more.

    References
    ----------
    .. [1] G. W. Brier. Verification of forecasts expressed in terms of probability. Monthly Weather Review 78(1):1-3,
           1950.

    Examples
    --------
    >>> brier_score(np.array([0, 1]), np.array([[0.9, 0.1], [0.4, 0.6]])).__round__(3)
    0.085
    """
    wide = predictions.astype(np.float64)
    squared = (wide**2).sum(axis=1) - 2 * wide[np.arange(len(y)), y] + 1
    # One of two probabilities says it all, so the second is not counted again.
    return float(np.average(squared, weights=sample_weight) / (2 if predictions.shape[1] == 2 else 1))


def brier_skill(y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> float:
    """Share of the Brier score of the class frequencies that is explained: 1 is perfect, 0 is no better than them."""
    known = np.broadcast_to(_frequencies(y, predictions.shape[1], sample_weight), predictions.shape)
    return 1 - brier_score(y, predictions, sample_weight) / brier_score(y, known, sample_weight)


def average_precision(
    y: NDArray[Any], predictions: NDArray[Any], sample_weight: NDArray[np.float64] | None = None
) -> float:
    """Precision of the second class, averaged over the recall that each threshold gains.

    Parameters
    ----------
    y : ndarray of int, shape (n_rows,)
    predictions : ndarray of shape (n_rows, 2)
    sample_weight : ndarray of shape (n_rows,), optional

    Returns
    -------
    precision : float
        0 when no row is positive.

    Examples
    --------
    >>> second = np.array([0.1, 0.4, 0.35, 0.8])
    >>> average_precision(np.array([0, 0, 1, 1]), np.c_[1 - second, second]).__round__(2)
    0.83
    """
    scores = predictions[:, 1]
    order = np.argsort(-scores)
    last_of_tie = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    weight = np.ones(len(y)) if sample_weight is None else sample_weight[order]
    true_positive = np.cumsum(np.where(y[order] == 1, weight, 0.0))[last_of_tie]
    if not true_positive[-1]:
        return 0.0
    gained = np.diff(true_positive, prepend=0) / true_positive[-1]
    return float(gained @ (true_positive / np.cumsum(weight)[last_of_tie]))
