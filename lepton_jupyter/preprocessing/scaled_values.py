"""Numbers for learners that measure distances: complete, scaled, and once more spread as a normal distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Scaled values are kept within this many standard deviations, so that one outlier does not rule a linear model.
CLIP = 5.0
#: Rows from which the quantiles of a column are known well enough for a normal copy.
ROWS_FOR_NORMAL_COPY = 200
_SAMPLE_ROWS = 20_000
_N_QUANTILES = 257
_LEAST_QUANTILES = 5
# Squares of larger numbers, summed over rows, would overflow float64.
_LARGEST = 1e150


@cache
def _normal_scores() -> NDArray[np.float64]:
    # The ends stand half a quantile inside, where their scores are finite.
    places = (np.arange(_N_QUANTILES) + 0.5) / _N_QUANTILES
    return np.array([NormalDist().inv_cdf(place) for place in places])


@dataclass(frozen=True, slots=True, eq=False)
class ScaledValues:
    """How one vector of numbers becomes columns of the linear view.

    The columns are: the value, its median where missing, less the mean and in standard deviations, within ±5; a copy
    spread as a standard normal distribution by the training table's quantiles; 1 where the value is missing.

    Parameters
    ----------
    median, mean, scale : float
        Of the training table; `scale` is the standard deviation, 1 where that is 0.
    flagged : bool
        Whether values were missing in training: only then is there a column that tells.
    quantiles, scores : ndarray or None
        Rising values of the training table, and their normal scores; None without a normal copy.

    Examples
    --------
    >>> scaled = ScaledValues.fit(np.array([1.0, 3.0, 1.0, np.nan]))
    >>> scaled.columns(np.array([1.0, np.nan, 9.0]))
    array([[-0.57735027,  0.        ],
           [-0.57735027,  1.        ],
           [ 5.        ,  0.        ]])
    """

    median: float
    mean: float
    scale: float
    flagged: bool
    quantiles: NDArray[np.float64] | None = None
    scores: NDArray[np.float64] | None = None

    @classmethod
    def fit(cls, values: NDArray[np.float64], *, normal_copy: bool = True, flagged: bool = True) -> Self:
        """Learn from the values of the training table, NaN where missing."""
        missing = np.isnan(values)
        known = np.clip(values[~missing] if missing.any() else values, -_LARGEST, _LARGEST)
        if not len(known):
            return cls(0.0, 0.0, 1.0, False)
        median = float(np.median(known))
        # As if the median stood where values are missing: this is what will be scaled.
        n_missing = len(values) - len(known)
        mean = (float(known.sum()) + n_missing * median) / len(values)
        variance = (float(np.square(known - mean).sum()) + n_missing * (median - mean) ** 2) / len(values)
        scale = float(np.sqrt(variance))
        # Equal values differ from their mean by rounding; that is no spread.
        scale = scale if scale > 1e-12 * max(abs(mean), 1e-150) else 1.0
        scaled = cls(median, mean, scale, flagged and n_missing > 0)
        return scaled._with_normal_copy(known) if normal_copy and len(values) >= ROWS_FOR_NORMAL_COPY else scaled

    def _with_normal_copy(self, known: NDArray[np.float64]) -> Self:
        if len(known) > _SAMPLE_ROWS:
            known = known[np.linspace(0, len(known) - 1, _SAMPLE_ROWS).astype(np.int64)]
        ordered = np.sort(known)
        places = np.linspace(0, len(ordered) - 1, _N_QUANTILES).round().astype(np.int64)
        quantiles, group = np.unique(ordered[places], return_inverse=True)
        if len(quantiles) < _LEAST_QUANTILES:
            return self  # few values: the copy would say the same once more
        # A value that fills several quantiles gets the mean of their scores.
        scores = np.bincount(group, weights=_normal_scores()) / np.bincount(group)
        return replace(self, quantiles=quantiles, scores=scores)

    def without_copy(self) -> Self:
        """The same without the normal copy, for a table that has too many columns."""
        return replace(self, quantiles=None, scores=None)

    def names(self, name: str) -> list[str]:
        """Names of the columns for a value called `name`."""
        names = [name]
        if self.quantiles is not None:
            names.append(f"{name} (normal)")
        if self.flagged:
            names.append(f"{name} is missing")
        return names

    def columns(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Columns of the linear view, of shape (n_rows, n_columns)."""
        missing = np.isnan(values)
        complete = np.where(missing, self.median, values)
        out = np.empty((len(values), len(self.names(""))), order="F")
        out[:, 0] = np.clip((np.clip(complete, -_LARGEST, _LARGEST) - self.mean) / self.scale, -CLIP, CLIP)
        if self.quantiles is not None and self.scores is not None:
            out[:, 1] = np.interp(complete, self.quantiles, self.scores)
        if self.flagged:
            out[:, -1] = missing
        return out

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; numbers come back with the same bits."""
        saved: dict[str, Any] = {
            "median": self.median, "mean": self.mean, "scale": self.scale, "flagged": self.flagged,
        }  # fmt: skip
        if self.quantiles is not None and self.scores is not None:
            saved |= {"quantiles": self.quantiles.tolist(), "scores": self.scores.tolist()}
        return saved

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        arrays = {key: np.array(saved[key]) for key in ("quantiles", "scores") if key in saved}
        return cls(saved["median"], saved["mean"], saved["scale"], saved["flagged"], **arrays)
