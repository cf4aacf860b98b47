"""The confusion matrix, and how each class was found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.events.evaluation_messages import ClassLine, ConfusionTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.labelled_rows import LabelledRows

#: Classes that a matrix shows; beyond it the rarest are put together.
MOST_SHOWN = 30
#: Classes that get a line.
MOST_LINES = 100


def confusion_matrix(rows: LabelledRows) -> NDArray[np.int64]:
    """Rows by true class (first axis) and given class (second axis).

    Examples
    --------
    >>> from lepton_jupyter.inspection.labelled_rows import LabelledRows
    >>> confusion_matrix(LabelledRows(np.array([0, 1, 1]), np.array([[1, 0], [0, 1], [1, 0]]), (0, 1))).tolist()
    [[1, 0], [1, 1]]
    """
    n = rows.n_classes
    return np.bincount(rows.y * n + rows.labels, minlength=n * n).reshape(n, n)


def confusion_table(rows: LabelledRows) -> ConfusionTable:
    """The matrix as it is shown: at most 30 classes, the rarest put together beyond that."""
    matrix, names = confusion_matrix(rows), list(rows.names)
    n_other = 0
    if len(names) > MOST_SHOWN:
        kept = np.sort(np.argsort(-matrix.sum(axis=1), kind="stable")[: MOST_SHOWN - 1])
        group = np.full(len(names), MOST_SHOWN - 1)
        group[kept] = np.arange(MOST_SHOWN - 1)
        smaller = np.zeros((MOST_SHOWN, MOST_SHOWN), dtype=np.int64)
        np.add.at(smaller, (group[:, None], group[None, :]), matrix)
        n_other = len(names) - len(kept)
        matrix, names = smaller, [*(names[place] for place in kept), f"{n_other} others"]
    return ConfusionTable(labels=tuple(names), counts=tuple(map(tuple, matrix.tolist())), n_other=n_other)


def class_lines(rows: LabelledRows) -> tuple[ClassLine, ...]:
    """How each class was found: the classes in their order, or the 100 with most rows, the largest first."""
    from lepton_jupyter.evaluation.probability_formulas import binary_roc_aucs

    matrix = confusion_matrix(rows)
    right, true, given = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    shown: list[int] = list(range(rows.n_classes))
    if rows.n_classes > MOST_LINES:
        shown = np.argsort(-true, kind="stable")[:MOST_LINES].tolist()
    narrow = np.ascontiguousarray(rows.predictions.T, dtype=np.float32)
    return tuple(
        ClassLine(
            label=rows.names[place],
            n_true=int(true[place]),
            n_predicted=int(given[place]),
            precision=_share(right[place], given[place]),
            recall=_share(right[place], true[place]),
            f1=_share(2 * right[place], true[place] + given[place]),
            auc=float(binary_roc_aucs(rows.y == place, narrow[place : place + 1])[0]),
        )
        for place in shown
    )


def _share(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else math.nan
