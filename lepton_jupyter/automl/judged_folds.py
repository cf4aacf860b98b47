"""How many folds a run gets: as many as its size asks for, and no more than its metric can be told on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.automl.splits import Splits
from lepton_jupyter.data.checks import check_folds
from lepton_jupyter.evaluation.folds import choose_n_folds

if TYPE_CHECKING:
    from lepton_jupyter.data.target import Target
    from lepton_jupyter.evaluation.metrics import Metric

#: Blocks in time differ more than random folds do, and three of them leave an interval that says nothing: its t value
#: of two degrees of freedom is 4.3, that of four is 2.8. Their fits are of parts of the rows, and so cheap.
_BLOCKS_IN_TIME = 5
_ROWS_FOR_MORE_BLOCKS = 1_000
#: Regression targets with fewer rows a fold than this may be constant in one.
_SAFE_ROWS = 5


def judged_folds(
    target: Target,
    metric: Metric,
    *,
    wished: int | None = None,
    seed: int = 0,
    splits: Splits | None = None,
    fold_seconds: float | None = None,
    budget_seconds: float | None = None,
    n_workers: int = 1,
) -> int:
    """Number of folds such that the metric has a value on each of them.

    The AUC has none where a fold holds rows of one class, which happens when a class has fewer rows than there are
    folds. A number that was wished for is never changed.

    Parameters
    ----------
    target : Target
    metric : Metric
    wished : int, optional
        The number of folds that was asked for.
    seed : int, default=0
        Of the assignment of rows to folds.
    splits : Splits, optional
        What keeps rows together, or orders them.
    fold_seconds, budget_seconds, n_workers
        As `choose_n_folds` takes them.

    Returns
    -------
    n_folds : int
        At least 2.

    Raises
    ------
    TooFewRowsError
        If there are fewer rows than folds.
    GroupColumnError, TimeColumnError
        If there are fewer groups or times than folds.
    MetricMismatchError
        If the metric has no value on some fold, whatever their number; of the errors above where groups or times
        are the reason.

    Examples
    --------
    >>> from lepton_jupyter.data.target import understand_target
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> rare = understand_target([0] * 30 + [1] * 2)
    >>> judged_folds(rare, find_metric("roc_auc", "binary")), judged_folds(rare, find_metric("log_loss", "binary"))
    (2, 3)
    """
    splits = splits or Splits()
    n_rows, smallest = len(target.y), min(target.class_counts, default=len(target.y))
    n_folds = wished or choose_n_folds(
        n_rows,
        fold_seconds=fold_seconds,
        budget_seconds=budget_seconds,
        n_workers=n_workers,
        smallest_class=smallest if target.n_classes else None,
    )
    if splits.times is not None and not wished and n_rows >= _ROWS_FOR_MORE_BLOCKS:
        n_folds = max(n_folds, _BLOCKS_IN_TIME)
    check_folds(n_rows, n_folds)
    if wished:
        splits.check_folds(wished)
    else:
        n_folds = splits.most_folds(n_folds)
    dealt_freely = splits.groups is None and splits.times is None
    if dealt_freely and (smallest >= n_folds if target.n_classes else n_rows >= _SAFE_ROWS * n_folds):
        return n_folds
    for fewer in (n_folds,) if wished else range(n_folds, 1, -1):
        if _is_judged(target, metric, fewer, seed, splits):
            return fewer
    raise splits.unjudged(metric, smallest, n_folds, target.n_classes)


def _is_judged(target: Target, metric: Metric, n_folds: int, seed: int, splits: Splits) -> bool:
    fold_of_row = splits.fold_of_row(target.y, target.n_classes, n_folds, seed)
    level = np.mean(target.y) if not target.n_classes else 1 / target.n_classes
    constant = np.full((len(target.y), max(1, target.n_classes)), level)
    scores = [
        metric.score(target.y[rows], constant[rows], target.n_classes)
        for rows in (fold_of_row == fold for fold in range(n_folds))
    ]
    return bool(np.isfinite(scores).all())
