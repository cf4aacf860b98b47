"""What is gained by looking at the most likely rows first: cumulative gains and lift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.events.evaluation_messages import LiftCurve
from lepton_jupyter.inspection.ranking_curves import MOST_POINTS, thinned
from lepton_jupyter.inspection.short_figures import short_figures

if TYPE_CHECKING:
    from lepton_jupyter.inspection.labelled_rows import LabelledRows


def lift(rows: LabelledRows) -> LiftCurve:
    """Share of the positives among the most likely rows, and how many times more that is than among any rows.

    Rows of equal probability are taken together: their order says nothing.

    Parameters
    ----------
    rows : LabelledRows
        Of two classes, both among the rows.

    Returns
    -------
    curve : LiftCurve

    Examples
    --------
    >>> from lepton_jupyter.inspection.labelled_rows import LabelledRows
    >>> p = np.array([0.9, 0.8, 0.2, 0.1])
    >>> curve = lift(LabelledRows(np.array([1, 0, 1, 0]), np.column_stack([1 - p, p]), ("no", "yes")))
    >>> curve.gain, curve.lift
    ((0.0, 0.5, 0.5, 1.0, 1.0), (2.0, 2.0, 1.0, 1.33333, 1.0))
    """
    probability, positive = rows.predictions[:, 1], rows.y == 1
    order = np.argsort(-probability, kind="stable")
    sorted_ones = probability[order]
    ends = np.flatnonzero(np.append(sorted_ones[1:] != sorted_ones[:-1], True))
    found = np.cumsum(positive[order])[ends]
    share = np.concatenate([[0.0], (ends + 1) / len(rows)])
    gain = np.concatenate([[0.0], found / found[-1]])
    kept = thinned(share, gain, MOST_POINTS)
    times = np.append(gain[1] / share[1], gain[1:] / share[1:])
    best = np.minimum(1.0, share / positive.mean())
    return LiftCurve(
        label=rows.names[1],
        share_of_rows=short_figures(share[kept]),
        gain=short_figures(gain[kept]),
        lift=short_figures(times[kept]),
        best_gain=short_figures(best[kept]),
    )
