"""Two linear fits that can be interrupted: ridge by normal or dual equations, softmax regression by L-BFGS.

scikit-learn has both, but neither looks at a deadline, and its logistic regression can be stopped early only by an
iteration limit that warns; warnings cannot be silenced safely while other threads fit.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline

#: Multiply–adds between two looks at the deadline, well below a tenth of a second on one core.
_OPERATIONS_PER_LOOK = 2e8


def fit_ridge(
    X: NDArray[np.float32],
    y: NDArray[np.float64],
    *,
    alpha: float,
    deadline: Deadline,
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], float, int] | None:
    r"""Coefficients that minimise :math:`\|y - Xw - b\|^2 + \alpha \|w\|^2`, each row's square times its weight.

    Rows enter the normal equations in strided blocks; when the deadline passes, the rows seen so far decide. Where
    there are more columns than rows, the dual equations [1]_ have an unknown for each row; columns enter these in
    blocks, and those seen so far decide.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
    alpha : float
        Penalty, positive.
    deadline : Deadline
    weights : ndarray of shape (n_rows,), optional
        Positive; a row of weight 2 counts as two such rows.

    Returns
    -------
    fit : (coefficients of shape (n_columns,), intercept, number of rows used) or None
        None if the deadline passed before the first block.

    References
    ----------
    .. [1] C. Saunders, A. Gammerman, V. Vovk. Ridge regression learning algorithm in dual variables. ICML, 1998.

    Examples
    --------
    >>> import math
    >>> from lepton_jupyter.execution.deadline import Deadline
    >>> X = np.array([[0.0], [1.0], [2.0]], np.float32)
    >>> w, b, n = fit_ridge(X, np.array([1.0, 3.0, 5.0]), alpha=1e-9, deadline=Deadline(math.inf))
    >>> w.round(6), round(b, 6), n
    (array([2.]), 1.0, 3)
    """
    n_rows, n_columns = X.shape
    if n_columns > n_rows:
        return _fit_dual_ridge(X, y, alpha, deadline, weights)
    n_blocks = max(1, int(np.ceil(n_rows * n_columns * n_columns / _OPERATIONS_PER_LOOK)))
    gram = np.zeros((n_columns, n_columns))
    moment, sums, y_sum, n_seen, total = np.zeros(n_columns), np.zeros(n_columns), 0.0, 0, 0.0
    y_shift = float(np.average(y, weights=weights))
    for block in range(n_blocks):
        if deadline.passed():
            break
        # Strided, so that a first block speaks for the whole table also when rows are sorted.
        part = X[block::n_blocks].astype(np.float64)
        y_part = y[block::n_blocks] - y_shift
        n_seen += len(part)
        if weights is None:
            total += len(part)
        else:  # with both sides times the root of the weights, all sums below are weighted
            root = np.sqrt(weights[block::n_blocks])
            total += float(root @ root)
            sums += (root * root) @ part
            y_sum += float((root * root) @ y_part)
            part *= root[:, None]
            y_part = y_part * root
        gram += part.T @ part
        moment += part.T @ y_part
        if weights is None:
            sums += part.sum(axis=0)
            y_sum += float(y_part.sum())
    if n_seen == 0:
        return None
    # In place: with a thousand columns each copy would be 8 MB, on each worker.
    centred = gram
    for place in range(n_columns):
        centred[place] -= sums[place] * sums / total
    # A tiny ridge of its own keeps exactly collinear columns solvable whatever alpha is.
    centred[np.diag_indices(n_columns)] += alpha + 1e-9 * (1.0 + np.trace(centred) / max(1, n_columns))
    # Not by SciPy, which would spare another copy, and let no other thread work meanwhile.
    coefficients = np.linalg.solve(centred, moment - sums * (y_sum / total))
    intercept = y_shift + (y_sum - float(sums @ coefficients)) / total
    return np.asarray(coefficients, dtype=np.float64), intercept, n_seen


def _fit_dual_ridge(
    X: NDArray[np.float32],
    y: NDArray[np.float64],
    alpha: float,
    deadline: Deadline,
    weights: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], float, int] | None:
    n_rows, n_columns = X.shape
    root = np.ones(n_rows) if weights is None else np.sqrt(weights)
    means, y_mean = np.average(X, axis=0, weights=weights).astype(np.float64), float(np.average(y, weights=weights))
    width = max(1, int(_OPERATIONS_PER_LOOK / n_rows**2))
    products = np.zeros((n_rows, n_rows))
    n_seen = 0
    while n_seen < n_columns and not deadline.passed():
        seen = slice(n_seen, n_seen + width)
        part = (X[:, seen] - means[seen]) * root[:, None]
        products += part @ part.T
        n_seen = min(n_columns, n_seen + width)
    if n_seen == 0:
        return None
    products[np.diag_indices(n_rows)] += alpha + 1e-9 * (1.0 + np.trace(products) / n_columns)
    duals = np.linalg.solve(products, (y - y_mean) * root) * root
    coefficients = np.zeros(n_columns)
    coefficients[:n_seen] = duals @ X[:, :n_seen] - duals.sum() * means[:n_seen]
    return coefficients, y_mean - float(means @ coefficients), n_rows


class _OutOfTime(Exception):  # noqa: N818  # a signal, never seen by a caller
    pass


class _SoftmaxObjective:
    """Mean log loss plus penalty and its gradient; remembers the best coefficients it was asked about."""

    def __init__(
        self,
        X: NDArray[np.float32],
        y: NDArray[np.int64],
        n_logits: int,
        inverse_penalty: float,
        deadline: Deadline,
        weights: NDArray[np.float64] | None,
    ) -> None:
        self.X, self.y, self.n_logits, self.deadline = X, y, n_logits, deadline
        total = len(X) if weights is None else float(weights.sum())
        self.penalty = 1.0 / (inverse_penalty * total)
        # Of mean 1, so that means over rows need no other divisor.
        self.row_weights = None if weights is None else (weights * (len(X) / total)).astype(np.float32)
        self.one_hot = np.zeros((len(X), max(2, n_logits)), dtype=np.float32)
        self.one_hot[np.arange(len(X)), y] = 1.0
        self.best: NDArray[np.float64] | None = None
        self.best_value = np.inf
        self.n_calls = 0

    def __call__(self, flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        if self.best is not None and self.deadline.passed():
            raise _OutOfTime
        weights = flat.reshape(-1, self.n_logits)
        logits = self.X @ weights[:-1].astype(np.float32) + weights[-1].astype(np.float32)
        losses, residual = self._losses_and_residual(logits)
        if self.row_weights is not None:
            losses, residual = losses * self.row_weights, residual * self.row_weights[:, None]
        value = float(losses.mean(dtype=np.float64) + 0.5 * self.penalty * (weights[:-1] ** 2).sum())
        gradient = np.empty_like(weights)
        gradient[:-1] = (self.X.T @ residual) / len(self.X) + self.penalty * weights[:-1]
        gradient[-1] = residual.mean(axis=0, dtype=np.float64)
        self.n_calls += 1
        if value < self.best_value:
            self.best, self.best_value = flat.copy(), value
        return value, gradient.ravel()

    def _losses_and_residual(self, logits: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self.n_logits == 1:
            z, positive = logits[:, 0], self.one_hot[:, 1]
            losses = np.logaddexp(np.float32(0.0), z) - positive * z
            # tanh does not overflow, however large the logit.
            return losses, (0.5 * (1.0 + np.tanh(0.5 * z)) - positive)[:, None].astype(np.float32)
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        total = exponentials.sum(axis=1, keepdims=True)
        losses = np.log(total[:, 0]) - shifted[np.arange(len(shifted)), self.y]
        return losses, exponentials / total - self.one_hot


def fit_softmax(
    X: NDArray[np.float32],
    y: NDArray[np.int64],
    *,
    n_classes: int,
    inverse_penalty: float,
    deadline: Deadline,
    max_iterations: int = 200,
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], int] | None:
    """Coefficients of a penalised softmax (for two classes: logistic) regression, by L-BFGS.

    The objective is that of scikit-learn's ``LogisticRegression``: ``C * sum(log loss) + ||w||² / 2``, the intercept
    free. Products run in float32, which halves their time; sums and steps in float64.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        Scaled columns.
    y : ndarray of shape (n_rows,)
        Class codes.
    n_classes : int
    inverse_penalty : float
        ``C``.
    deadline : Deadline
        Looked at before each evaluation; the best coefficients so far are returned.
    max_iterations : int, default=200
    weights : ndarray of shape (n_rows,), optional
        Positive; a row of weight 2 counts as two such rows.

    Returns
    -------
    fit : (coefficients of shape (n_columns, n_logits), intercepts of shape (n_logits,), number of evaluations) or None
        One logit for two classes, else one for each class. None if the deadline passed before the first evaluation.

    References
    ----------
    .. [1] D. C. Liu, J. Nocedal. On the limited memory BFGS method for large scale optimization. Mathematical
           Programming 45:503-528, 1989.
    """
    from scipy.optimize import minimize

    if deadline.passed():
        return None
    n_logits = 1 if n_classes == 2 else n_classes
    objective = _SoftmaxObjective(X, y, n_logits, inverse_penalty, deadline, weights)
    start = np.zeros((X.shape[1] + 1, n_logits))
    start[-1] = _log_odds(y, n_classes, weights)
    with suppress(_OutOfTime):
        minimize(
            objective, start.ravel(), jac=True, method="L-BFGS-B",
            options={"maxiter": max_iterations, "ftol": 1e-6, "gtol": 1e-5},
        )  # fmt: skip
    best = objective.best
    if best is None:
        return None
    found = best.reshape(-1, n_logits)
    return found[:-1], found[-1], objective.n_calls


def _log_odds(y: NDArray[np.int64], n_classes: int, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Intercepts of a model that knows class frequencies alone: the best place to start."""
    counts = np.bincount(y, weights, minlength=n_classes)
    shares = (counts + 0.5) / (counts.sum() + 0.5 * n_classes)
    logs = np.log(shares)
    return np.asarray(logs[1:] - logs[:1] if n_classes == 2 else logs - logs.mean(), dtype=np.float64)
