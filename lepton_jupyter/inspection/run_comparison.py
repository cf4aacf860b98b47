"""How much better one run is than another, and how sure that is: by fold, by row, or from both intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.uncertainty import paired_difference
from lepton_jupyter.events.comparison_messages import RunDifference
from lepton_jupyter.inspection.bootstrap_intervals import bootstrap_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.labelled_rows import LabelledRows


def difference_by_fold(
    names: tuple[str, str], scores: Sequence[float], others: Sequence[float], *, greater_is_better: bool
) -> RunDifference:
    """Difference of two runs on the same folds: Student's t, corrected for what the folds' training parts share [1]_.

    Parameters
    ----------
    names : tuple of (str, str)
        Of the runs.
    scores, others : sequence of float of shape (n_folds,)
        In the metric's own unit, in the order of the folds.
    greater_is_better : bool

    Returns
    -------
    difference : RunDifference
        Positive: the first is better.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio. Inference for the generalization error. Machine Learning 52(3):239-281, 2003.

    Examples
    --------
    >>> found = difference_by_fold(("a", "b"), [0.86, 0.91, 0.80], [0.85, 0.89, 0.79], greater_is_better=True)
    >>> round(found.mean, 4), round(found.error, 4), found.tied
    (0.0133, 0.0227, True)
    """
    sign = 1.0 if greater_is_better else -1.0
    found = paired_difference(sign * np.asarray(scores), sign * np.asarray(others))
    parts = tuple(float(sign * (one - other)) for one, other in zip(scores, others, strict=True))
    return RunDifference(
        first=names[0],
        second=names[1],
        how="folds",
        mean=found.mean,
        error=found.error,
        n=found.n_folds,
        tied=found.tied,
        parts=parts,
    )


def difference_by_row(
    names: tuple[str, str], rows: LabelledRows, others: LabelledRows, metric: Metric, *, seed: int = 0
) -> RunDifference:
    """Difference of two runs on the same rows, by a bootstrap in which both are scored on the same samples.

    Parameters
    ----------
    names : tuple of (str, str)
        Of the runs.
    rows, others : LabelledRows
        The same rows with the predictions of either.
    metric : Metric
    seed : int, default=0

    Returns
    -------
    difference : RunDifference
        Positive: the first is better. Its error is half the width of the middle 95 % of the differences.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani. An Introduction to the Bootstrap. Chapman & Hall, 1993.
    """
    sign = 1.0 if metric.greater_is_better else -1.0
    one, other = rows.scorer(metric), others.scorer(metric)

    def gain(places: NDArray[np.int64]) -> float:
        return sign * (one(places) - other(places))

    low, high = bootstrap_intervals({"gain": gain}, len(rows), seed=seed).ends["gain"]
    mean, error = sign * (rows.score(metric) - others.score(metric)), (high - low) / 2
    return RunDifference(
        first=names[0],
        second=names[1],
        how="rows",
        mean=mean,
        error=error,
        n=len(rows),
        # Not |mean| > error: the interval of a bootstrap need not be centred.
        tied=not (low > 0 or high < 0),
        parts=(),
    )


def difference_unpaired(
    names: tuple[str, str],
    scores: tuple[float, float],
    errors: tuple[float, float],
    *,
    greater_is_better: bool,
) -> RunDifference:
    """Difference of two runs that share nothing: the intervals of both add in squares, which is wide.

    Examples
    --------
    >>> found = difference_unpaired(("a", "b"), (0.86, 0.85), (0.03, 0.04), greater_is_better=True)
    >>> round(found.mean, 2), round(found.error, 2), found.tied
    (0.01, 0.05, True)
    """
    mean = (scores[0] - scores[1]) * (1.0 if greater_is_better else -1.0)
    error = math.hypot(*errors)
    return RunDifference(
        first=names[0],
        second=names[1],
        how="unpaired",
        mean=mean,
        error=error,
        n=0,
        tied=not abs(mean) > error,
        parts=(),
    )
