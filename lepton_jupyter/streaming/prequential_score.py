"""Prequential evaluation: each row is predicted first, and judged when its label is known, at once or much later."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Label
    from lepton_jupyter.evaluation.metrics import Metric

#: Rows that the score is about, and predictions that wait for their label.
WINDOW_ROWS = 5_000
MOST_WAITING = 100_000


class PrequentialScore:
    """Score of the last labelled rows, each predicted before its label was looked at [1]_.

    Parameters
    ----------
    metric : Metric
    classes : sequence of str, int, float or bool
        In the order of the outputs; empty for regression.
    window_rows : int, default=5000
        Rows that are judged together: the newest labels.
    most_waiting : int, default=100000
        Predictions that wait for a label; the oldest give way.

    References
    ----------
    .. [1] J. Gama, R. Sebastião, P. P. Rodrigues. On evaluating stream learning algorithms. Machine Learning
           90(3):317-346, 2013.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> score = PrequentialScore(find_metric("accuracy", "binary"), ["no", "yes"])
    >>> score.predicted(["a", "b"], np.array([[0.9, 0.1], [0.2, 0.8]]))
    >>> score.labelled("b", "yes"), score.labelled("c", "no"), score.value()
    (True, False, 1.0)
    """

    def __init__(
        self,
        metric: Metric,
        classes: Sequence[Label],
        *,
        window_rows: int = WINDOW_ROWS,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._metric = metric
        self._codes = {label_of(label): code for code, label in enumerate(classes)}
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, NDArray[np.float64]] = OrderedDict()
        self._judged: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=window_rows)
        self._fresh: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=window_rows)
        self.n_labels = 0  # that met their prediction
        self.n_alone = 0  # that came without one, or after it was given up, or that are no label

    def predicted(self, keys: Iterable[str], outputs: NDArray[np.float64]) -> None:
        """Remember predictions until their labels come; one of the same key takes the place of the earlier."""
        waiting = self._waiting
        for key, row in zip(keys, outputs, strict=True):
            waiting.pop(key, None)
            waiting[key] = row
        while len(waiting) > self._most_waiting:
            waiting.popitem(last=False)

    def labelled(self, key: str, label: Any) -> bool:
        """Judge a prediction by its label; False if there is none, or it is no label of this task."""
        code = self.coded(label)
        output = None if code is None else self._waiting.pop(key, None)
        if code is None or output is None:
            self.n_alone += 1
            return False
        self._judged.append((code, output))
        self._fresh.append((code, output))
        self.n_labels += 1
        return True

    def value(self) -> float | None:
        """Score of the window, in the metric's unit; None where it has none yet, such as an AUC of one class."""
        if not self._judged:
            return None
        y = np.array([code for code, _ in self._judged], dtype=np.int64 if self._codes else np.float64)
        score = self._metric.score(y, np.array([output for _, output in self._judged]), len(self._codes))
        return float(score) if math.isfinite(score) else None

    def take_errors(self) -> NDArray[np.float64]:
        """Errors of the rows that were judged since the last call, at most `window_rows`, in the order of their labels.

        Returns
        -------
        errors : ndarray of shape (n_rows,)
            1 minus the probability of the true class; of a regression, the distance from the true value.
        """
        if not self._fresh:
            return np.zeros(0)
        truths = np.array([code for code, _ in self._fresh])
        outputs = np.array([output for _, output in self._fresh])
        self._fresh.clear()
        if self._codes:
            denied: NDArray[np.float64] = 1 - outputs[np.arange(len(truths)), truths.astype(np.int64)]
            return denied
        distances: NDArray[np.float64] = np.abs(outputs[:, 0] - truths)
        return distances

    def coded(self, label: Any) -> float | None:
        """A label as the code of its class, or as a value; None if it is none."""
        if self._codes:
            return self._codes.get(label_of(label))
        try:
            value = float(label)
        except (TypeError, ValueError, OverflowError):
            return None
        return value if math.isfinite(value) else None
