"""The target as a profile sees it: what the columns are coloured by and judged against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.data.checks import find_column
from lepton_jupyter.data.target import Target, understand_target
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.profile_messages import ColumnPicture, ProfiledTarget
from lepton_jupyter.inspection.column_profile import MOST_LEVELS, figures_of, histogram
from lepton_jupyter.inspection.target_leaks import JudgedRows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TargetView:
    """What the columns of a table are compared with.

    Parameters
    ----------
    target : Target
    second : ndarray of bool of shape (n_rows,)
        Rows in the second colour of all pictures: the positive class of two, the commonest of several, or the upper
        half of numbers.
    judged : JudgedRows or None
        None where too few rows have a target.
    kept : ndarray of bool of shape (n_rows,) or None
        Rows with a target; None where all have one.
    """

    target: Target
    second: NDArray[np.bool_]
    judged: JudgedRows | None
    kept: NDArray[np.bool_] | None


def view_target(frame: pd.DataFrame, name: str) -> TargetView:
    """Understand the target as a run would, a class of one row included.

    Raises
    ------
    UnknownColumnError, InvalidTargetError
        One sentence about what is wrong with it.

    Examples
    --------
    >>> import pandas as pd
    >>> view_target(pd.DataFrame({"price": [3.0, 9.5, 5.5, None, 4.5]}), "price").second
    array([False,  True,  True, False, False])
    """
    find_column(frame, name, role="target column")
    target = understand_target(frame[name], name=name, single_row_classes="keep")
    second = np.zeros(len(frame), dtype=bool)
    second[target.kept] = target.y == _second_class(target) if target.n_classes else target.y > np.median(target.y)
    kept = None if target.kept.all() else target.kept
    return TargetView(target, second, JudgedRows.draw(target, frame.shape[1]), kept)


def profiled_target(view: TargetView) -> ProfiledTarget:
    """The target as a profile shows it."""
    target = view.target
    if target.n_classes:
        picture, figures = _class_picture(target), None
        label = str(target.classes[_second_class(target)])
    else:
        ordered = np.sort(target.y.astype(np.float64))
        picture, figures = histogram(target.y, ordered, view.second[target.kept]), figures_of(ordered)
        label = f"upper half of {target.name}"
    return ProfiledTarget(
        name=target.name,
        task=target.task,
        n_classes=target.n_classes,
        reason=target.reason,
        metric_label=find_metric(None, target.task).label,
        n_missing=int(np.count_nonzero(~target.kept)),
        second_label=label,
        picture=picture,
        figures=figures,
        alone_label="AUC" if target.n_classes else "R²",
        notes=target.notes,
    )


def _second_class(target: Target) -> int:
    return 1 if target.n_classes == 2 else int(np.argmax(target.class_counts))


def _class_picture(target: Target) -> ColumnPicture:
    counts = np.array(target.class_counts)
    second = _second_class(target)
    # The second colour's class is the last of two, so that its share is at the right.
    order = [1 - second, second] if target.n_classes == 2 else np.argsort(-counts, kind="stable").tolist()
    shown = order[:MOST_LEVELS]
    return ColumnPicture(
        style="shares",
        counts=tuple(int(counts[code]) for code in shown),
        second=tuple(int(counts[code]) if code == second else 0 for code in shown),
        labels=tuple(str(target.classes[code])[:200] for code in shown),
        rest=int(counts.sum() - counts[shown].sum()),
    )
