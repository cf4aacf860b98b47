"""The pinball loss, which is least for a quantile: its name, the quantile in it, and that quantile of some values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: scikit-learn's name of the score; the quantile follows it after a colon, as in ``neg_mean_pinball_loss:0.9``.
PINBALL = "neg_mean_pinball_loss"
#: Metrics whose best prediction is a median.
OF_MEDIANS = frozenset({"neg_mean_absolute_error", "neg_median_absolute_error"})


def quantile_level(metric: str) -> float | None:
    """The quantile that a metric asks for; None where it asks for none.

    Examples
    --------
    >>> quantile_level("neg_mean_pinball_loss:0.9"), quantile_level("r2")
    (0.9, None)
    """
    name, _, level = metric.partition(":")
    return float(level) if name == PINBALL else None


def quantile_of(values: NDArray[Any], level: float, weights: NDArray[np.float64] | None = None) -> float:
    """The least value that has a share of the weight at or below it: where the mean pinball loss is least [1]_.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
    level : float
        Between 0 and 1.
    weights : ndarray of shape (n_values,), optional
        Never negative.

    References
    ----------
    .. [1] R. Koenker, G. Bassett. Regression quantiles. Econometrica 46(1):33-50, 1978.

    Examples
    --------
    >>> values = np.array([4.0, 1.0, 3.0, 2.0])
    >>> quantile_of(values, 0.5), quantile_of(values, 0.5, np.array([0.0, 1.0, 5.0, 1.0]))
    (2.0, 3.0)
    """
    if weights is None:
        return float(np.quantile(values, level, method="inverted_cdf"))
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # Sums of weights are rounded: a share that is met but for the last bits is met.
    return float(values[order[int(np.searchsorted(reached, level * reached[-1] * (1 - 1e-12)))]])
