"""What the loops of a shared stream tell, gathered into the events of one stream."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lepton_jupyter.events.latency_sketch import LatencySketch
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import (
    ConnectionLost,
    ConnectionRegained,
    DriftDetected,
    DriftPassed,
    OffsetsCommitted,
    RowsQuarantined,
    SecondPassed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lepton_jupyter.events.run_events import Event, Scalar


class GatheredLoops:
    """Sums what loops count, and tells once what several of them found: a drift, an end that does not answer.

    What a loop counted in its last second dies with it; its rows do not.

    Parameters
    ----------
    lag_of_group : bool
        Whether each loop tells the lag of all of them, or that of its own partitions.

    Examples
    --------
    >>> loops = GatheredLoops(lag_of_group=False)
    >>> second = SecondPassed(n_read=2, n_stored=2, n_dead=0, n_waiting=0, lag=5, latency={"-10": 2})
    >>> loops.hear(0, [second])
    >>> loops.hear(1, [second])
    >>> [(event.n_stored, event.lag, event.latency) for event in loops.take()]
    [(4, 10, {'-10': 4})]
    """

    def __init__(self, *, lag_of_group: bool) -> None:
        self._lag_of_group = lag_of_group
        self.n_read = self.n_stored = self.n_dead = 0
        self._told = (0, 0, 0)
        self._latency = LatencySketch()
        self._waiting: dict[int, int] = {}
        self._lags: dict[int, int | None] = {}
        self._scores: dict[int, float] = {}
        self._labels: Counter[int] = Counter()
        self._n_labels = 0
        self._offsets: dict[str, Scalar] = {}
        self._reasons: Counter[str] = Counter()
        #: Loops that have lost an end, or in which a column drifts.
        self._lost: dict[str, set[int]] = {}
        self._drifting: dict[tuple[str, str], set[int]] = {}
        self._others: list[Event] = []
        self._moved = False

    def hear(self, seat: int, events: Iterable[Event]) -> None:
        """Take what one loop tells, in its order."""
        for event in events:
            if isinstance(event, SecondPassed):
                self._count(seat, event)
            elif isinstance(event, OffsetsCommitted):
                for partition, offset in event.offsets.items():
                    self._offsets[partition] = _later(self._offsets.get(partition), offset)
            elif isinstance(event, RowsQuarantined):
                self._reasons[event.reason] += event.n_rows
            else:
                self._hear_of_state(seat, event)

    def _hear_of_state(self, seat: int, event: Event) -> None:
        """Events that are told once, whichever loops they come from."""
        if isinstance(event, ConnectionLost):
            self._first(self._lost.setdefault(event.end, set()), seat, event)
        elif isinstance(event, ConnectionRegained):
            self._last(self._lost.setdefault(event.end, set()), seat, event)
        elif isinstance(event, DriftDetected):
            # Errors may grow again and again; a column drifts until it does no more.
            seats = self._drifting.setdefault((event.subject, event.column), set())
            self._first(set() if event.subject == "errors" else seats, seat, event)
        elif isinstance(event, DriftPassed):
            self._last(self._drifting.setdefault((event.subject, event.column), set()), seat, event)
        elif isinstance(event, WarningRaised):
            self._others.append(event)

    def forget(self, seat: int) -> None:
        """A loop is no more: what it had read and not stored is read by others."""
        for known in (self._waiting, self._lags):
            self._moved |= known.pop(seat, None) is not None
        for end, seats in self._lost.items():
            if seat in seats:
                self._last(seats, seat, ConnectionRegained(end=end, seconds=0.0))
        for (subject, column), seats in self._drifting.items():
            if seat in seats:
                self._last(seats, seat, DriftPassed(subject=subject, column=column))

    @property
    def n_waiting(self) -> int:
        """Rows that loops have read and not stored."""
        return sum(self._waiting.values())

    def take(self) -> Iterator[Event]:
        """Events of what moved since the last call, one summary among them."""
        others, self._others = self._others, []
        yield from others
        if self._moved:
            now = (self.n_read, self.n_stored, self.n_dead)
            moved = [new - old for new, old in zip(now, self._told, strict=True)]
            yield SecondPassed(
                n_read=moved[0],
                n_stored=moved[1],
                n_dead=moved[2],
                n_waiting=self.n_waiting,
                lag=self._lag(),
                latency=self._latency.counts,
                score=self._score(),
                n_labels=self._n_labels,
            )
            if self._offsets:
                yield OffsetsCommitted(offsets=dict(self._offsets), n_rows=moved[1])
            self._told = now
        for reason, n_rows in self._reasons.items():
            yield RowsQuarantined(n_rows=n_rows, reason=reason)
        self._moved, self._n_labels = False, 0
        self._latency.clear()
        self._offsets.clear()
        self._reasons.clear()

    def _count(self, seat: int, second: SecondPassed) -> None:
        self._moved = True
        self.n_read += second.n_read
        self.n_stored += second.n_stored
        self.n_dead += second.n_dead
        self._latency.merge(second.latency)
        self._waiting[seat], self._lags[seat] = second.n_waiting, second.lag
        if second.score is not None:
            self._scores[seat] = second.score
            self._labels[seat] += second.n_labels
            self._n_labels += second.n_labels

    def _lag(self) -> int | None:
        known = [lag for lag in self._lags.values() if lag is not None]
        if not known:
            return None
        return max(known) if self._lag_of_group else sum(known)

    def _score(self) -> float | None:
        """The mean of the loops' scores, each as often as it had labels."""
        if not self._n_labels:
            return None
        total = sum(self._labels[seat] for seat in self._scores)
        return sum(score * self._labels[seat] for seat, score in self._scores.items()) / total

    def _first(self, seats: set[int], seat: int, event: Event) -> None:
        if not seats:
            self._others.append(event)
        seats.add(seat)

    def _last(self, seats: set[int], seat: int, event: Event) -> None:
        if seats == {seat}:
            self._others.append(event)
        seats.discard(seat)


def _later(known: Scalar | None, offset: Scalar) -> Scalar:
    """The later of two offsets of a partition, which may be numbers or ids of Redis.

    Examples
    --------
    >>> _later("1700000000000-9", "1700000000000-10"), _later(7, 3), _later(None, 3)
    ('1700000000000-10', 7, 3)
    """
    if known is None:
        return offset
    return max((known, offset), key=_order)


def _order(offset: Scalar) -> tuple[float, ...]:
    if isinstance(offset, str):
        return tuple(float(part) if part.isdecimal() else 0.0 for part in offset.split("-"))
    return (float(offset or 0),)
