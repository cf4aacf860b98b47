"""Steps of a preparation that learn from rows together or see the target: learnt anew within each fold of a search.

Whatever they choose, they have seen the training rows of the fold alone, so that scores of its other rows stay honest;
and no row is removed or repeated by them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.exceptions.fold_step_errors import FoldStepError
from lepton_jupyter.preprocessing.co_moments import CoMoments
from lepton_jupyter.preprocessing.made_features import MadeFeatures
from lepton_jupyter.preprocessing.shadow_selection import telling_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: What may be asked for, in the order in which it is done, and what it does.
FOLD_STEPS: Mapping[str, str] = {
    "variance": "columns that hold one value in nearly all rows are left out",
    "redundancy": "of columns of numbers that say the same the later ones are left out",
    "information": "columns that share no information with the target, by a test at 1 %, are left out",
    "shadows": "columns that serve a small booster no more than shuffled ones are left out",
    "encode": "mean targets of categories, whole numbers and their crosses become columns, where these tell",
    "balance": "rows of rare classes count more in fits",
}
#: Share of rows from which on one value is all that a column holds.
_NEARLY_ALL = 0.999
#: Correlation from which on two columns say the same.
_SAME = 0.98
_MOST_ROWS = 50_000
_N_BINS = 12
_LEVEL = 0.01


def as_fold_steps(names: Iterable[str]) -> tuple[str, ...]:
    """Names of steps in the order in which they are done, each once.

    Raises
    ------
    FoldStepError
        If there is no such step.

    Examples
    --------
    >>> as_fold_steps(["shadows", "variance"])
    ('variance', 'shadows')
    """
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        if name not in FOLD_STEPS:
            raise FoldStepError.from_name(name, FOLD_STEPS)
    return tuple(name for name in FOLD_STEPS if name in given)


def learn_fold_steps(
    rows: TrainingRows, steps: Sequence[str], *, stop: Callable[[], bool]
) -> tuple[MadeFeatures, NDArray[np.float32]] | None:
    """Learn some steps from the training rows of a fold.

    Parameters
    ----------
    rows : TrainingRows
        Nothing else is seen.
    steps : sequence of str
        Of `FOLD_STEPS`; weights of classes are no matter of columns.
    stop : callable
        Asked before each step.

    Returns
    -------
    made : MadeFeatures
    training : ndarray of shape (n_rows, n_columns)
        The training rows as they are learnt from; None instead of both if it was told to stop.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.training_rows import TrainingRows
    >>> x = np.random.default_rng(0).random((400, 1))
    >>> X = np.hstack([x, 3 * x + 1, np.ones((400, 1)), np.random.default_rng(1).random((400, 1))]).astype(np.float32)
    >>> rows = TrainingRows(X, (X[:, 0] > 0.5).astype(np.int64), categorical=(), n_classes=2)
    >>> made, training = learn_fold_steps(rows, ["variance", "redundancy", "information"], stop=lambda: False)
    >>> made.own.tolist(), training.shape
    ([0], (400, 1))
    """
    n_columns = rows.X.shape[1]
    left = np.arange(n_columns)
    for name, choose in _SELECTIONS.items():
        if name not in steps:
            continue
        if stop():
            return None
        chosen = choose(_of_columns(rows, left))
        # Where nothing tells anything, leaving all out would leave nothing to be learnt from.
        left = left[chosen] if len(chosen) else left
    made = MadeFeatures((), left)
    training = rows.X[:, left]
    if "encode" in steps:
        encoded = MadeFeatures.learn(rows, "encoded", stop=stop)
        if encoded is None:
            return None
        made = replace(made, steps=encoded[0].steps)
        training = np.hstack([training, encoded[1][:, n_columns:]])
    return made, training


def varying_columns(rows: TrainingRows) -> NDArray[np.int64]:
    """Columns in which no single value, missing included, stands in nearly all rows."""
    return np.array(
        [
            place
            for place, column in enumerate(rows.X.T)
            if np.unique(column, return_counts=True)[1].max(initial=0) < _NEARLY_ALL * max(1, len(column))
        ],
        dtype=np.int64,
    )


def unlike_columns(rows: TrainingRows) -> NDArray[np.int64]:
    """Columns that are not, but for scale, what a column of numbers before them is.

    Two such columns are correlated by more than 0.98, and lack values in the same rows but for 2 % of them. Category
    codes have no scale and are all kept.
    """
    few = rows.sample(_MOST_ROWS)
    numbers = np.array([place for place in range(rows.X.shape[1]) if place not in rows.categorical], dtype=np.int64)
    if len(numbers) < 2:
        return np.arange(rows.X.shape[1])
    values = few.X[:, numbers].astype(np.float64)
    missing = np.isnan(values)
    n_known = np.maximum(1, (~missing).sum(axis=0))
    means = np.where(missing, 0.0, values).sum(axis=0) / n_known
    alike = np.abs(CoMoments.of(np.where(missing, means, values)).correlation()) > _SAME
    gone = missing.astype(np.float64)
    differing = gone.sum(axis=0)[:, None] + gone.sum(axis=0)[None, :] - 2 * (gone.T @ gone)
    alike &= differing <= (1 - _SAME) * len(values)
    dropped = np.zeros(len(numbers), dtype=bool)
    for place in range(1, len(numbers)):
        dropped[place] = bool((alike[place, :place] & ~dropped[:place]).any())
    return np.setdiff1d(np.arange(rows.X.shape[1]), numbers[dropped])


def informative_columns(rows: TrainingRows) -> NDArray[np.int64]:
    """Columns whose mutual information with the target is more than independence would give in 99 of 100 tables.

    Numbers are cut at their quantiles, the commonest categories stand alone, and a missing value is a value. Twice the
    information in all rows is then distributed as chi square where column and target are independent [1]_.

    References
    ----------
    .. [1] S. S. Wilks. The likelihood test of independence in contingency tables. Annals of Mathematical Statistics
           6(4):190-196, 1935.
    """
    from scipy.special import chdtrc

    few = rows.sample(_MOST_ROWS)
    target = few.y.astype(np.int64) if few.n_classes else _binned(few.y.astype(np.float64))
    n_targets = int(target.max(initial=0)) + 1
    informative = []
    for place, column in enumerate(few.X.T):
        codes = _commonest(column) if place in rows.categorical else _binned(column.astype(np.float64))
        table = np.bincount(codes * n_targets + target, minlength=(int(codes.max()) + 1) * n_targets)
        table = table.reshape(-1, n_targets).astype(np.float64)
        table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
        if not freedom:
            continue
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        there = table > 0
        statistic = 2 * float((table[there] * np.log(table[there] / expected[there])).sum())
        if chdtrc(freedom, statistic) < _LEVEL:
            informative.append(place)
    return np.array(informative, dtype=np.int64)


_SELECTIONS: Mapping[str, Callable[[TrainingRows], NDArray[np.int64]]] = {
    "variance": varying_columns,
    "redundancy": unlike_columns,
    "information": informative_columns,
    "shadows": telling_columns,
}


def _of_columns(rows: TrainingRows, places: NDArray[np.int64]) -> TrainingRows:
    categorical = tuple(np.flatnonzero(np.isin(places, rows.categorical)).tolist())
    return replace(rows, X=rows.X[:, places], categorical=categorical)


def _binned(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the bin of each value, of bins with about as many values each; missing ones have their own."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(len(values), dtype=np.int64)
    edges = np.unique(np.quantile(known, np.arange(1, _N_BINS) / _N_BINS))
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left")).astype(np.int64)


def _commonest(codes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Number of each category, the rare ones together; missing is a category."""
    different, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    numbers = np.full(len(different), _N_BINS, dtype=np.int64)
    numbers[np.argsort(-counts, kind="stable")[:_N_BINS]] = np.arange(min(_N_BINS, len(different)))
    return numbers[places.ravel()]
