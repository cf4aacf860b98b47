"""Merging parts in one order that depends on their number alone, whoever merges them and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

#: Parts that are merged at once.
FAN_IN = 16


def merge_in_tree(parts: Iterable[T], merge: Callable[[Sequence[T]], T]) -> T:
    """Merge parts sixteen at a time, the results sixteen at a time, and so on; never more than a few are held.

    Parts come one after the other, as those of a file do. `tree_levels` describes the same tree for parts that are
    merged side by side.

    Parameters
    ----------
    parts : iterable
        At least one.
    merge : callable
        Merges a sequence of parts.

    Examples
    --------
    >>> merge_in_tree(range(40), lambda some: sum(some))
    780
    """
    waiting: list[list[T]] = [[]]
    for part in parts:
        waiting[0].append(part)
        level = 0
        while len(waiting[level]) == FAN_IN:
            if level + 1 == len(waiting):
                waiting.append([])
            waiting[level + 1].append(merge(waiting[level]))
            waiting[level] = []
            level += 1
    # What is left on a lower level came later, and is merged into one part of the level above.
    carried: list[T] = []
    for level, held in enumerate(waiting):
        group = [*held, *carried]
        if not group:
            continue
        if level == len(waiting) - 1 and len(group) == 1:
            return group[0]
        carried = [merge(group)]
    return carried[0]


def tree_levels(n_parts: int) -> list[list[range]]:
    """Which parts of each level are merged into which of the next.

    Parameters
    ----------
    n_parts : int

    Returns
    -------
    levels : list of list of range
        For each level, places of the level below that are merged; the last level has one.

    Examples
    --------
    >>> tree_levels(20)
    [[range(0, 16), range(16, 20)], [range(0, 2)]]
    """
    levels = []
    while n_parts > 1:
        groups = [range(start, min(start + FAN_IN, n_parts)) for start in range(0, n_parts, FAN_IN)]
        levels.append(groups)
        n_parts = len(groups)
    return levels
