"""Parts of each fold's validation rows that choose for one another when a fit stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.folds import assign_folds

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: With four, three quarters of the rows choose for the last one: nearly as well as all would, and two halves less so.
N_PARTS = 4


def stopping_parts(
    y: NDArray[Any],
    n_classes: int,
    fold_of_row: NDArray[np.int16],
    seed: int,
    *,
    groups: NDArray[np.int64] | None = None,
    moments: NDArray[Any] | None = None,
) -> NDArray[np.int8]:
    """Part of its fold that each row belongs to, each part a small likeness of its fold.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        Class codes, or values.
    n_classes : int
        0 for regression.
    fold_of_row : ndarray of int16, shape (n_rows,)
        -1: never validated.
    seed : int
    groups : ndarray of shape (n_rows,), optional
        Rows of one group share a part. A fold that is one group is not parted.
    moments : ndarray of shape (n_rows,), optional
        Parts then follow one another in time, since neighbours in time tell of one another.

    Returns
    -------
    parts : ndarray of int8, shape (n_rows,)
        0 … n_parts-1 within each fold, none of them empty; 0 for rows that are never validated.

    References
    ----------
    As for `lepton_jupyter.learners.cross_fitted_rounds.CrossFittedRounds`.

    Examples
    --------
    >>> y, fold_of_row = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0]), np.array([0] * 8 + [1], np.int16)
    >>> parts = stopping_parts(y, 2, fold_of_row, seed=0)
    >>> sorted(parts[:4].tolist()), sorted(parts[4:8].tolist()), int(parts[8])
    ([0, 1, 2, 3], [0, 1, 2, 3], 0)
    """
    parts = np.zeros(len(y), dtype=np.int8)
    for fold in range(int(fold_of_row.max()) + 1):
        rows = np.flatnonzero(fold_of_row == fold)
        if moments is not None:
            parts[rows] = _in_order(moments[rows])
            continue
        together = None if groups is None else groups[rows]
        n_parts = min(N_PARTS, len(rows) if together is None else len(np.unique(together)))
        if n_parts > 1:
            parts[rows] = assign_folds(y[rows], n_classes, n_parts, seed, together)
    return parts


def _in_order(moments: NDArray[Any]) -> NDArray[np.int64]:
    """Blocks of about equally many rows in order of time; rows of one moment share a block."""
    _, place, sizes = np.unique(moments, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2
    block = (middle * N_PARTS / max(1, len(moments))).astype(np.int64)
    return np.unique(block, return_inverse=True)[1][place]  # a moment of very many rows may leave blocks empty
