"""How well a model tells two tables apart: what no single column shows, all of them together may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.execution.native_threads import limit_this_thread
from lepton_jupyter.execution.side_by_side import side_by_side
from lepton_jupyter.inspection.fingerprints import mixed
from lepton_jupyter.inspection.target_leaks import AloneScore, auc_of_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows of each table that the model sees at most, drawn at random.
MODEL_ROWS = 10_000
_FEWEST_ROWS = 30
_N_FOLDS = 3


def model_rows(n_rows: int, n_columns: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Rows that the model sees: fewer of a very wide table, and the same ones of tables of equal length.

    Examples
    --------
    >>> len(model_rows(1_000_000, 50)), len(model_rows(1_000_000, 10_000)), len(model_rows(7, 3))
    (10000, 1000, 7)
    """
    limit = int(np.clip(10_000_000 // max(1, n_columns), _FEWEST_ROWS, MODEL_ROWS))
    if n_rows <= limit:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, limit, replace=False))


def separability(first: NDArray[np.float64], second: NDArray[np.float64], *, seed: int = 0) -> AloneScore | None:
    """AUC out of fold of a model that is asked from which table a row comes.

    Equal rows share a fold: a row that both tables hold can then not be known by its twin, and a table compared with
    itself is told apart by chance, 0.5.

    Parameters
    ----------
    first, second : ndarray of shape (n_rows, n_columns)
        The same columns of both tables as numbers, NaN where missing.
    seed : int, default=0

    Returns
    -------
    score : AloneScore or None
        None where a table has fewer than 30 rows, or no column that varies. Never below 0.5, which is chance.

    References
    ----------
    .. [1] S. Rabanser, S. Günnemann, Z. Lipton. Failing loudly: an empirical study of methods for detecting dataset
           shift. NeurIPS 2019 (the domain classifier).
    .. [2] J. H. Friedman. On multivariate goodness-of-fit and two-sample testing. PHYSTAT 2003.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = rng.normal(size=(500, 3))
    >>> separability(rows, rows).value
    0.5
    >>> separability(rows, rows + [0, 3, 0]).value > 0.95
    True
    """
    if min(len(first), len(second)) < _FEWEST_ROWS or not first.shape[1]:
        return None
    # Values beyond the range of float32 are the same to boosting.
    X = np.clip(np.concatenate([first, second]), -1e38, 1e38)
    y = np.repeat([0, 1], [len(first), len(second)])
    fold = _folds(X)
    predicted = _out_of_fold(X, y, fold, seed)
    if predicted is None:
        return None
    score = auc_of_counts(predicted, (y == 1).astype(float), (y == 0).astype(float))
    return None if score is None else AloneScore(max(0.5, score.value), score.error)


def _folds(X: NDArray[np.float64]) -> NDArray[np.int64]:
    """A fold for each row that depends on its values alone."""
    bits = np.zeros(len(X), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(X.shape[1]):
            bits += mixed(np.ascontiguousarray(X[:, place] + 0.0).view(np.uint64), salt=place)
    return (mixed(bits) % np.uint64(_N_FOLDS)).astype(np.int64)


def _out_of_fold(X: NDArray[Any], y: NDArray[Any], fold: NDArray[Any], seed: int) -> NDArray[np.float64] | None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    held_out = [each for each in range(_N_FOLDS) if (fold == each).any()]
    if any(len(np.unique(y[fold != each])) < 2 for each in held_out):
        return None

    # A round takes time by its columns; thousands of them need few rounds to tell whether there is a difference.
    n_rounds = int(np.clip(8_000 // X.shape[1], 8, 40))

    def predict(held: int) -> NDArray[np.float64]:
        # A fold a core: several threads of OpenMP within each wait for one another where cores are shared.
        limit_this_thread()
        model = HistGradientBoostingClassifier(
            max_iter=n_rounds,
            max_leaf_nodes=16,
            max_bins=63,
            learning_rate=0.2,
            early_stopping=False,
            random_state=seed,
        )
        rows = fold == held
        # scikit-learn cannot bin a column without any value (1.9: "window shape cannot be larger than ...").
        known = ~np.isnan(X[~rows]).all(axis=0)
        if not known.any():
            return np.full(int(rows.sum()), 0.5)
        fitted = model.fit(X[~rows][:, known], y[~rows])
        return np.asarray(fitted.predict_proba(X[rows][:, known])[:, 1], dtype=np.float64)

    predicted = np.full(len(y), 0.5)
    for held, found in zip(held_out, side_by_side(predict, held_out), strict=True):
        predicted[fold == held] = found
    # Float32 steps: twins that differ in the last bit of a sum are equally likely.
    return predicted.astype(np.float32).astype(np.float64).round(6)
