"""Losses of "the blend so far and one more" for many candidates at once: the inner loop of ensemble selection.

What is shared between them, or between steps, is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, pool_form
from lepton_jupyter.evaluation.probability_formulas import binary_roc_aucs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric


class BlendLosses(Protocol):
    """A blend that grows by one candidate at a time; losses may be on any scale that rises with the metric's."""

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Loss of the blend with each of some candidates added, in their order.

        The least of them is exact; of the others a bound may be given that is no less than that.
        """
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
    if pool_form(metric).logarithmic:
        # The Brier score too is chosen for by log loss: both are least for the true chances, and this one is convex.
        return (_BinaryPoolLosses if pool[0].shape[1] == 2 else _LogPoolLosses)(y, pool, weights)
    if metric.name in {"neg_root_mean_squared_error", "neg_mean_squared_error", "r2"}:
        return _SquaredLosses(y, pool, weights)
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


class _BinaryPoolLosses:
    """Log loss of a logarithmic pool of two classes: one number a row, the difference of its log probabilities."""

    def __init__(
        self, y: NDArray[Any], pool: Sequence[NDArray[np.float32]], weights: NDArray[np.float64] | None
    ) -> None:
        self._shares = None if weights is None else weights / weights.sum()
        opened = [LOGARITHMIC.opened(each) for each in pool]
        # Signed, so that a larger difference is a better one in every row.
        signs = np.where(y == 1, 1.0, -1.0)
        self._margins = np.stack([signs * (each[:, 1] - each[:, 0]) for each in opened]).astype(np.float32)
        self._sum = np.zeros(len(y), dtype=np.float32)
        self._n_members = 0

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        margins = (self._margins[candidates] + self._sum) * np.float32(-1 / (self._n_members + 1))
        # log(1 + exp(m)) that neither overflows nor, for a large m, looks at the exponential.
        losses = np.log1p(np.exp(-np.abs(margins))) + np.maximum(margins, 0)
        return np.asarray(losses.mean(axis=1, dtype=np.float64) if self._shares is None else losses @ self._shares)

    def add(self, index: int) -> None:
        self._sum = self._sum + self._margins[index]
        self._n_members += 1


class _LogPoolLosses:
    """Log loss of a logarithmic pool of several classes.

    It is convex in the pooled log probabilities, so its tangent at the blend so far lies below it: one product of
    matrices bounds the loss with each candidate, and only those are computed that may be the least.
    """

    def __init__(
        self, y: NDArray[Any], pool: Sequence[NDArray[np.float32]], weights: NDArray[np.float64] | None
    ) -> None:
        shares = np.full(len(y), 1 / len(y)) if weights is None else weights / weights.sum()
        self._shares = shares.astype(np.float32)
        # Classes first: sums over them then run along whole rows of memory.
        self._logs = np.stack([np.ascontiguousarray(LOGARITHMIC.opened(each).T, dtype=np.float32) for each in pool])
        self._sum = np.zeros_like(self._logs[0])
        self._n_members = 0
        self._happened = (y, np.arange(len(y)))

    def with_each(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Losses; of candidates that cannot be the best, a bound that shows it."""
        if not self._n_members:
            return np.array([self._loss(self._logs[each]) for each in candidates])
        found = self._bounds(candidates)
        least = np.inf
        for place in np.argsort(found, kind="stable"):
            if found[place] > least:
                break
            found[place] = self._loss((self._sum + self._logs[candidates[place]]) / np.float32(self._n_members + 1))
            least = min(least, float(found[place]))
        return found

    def _loss(self, pooled: NDArray[np.float32]) -> float:
        centred = pooled - pooled.max(axis=0)
        happened = centred[self._happened]
        return float((np.log(np.exp(centred, out=centred).sum(axis=0)) - happened) @ self._shares)

    def _bounds(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        blend = self._sum / np.float32(self._n_members)
        slope = np.exp(blend - blend.max(axis=0))
        slope *= self._shares / slope.sum(axis=0)
        slope[self._happened] -= self._shares
        rises = np.tensordot(self._logs, slope, 2)[candidates] - np.vdot(blend, slope)
        return np.asarray(self._loss(blend) + rises / (self._n_members + 1), dtype=np.float64)

    def add(self, index: int) -> None:
        self._sum = self._sum + self._logs[index]
        self._n_members += 1


class _SquaredLosses:
    """Mean squared error, a quadratic form in the weights: rows are looked at once, then only products of residuals."""

    def __init__(
        self, y: NDArray[Any], pool: Sequence[NDArray[np.float32]], weights: NDArray[np.float64] | None
    ) -> None:
        roots = 1.0 if weights is None else np.sqrt(weights / weights.mean())
        residuals = np.stack([(each[:, 0] - y) * roots for each in pool])
        self._products = residuals @ residuals.T / len(y)
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
