"""Errors of a regression: their distribution, and predicted against true, without a single row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.events.evaluation_messages import ResidualBand, ResidualPicture
from lepton_jupyter.inspection.short_figures import short_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.labelled_rows import LabelledRows

_BINS = 32
_GRID = 24
_BANDS = 12
_LEAST_IN_BAND = 10


def residuals(rows: LabelledRows) -> ResidualPicture:
    """True minus predicted, as a histogram, as quantiles by prediction, and as a grid of counts.

    Parameters
    ----------
    rows : LabelledRows
        Of a regression.

    Returns
    -------
    picture : ResidualPicture
    """
    true, predicted = rows.y, rows.predictions[:, 0]
    errors = true - predicted
    low, high = np.percentile(errors, (0.5, 99.5)).tolist()
    edges = _edges(low, high, _BINS)
    counts, _ = np.histogram(np.clip(errors, edges[0], edges[-1]), edges)
    low, high = np.percentile(np.concatenate([true, predicted]), (0.5, 99.5)).tolist()
    side = _edges(low, high, _GRID)
    grid, _, _ = np.histogram2d(
        np.clip(true, side[0], side[-1]), np.clip(predicted, side[0], side[-1]), bins=(side, side)
    )
    spread = float(errors.std(ddof=1)) if len(errors) > 1 else math.nan
    five, middle, ninety_five = np.percentile(errors, (5, 50, 95)).tolist()
    return ResidualPicture(
        bands=_bands(true, predicted),
        edges=short_figures(edges),
        counts=tuple(counts.tolist()),
        true_edges=short_figures(side),
        predicted_edges=short_figures(side),
        grid=tuple(tuple(int(each) for each in line) for line in grid),
        mean=float(errors.mean()),
        mean_error=1.959964 * spread / math.sqrt(len(errors)),
        median=middle,
        spread=spread,
        low=five,
        high=ninety_five,
    )


def _edges(low: float, high: float, n_bins: int) -> NDArray[np.float64]:
    if not high > low:
        margin = abs(low) * 0.01 or 1.0
        low, high = low - margin, high + margin
    return np.linspace(low, high, n_bins + 1)


def _bands(true: NDArray[Any], predicted: NDArray[Any]) -> tuple[ResidualBand, ...]:
    n_bands = int(np.clip(len(true) // _LEAST_IN_BAND, 1, _BANDS))
    edges = np.unique(np.percentile(predicted, 100 * np.linspace(0, 1, n_bands + 1)[1:-1]))
    band = np.searchsorted(edges, predicted)
    found = []
    for place in np.unique(band):
        here = band == place
        low, lower, median, upper, high = np.percentile(true[here], (5, 25, 50, 75, 95)).tolist()
        found.append(
            ResidualBand(
                predicted=float(predicted[here].mean()),
                low=low,
                lower_quartile=lower,
                median=median,
                upper_quartile=upper,
                high=high,
                n_rows=int(np.count_nonzero(here)),
            )
        )
    return tuple(found)
