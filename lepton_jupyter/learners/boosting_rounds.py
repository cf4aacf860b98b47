"""When boosting has gone on long enough, and how long that usually is."""

from __future__ import annotations

#: Rounds without gain that are always waited for.
PATIENCE = 60


def waited_enough(best_round: int, round_: int) -> bool:
    """Whether a better round is no longer to be expected at `round_`.

    A quarter of the rounds that it took to the best so far are waited for, and at least 60: slow learning rates have
    long plateaus.

    Examples
    --------
    >>> waited_enough(2, 50), waited_enough(2, 63), waited_enough(1000, 1063)
    (False, True, False)
    """
    return round_ - best_round > max(PATIENCE, best_round // 4)


def expected_rounds(learning_rate: float, most: int) -> float:
    """Rounds that early stopping usually allows, by learning rate alone: a count for costs, not a limit.

    Examples
    --------
    >>> expected_rounds(0.1, 5000), expected_rounds(0.001, 5000)
    (220.0, 5000)
    """
    return min(most, PATIENCE + 16.0 / learning_rate)
