"""How far two samples of one column are apart: stability index, Kolmogorov–Smirnov distance, Cramér's V."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Index from which a shift is worth a look, and from which it is large, as scorecards are watched by.
MODERATE, LARGE = 0.1, 0.25
_HALF_A_ROW = 0.5  # in each bin, so that an empty one has no infinite logarithm


class Effect(NamedTuple):
    """Size of a difference and how likely chance alone makes one as large.

    Parameters
    ----------
    size : float
        Between 0 (alike) and 1 (nothing in common).
    p_value : float
    """

    size: float
    p_value: float


def stability_index(counts: NDArray[Any], others: NDArray[Any]) -> float:
    """Population stability index of two sets of rows, counted in the same bins.

    The sum over bins of ``(q - p) * ln(q / p)`` of the shares p and q: Jeffreys' divergence.

    Parameters
    ----------
    counts, others : ndarray of shape (n_bins,)

    Returns
    -------
    index : float
        0 where shares are alike; from 0.1 on a moderate, from 0.25 on a large shift.

    References
    ----------
    .. [1] N. Siddiqi. Credit Risk Scorecards. Wiley, 2006, chapter 10 (the index and its two limits).
    .. [2] H. Jeffreys. An invariant form for the prior probability in estimation problems. Proc. R. Soc. A 186, 1946.

    Examples
    --------
    >>> stability_index(np.array([50, 50]), np.array([50, 50]))
    0.0
    >>> round(stability_index(np.array([500, 500]), np.array([900, 100])), 2)
    0.88
    """
    first = (counts + _HALF_A_ROW) / (counts.sum() + _HALF_A_ROW * len(counts))
    second = (others + _HALF_A_ROW) / (others.sum() + _HALF_A_ROW * len(others))
    return float(np.sum((second - first) * np.log(second / first)))


def chance_index(n_rows: int, n_others: int, n_bins: int) -> float:
    """Index that two samples of the same distribution exceed once in a hundred times.

    Without a shift the index is about ``(1/n + 1/m)`` times a chi-squared variable of ``n_bins - 1`` degrees of
    freedom, so that small tables have a large one by chance.

    References
    ----------
    .. [1] B. Yurdakul, J. Naranjo. Statistical properties of the population stability index. Journal of Risk Model
           Validation 14(4), 2020.

    Examples
    --------
    >>> round(chance_index(100, 100, 10), 2), round(chance_index(100_000, 100_000, 10), 4)
    (0.43, 0.0004)
    """
    from scipy.stats import chi2

    return float(chi2.ppf(0.99, max(1, n_bins - 1)) * (1 / max(1, n_rows) + 1 / max(1, n_others)))


def drift_level(index: float, n_rows: int, n_others: int, n_bins: int) -> str:
    """Whether an index says that a column drifted: it must be large, and larger than chance makes it.

    Examples
    --------
    >>> drift_level(0.3, 10_000, 10_000, 10), drift_level(0.3, 100, 100, 10), drift_level(0.05, 10_000, 10_000, 10)
    ('large', '', '')
    """
    if index < MODERATE or index <= chance_index(n_rows, n_others, n_bins):
        return ""
    return "large" if index >= LARGE else "moderate"


def kolmogorov_smirnov(ordered: NDArray[Any], others: NDArray[Any]) -> Effect:
    """Largest distance between the distribution functions of two sorted samples.

    References
    ----------
    .. [1] N. V. Smirnov. Table for estimating the goodness of fit of empirical distributions. Annals of Mathematical
           Statistics 19(2), 1948. The p-value is that of the limiting distribution.

    Examples
    --------
    >>> kolmogorov_smirnov(np.arange(100.0), np.arange(100.0) + 50).size
    0.5
    """
    from scipy.stats import kstwobign

    n, m = len(ordered), len(others)
    places = np.concatenate([ordered, others])
    below = np.searchsorted(ordered, places, side="right") / n
    below_other = np.searchsorted(others, places, side="right") / m
    distance = float(np.abs(below - below_other).max())
    return Effect(distance, float(kstwobign.sf(distance * np.sqrt(n * m / (n + m)))))


def kolmogorov_smirnov_of_counts(counts: NDArray[Any], others: NDArray[Any]) -> Effect:
    """Largest distance between the distribution functions of two samples, looked at between shared bins alone.

    Never larger than `kolmogorov_smirnov` of the same samples. The p-value is the first term of its series, which is an
    upper bound.

    Parameters
    ----------
    counts, others : ndarray of shape (n_bins,)

    Examples
    --------
    >>> kolmogorov_smirnov_of_counts(np.array([50, 50, 0]), np.array([0, 50, 50])).size
    0.5
    """
    n, m = int(counts.sum()), int(others.sum())
    if not (n and m):
        return Effect(0.0, 1.0)
    distance = float(np.abs(np.cumsum(counts) / n - np.cumsum(others) / m).max())
    return Effect(distance, min(1.0, 2 * float(np.exp(-2 * distance**2 * n * m / (n + m)))))


def cramers_v(counts: NDArray[Any], others: NDArray[Any]) -> Effect:
    """Cramér's V of two sets of rows counted by category, with the p-value of the chi-squared test.

    References
    ----------
    .. [1] H. Cramér. Mathematical Methods of Statistics. Princeton University Press, 1946, chapter 21.

    Examples
    --------
    >>> round(cramers_v(np.array([50, 50]), np.array([90, 10])).size, 2)
    0.44
    """
    from scipy.stats import chi2

    table = np.stack([counts, others]).astype(float)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return Effect(0.0, 1.0)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return Effect(float(np.sqrt(statistic / table.sum())), float(chi2.sf(statistic, table.shape[1] - 1)))
