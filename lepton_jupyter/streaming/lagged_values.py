"""Lags: what an entity's rows held before."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    _Values = Sequence[float | None]

#: Entities whose rows are held.
MOST_ENTITIES = 200_000


class LaggedValues:
    """The last rows of each entity, in the order of their times.

    Parameters
    ----------
    depth : int
        How many rows back is asked at most.
    most : int, default=200000
        Entities that are held; then the one that was silent longest gives way, counted in `n_lost`.

    Examples
    --------
    >>> lags = LaggedValues(2)
    >>> for at in (5, 1, 3):
    ...     lags.fold("ann", at, [10.0 * at])
    >>> lags.ask("ann", 5), lags.ask("ann", 9), lags.ask("bob", 9)
    ([[30.0], [10.0]], [[50.0], [30.0]], [])
    """

    def __init__(self, depth: int, *, most: int = MOST_ENTITIES) -> None:
        self._depth = depth
        self._most = most
        self._rows: OrderedDict[Hashable, list[tuple[int, tuple[tuple[bool, float], ...]]]] = OrderedDict()
        self._horizon: int | None = None
        self.n_lost = 0

    @property
    def n_held(self) -> int:
        """Entities that are held."""
        return len(self._rows)

    def fold(self, entity: Hashable, at: int, values: _Values) -> None:
        """Take a row in."""
        known = self._rows.setdefault(entity, [])
        self._rows.move_to_end(entity)
        if len(self._rows) > self._most:
            self._rows.popitem(last=False)
            self.n_lost += 1
        # Rows of one moment by their values: so that it does not matter in what order they came.
        insort(known, (at, tuple((value is not None, value or 0.0) for value in values)))
        if self._horizon is not None:
            del known[: max(0, bisect_left(known, (self._horizon, ())) - self._depth)]

    def ask(self, entity: Hashable, before: int) -> list[list[float | None]]:
        """Values of the last rows before a time, the newest first."""
        known = self._rows.get(entity, [])
        end = bisect_left(known, (before, ()))
        rows = reversed(known[max(0, end - self._depth) : end])
        return [[value if there else None for there, value in values] for _, values in rows]

    def forget(self, before: int) -> None:
        """Hear that nothing earlier than `before` is asked for."""
        self._horizon = before
