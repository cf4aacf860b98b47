"""Watching the errors of a model as labels come: several detectors, one alarm for one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.adaptive_window import AdaptiveWindow
from lepton_jupyter.evaluation.change_detector import ROWS_BETWEEN_FALSE_ALARMS
from lepton_jupyter.evaluation.kolmogorov_window import KolmogorovWindow
from lepton_jupyter.evaluation.page_hinkley import PageHinkley
from lepton_jupyter.events.stream_events import DriftDetected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.change_detector import ChangeDetector

#: Errors of a regression from which their typical size is learnt.
_SIZED_ROWS = 256


class ErrorWatch:
    """Tells when the errors of a model have grown.

    ADWIN, Page–Hinkley and KSWIN hear the same errors. Whichever tells a change first is believed, and all begin anew,
    so that one change is one alarm. Distances of a regression, which have no upper limit, are brought between 0 and 1
    as ``e / (e + m)`` with the median m of the first 256.

    Parameters
    ----------
    bounded : bool
        Whether errors are between 0 and 1 as they come, such as the probability that the truth was denied.
    rows_between_false_alarms : float, default=10_000_000
        Of each detector.

    Examples
    --------
    >>> watch = ErrorWatch(bounded=True)
    >>> errors = np.random.default_rng(0).beta(2, np.repeat([8, 4], [3_000, 1_000]))
    >>> [alarm.measure for part in errors.reshape(-1, 100) for alarm in [watch.heard(part)] if alarm]
    ['Page–Hinkley']
    """

    def __init__(self, *, bounded: bool, rows_between_false_alarms: float = ROWS_BETWEEN_FALSE_ALARMS) -> None:
        self._detectors: list[ChangeDetector] = [
            kind(rows_between_false_alarms) for kind in (AdaptiveWindow, PageHinkley, KolmogorovWindow)
        ]
        self._bounded = bounded
        self._first: NDArray[np.float64] | None = np.zeros(0)
        self._size = 0.0

    def reset(self) -> None:
        """Forget all errors, such as those of a model that was replaced."""
        for each in self._detectors:
            each.reset()

    def heard(self, errors: NDArray[np.float64]) -> DriftDetected | None:
        """Hear errors in the order of their labels; the alarm, if they have grown."""
        if not self._bounded:
            errors = self._brought_in(errors)
        if not len(errors):
            return None
        changes = [(each.name, each.update(errors)) for each in self._detectors]
        found = next(((name, change) for name, change in changes if change is not None), None)
        if found is None:
            return None
        name, change = found
        self.reset()
        return DriftDetected(
            subject="errors",
            column="",
            measure=name,
            value=self._unbounded(change.after),
            reference=self._unbounded(change.before),
            n_rows=change.n_after,
        )

    def _brought_in(self, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._first is not None:
            self._first = np.concatenate([self._first, errors])
            if len(self._first) < _SIZED_ROWS:
                return np.zeros(0)
            errors, self._first = self._first, None
            self._size = float(np.median(errors)) or 1.0
        return errors / (errors + self._size)

    def _unbounded(self, error: float) -> float:
        """A mean error as a person knows it; of a regression, the distance that stands for it."""
        return error if self._bounded else self._size * error / max(1e-9, 1 - error)
