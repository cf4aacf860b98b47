"""Columns that tell more than chance: compared with shuffled copies of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.preprocessing.column_gains import column_gains, screened_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Screens with other rows and other shuffles.
_SCREENS = 3
#: Share of the shadows that a column must beat, in one screen at least.
_SHARE_BEATEN = 0.9


def telling_columns(rows: TrainingRows) -> NDArray[np.int64]:
    """Columns that serve a small booster more than most shuffled columns do, which can serve it by chance alone.

    Parameters
    ----------
    rows : TrainingRows

    Returns
    -------
    places : ndarray of int64
        Ascending; all columns where none beats its shadows.

    References
    ----------
    .. [1] M. Kursa, W. Rudnicki. Feature selection with the Boruta package. Journal of Statistical Software 36(11),
           2010. There a column must beat the best of the shadows many times; here most of them once, since a column
           that is left out in error costs more than one that is kept in error.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.training_rows import TrainingRows
    >>> X = np.random.default_rng(0).random((2_000, 6)).astype(np.float32)
    >>> y = (X[:, 1] + X[:, 4]).astype(np.float64)
    >>> set(telling_columns(TrainingRows(X, y, categorical=(), n_classes=0)).tolist()) >= {1, 4}
    True
    """
    n_columns = rows.X.shape[1]
    telling = np.zeros(n_columns, dtype=np.bool_)
    for screen in range(_SCREENS):
        seed = _SCREENS * rows.seed + screen
        few = replace(rows, seed=seed).sample(screened_rows(2 * n_columns))
        shadows = np.random.default_rng(seed).permuted(few.X, axis=0)
        both = replace(
            few.beside([shadows]), categorical=(*rows.categorical, *(n_columns + c for c in rows.categorical))
        )
        gains = column_gains(both)
        telling |= gains[:n_columns] > np.quantile(gains[n_columns:], _SHARE_BEATEN)
    return np.flatnonzero(telling) if telling.any() else np.arange(n_columns)
