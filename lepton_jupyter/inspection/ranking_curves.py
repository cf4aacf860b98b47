"""ROC and precision–recall curves, as few points as a picture can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.events.evaluation_messages import PrecisionRecallCurve, RocCurve
from lepton_jupyter.inspection.short_figures import short_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.labelled_rows import LabelledRows

#: Points that all curves of one kind share.
MOST_POINTS = 200
#: Classes that get curves.
MOST_CLASSES = 30
_FEWEST_POINTS = 16


def shown_classes(rows: LabelledRows) -> list[int]:
    """Codes of the classes that get a curve: the positive one of two, else the 30 with most rows that are not all rows.

    Examples
    --------
    >>> from lepton_jupyter.inspection.labelled_rows import LabelledRows
    >>> shown_classes(LabelledRows(np.array([0, 1]), np.eye(2), ("no", "yes")))
    [1]
    """
    if rows.n_classes == 2:
        return [1]
    counts = np.bincount(rows.y, minlength=rows.n_classes)
    order = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    return sorted(place for place in order.tolist() if 0 < counts[place] < len(rows))


def thinned(x: NDArray[Any], y: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Places of at most `most` points of a curve, evenly spread over its length, both ends among them.

    Examples
    --------
    >>> thinned(np.linspace(0, 1, 1001), np.linspace(0, 1, 1001), 5).tolist()
    [0, 250, 500, 750, 1000]
    """
    if len(x) <= most:
        return np.arange(len(x))
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    wanted = np.linspace(0, way[-1], most)
    # Nearest, not next: the picture's corners are where points stand closest.
    places = np.clip(np.searchsorted(way, wanted), 1, len(way) - 1)
    places -= wanted - way[places - 1] < way[places] - wanted
    places[0], places[-1] = 0, len(x) - 1
    return np.unique(places)


def roc_curves(rows: LabelledRows) -> tuple[RocCurve, ...]:
    """Recall against false alarms, of the positive class or of each class against the rest."""
    from sklearn.metrics import auc, roc_curve

    classes = shown_classes(rows)
    curves = []
    for place in classes:
        false, true, thresholds = roc_curve(rows.y == place, rows.predictions[:, place])
        kept = thinned(false, true, _points_each(len(classes)))
        curves.append(
            RocCurve(
                label=rows.names[place],
                false_positive_rate=short_figures(false[kept]),
                true_positive_rate=short_figures(true[kept]),
                thresholds=short_figures(thresholds[kept]),
                area=float(auc(false, true)),
            )
        )
    return tuple(curves)


def precision_recall_curves(rows: LabelledRows) -> tuple[PrecisionRecallCurve, ...]:
    """Precision against recall, of the positive class or of each class against the rest."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    classes = shown_classes(rows)
    curves = []
    for place in classes:
        is_class, probability = rows.y == place, rows.predictions[:, place]
        precision, recall, thresholds = precision_recall_curve(is_class, probability, drop_intermediate=True)
        # scikit-learn closes the curve with a point at recall 0 and precision 1 that no threshold gives.
        precision, recall, thresholds = precision[:-1][::-1], recall[:-1][::-1], thresholds[::-1]
        kept = thinned(recall, precision, _points_each(len(classes)))
        curves.append(
            PrecisionRecallCurve(
                label=rows.names[place],
                recall=short_figures(recall[kept]),
                precision=short_figures(precision[kept]),
                thresholds=short_figures(thresholds[kept]),
                average_precision=float(average_precision_score(is_class, probability)),
                prevalence=float(is_class.mean()),
            )
        )
    return tuple(curves)


def _points_each(n_curves: int) -> int:
    return max(_FEWEST_POINTS, MOST_POINTS // max(1, n_curves))
