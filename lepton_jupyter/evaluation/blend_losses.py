"""Losses of "the blend so far and one more" for many candidates at once: the inner loop of ensemble selection.

What is shared between them, or between steps, is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.evaluation.probability_formulas import binary_roc_aucs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric


class BlendLosses(Protocol):
    """A blend that grows by one candidate at a time; losses may be on any scale that rises with the metric's."""

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Loss of the blend with each of some candidates added, in their order."""
        ...

    def add(self, index: int) -> None:
        """Add one candidate to the blend."""
        ...


def blend_losses(
    metric: Metric,
    y: NDArray[Any],
    pool: Sequence[NDArray[np.float32]],
    weights: NDArray[np.float64] | None = None,
) -> BlendLosses:
    """Choose the quickest way to score blends by `metric`.

    Parameters
    ----------
    metric : Metric
    y : ndarray of shape (n_rows,)
    pool : sequence of ndarray of shape (n_rows, n_outputs)
        Predictions of the candidates.
    weights : ndarray of shape (n_rows,), optional
        How much each row counts.

    Returns
    -------
    losses : BlendLosses
        With an empty blend.
    """
    if metric.name == "roc_auc" and weights is None:
        return _RankedLosses(y, pool)
    if metric.name in {"neg_log_loss", "d2_log_loss_score"}:
        return _LogLosses(y, pool, weights)
    if metric.name in {"neg_root_mean_squared_error", "neg_mean_squared_error", "r2"}:
        return _SquaredLosses(y[:, None], pool, weights)
    if metric.name in {"neg_brier_score", "d2_brier_score"}:
        return _SquaredLosses(np.eye(pool[0].shape[1])[y], pool, weights)
    return _PlainLosses(metric, y, pool, weights)


class _RankedLosses:
    """Minus the AUC. A sum ranks rows as the mean does, so nothing is divided."""

    def __init__(self, y: NDArray[Any], pool: Sequence[NDArray[np.float32]]) -> None:
        self._positive = y == 1
        self._scores = np.stack([each[:, 1] for each in pool])
        self._sum = np.zeros(len(y), dtype=np.float32)

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        return -binary_roc_aucs(self._positive, self._scores[candidates] + self._sum)

    def add(self, index: int) -> None:
        self._sum = self._sum + self._scores[index]


class _LogLosses:
    """Log loss, which looks at nothing but the probability of what happened: one column, however many classes."""

    def __init__(
        self, y: NDArray[Any], pool: Sequence[NDArray[np.float32]], weights: NDArray[np.float64] | None
    ) -> None:
        rows = np.arange(len(y))
        self._shares = None if weights is None else weights / weights.sum()
        self._chosen = np.stack([each[rows, y] for each in pool])
        self._sum = np.zeros(len(y), dtype=np.float32)
        self._n_members = 0

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        precision = np.finfo(np.float32).eps
        mean = (self._chosen[candidates] + self._sum) / np.float32(self._n_members + 1)
        np.clip(mean, precision, 1 - precision, out=mean)
        losses = -np.log(mean, out=mean)
        return np.asarray(losses.mean(axis=1, dtype=np.float64) if self._shares is None else losses @ self._shares)

    def add(self, index: int) -> None:
        self._sum = self._sum + self._chosen[index]
        self._n_members += 1


class _SquaredLosses:
    """Mean squared error, a quadratic form in the weights: rows are looked at once, then only products of residuals."""

    def __init__(
        self, target: NDArray[Any], pool: Sequence[NDArray[np.float32]], weights: NDArray[np.float64] | None
    ) -> None:
        roots = 1.0 if weights is None else np.sqrt(weights / weights.mean())[:, None]
        residuals = np.stack([((each - target) * roots).ravel() for each in pool])
        self._products = residuals @ residuals.T / len(target)
        self._counts = np.zeros(len(pool))

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        n_members = self._counts.sum() + 1
        so_far = self._products @ self._counts
        losses = (self._counts @ so_far + 2 * so_far + np.diag(self._products)) / n_members**2
        return np.asarray(losses[candidates])

    def add(self, index: int) -> None:
        self._counts[index] += 1


class _PlainLosses:
    """Any metric, blend by blend."""

    def __init__(
        self,
        metric: Metric,
        y: NDArray[Any],
        pool: Sequence[NDArray[np.float32]],
        weights: NDArray[np.float64] | None,
    ) -> None:
        self._metric, self._y, self._pool, self._weights = metric, y, pool, weights
        self._n_classes = pool[0].shape[1] if metric.needs != "values" else 0
        self._sum = np.zeros_like(pool[0])
        self._n_members = 0

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        share = np.float32(1 / (self._n_members + 1))
        blends = ((self._sum + self._pool[each]) * share for each in candidates)
        return np.array([self._metric.loss(self._y, blend, self._n_classes, self._weights) for blend in blends])

    def add(self, index: int) -> None:
        self._sum = self._sum + self._pool[index]
        self._n_members += 1
