"""Page–Hinkley: errors summed as far as they are above their mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.change_detector import ROWS_BETWEEN_FALSE_ALARMS, Change

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows from which mean and spread are learnt before anything is tested.
_WARM_UP_ROWS = 500
#: Half of the smallest growth that is sought, in standard deviations of the errors.
_ALLOWANCE = 0.1
#: What a sum of steps overshoots its threshold by, in standard deviations: Siegmund's correction.
_OVERSHOOT = 1.166


def threshold(rows_between_false_alarms: float, skewness: float = 0.0) -> float:
    """Sum from which an alarm is raised, so that false ones are so many rows apart on average.

    Siegmund's approximation of a cumulative sum's average run length [1]_, ``(exp(tb) - tb - 1) / kt`` for the
    allowance k and the threshold b (its overshoot added), solved for b by fixed-point steps. The exponent t is 2k for
    normal errors; those of a good model are skew, and t is the root of ``t/2 + skewness t²/6 = k``, of the cumulants up
    to the third.

    Parameters
    ----------
    rows_between_false_alarms : float
    skewness : float, default=0.0
        Of the errors; one below zero counts as none.

    Returns
    -------
    threshold : float
        In standard deviations.

    References
    ----------
    .. [1] D. Siegmund. Sequential Analysis. Springer, 1985, chapter 2.

    Examples
    --------
    >>> round(threshold(1_000_000), 1), round(threshold(10_000_000), 1)
    (48.4, 59.9)
    """
    bend = max(0.0, skewness) / 3
    exponent = 2 * _ALLOWANCE if bend < 1e-9 else (math.sqrt(1 + 8 * bend * _ALLOWANCE) - 1) / (2 * bend)
    reach = 1.0
    for _ in range(100):
        reach = math.log1p(reach + _ALLOWANCE * exponent * rows_between_false_alarms)
    return reach / exponent - _OVERSHOOT


class PageHinkley:
    """Detects that the mean of errors grew by a fifth of their standard deviation or more [1]_.

    Errors are taken in standard deviations from the mean of all errors before, so that one threshold holds whatever
    their size; it follows from how seldom a false alarm may be, and from how skew the errors are. While few rows are
    known, growth must be larger by the standard error of their mean.

    Parameters
    ----------
    rows_between_false_alarms : float, default=10_000_000

    References
    ----------
    .. [1] E. S. Page. Continuous inspection schemes. Biometrika 41(1/2):100-115, 1954. D. V. Hinkley. Inference about
           the change-point from cumulative sum tests. Biometrika 58(3):509-523, 1971.

    Examples
    --------
    >>> errors = np.random.default_rng(0).random(3_000) < np.repeat([0.1, 0.3], [2_000, 1_000])
    >>> detector = PageHinkley()
    >>> next(n for n, part in enumerate(errors.astype(float).reshape(-1, 100)) if detector.update(part))
    20
    """

    name = "Page–Hinkley"

    def __init__(self, rows_between_false_alarms: float = ROWS_BETWEEN_FALSE_ALARMS) -> None:
        self._rows_between = rows_between_false_alarms
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._n = 0
        self._sum = self._squares = self._cubes = 0.0
        self._excess = 0.0
        self._n_since, self._sum_since = 0, 0.0  # since the excess was last nothing

    def update(self, errors: NDArray[np.float64]) -> Change | None:
        """Hear errors; after a change everything is forgotten but what is heard after it."""
        if self._n < _WARM_UP_ROWS:
            first = errors[: _WARM_UP_ROWS - self._n]
            self._learn(first)
            errors = errors[len(first) :]
        if not len(errors):
            return None
        # Mean and spread of what came before each error, so that it does not matter in what parts they come.
        n = self._n + np.arange(len(errors))
        sums = self._sum + np.concatenate([[0.0], errors[:-1].cumsum()])
        squares = self._squares + np.concatenate([[0.0], (errors[:-1] ** 2).cumsum()])
        means = sums / n
        spread = np.sqrt(np.maximum(squares / n - means**2, 1e-6))
        steps = self._excess + ((errors - means) / spread - _ALLOWANCE - 1 / np.sqrt(n)).cumsum()
        lowest = np.minimum.accumulate(np.minimum(steps, 0.0))
        excess = steps - lowest
        over = np.flatnonzero(excess > threshold(self._rows_between, self._skewness()))
        if len(over):
            change = self._change(errors, excess, int(over[0]))
            self.reset()
            self.update(errors[over[0] + 1 :])
            return change
        self._count_since(errors, excess)
        self._excess = float(excess[-1])
        self._learn(errors)
        return None

    def _skewness(self) -> float:
        mean = self._sum / self._n
        variance = self._squares / self._n - mean**2
        third = self._cubes / self._n - 3 * mean * variance - mean**3
        return third / variance**1.5 if variance > 1e-9 else 0.0

    def _learn(self, errors: NDArray[np.float64]) -> None:
        self._n += len(errors)
        self._sum += float(errors.sum())
        self._squares += float(errors @ errors)
        self._cubes += float(errors @ errors**2)

    def _count_since(self, errors: NDArray[np.float64], excess: NDArray[np.float64]) -> None:
        nothing = np.flatnonzero(excess <= 0)
        if len(nothing):
            self._n_since, self._sum_since = 0, 0.0
            errors = errors[nothing[-1] + 1 :]
        self._n_since += len(errors)
        self._sum_since += float(errors.sum())

    def _change(self, errors: NDArray[np.float64], excess: NDArray[np.float64], place: int) -> Change:
        self._count_since(errors[: place + 1], excess[: place + 1])
        n_before = self._n + place + 1 - self._n_since
        total = self._sum + float(errors[: place + 1].sum())
        before = (total - self._sum_since) / max(1, n_before)
        return Change(before, self._sum_since / self._n_since, self._n_since)
