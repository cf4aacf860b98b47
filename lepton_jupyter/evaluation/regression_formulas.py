"""Formulas that judge predicted values, in the target's own unit where they have one.

All take the target and the prediction as arrays of shape (n_rows,) and agree with scikit-learn's to 1e-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]


def mean_squared_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean squared difference, in the target's unit squared."""
    error = y - predicted
    return float(np.average(error * error, weights=sample_weight))


def root_mean_squared_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Root of the mean squared difference, in the target's unit.

    Examples
    --------
    >>> root_mean_squared_error(np.array([1.0, 2.0]), np.array([4.0, 6.0])).__round__(4)
    3.5355
    """
    return float(np.sqrt(mean_squared_error(y, predicted, sample_weight)))


def mean_absolute_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean absolute difference, in the target's unit.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([4.0, 6.0]))
    3.5
    """
    return float(np.average(np.abs(y - predicted), weights=sample_weight))


def median_absolute_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Median absolute difference, in the target's unit; blind to the worse half."""
    return _median(np.abs(y - predicted), sample_weight)


def max_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Largest absolute difference, in the target's unit; as large for a light row as for a heavy one."""
    del sample_weight
    return float(np.max(np.abs(y - predicted)))


def pinball_loss(y: Values, predicted: Values, sample_weight: Values | None = None, *, quantile: float) -> float:
    """Mean of what a row above its prediction costs by `quantile`, and one below it by the rest [1]_.

    Least where that share of the rows is below its prediction. In the target's unit.

    References
    ----------
    .. [1] R. Koenker, G. Bassett. Regression quantiles. Econometrica 46(1):33-50, 1978.

    Examples
    --------
    >>> pinball_loss(np.array([1.0, 2.0]), np.array([0.0, 3.0]), quantile=0.9).__round__(2)
    0.5
    """
    error = y - predicted
    return float(np.average(np.maximum(quantile * error, (quantile - 1.0) * error), weights=sample_weight))


def mean_absolute_percentage_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean absolute difference as a share of the target: 0.1 is ten per cent; huge where the target is near 0."""
    shares = np.abs(y - predicted) / np.maximum(np.abs(y), np.finfo(np.float64).eps)
    return float(np.average(shares, weights=sample_weight))


def mean_squared_log_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean squared difference of log(1 + value); predictions below 0 count as 0."""
    return mean_squared_error(np.log1p(y), np.log1p(np.maximum(predicted, 0.0)), sample_weight)


def root_mean_squared_log_error(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Root of the mean squared difference of log(1 + value): errors as shares; predictions below 0 count as 0."""
    return float(np.sqrt(mean_squared_log_error(y, predicted, sample_weight)))


def _variance(values: Values, sample_weight: Values | None) -> float:
    if sample_weight is None:
        return float(np.var(values))
    return float(np.average((values - np.average(values, weights=sample_weight)) ** 2, weights=sample_weight))


def _median(values: Values, sample_weight: Values | None) -> float:
    """Value with half of the weight on either side; the middle of two where the halves meet between them."""
    if sample_weight is None:
        return float(np.median(values))
    order = np.argsort(values)
    reached = np.cumsum(sample_weight[order])
    half = reached[-1] / 2
    # Sums of weights are rounded: a half that is met but for the last bits is met.
    low = int(np.searchsorted(reached, half * (1 - 1e-12)))
    high = int(np.searchsorted(reached, half * (1 + 1e-12)))
    low, high = (min(each, len(order) - 1) for each in (low, high))
    return float((values[order[low]] + values[order[high]]) / 2)


def _unexplained(part: float, whole: float) -> float:
    # scikit-learn's convention for a constant target: perfect is 1, anything else 0.
    if whole == 0:
        return 0.0 if part == 0 else 1.0
    return part / whole


def r2(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean.

    Examples
    --------
    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    if sample_weight is not None:
        centre = np.average(y, weights=sample_weight)
        return 1 - _unexplained(float(sample_weight @ (y - predicted) ** 2), float(sample_weight @ (y - centre) ** 2))
    return 1 - _unexplained(float(((y - predicted) ** 2).sum()), float(((y - y.mean()) ** 2).sum()))


def explained_variance(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """As `r2`, a constant offset of the prediction forgiven."""
    return 1 - _unexplained(_variance(y - predicted, sample_weight), _variance(y, sample_weight))


def absolute_error_skill(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Share of the absolute error of the median that is explained: 1 is perfect, 0 is no better than the median."""
    centre = _median(y, sample_weight)
    part = mean_absolute_error(y, predicted, sample_weight)
    return 1 - _unexplained(part, mean_absolute_error(y, np.full(len(y), centre), sample_weight))


def poisson_deviance(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean Poisson deviance, for counts; predictions below the machine precision count as it."""
    positive = np.maximum(predicted, np.finfo(np.float64).eps)
    ratio = np.where(y > 0, y, 1.0) / np.where(y > 0, positive, 1.0)
    return float(2 * np.average(y * np.log(ratio) - y + positive, weights=sample_weight))


def gamma_deviance(y: Values, predicted: Values, sample_weight: Values | None = None) -> float:
    """Mean Gamma deviance, for positive amounts; predictions below the machine precision count as it."""
    positive = np.maximum(predicted, np.finfo(np.float64).eps)
    return float(2 * np.average(np.log(positive / y) + y / positive - 1, weights=sample_weight))
