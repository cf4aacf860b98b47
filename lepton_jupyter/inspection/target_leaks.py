"""How well one column alone tells the target, out of fold: a column that tells nearly all of it is a leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Target
    from lepton_jupyter.inspection.column_values import ColumnValues

#: Rows on which columns are judged, drawn at random.
JUDGED_ROWS = 20_000
#: Fewer rows than this tell nothing about a column.
FEWEST_ROWS = 30
#: From this score on, by the lower end of its 95 % interval, a column is said to leak the target, or nearly to tell it.
LEAK, TELLING = 0.98, 0.95
_N_FOLDS = 5
_N_BINS = 64
_MOST_LEVELS = 254
_MOST_CLASSES = 50
_SMOOTHING = 0.5  # rows of the overall rate that are added to each bin: a bin of one row tells little


@dataclass(frozen=True, slots=True)
class AloneScore:
    """How well a column alone tells the target.

    Parameters
    ----------
    value : float
        AUC, of several classes the mean of one against the rest; or R² of the ranks of a numeric target.
    error : float
        Half its 95 % interval.
    """

    value: float
    error: float

    @property
    def at_least(self) -> float:
        """Lower end of the interval."""
        return self.value - self.error


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRows:
    """The sample of rows on which columns are judged, with their targets and folds.

    Parameters
    ----------
    rows : ndarray of int64
        Places in the table.
    y : ndarray
        Class codes, or ranks of the target between 0 and 1.
    n_classes : int
        0 for a numeric target.
    fold : ndarray of int64
    """

    rows: NDArray[np.int64]
    y: NDArray[Any]
    n_classes: int
    fold: NDArray[np.int64]

    @classmethod
    def draw(cls, target: Target, n_columns: int, *, seed: int = 0) -> JudgedRows | None:
        """Draw rows that have a target; None where there are too few to judge by.

        Very wide tables are judged on fewer rows, so that all their columns are.
        """
        from scipy.stats import rankdata

        kept = np.flatnonzero(target.kept)
        limit = int(np.clip(20_000_000 // max(1, n_columns), 2_000, JUDGED_ROWS))
        if len(kept) < FEWEST_ROWS:
            return None
        rng = np.random.default_rng(seed)
        places = np.sort(rng.choice(len(kept), limit, replace=False)) if len(kept) > limit else np.arange(len(kept))
        y, n_classes = target.y[places], target.n_classes
        if n_classes > _MOST_CLASSES:
            order = np.argsort(-np.bincount(y.astype(np.int64), minlength=n_classes), kind="stable")
            place_of = np.empty(n_classes, dtype=np.int64)
            place_of[order] = np.arange(n_classes)
            y, n_classes = np.minimum(place_of[y], _MOST_CLASSES - 1), _MOST_CLASSES
        elif not n_classes:
            y = rankdata(y) / len(y)
        fold = rng.permutation(np.arange(len(places)) % _N_FOLDS)
        return cls(kept[places], y, n_classes, fold)

    def score(self, values: ColumnValues) -> AloneScore | None:
        """How well a column alone tells the target; None where it has one bin only."""
        bins, n_bins = _binned(values, self.rows)
        return self.score_bins(bins, n_bins)

    def score_missing(self, missing: NDArray[np.bool_]) -> AloneScore | None:
        """How well it tells the target whether a value is missing."""
        return self.score_bins(missing[self.rows].astype(np.int64), 2)

    def score_bins(self, bins: NDArray[np.int64], n_bins: int) -> AloneScore | None:
        """How well bins of rows tell the target.

        In each fold the target's rate in each bin is taken from the other folds, a step function of the column; the
        rates predict the fold's rows.
        """
        if n_bins < 2 or bins.min() == bins.max():
            return None
        cell = self.fold * n_bins + bins
        n_cells = _N_FOLDS * n_bins
        if self.n_classes:
            return self._auc(cell, n_cells, n_bins)
        return self._r2(cell, n_cells, n_bins)

    def _auc(self, cell: NDArray[np.int64], n_cells: int, n_bins: int) -> AloneScore | None:
        size = n_cells * self.n_classes
        counts = np.bincount(cell * self.n_classes + self.y, minlength=size).astype(float)
        by_class = counts.reshape(_N_FOLDS, n_bins, self.n_classes)
        all_rows = by_class.sum(axis=2)
        prior = by_class.sum(axis=(0, 1)) / by_class.sum()
        others = by_class.sum(axis=0) - by_class
        rates = (others + _SMOOTHING * prior) / (others.sum(axis=2, keepdims=True) + _SMOOTHING)
        classes = [1] if self.n_classes == 2 else [c for c in range(self.n_classes) if 0 < prior[c] < 1]
        found = [
            auc_of_counts(rates[:, :, c].ravel(), by_class[:, :, c].ravel(), (all_rows - by_class[:, :, c]).ravel())
            for c in classes
        ]
        kept = [(score, prior[c]) for score, c in zip(found, classes, strict=True) if score is not None]
        if not kept:
            return None
        weights = np.array([weight for _, weight in kept])
        # A column that tells nothing scores a little under one half, since a fold's rate is held against its own rows.
        value = max(0.5, float(np.average([score.value for score, _ in kept], weights=weights)))
        # Classes share their rows, so that their errors are not independent: the mean is no surer than they are.
        return AloneScore(value, float(np.average([score.error for score, _ in kept], weights=weights)))

    def _r2(self, cell: NDArray[np.int64], n_cells: int, n_bins: int) -> AloneScore | None:
        shape = (_N_FOLDS, n_bins)
        n = np.bincount(cell, minlength=n_cells).reshape(shape).astype(float)
        total = np.bincount(cell, self.y, minlength=n_cells).reshape(shape)
        squares = np.bincount(cell, self.y**2, minlength=n_cells).reshape(shape)
        mean = total.sum() / n.sum()
        predicted = (total.sum(axis=0) - total + _SMOOTHING * mean) / (n.sum(axis=0) - n + _SMOOTHING)
        errors = float((squares - 2 * predicted * total + predicted**2 * n).sum())
        spread = float(squares.sum() - n.sum() * mean**2)
        if spread <= 0:
            return None
        value = max(0.0, 1.0 - errors / spread)
        return AloneScore(value, 1.96 * 2.0 * np.sqrt(value) * (1.0 - value) / np.sqrt(n.sum()))


def auc_of_counts(
    scores: NDArray[np.float64], positives: NDArray[np.float64], negatives: NDArray[np.float64]
) -> AloneScore | None:
    """Area under the ROC curve of rows that come in groups of equal score, with its interval.

    Parameters
    ----------
    scores : ndarray of shape (n_groups,)
    positives, negatives : ndarray of shape (n_groups,)
        Rows of either kind in each group.

    Returns
    -------
    score : AloneScore or None
        None where one kind has no rows.

    References
    ----------
    .. [1] J. A. Hanley, B. J. McNeil. The meaning and use of the area under a receiver operating characteristic (ROC)
           curve. Radiology 143(1):29-36, 1982. The error is theirs.

    Examples
    --------
    >>> auc_of_counts(np.array([0.1, 0.9]), np.array([10.0, 90.0]), np.array([90.0, 10.0])).value
    0.9
    """
    n_positive, n_negative = positives.sum(), negatives.sum()
    if not (n_positive and n_negative):
        return None
    distinct, place = np.unique(scores, return_inverse=True)
    pos = np.bincount(place, positives, minlength=len(distinct))
    neg = np.bincount(place, negatives, minlength=len(distinct))
    below = np.cumsum(neg) - neg
    auc = float((pos * (below + neg / 2)).sum() / (n_positive * n_negative))
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (n_positive - 1) * (q1 - auc**2) + (n_negative - 1) * (q2 - auc**2)
    return AloneScore(auc, 1.96 * float(np.sqrt(max(0.0, variance) / (n_positive * n_negative))))


def _binned(values: ColumnValues, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Bins of a column's sampled rows; missing values have one of their own."""
    if values.codes is not None:
        return _binned_codes(values.codes[rows])
    if values.numbers is None:
        return np.zeros(len(rows), dtype=np.int64), 1
    numbers = values.numbers[rows]
    missing = numbers == NO_MOMENT if numbers.dtype.kind == "i" else np.isnan(numbers)
    known = np.sort(numbers[~missing])
    if not len(known):
        return np.zeros(len(rows), dtype=np.int64), 1
    distinct = known[np.r_[True, known[1:] != known[:-1]]]
    # A few different values have a bin each; of many, equal parts, each of enough rows to have a rate.
    n_bins = int(np.clip(len(known) // 10, 4, _N_BINS))
    edges = distinct if len(distinct) <= n_bins else np.unique(known[(np.arange(n_bins) * len(known)) // n_bins])
    bins = np.searchsorted(edges, numbers, side="right")
    bins[missing] = len(edges) + 1
    return bins, len(edges) + 2


def _binned_codes(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    counts = np.bincount(codes + 1)
    common = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    place_of = np.full(len(counts), len(common), dtype=np.int64)
    place_of[common] = np.arange(len(common))
    return place_of[codes + 1], len(common) + 1
