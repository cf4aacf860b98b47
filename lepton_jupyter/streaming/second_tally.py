"""What moves in a stream, gathered for one summary a second."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lepton_jupyter.events.latency_sketch import LatencySketch
from lepton_jupyter.events.stream_events import OffsetsCommitted, RowsQuarantined, SecondPassed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepton_jupyter.events.run_events import Event, Scalar


class SecondTally:
    """Counts of the second that goes on, and totals since the stream began.

    Examples
    --------
    >>> tally = SecondTally()
    >>> tally.read(3)
    >>> tally.committed(2, 0.01, {"0": 2})
    >>> [type(event).__name__ for event in tally.take(lag=None)]
    ['SecondPassed', 'OffsetsCommitted']
    >>> list(tally.take(lag=None)), tally.n_waiting
    ([], 1)
    """

    def __init__(self) -> None:
        self.n_read = self.n_stored = self.n_dead = self._n_label_rows = 0
        self._before = (0, 0, 0)
        self._latency = LatencySketch()
        self._offsets: dict[str, Scalar] = {}
        self._reasons: Counter[str] = Counter()
        self._lag: int | None = None
        self._n_waiting = 0
        self.score: float | None = None
        self.n_labels = 0

    @property
    def n_waiting(self) -> int:
        """Rows that were read and are neither stored nor dead letters, nor labels alone."""
        return self.n_read - self.n_stored - self.n_dead - self._n_label_rows

    def read(self, n_rows: int) -> None:
        """Rows were read."""
        self.n_read += n_rows

    def label_rows(self, n_rows: int) -> None:
        """Rows were nothing but labels of others."""
        self._n_label_rows += n_rows

    def refused(self, reason: str, n_rows: int = 1) -> None:
        """Rows became dead letters."""
        self.n_dead += n_rows
        self._reasons[reason] += n_rows

    def committed(self, n_rows: int, seconds: float, offsets: Mapping[str, Scalar]) -> None:
        """Results of rows are stored, `seconds` after they were read, and so is everything before `offsets`."""
        self.n_stored += n_rows
        if n_rows:
            self._latency.add(seconds, n_rows)
        self._offsets |= offsets

    def take(self, lag: int | None) -> Iterator[Event]:
        """Events of what moved since the last call; none if nothing did."""
        now = (self.n_read, self.n_stored, self.n_dead)
        moved = [new - old for new, old in zip(now, self._before, strict=True)]
        if any(moved) or lag != self._lag or self._n_waiting != self.n_waiting or self.n_labels:
            yield SecondPassed(
                n_read=moved[0],
                n_stored=moved[1],
                n_dead=moved[2],
                n_waiting=self.n_waiting,
                lag=lag,
                latency=self._latency.counts,
                score=self.score,
                n_labels=self.n_labels,
            )
        if self._offsets:
            yield OffsetsCommitted(offsets=dict(self._offsets), n_rows=moved[1])
        for reason, n_rows in self._reasons.items():
            yield RowsQuarantined(n_rows=n_rows, reason=reason)
        self._before, self._lag, self._n_waiting, self.n_labels = now, lag, self.n_waiting, 0
        self._latency.clear()
        self._offsets.clear()
        self._reasons.clear()
