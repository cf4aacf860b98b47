"""Watching what comes in and what is predicted: each column against what it was like in training."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.events.stream_events import DriftDetected, DriftPassed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.column_reference import ColumnReference
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.stream_source import Row

#: Rows that are compared together.
WINDOW_ROWS = 1_000
#: Least time between two comparisons: a fast stream is sampled.
_LEAST_SECONDS = 1.0


class ColumnWatch:
    """Compares windows of rows with summaries of the training table.

    A column that has drifted is told once; it is told that this passed when a window is well within the limits.

    Parameters
    ----------
    features : sequence of ColumnReference
        Of the columns that `read` gives.
    predictions : sequence of ColumnReference
        Of the outputs, the last ones: of two classes only the second has one.
    read : callable
        ``read(rows)`` gives their columns as a matrix.
    window_rows : int, default=1000
    clock : callable, default=time.monotonic

    Examples
    --------
    >>> from lepton_jupyter.evaluation.column_reference import ColumnReference
    >>> reference = ColumnReference.of("age", np.arange(1000.0))
    >>> watch = ColumnWatch([reference], [], lambda rows: np.array([[row["age"]] for row in rows]), window_rows=100)
    >>> [event.measure for event in watch.saw([{"age": 700 + n} for n in range(100)], None)]
    ['PSI']
    """

    def __init__(
        self,
        features: Sequence[ColumnReference],
        predictions: Sequence[ColumnReference],
        read: Callable[[Sequence[Row]], NDArray[np.float32]],
        *,
        window_rows: int = WINDOW_ROWS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._features, self._predictions = features, predictions
        self._read = read
        self._window_rows = window_rows
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget all rows, and what has drifted."""
        self._columns: list[NDArray[np.float32]] = []
        self._outputs: list[NDArray[np.float64]] = []
        self._n_rows = 0
        self._next_at = self._clock()
        self._drifted: set[tuple[str, str]] = set()

    def saw(self, rows: Sequence[Row], outputs: NDArray[np.float64] | None) -> Iterator[Event]:
        """Take note of rows that were predicted; what drifted or no longer does, when a window is full."""
        if self._clock() < self._next_at or not rows:
            return
        some = rows[: self._window_rows - self._n_rows]
        if self._features:
            self._columns.append(self._read(some))
        if outputs is not None and self._predictions:
            self._outputs.append(outputs[: len(some), -len(self._predictions) :])
        self._n_rows += len(some)
        if self._n_rows < self._window_rows:
            return
        yield from self._compare("feature", self._features, self._columns)
        yield from self._compare("prediction", self._predictions, self._outputs)
        self._columns, self._outputs, self._n_rows = [], [], 0
        self._next_at = self._clock() + _LEAST_SECONDS

    def _compare(
        self, subject: str, references: Sequence[ColumnReference], parts: Sequence[NDArray[np.floating]]
    ) -> Iterator[Event]:
        if not parts:
            return
        values = np.concatenate(parts)
        for place, reference in enumerate(references):
            shift = reference.shift(values[:, place])
            known = (subject, reference.name)
            if shift.drifted and known not in self._drifted:
                self._drifted.add(known)
                size = shift.stability_index if shift.drifted == "PSI" else shift.distance
                yield DriftDetected(
                    subject=subject,
                    column=reference.name,
                    measure=shift.drifted,
                    value=size,
                    reference=shift.limit,
                    n_rows=len(values),
                )
            elif shift.near and known in self._drifted:
                self._drifted.discard(known)
                yield DriftPassed(subject=subject, column=reference.name)
