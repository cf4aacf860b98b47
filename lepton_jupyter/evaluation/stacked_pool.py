"""Stacking on log probabilities: weights and shifts of a logarithmic pool, held near those of the greedy selection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, PoolForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Steps of one fit; it starts near its end, so few are needed.
_MOST_STEPS = 30

#: Weight below which a member is left out.
_LEAST_WEIGHT = 1e-4


@dataclass(frozen=True, slots=True)
class Stack:
    """Weights that sum to one, and the form that says how sharp the pool is and how classes are shifted."""

    weights: dict[int, float]
    form: PoolForm


def fit_stack(
    candidates: Mapping[int, NDArray[np.float32]],
    y: NDArray[Any],
    weights: Mapping[int, float],
    penalty: float,
    sample_weight: NDArray[np.float64] | None = None,
) -> Stack:
    """Fit a penalised multinomial regression on the log probabilities of an ensemble's members [1]_.

    One weight for each member, never negative, and one shift for each class, so that few rows are enough. What is
    penalised is the distance to the weights given and to no shift: with a strong penalty the result is the pool it
    began with, so that there is a way from one to the other and cross-validation says how far to go.

    Parameters
    ----------
    candidates : mapping of int to ndarray of float32, shape (n_rows, n_classes)
        Out-of-fold probabilities; of the members at least.
    y : ndarray of shape (n_rows,)
        Class codes.
    weights : mapping of int to float
        Of the members; they sum to one.
    penalty : float
        Of the squared distance, beside the mean log loss.
    sample_weight : ndarray of shape (n_rows,), optional
        How much each row counts.

    Returns
    -------
    stack : Stack

    References
    ----------
    .. [1] L. Breiman. Stacked regressions. Machine Learning 24:49-64, 1996. He found that weights must not be negative.

    Examples
    --------
    >>> y = np.array([0, 1, 0, 1])
    >>> timid = np.array([[0.6, 0.4], [0.4, 0.6], [0.6, 0.4], [0.4, 0.6]], np.float32)
    >>> bold = fit_stack({1: timid}, y, {1: 1.0}, penalty=0.01)
    >>> bold.form.sharpness > 2, fit_stack({1: timid}, y, {1: 1.0}, penalty=1e6).form.sharpness.__round__(3)
    (True, 1.0)
    """
    from scipy.optimize import minimize

    members = sorted(weights)
    # In single precision, which they are stored in: a fit is a dozen passes over them.
    logs = np.stack(
        [np.ascontiguousarray(LOGARITHMIC.opened(candidates[each]).T, dtype=np.float32) for each in members]
    )
    prior = np.array([weights[each] for each in members])
    start = np.concatenate([prior, np.zeros(logs.shape[1])])
    loss = _PenalisedLogLoss(logs, y, prior, penalty, sample_weight)
    bounds = [(0.0, None)] * len(members) + [(None, None)] * logs.shape[1]
    found = minimize(
        loss.with_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _MOST_STEPS}
    ).x
    parts, shifts = found[: len(members)], found[len(members) :]
    kept = np.flatnonzero(parts > _LEAST_WEIGHT * parts.sum())
    if not len(kept):  # nothing that was learnt helps: the prior stays
        return Stack(dict(weights), LOGARITHMIC)
    sharpness = float(parts[kept].sum())
    heaviest_first = sorted(kept, key=lambda index: (-parts[index], members[index]))
    return Stack(
        {members[index]: float(parts[index] / sharpness) for index in heaviest_first},
        replace(LOGARITHMIC, sharpness=sharpness, shifts=tuple(float(each) for each in shifts)),
    )


class _PenalisedLogLoss:
    """Mean log loss of a logarithmic pool, plus the penalty; classes run first, so that sums go along memory."""

    def __init__(
        self,
        logs: NDArray[np.float32],
        y: NDArray[Any],
        prior: NDArray[np.float64],
        penalty: float,
        sample_weight: NDArray[np.float64] | None,
    ) -> None:
        self._logs = logs
        self._happened = (y, np.arange(len(y)))
        self._prior = prior
        self._penalty = penalty
        self._shares = np.full(len(y), 1 / len(y)) if sample_weight is None else sample_weight / sample_weight.sum()

    def with_gradient(self, parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        n_members = len(self._prior)
        weights, shifts = parameters[:n_members], parameters[n_members:]
        distance = weights - self._prior
        pooled = np.tensordot(weights.astype(np.float32), self._logs, 1) + shifts[:, None]
        pooled -= pooled.max(axis=0)
        happened = pooled[self._happened]
        chances = np.exp(pooled, out=pooled)
        totals = chances.sum(axis=0)
        loss = float((np.log(totals) - happened) @ self._shares)
        loss += self._penalty * float(distance @ distance + shifts @ shifts)
        errors = chances * (self._shares / totals)
        errors[self._happened] -= self._shares
        gradient = np.concatenate(
            [
                np.tensordot(self._logs, errors.astype(np.float32), 2) + 2 * self._penalty * distance,
                errors.sum(axis=1) + 2 * self._penalty * shifts,
            ]
        )
        return loss, gradient
