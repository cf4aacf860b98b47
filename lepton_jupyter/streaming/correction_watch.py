"""Watching what a linear correction of a model would gain: it sees a change that the model's own noise hides."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.change_detector import ROWS_BETWEEN_FALSE_ALARMS
from lepton_jupyter.evaluation.page_hinkley import PageHinkley
from lepton_jupyter.events.stream_events import DriftDetected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.streaming.online_contender import LinearView
    from lepton_jupyter.streaming.stream_source import Row

#: Columns of a view beyond which a correction would cost more than it tells.
MOST_COLUMNS = 100
#: Labels that a correction learns from, and with how many it begins.
_WINDOW_ROWS, _FIRST_ROWS = 1_000, 200
#: Labels between two fits, and how many rows of one micro-batch are looked at: where more come, a part of them will do.
_FIT_ROWS, _MOST_OF_BATCH = 50, 200
#: Weight of no correction, in rows.
_RIDGE = 10.0
#: Standard deviations of a column, and typical distances of a regression, beyond which a value is an outlier.
_FARTHEST_VALUE, _FARTHEST_RESIDUAL = 5.0, 5.0
_MOST_WAITING = 20_000


class CorrectionWatch:
    """Tells when a linear correction of a model, learnt from the newest labels, gains more than it did before.

    The mean error of a model changes little where few rows are concerned or much of it is noise. What a correction
    gains on the same rows is free of that noise: both are wrong together. After each 50 labels, ridge regression learns
    from the newest 1,000 what is true less what was predicted, from the columns and the prediction; the next labels
    are judged with and without it, before it learns from them. Page–Hinkley hears the differences of squared distances,
    so that a model which could always have been corrected is no alarm.

    Parameters
    ----------
    view : LinearView
        Reads rows as complete and scaled numbers.
    n_classes : int
        0 for regression.
    rows_between_false_alarms : float, default=10_000_000

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> x = random.normal(size=4_000)
    >>> truths = (x > np.repeat([0, 0.7], 2_000)) ^ (random.random(4_000) < 0.2)  # one side moved, beside much noise
    >>> watch = CorrectionWatch(lambda rows: (np.array(rows)[:, None], set()), n_classes=2)
    >>> for start in range(0, 4_000, 100):
    ...     part = slice(start, start + 100)
    ...     keys, chance = [str(place) for place in range(100)], np.where(x[part] > 0, 0.8, 0.2)
    ...     watch.predicted(keys, x[part], np.column_stack([1 - chance, chance]))
    ...     for key, truth in zip(keys, truths[part]):
    ...         watch.labelled(key, float(truth))
    ...     if alarm := watch.heard():
    ...         print(start, alarm.value > alarm.reference)
    2100 True
    """

    def __init__(
        self, view: LinearView, *, n_classes: int, rows_between_false_alarms: float = ROWS_BETWEEN_FALSE_ALARMS
    ) -> None:
        self._view, self._n_classes = view, n_classes
        self._detector = PageHinkley(rows_between_false_alarms)
        self.reset()

    def reset(self) -> None:
        """Forget everything, such as what was heard of a model that was replaced."""
        self._detector.reset()
        self._waiting: OrderedDict[str, tuple[Row, NDArray[np.float64]]] = OrderedDict()
        self._fresh: list[tuple[Row, NDArray[np.float64], float]] = []
        self._inputs, self._residuals = np.zeros((0, 0)), np.zeros((0, 0))
        self._weights: NDArray[np.float64] | None = None
        self._size = 1.0
        #: Squared distances with and without the correction, of the newest rows that were judged.
        self._losses: deque[list[float]] = deque(maxlen=_MOST_WAITING)

    def predicted(self, keys: Sequence[str], rows: Sequence[Row], outputs: NDArray[np.float64]) -> None:
        """Remember rows and what was predicted of them until their labels come; the oldest give way."""
        some = slice(None, None, max(1, -(-len(rows) // _MOST_OF_BATCH)))
        for key, row, output in zip(keys[some], rows[some], outputs[some], strict=True):
            self._waiting.pop(key, None)
            self._waiting[key] = (row, output)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)

    def labelled(self, key: str, truth: float) -> None:
        """Hear the truth about a row: the code of its class, or its value."""
        known = self._waiting.pop(key, None)
        if known is not None:
            self._fresh.append((*known, truth))

    def heard(self) -> DriftDetected | None:
        """Judge and learn what was labelled since the last call, if that is enough; the alarm, if there is one."""
        if len(self._fresh) < _FIT_ROWS:
            return None
        fresh, self._fresh = self._fresh, []
        fresh = fresh[:: -(-len(fresh) // _MOST_OF_BATCH)]
        columns, refused = self._view([row for row, _, _ in fresh])
        kept = [each for place, each in enumerate(fresh) if place not in refused]
        if not kept:
            return None
        outputs = np.array([output for _, output, _ in kept])
        truths = np.array([truth for _, _, truth in kept])
        change = None
        inputs, residuals = self._inputs_of(columns, outputs), self._residuals_of(outputs, truths)
        if self._weights is not None:
            change = self._detector.update(self._gains(inputs @ self._weights, outputs, residuals))
        self._learn(inputs, residuals)
        if change is None:
            return None
        losses = np.array(list(self._losses)[-change.n_after :]).mean(axis=0) * self._size**2
        alarm = DriftDetected(
            subject="errors",
            column="",
            measure="correction",
            value=float(losses[1]),
            reference=float(losses[0]),
            n_rows=change.n_after,
        )
        self.reset()
        return alarm

    def _inputs_of(self, columns: NDArray[np.float32], outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        values = np.clip(np.nan_to_num(columns.astype(np.float64)), -_FARTHEST_VALUE, _FARTHEST_VALUE)
        # Of probabilities all but the first, about as wide as the columns; of a regression the columns must do.
        own = 4 * outputs[:, 1:] if self._n_classes else np.zeros((len(outputs), 0))
        return np.column_stack([np.ones(len(values)), values, own])

    def _residuals_of(self, outputs: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._n_classes:
            return np.eye(self._n_classes)[truths.astype(np.int64)] - outputs
        distances = truths[:, None] - outputs[:, :1]
        if not len(self._residuals):
            self._size = float(np.median(np.abs(distances))) or 1.0
        return np.clip(distances / self._size, -_FARTHEST_RESIDUAL, _FARTHEST_RESIDUAL)

    def _gains(
        self, correction: NDArray[np.float64], outputs: NDArray[np.float64], residuals: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Squared distances from the truth, less those with the correction."""
        if self._n_classes:
            correction = np.clip(outputs + correction, 0.0, 1.0) - outputs
        left = np.clip(residuals - correction, -_FARTHEST_RESIDUAL, _FARTHEST_RESIDUAL)
        losses = np.column_stack([(left**2).sum(axis=1), (residuals**2).sum(axis=1)])
        self._losses.extend(losses.tolist())
        gains: NDArray[np.float64] = losses[:, 1] - losses[:, 0]
        return gains

    def _learn(self, inputs: NDArray[np.float64], residuals: NDArray[np.float64]) -> None:
        if len(self._inputs):
            inputs = np.concatenate([self._inputs, inputs])[-_WINDOW_ROWS:]
            residuals = np.concatenate([self._residuals, residuals])[-_WINDOW_ROWS:]
        self._inputs, self._residuals = inputs, residuals
        if len(inputs) >= _FIRST_ROWS:
            squares = inputs.T @ inputs + _RIDGE * np.eye(inputs.shape[1])
            self._weights = np.linalg.solve(squares, inputs.T @ residuals).astype(np.float64)
