"""How sure a difference between two models is, from the folds on which both were scored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Quantiles at .975 for 1 … 10 degrees of freedom, where the expansion below is not exact enough.
_STUDENT_T = (12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216, 2.22814)
_NORMAL = 1.959964


def student_t(degrees_of_freedom: int) -> float:
    """Quantile of Student's t at .975: half the width of a 95 % interval in standard errors.

    Parameters
    ----------
    degrees_of_freedom : int
        At least 1.

    Returns
    -------
    quantile : float
        Right to four digits.

    References
    ----------
    .. [1] M. Abramowitz, I. A. Stegun. Handbook of Mathematical Functions, 26.7.5, 1964.

    Examples
    --------
    >>> round(student_t(4), 3), round(student_t(19), 3), round(student_t(1000), 3)
    (2.776, 2.093, 1.962)
    """
    if degrees_of_freedom <= len(_STUDENT_T):
        return _STUDENT_T[degrees_of_freedom - 1]
    z, n = _NORMAL, degrees_of_freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / n + second / n**2 + third / n**3 + fourth / n**4


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Mean difference of two models over common folds, and how sure it is.

    Parameters
    ----------
    mean : float
        Positive: the first model is better. NaN if they share no fold.
    error : float
        Half the width of the 95 % interval; NaN with fewer than two folds.
    folds : tuple of float
        The difference in each fold.
    """

    mean: float
    error: float
    folds: tuple[float, ...]

    @property
    def reaches_zero(self) -> bool:
        """Whether the interval holds zero, so that the two are tied; unknown counts as tied."""
        return not abs(self.mean) > self.error


def paired_difference(scores: Sequence[float], others: Sequence[float], *, greater_is_better: bool) -> PairedDifference:
    """Compare two models fold by fold with Student's t.

    The folds are the same rows for both models, so that what makes a fold hard cancels: the interval is narrower than
    those of the two scores.

    Parameters
    ----------
    scores, others : sequence of float of shape (n_folds,)
        Scores in the metric's own unit, in the order of the folds; only folds that both have are compared.
    greater_is_better : bool
        The metric's direction.

    Returns
    -------
    difference : PairedDifference

    Examples
    --------
    >>> difference = paired_difference([0.86, 0.88, 0.87], [0.85, 0.86, 0.86], greater_is_better=True)
    >>> round(difference.mean, 4), round(difference.error, 4), difference.reaches_zero
    (0.0133, 0.0143, True)
    """
    sign = 1.0 if greater_is_better else -1.0
    folds = tuple(sign * (one - other) for one, other in zip(scores, others, strict=False))
    n = len(folds)
    if n == 0:
        return PairedDifference(math.nan, math.nan, ())
    mean = math.fsum(folds) / n
    if n == 1:
        return PairedDifference(mean, math.nan, folds)
    variance = math.fsum((each - mean) ** 2 for each in folds) / (n - 1)
    return PairedDifference(mean, student_t(n - 1) * math.sqrt(variance / n), folds)
