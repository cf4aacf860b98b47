"""The trade of score against speed: which predictors no other beats in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def pareto_front(scores: ArrayLike, latencies: ArrayLike) -> tuple[int, ...]:
    """Which candidates no other beats in both score and latency, the fastest first.

    Along the front each step is slower and better. Of candidates that are equal in both, the first stays; those whose
    score or latency is not a number are left out.

    Parameters
    ----------
    scores : array-like of shape (n_candidates,)
        Greater is better; turn losses round.
    latencies : array-like of shape (n_candidates,)
        Time to predict a row, in any one unit.

    Returns
    -------
    indices : tuple of int

    Examples
    --------
    >>> pareto_front([0.80, 0.90, 0.85, 0.70], [1.0, 9.0, 4.0, 2.0])
    (0, 2, 1)
    """
    score: NDArray[Any] = np.asarray(scores, dtype=np.float64)
    latency: NDArray[Any] = np.asarray(latencies, dtype=np.float64)
    front: list[int] = []
    for index in np.lexsort((-score, latency)):
        known = not (np.isnan(score[index]) or np.isnan(latency[index]))
        if known and (not front or score[index] > score[front[-1]]):
            front.append(int(index))
    return tuple(front)
