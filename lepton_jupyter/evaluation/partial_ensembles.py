"""Parts of an ensemble: what lies between its best single member and the whole, with nothing fitted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Members that a part has: steps that each cost about two thirds more to predict with.
_SIZES = (2, 3, 5, 8, 13)


def parts_of(weights: Mapping[int, float], row_milliseconds: Mapping[int, float]) -> tuple[dict[int, float], ...]:
    """Ensembles of some members, in two orders: the heaviest first, and the most weight for its latency first.

    Parameters
    ----------
    weights : mapping of int to float
        Of the whole, by trial id.
    row_milliseconds : mapping of int to float
        Latency of each of those trials.

    Returns
    -------
    parts : tuple of dict of int to float
        Of 2, 3, 5, 8 and 13 members, as far as these are fewer than all; weights sum to one. None twice.

    Examples
    --------
    >>> [list(part) for part in parts_of({1: 0.5, 2: 0.3, 3: 0.2}, {1: 9.0, 2: 1.0, 3: 1.0})]
    [[1, 2], [2, 3]]
    """
    by_weight = sorted(weights, key=lambda each: (-weights[each], each))
    by_worth = sorted(weights, key=lambda each: (-weights[each] / max(row_milliseconds[each], 1e-9), each))
    parts: dict[frozenset[int], dict[int, float]] = {}
    for size in _SIZES:
        for order in (by_weight, by_worth):
            members = order[:size]
            if size < len(weights):
                total = sum(weights[each] for each in members)
                parts.setdefault(frozenset(members), {each: weights[each] / total for each in members})
    return tuple(parts.values())
