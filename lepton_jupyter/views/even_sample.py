"""Which of many things to show when there is room for few."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def even_sample(items: Sequence[T], limit: int) -> list[T]:
    """At most `limit` of `items`, evenly spread and in order; the middle of each stretch stands for it.

    Examples
    --------
    >>> even_sample([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)
    [1, 4, 7]
    >>> even_sample([0, 1], 3), even_sample([0, 1], 0)
    ([0, 1], [])
    """
    n = len(items)
    if n <= limit:
        return list(items)
    return [items[(2 * index + 1) * n // (2 * limit)] for index in range(limit)]


def fair_shares(demands: Sequence[float], capacity: float) -> list[float]:
    """Divide `capacity` so that small demands are met whole and large ones get equal shares of what is left.

    Parameters
    ----------
    demands : sequence of float
        What each would take, none negative.
    capacity : float

    Returns
    -------
    shares : list of float
        None larger than its demand; their sum is at most `capacity`.

    Examples
    --------
    >>> fair_shares([10, 50, 80], 100)
    [10, 45.0, 45.0]
    """
    shares = [0.0] * len(demands)
    left = capacity
    by_demand = sorted(range(len(demands)), key=lambda index: demands[index])
    for place, index in enumerate(by_demand):
        shares[index] = min(demands[index], left / (len(demands) - place))
        left -= shares[index]
    return shares
