"""What a trial costs: measured in seconds, or counted, so that a run can be repeated without a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.search.space import Point

#: Weight of a new measurement against what is already known of a learner.
_SMOOTHING = 0.4
#: Seconds that a fold costs beside the fit. Without it the ratio of a fit of a millisecond would be all overhead, and
#: other learners would borrow it.
_OVERHEAD_SECONDS = 0.02
#: How far a learner that was not measured may be judged by the others: a machine is slow, or one library is.
_LEAST_BORROWED, _MOST_BORROWED = 0.25, 4.0
#: Part of a fit's cost that its validation rows have, which stay whole however few rows are learnt from.
_VALIDATION_SHARE = 0.1


class CostModel(Protocol):
    """Every decision that weighs cost asks here, so no other part of a search reads a clock."""

    def expected(self, learner: str, point: Point, row_share: float = 1.0) -> float:
        """Cost of fitting `point` on one fold, or on a part of its training rows."""
        ...

    def observed(self, learner: str, point: Point, seconds: float, row_share: float = 1.0) -> float:
        """Hear what one fold took, and give its cost in the model's own unit."""
        ...


class CountedCost:
    """Cost by counting rows × columns × iterations; measurements are ignored.

    Parameters
    ----------
    count : callable
        ``count(learner, point)`` gives the counted cost of one fold.

    Examples
    --------
    >>> cost = CountedCost(lambda learner, point: 2.0)
    >>> cost.observed("linear", {}, seconds=0.1)
    2.0
    """

    def __init__(self, count: Callable[[str, Point], float]) -> None:
        self._count = count

    def expected(self, learner: str, point: Point, row_share: float = 1.0) -> float:
        """Counted cost of one fold."""
        return _of_part(row_share) * self._count(learner, point)

    def observed(self, learner: str, point: Point, seconds: float, row_share: float = 1.0) -> float:
        """Counted cost again: the seconds are not looked at."""
        del seconds
        return self.expected(learner, point, row_share)


class MeasuredCost:
    """Cost in seconds: the count, corrected by what this machine took for the same learner.

    The ratio of seconds to counted cost (and a little overhead) is smoothed exponentially for each learner and part of
    the rows. A part that was not measured yet borrows the ratio of the part measured last, and a learner that was not
    the median ratio of the others, since a slow machine is slow for all.

    Parameters
    ----------
    count : callable
        ``count(learner, point)`` gives the counted cost of one fold, in rough seconds.

    Examples
    --------
    >>> cost = MeasuredCost(lambda learner, point: 2.0)
    >>> cost.observed("linear", {}, seconds=1.0)
    1.0
    >>> round(cost.expected("linear", {}), 3), round(cost.expected("forest", {}), 3)
    (1.0, 1.0)
    """

    def __init__(self, count: Callable[[str, Point], float]) -> None:
        self._count = count
        self._ratios: dict[str, float] = {}  # of the part of the rows that was measured last
        self._ratios_of_parts: dict[tuple[str, float], float] = {}

    def expected(self, learner: str, point: Point, row_share: float = 1.0) -> float:
        """Seconds one fold will probably take."""
        ratio = self._ratios_of_parts.get((learner, row_share), self._ratios.get(learner))
        if ratio is None:
            known = sorted(self._ratios.values())
            ratio = known[(len(known) - 1) // 2] if known else 1.0
            ratio = min(_MOST_BORROWED, max(_LEAST_BORROWED, ratio))
        return ratio * (_of_part(row_share) * self._count(learner, point) + _OVERHEAD_SECONDS)

    def observed(self, learner: str, point: Point, seconds: float, row_share: float = 1.0) -> float:
        """Learn from one fold's seconds and give them back as its cost."""
        ratio = seconds / (_of_part(row_share) * self._count(learner, point) + _OVERHEAD_SECONDS)
        before = self._ratios_of_parts.get((learner, row_share))
        smoothed = ratio if before is None else (1 - _SMOOTHING) * before + _SMOOTHING * ratio
        self._ratios_of_parts[learner, row_share] = self._ratios[learner] = smoothed
        return seconds


def _of_part(row_share: float) -> float:
    """Cost of a part of the training rows, as a part of the cost of all of them."""
    return _VALIDATION_SHARE + (1.0 - _VALIDATION_SHARE) * row_share
