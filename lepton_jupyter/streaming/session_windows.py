"""Session windows: rows of an entity that follow one another without a long silence."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from lepton_jupyter.streaming.aggregate import Aggregate

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from lepton_jupyter.streaming.window_spec import WindowSpec

#: Entities whose sessions are held.
MOST_ENTITIES = 200_000


class _Session:
    """Rows from `start` to `last`."""

    __slots__ = ("last", "rows", "start")

    def __init__(self, at: int, n_columns: int) -> None:
        self.start = self.last = at
        self.rows = Aggregate(n_columns)


class SessionWindows:
    """Aggregates of each entity over its sessions.

    A session ends when nothing came for the length of the gap. One that is asked for stays until a later one of its
    entity can be asked for in its place.

    Parameters
    ----------
    spec : WindowSpec
    n_columns : int
    most : int, default=200000
        Entities that are held; then the one that was silent longest gives way, counted in `n_lost`.

    Examples
    --------
    >>> from lepton_jupyter.streaming.window_spec import WindowSpec
    >>> sessions = SessionWindows(WindowSpec("session_10us", 10, 0), 1)
    >>> for at in (0, 16, 8, 40):  # 8 makes one session of three
    ...     sessions.fold("ann", at, [float(at)])
    >>> sessions.ask("ann", 25), sessions.ask("ann", 26).says(0, "sum"), sessions.ask("ann", 49).says(0, "rows")
    (None, 24.0, 3)
    """

    def __init__(self, spec: WindowSpec, n_columns: int, *, most: int = MOST_ENTITIES) -> None:
        self._gap = spec.size
        self._n_columns = n_columns
        self._most = most
        self._sessions: OrderedDict[Hashable, list[_Session]] = OrderedDict()  # of an entity, the oldest first
        self._horizon: int | None = None
        self.n_lost = 0

    @property
    def n_held(self) -> int:
        """Entities that are held."""
        return len(self._sessions)

    def fold(self, entity: Hashable, at: int, values: Sequence[float | None]) -> None:
        """Take a row in; sessions that it closes the gap between become one."""
        known = self._sessions.setdefault(entity, [])
        self._sessions.move_to_end(entity)
        if len(self._sessions) > self._most:
            self._sessions.popitem(last=False)
            self.n_lost += 1
        joined = _Session(at, self._n_columns)
        joined.rows.add(at, values)
        apart = []
        for session in known:
            if session.start - self._gap < at < session.last + self._gap:
                joined.start, joined.last = min(joined.start, session.start), max(joined.last, session.last)
                joined.rows.merge(session.rows)
            else:
                apart.append(session)
        known[:] = sorted([*apart, joined], key=lambda session: session.start)
        if self._horizon is not None:
            ended = [place for place, session in enumerate(known) if session.last + self._gap <= self._horizon]
            del known[: ended[-1] if ended else 0]

    def ask(self, entity: Hashable, before: int) -> Aggregate | None:
        """The last session that had ended by then."""
        known = self._sessions.get(entity, ())
        return next((each.rows for each in reversed(known) if each.last + self._gap <= before), None)

    def forget(self, before: int) -> None:
        """Hear that nothing earlier than `before` is asked for; older sessions go when their entity has a new row."""
        self._horizon = before
