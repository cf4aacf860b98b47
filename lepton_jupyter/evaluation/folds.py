"""How many folds a table gets, and which rows are validated in which."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.data_errors import TooFewRowsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Choices of folds, each up to so many rows: where fits are cheap, more folds give more training rows and less noise.
_MOST_ROWS = ((8, 2_500), (5, 15_000))
_FEWEST_FOLDS = 3
_FOLDS = (8, 5, 3)

#: Share of the budget that one candidate may take over all its folds.
_SHARE_OF_BUDGET = 0.15
#: The same for three folds: only when even they take half of what there is are there two.
_SHARE_OF_FEWEST = 0.5

#: Part of the rows that is held out where there are no folds.
_HOLDOUT_SHARE = 0.2

#: Groups that are weighed one against the other, the largest ones; the others of very many are dealt in turn.
_ONE_BY_ONE = 10_000


def choose_n_folds(
    n_rows: int,
    *,
    fold_seconds: float | None = None,
    budget_seconds: float | None = None,
    n_workers: int = 1,
    smallest_class: int | None = None,
) -> int:
    """Number of folds for a table: as many as the budget affords, or as its size asks for.

    Of 8, 5 and 3 it is the largest whose cost stays within 15 % of the budget: each model learns from 7 rows of 8
    instead of 2 of 3, and a mean of eight varies less. On 31,000 rows of hourly measurements eight models of 2.5 s had
    an RMSE of 30.7, five 31.3 and three 32.6, more than any setting of theirs changed. Two, which cost as much as one
    fit on all rows, where three fill half of the budget; a holdout part never, since cross-validation beats it [1]_.
    Without a budget in seconds it is 8 up to 2,500 rows, 5 up to 15,000, then 3.

    Parameters
    ----------
    n_rows : int
        Rows to learn from.
    fold_seconds : float, optional
        Counted cost of one typical fit on one fold. Without it the size alone decides.
    budget_seconds : float, optional
        What the run may spend, in the unit of `fold_seconds`.
    n_workers : int, default=1
        Fits that run side by side.
    smallest_class : int, optional
        Rows of the rarest class: with fewer folds than that, each fold can be validated on it. Never brings the folds
        below 3.

    Returns
    -------
    n_folds : int
        8, 5, 3 or 2. Between 3 and 8 where the rarest class asks for it; never more than `n_rows`.

    Raises
    ------
    TooFewRowsError
        If there are fewer than three rows.

    References
    ----------
    .. [1] N. Erickson et al. TabArena: a living benchmark for machine learning on tabular data. NeurIPS, 2025.

    Examples
    --------
    >>> choose_n_folds(800), choose_n_folds(10_000), choose_n_folds(500_000)
    (8, 5, 3)
    >>> choose_n_folds(40_000, fold_seconds=1.0, budget_seconds=10.0, n_workers=2)
    3
    >>> choose_n_folds(40_000, fold_seconds=1.0, budget_seconds=60.0, n_workers=2)
    8
    >>> choose_n_folds(2_000_000, fold_seconds=40.0, budget_seconds=60.0)
    2
    """
    if n_rows < _FEWEST_FOLDS:
        raise TooFewRowsError.from_folds(n_rows, _FEWEST_FOLDS)
    if fold_seconds is None or budget_seconds is None:
        n_folds = next((folds for folds, most in _MOST_ROWS if n_rows <= most), _FEWEST_FOLDS)
    else:
        whole = budget_seconds * n_workers
        least = _FEWEST_FOLDS if _FEWEST_FOLDS * fold_seconds <= _SHARE_OF_FEWEST * whole else 2
        n_folds = next((each for each in _FOLDS if each * fold_seconds <= _SHARE_OF_BUDGET * whole), least)
    if smallest_class is not None and n_folds > _FEWEST_FOLDS:
        n_folds = max(_FEWEST_FOLDS, min(n_folds, smallest_class))
    return min(n_folds, n_rows)


def assign_folds(
    y: NDArray[Any],
    n_classes: int,
    n_folds: int,
    seed: int,
    groups: NDArray[Any] | None = None,
) -> NDArray[np.int16]:
    """Fold in which each row is validated, every fold a small likeness of the whole.

    Classes, or as many quantile bins of a regression target, are dealt one after the other, each row of one to the
    folds that have fewest: fold sizes, and the rows of each class in them, differ by at most one. A class with fewer
    rows than folds goes to as many folds as it has rows, so that every training part but one knows it. Groups are dealt
    whole, the largest first; then sizes may differ by as much as a group has rows.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        Class codes, or values.
    n_classes : int
        0 for regression.
    n_folds : int
        1 makes one holdout part, a fifth of the rows; the others are only trained on.
    seed : int
        The same seed gives the same folds.
    groups : ndarray of shape (n_rows,), optional
        Rows of one group, such as duplicates of a row, share a fold.

    Returns
    -------
    fold_of_row : ndarray of int16, shape (n_rows,)
        0 … n_folds-1; -1 for rows that are never validated.

    Raises
    ------
    TooFewRowsError
        If there are fewer rows, or groups, than folds.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 1, 1])
    >>> fold_of_row = assign_folds(y, n_classes=2, n_folds=2, seed=0)
    >>> [np.bincount(y[fold_of_row == fold]).tolist() for fold in (0, 1)]
    [[2, 1], [2, 1]]
    """
    if n_folds < 1:
        raise TooFewRowsError.from_count(n_folds)
    if n_folds == 1:
        parts = assign_folds(y, n_classes, round(1 / _HOLDOUT_SHARE) if len(y) >= 5 else 2, seed, groups)
        return np.where(parts == 0, 0, -1).astype(np.int16)
    if len(y) < n_folds:
        raise TooFewRowsError.from_folds(len(y), n_folds)
    rng = np.random.default_rng(seed)
    strata = np.asarray(y, dtype=np.int64) if n_classes else _quantile_bins(y, n_folds, rng)
    dealer = _Dealer(strata, n_folds, rng)
    if groups is None:
        single = np.ones(len(y), dtype=bool)
    else:
        _, group_of_row, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        if len(sizes) < n_folds:
            raise TooFewRowsError.from_groups(len(sizes), n_folds)
        single = sizes[group_of_row] == 1
        dealer.deal_groups(np.flatnonzero(~single), group_of_row[~single])
    dealer.deal_rows(np.flatnonzero(single))
    return dealer.fold_of_row


def _quantile_bins(y: NDArray[Any], n_folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bins of equally many rows in the order of `y`, equal values in random order; each holds a row for every fold."""
    n_bins = int(np.clip(len(y) // (2 * n_folds), 1, 50))
    shuffled = rng.permutation(len(y))
    ordered = shuffled[np.argsort(np.asarray(y)[shuffled], kind="stable")]
    bins = np.empty(len(y), dtype=np.int64)
    bins[ordered] = np.arange(len(y)) * n_bins // len(y)
    return bins


class _Dealer:
    """Deals rows to folds and knows how many of each stratum every fold holds."""

    def __init__(self, strata: NDArray[np.int64], n_folds: int, rng: np.random.Generator) -> None:
        self._strata, self._n_folds, self._rng = strata, n_folds, rng
        self._counts = np.zeros((n_folds, int(strata.max()) + 1), dtype=np.int64)
        self.fold_of_row = np.full(len(strata), -1, dtype=np.int16)

    def deal_groups(self, rows: NDArray[np.int64], group_of_row: NDArray[np.int64]) -> None:
        """Put each group, the largest first, where its stratum, and then rows in all, are fewest."""
        order = np.argsort(group_of_row, kind="stable")
        rows = rows[order]
        _, starts, sizes = np.unique(group_of_row[order], return_index=True, return_counts=True)
        totals = np.zeros(self._n_folds, dtype=np.int64)
        # Random before sorting by size, so that groups of one size are dealt in no particular order.
        shuffled = self._rng.permutation(len(starts))
        largest_first = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
        for index in largest_first[:_ONE_BY_ONE]:
            members = rows[starts[index] : starts[index] + sizes[index]]
            strata, counts = np.unique(self._strata[members], return_counts=True)
            main = strata[counts.argmax()]
            fold = int(np.lexsort((totals, self._counts[:, main]))[0])
            self._counts[fold, strata] += counts
            totals[fold] += len(members)
            self.fold_of_row[members] = fold
        if len(starts) > _ONE_BY_ONE:
            rest = largest_first[_ONE_BY_ONE:]
            self._deal_in_turn(rows, starts[rest], sizes[rest])

    def _deal_in_turn(self, rows: NDArray[np.int64], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        """Deal the small ones of very many groups all at once, stratum by stratum, each to the next fold."""
        in_turn = np.argsort(self._strata[rows[starts]], kind="stable")
        starts, sizes = starts[in_turn], sizes[in_turn]
        folds = np.repeat(np.arange(len(starts)) % self._n_folds, sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        members = rows[np.repeat(starts, sizes) + within]
        np.add.at(self._counts, (folds, self._strata[members]), 1)
        self.fold_of_row[members] = folds

    def deal_rows(self, rows: NDArray[np.int64]) -> None:
        """Level the folds, stratum by stratum, with rows that may go anywhere."""
        rows = self._rng.permutation(rows)
        rows = rows[np.argsort(self._strata[rows], kind="stable")]
        bounds = np.searchsorted(self._strata[rows], np.arange(self._counts.shape[1] + 1))
        for stratum, (start, stop) in enumerate(pairwise(bounds)):
            shares = self._level(self._counts[:, stratum], int(stop - start))
            self._counts[:, stratum] += shares
            # Repeated in turn is as good as in blocks: the rows of a stratum are in random order.
            self.fold_of_row[rows[start:stop]] = np.repeat(np.arange(self._n_folds), shares)

    def _level(self, held: NDArray[np.int64], n_new: int) -> NDArray[np.int64]:
        """How many of `n_new` rows each fold gets, so that those with fewest catch up; what is odd to the smallest."""
        smallest_first = np.lexsort((self._rng.random(self._n_folds), self._counts.sum(axis=1)))
        shares = np.zeros(self._n_folds, dtype=np.int64)
        level, lowest = 0, smallest_first
        for level_candidate in np.unique(held)[::-1]:
            below = smallest_first[held[smallest_first] <= level_candidate]
            if (level_candidate - held[below]).sum() <= n_new:
                level, lowest = int(level_candidate), below
                break
        shares[lowest] = level - held[lowest]
        each, odd = divmod(n_new - int(shares.sum()), len(lowest))
        shares[lowest] += each
        shares[lowest[:odd]] += 1
        return shares
