"""Whether a challenger loses less than the champion on the same rows: a paired test with several looks."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: Labels at which is looked; each look has its share of the level.
LOOKS = (200, 400, 800, 1_600, 3_200)
LEVEL = 0.05
_MOST_WAITING = 100_000


class Verdict(NamedTuple):
    """What a look says.

    Parameters
    ----------
    better : bool or None
        Whether the challenger is; None: it cannot be told yet.
    loss, other_loss : float
        Mean squared distance from the truth of the challenger, and of the champion.
    p_value : float
        Chance of such a difference, or a larger one in its favour, if the challenger were no better.
    n_rows : int
    """

    better: bool | None
    loss: float
    other_loss: float
    p_value: float
    n_rows: int


class PairedLosses:
    """Losses of champion and challenger on the same rows, judged when their labels come.

    The loss is the squared distance between what is predicted and what is true: the Brier score of probabilities, the
    squared error of values. Differences row by row are tested against zero as means of many rows are (Student's paired
    test, the normal distribution), one-sided, at five looks that share the level of 5 % by Bonferroni's inequality: a
    challenger that is no better is promoted at most once in twenty times. One that is worse by the same test, or not
    better at the last look, has lost.

    Parameters
    ----------
    n_classes : int
        0 for regression.
    level : float, default=0.05
        Chance that one that is no better is called so at any of the looks.

    References
    ----------
    .. [1] J. Gama, R. Sebastião, P. P. Rodrigues. On evaluating stream learning algorithms. Machine Learning
           90(3):317-346, 2013 (comparing two models on a stream).

    Examples
    --------
    >>> losses = PairedLosses(2)
    >>> champion, challenger = np.tile([0.5, 0.5], (200, 1)), np.tile([0.2, 0.8], (200, 1))
    >>> keys = [str(n) for n in range(200)]
    >>> losses.predicted(keys, champion, challenger)
    >>> for n, key in enumerate(keys):
    ...     losses.labelled(key, n % 5 > 0)
    >>> verdict = losses.verdict()
    >>> verdict.better, round(verdict.loss, 2), round(verdict.other_loss, 2)
    (True, 0.32, 0.5)
    """

    def __init__(self, n_classes: int, *, level: float = LEVEL) -> None:
        self._level = level
        self._truths = np.eye(n_classes)
        self._waiting: OrderedDict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = OrderedDict()
        self._n = 0
        self._sums = np.zeros(2)  # of the challenger's losses, of the champion's
        self._squares = 0.0  # of their differences
        self._next_look = 0

    @property
    def n_rows(self) -> int:
        """Rows of which both losses are known."""
        return self._n

    def predicted(self, keys: Iterable[str], champion: NDArray[np.float64], challenger: NDArray[np.float64]) -> None:
        """Remember what both said of rows until their labels come."""
        for key, one, other in zip(keys, challenger, champion, strict=True):
            self._waiting.pop(key, None)
            self._waiting[key] = (one, other)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)

    def labelled(self, key: str, truth: float) -> None:
        """Judge both by a label; one that came before the challenger did is nothing to it."""
        outputs = self._waiting.pop(key, None)
        if outputs is None:
            return
        true = self._truths[int(truth)] if len(self._truths) else truth
        loss, other = (float(np.sum((output - true) ** 2)) for output in outputs)
        self._n += 1
        self._sums += (loss, other)
        self._squares += (other - loss) ** 2

    def verdict(self) -> Verdict:
        """What is to be said now; asked after each batch, it looks only when enough labels have come."""
        n = max(1, self._n)
        loss, other = (self._sums / n).tolist()
        gain = other - loss
        error = math.sqrt(max(0.0, self._squares / n - gain**2) / n)
        score = gain / error if error > 0 else math.copysign(math.inf, gain) if gain else 0.0
        p_value = 0.5 * math.erfc(score / math.sqrt(2))
        better: bool | None = None
        if self._next_look < len(LOOKS) and self._n >= LOOKS[self._next_look]:
            self._next_look = sum(self._n >= look for look in LOOKS)
            level = self._level / len(LOOKS)
            if p_value < level:
                better = True
            elif 1 - p_value < level or self._next_look == len(LOOKS):
                better = False
        return Verdict(better, loss, other, p_value, self._n)
