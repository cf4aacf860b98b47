"""Parts of the rows that trials may learn from where a budget is too small for all of them."""

from __future__ import annotations

#: Halvings of the rows, and training rows of a fold that the smallest part holds at least.
_MOST_HALVINGS = 4
_LEAST_ROWS = 20_000


def row_shares(n_rows: int, n_folds: int) -> tuple[float, ...]:
    """Parts of the training rows of each fold, the largest first; none on a table that is not large.

    Parameters
    ----------
    n_rows : int
        Of the whole table.
    n_folds : int

    Examples
    --------
    >>> row_shares(50_000, 3), row_shares(200_000, 2), row_shares(1_000_000, 2)
    ((), (0.5, 0.25), (0.5, 0.25, 0.125, 0.0625))
    """
    training_rows = n_rows * (n_folds - 1) / max(n_folds, 2) if n_folds > 1 else 0.8 * n_rows
    halvings = (0.5**times for times in range(1, _MOST_HALVINGS + 1))
    return tuple(share for share in halvings if share * training_rows >= _LEAST_ROWS)
