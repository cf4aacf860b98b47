"""Tumbling and sliding windows: rows fall into panes of one slide, and a window is the panes it spans [1]_.

References
----------
.. [1] J. Li, D. Maier, K. Tufte, V. Papadimos, P. A. Tucker. No pane, no gain: efficient evaluation of sliding-window
       aggregates over data streams. SIGMOD Record 34(1):39-44, 2005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.streaming.aggregate import Aggregate

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from lepton_jupyter.streaming.window_spec import WindowSpec

#: Aggregates that are held, of all entities together.
MOST_AGGREGATES = 500_000


class PaneWindows:
    """Aggregates of each entity over windows of a fixed length.

    Parameters
    ----------
    spec : WindowSpec
    n_columns : int
    most : int, default=500000
        Aggregates that are held; then the oldest panes give way, and rows of entities that do not find room in the
        newest one are left out. Both are counted in `n_lost`.

    Examples
    --------
    >>> from lepton_jupyter.streaming.window_spec import WindowSpec
    >>> windows = PaneWindows(WindowSpec("10us", 10, 10), 1)
    >>> for at in (3, 7, 12):
    ...     windows.fold("ann", at, [float(at)])
    >>> windows.ask("ann", 15).says(0, "mean"), windows.ask("ann", 20).says(0, "mean"), windows.ask("bob", 15)
    (5.0, 12.0, None)
    """

    def __init__(self, spec: WindowSpec, n_columns: int, *, most: int = MOST_AGGREGATES) -> None:
        self._slide = spec.slide
        self._span = spec.size // spec.slide
        self._n_columns = n_columns
        self._most = most
        self._panes: dict[int, dict[Hashable, Aggregate]] = {}
        self.n_held = self.n_lost = 0

    def fold(self, entity: Hashable, at: int, values: Sequence[float | None]) -> None:
        """Take a row in."""
        place = at // self._slide
        pane = self._panes.setdefault(place, {})
        found = pane.get(entity)
        if found is None:
            while self.n_held >= self._most and (oldest := min(self._panes)) < place:
                self.n_lost += self._drop(oldest)
            if self.n_held >= self._most:
                self.n_lost += 1
                return
            found = pane[entity] = Aggregate(self._n_columns)
            self.n_held += 1
        found.add(at, values)

    def ask(self, entity: Hashable, before: int) -> Aggregate | None:
        """The last window that ended by then; None if it holds no row of the entity."""
        end = before // self._slide
        together: Aggregate | None = None
        for place in range(end - self._span, end):
            pane = self._panes.get(place)
            found = None if pane is None else pane.get(entity)
            if found is not None:
                together = together or Aggregate(self._n_columns)
                together.merge(found)
        return together

    def forget(self, before: int) -> None:
        """Let go of what is in no window that `ask` can be asked for with `before` or later."""
        first = before // self._slide - self._span
        for place in [place for place in self._panes if place < first]:
            self._drop(place)

    def _drop(self, place: int) -> int:
        n_dropped = len(self._panes.pop(place))
        self.n_held -= n_dropped
        return n_dropped
