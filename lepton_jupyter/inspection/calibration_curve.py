"""Whether probabilities come true: the reliability curve and how far it is from the diagonal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.evaluation_messages import CalibrationCurve, CalibrationPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.labelled_rows import LabelledRows

N_BINS = 10
_Z = 1.959964


def calibration(rows: LabelledRows) -> CalibrationCurve:
    """Compare probabilities with what came true, in bins of equally many rows.

    Of two classes the positive one's probability is looked at; of more, that of each row's most probable class, and
    whether it was right [1]_.

    Parameters
    ----------
    rows : LabelledRows
        With at least two classes.

    Returns
    -------
    curve : CalibrationCurve

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger. On calibration of modern neural networks. ICML, 2017.
    """
    if rows.n_classes == 2:
        probability, happened, label = rows.predictions[:, 1], rows.y == 1, rows.names[1]
    else:
        probability = rows.predictions.max(axis=1)
        happened, label = rows.predictions.argmax(axis=1) == rows.y, ""
    points = reliability(probability, happened, N_BINS)
    brier = find_metric("neg_brier_score", rows.task)
    gaps = np.array([abs(each.predicted - each.observed) for each in points])
    weights = np.array([each.n_rows for each in points])
    return CalibrationCurve(
        label=label,
        points=points,
        brier=rows.score(brier),
        brier_baseline=rows.constant().score(brier),
        expected_error=float(gaps @ weights / weights.sum()),
    )


def reliability(
    probability: NDArray[np.float64], happened: NDArray[np.bool_], n_bins: int
) -> tuple[CalibrationPoint, ...]:
    """Mean probability and observed share in bins of equally many rows; bins without rows are left out.

    Examples
    --------
    >>> points = reliability(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]), 2)
    >>> [(round(each.predicted, 2), each.observed, each.n_rows) for each in points]
    [(0.15, 0.0, 2), (0.85, 1.0, 2)]
    """
    # The bins of scikit-learn's calibration_curve(strategy="quantile"), which does not give the rows in each.
    edges = np.percentile(probability, 100 * np.linspace(0, 1, n_bins + 1))
    bins = np.searchsorted(edges[1:-1], probability)
    counts = np.bincount(bins, minlength=n_bins)
    sums = np.bincount(bins, weights=probability, minlength=n_bins)
    hits = np.bincount(bins, weights=happened, minlength=n_bins)
    return tuple(
        _point(float(sums[place]), int(hits[place]), int(counts[place])) for place in np.flatnonzero(counts).tolist()
    )


def _point(total: float, hits: int, n_rows: int) -> CalibrationPoint:
    low, high = wilson_interval(hits, n_rows)
    return CalibrationPoint(predicted=total / n_rows, observed=hits / n_rows, low=low, high=high, n_rows=n_rows)


def wilson_interval(hits: Any, n_rows: Any) -> tuple[float, float]:
    """95 % interval of a share, sound for few rows and for shares near 0 and 1.

    References
    ----------
    .. [1] E. B. Wilson. Probable inference, the law of succession, and statistical inference. JASA 22:209-212, 1927.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(0, 20)]
    [0.0, 0.161]
    """
    share, scale = hits / n_rows, 1 + _Z**2 / n_rows
    middle = (share + _Z**2 / (2 * n_rows)) / scale
    half = _Z * np.sqrt(share * (1 - share) / n_rows + (_Z / (2 * n_rows)) ** 2) / scale
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
