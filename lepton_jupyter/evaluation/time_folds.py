"""Folds in time: each is validated on rows later than all that it learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.split_errors import TimeColumnError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Part of the rows, the earliest, that every fold learns from and none is validated on.
FIRST_PART = 0.5


def assign_time_folds(moments: NDArray[Any], n_folds: int) -> NDArray[np.int16]:
    """Fold in which each row is validated: the later half of the rows, cut into blocks of about the same size.

    Fold k learns from everything before its block (an expanding window) and is validated on that block, so no model
    is judged on what is earlier than something it has seen. Forecasts have long been judged so ("rolling origin"
    [1]_), and where a series drifts it tells the error on what comes next better than cross-validation does [2]_. The
    first half is only learnt from: with equal blocks from the start on, the first fold would learn from a small part
    of the rows and drag the mean down for a reason that has nothing to do with the learner.

    Parameters
    ----------
    moments : ndarray of shape (n_rows,)
        When each row was; anything that can be sorted. Rows of one moment stay together.
    n_folds : int

    Returns
    -------
    fold_of_row : ndarray of int16, shape (n_rows,)
        0 … n_folds-1, later for later rows; -1 for the first block.

    Raises
    ------
    TimeColumnError
        If there are too few different moments for that many folds.

    References
    ----------
    .. [1] L. J. Tashman. Out-of-sample tests of forecasting accuracy: an analysis and review. International Journal of
           Forecasting 16(4):437-450, 2000.
    .. [2] V. Cerqueira, L. Torgo, I. Mozetič. Evaluating time series forecasting models: an empirical study on
           performance estimation methods. Machine Learning 109:1997-2028, 2020.

    Examples
    --------
    >>> assign_time_folds(np.array([3, 1, 2, 4, 4, 5]), n_folds=2).tolist()
    [-1, -1, -1, 0, 0, 1]
    """
    _, place, sizes = np.unique(moments, return_inverse=True, return_counts=True)
    if len(sizes) <= n_folds:
        raise TimeColumnError.from_moments(len(sizes), n_folds)
    block_of_moment = _blocks(sizes, n_folds)
    return np.asarray(block_of_moment[place], dtype=np.int16)


def _blocks(sizes: NDArray[np.int64], n_folds: int) -> NDArray[np.int64]:
    """Block of each moment: cut where the rows before come nearest to the shares, each block at least one moment."""
    before = np.concatenate([[0], np.cumsum(sizes)])
    shares = FIRST_PART + (1 - FIRST_PART) * np.arange(n_folds) / n_folds
    cuts = [int(np.abs(before - share * before[-1]).argmin()) for share in shares]
    # A moment of very many rows may hold several cuts: they are moved apart, from the left and then from the right.
    for index in range(n_folds):
        cuts[index] = max(cuts[index], cuts[index - 1] + 1 if index else 1)
    for index in range(n_folds - 1, -1, -1):
        cuts[index] = min(cuts[index], cuts[index + 1] - 1 if index < n_folds - 1 else len(sizes) - 1)
    return np.searchsorted(cuts, np.arange(len(sizes)), side="right") - 1
