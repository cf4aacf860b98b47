"""How sure scores are on the rows at hand: one bootstrap for all metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Score = Callable[[NDArray[np.int64]], float]

#: Rows of one sample; of larger tables smaller samples are drawn and their spread is scaled.
MOST_SAMPLE_ROWS = 5_000
#: Rows that all samples together may have, by which their number is chosen.
_ROWS_IN_ALL = 1_000_000
_FEWEST_SAMPLES, _MOST_SAMPLES = 200, 1_000


@dataclass(frozen=True, slots=True)
class Intervals:
    """95 % intervals of several scores from the same samples.

    Parameters
    ----------
    ends : dict of str to (float, float)
        NaN where a score had no value on more than a tenth of the samples.
    n_samples, n_sample_rows : int
    """

    ends: Mapping[str, tuple[float, float]]
    n_samples: int
    n_sample_rows: int

    def described(self, n_rows: int) -> str:
        """How the intervals were made, in a few words."""
        of = "the rows" if self.n_sample_rows == n_rows else f"{self.n_sample_rows:,} rows, scaled to all"
        return f"95 %, {self.n_samples:,} bootstrap samples of {of}"


def bootstrap_intervals(
    scores: Mapping[str, Score], n_rows: int, *, seed: int = 0, n_samples: int | None = None
) -> Intervals:
    """Draw rows with replacement, score each sample, and take the middle 95 % of the scores.

    Of a table with more than 5,000 rows, samples of 5,000 are drawn, and deviations from their mean are divided by
    ``sqrt(n_rows / 5000)``: the m-out-of-n bootstrap, valid for scores whose error falls with the root of the number of
    rows, as means, areas and rates do [1]_. It does not hold for extremes such as the largest error.

    Parameters
    ----------
    scores : mapping of str to callable
        ``score(rows)`` of some rows, given by their places.
    n_rows : int
    seed : int, default=0
    n_samples : int, optional
        Default: 1,000 for up to 1,000 rows, fewer for more, at least 200.

    Returns
    -------
    intervals : Intervals

    References
    ----------
    .. [1] P. J. Bickel, F. Götze, W. R. van Zwet. Resampling fewer than n observations. Statistica Sinica 7:1-31, 1997.

    Examples
    --------
    >>> values = np.arange(100.0)
    >>> found = bootstrap_intervals({"mean": lambda rows: values[rows].mean()}, 100)
    >>> low, high = found.ends["mean"]
    >>> 43 < low < 49.5 < high < 56, found.described(100)
    (True, '95 %, 1,000 bootstrap samples of the rows')
    """
    size = min(n_rows, MOST_SAMPLE_ROWS)
    if n_samples is None:
        n_samples = int(np.clip(_ROWS_IN_ALL // size, _FEWEST_SAMPLES, _MOST_SAMPLES))
    random = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in scores}
    for _ in range(n_samples):
        rows = random.integers(0, n_rows, size)
        for name, score in scores.items():
            drawn[name].append(score(rows))
    shrink = math.sqrt(size / n_rows)
    ends = {}
    for name, score in scores.items():
        whole = score(np.arange(n_rows)) if shrink < 1 else math.nan
        ends[name] = _middle(np.array(drawn[name]), whole, shrink)
    return Intervals(ends, n_samples, size)


def _middle(values: NDArray[np.float64], whole: float, shrink: float) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if len(known) < 0.9 * len(values) or len(known) < 20:
        return math.nan, math.nan
    low, high = (float(each) for each in np.percentile(known, (2.5, 97.5)))
    if shrink == 1:
        return low, high
    centre = float(known.mean())
    return whole + shrink * (low - centre), whole + shrink * (high - centre)
