"""When boosting has gone on long enough, and how long that usually is."""

from __future__ import annotations

import math

#: Rounds without gain that are always waited for.
PATIENCE = 60


class BestRound:
    """Hears the validation score of each round and says when to give up waiting for a better one.

    A quarter of the rounds that it took to the best so far are waited for, and at least 60: slow learning rates have
    long plateaus.

    Examples
    --------
    >>> best = BestRound(greater_is_better=False)
    >>> for round_, loss in enumerate([3.0, 2.0, 2.5], start=1):
    ...     best.hear(round_, loss)
    >>> best.round, best.waited_enough(50), best.waited_enough(63)
    (2, False, True)
    """

    def __init__(self, *, greater_is_better: bool) -> None:
        self._sign = -1.0 if greater_is_better else 1.0
        self._loss = math.inf
        self.round = 1

    def hear(self, round_: int, score: float) -> None:
        """Take note of a round's validation score; rounds count from 1."""
        loss = self._sign * score
        if loss < self._loss - 1e-9 * max(1.0, abs(loss)):
            self._loss, self.round = loss, round_

    def waited_enough(self, round_: int) -> bool:
        """Whether a better round is no longer to be expected at `round_`."""
        return round_ - self.round > max(PATIENCE, self.round // 4)


def expected_rounds(learning_rate: float, most: int) -> float:
    """Rounds that early stopping usually allows, by learning rate alone: a count for costs, not a limit.

    Examples
    --------
    >>> expected_rounds(0.1, 5000), expected_rounds(0.001, 5000)
    (220.0, 5000)
    """
    return min(most, PATIENCE + 16.0 / learning_rate)
