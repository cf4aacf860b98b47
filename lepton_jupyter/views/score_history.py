"""Scores over time: what was best at each moment, and a picture of it that stays small."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.events.messages import HistoryPoint
from lepton_jupyter.views.even_sample import even_sample
from lepton_jupyter.views.number_format import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence


class ScoreHistory:
    """Scored candidates in the order of time, each with the best so far.

    Parameters
    ----------
    greater_is_better : bool, default=True
        The metric's direction.

    Examples
    --------
    >>> history = ScoreHistory()
    >>> history.add(1, 0.4, 0.84, 0.01, "linear"), history.add(2, 0.9, 0.82, 0.01, "boosting")
    (True, False)
    >>> [point.best_score for point in history.points]
    [0.84, 0.84]
    """

    def __init__(self, *, greater_is_better: bool = True) -> None:
        self.greater_is_better = greater_is_better
        self.points: list[HistoryPoint] = []
        self._best: tuple[float, float] | None = None  # the score and its error, not rounded as points are
        self._contended: tuple[float, str] | None = None  # what the next must beat, and the family of the best

    def is_better(self, score: float, other: float) -> bool:
        """Whether `score` beats `other`; what is not a number never does."""
        if not math.isfinite(score):
            return False
        if not math.isfinite(other):
            return True
        return score > other if self.greater_is_better else score < other

    def add(
        self,
        trial_id: int | None,
        elapsed_seconds: float,
        score: float,
        error: float,
        family: str,
        *,
        contended_score: float | None = None,
    ) -> bool:
        """Add a finished trial, or an ensemble (`trial_id` None); whether it is the best so far.

        An ensemble shows a nested score and is compared with trials by `contended_score`, so the best score can fall a
        little where it takes the place of a trial. One ensemble takes the place of another whatever their scores: the
        run says so.
        """
        if not math.isfinite(score):
            return False
        contended = score if contended_score is None else contended_score
        if self._best is None or self._contended is None:
            improved = True
        elif contended_score is not None and self._contended[1] == "ensemble":
            improved = self.is_better(score, self._best[0])
            self._best, self._contended = (score, error), (contended, family)
        else:
            improved = self.is_better(contended, self._contended[0])
        if improved:
            self._best, self._contended = (score, error), (contended, family)
        self._append(trial_id, elapsed_seconds, score, family, improved=improved)
        return improved

    def add_rejected(self, trial_id: int, elapsed_seconds: float, score: float, family: str) -> None:
        """Add a trial that lost the race after its first folds; it never is the best."""
        if self._best is not None and math.isfinite(score):
            self._append(trial_id, elapsed_seconds, score, family, improved=False)

    def _append(self, trial_id: int | None, at: float, score: float, family: str, *, improved: bool) -> None:
        best_score, best_error = self._best or (score, math.nan)
        point = HistoryPoint(
            trial_id=trial_id,
            elapsed_seconds=round(at, 3),
            score=rounded(score),
            family=family,
            improved=improved,
            best_score=rounded(best_score),
            best_error=rounded(best_error),
        )
        self.points.append(point)


def thinned_history(points: Sequence[HistoryPoint], limit: int) -> tuple[HistoryPoint, ...]:
    """At most `limit` points, in order: all improvements if they fit, the last point, an even sample of the others.

    Examples
    --------
    >>> history = ScoreHistory()
    >>> for trial_id, score in enumerate([0.80, 0.70, 0.71, 0.85, 0.72, 0.73]):
    ...     _ = history.add(trial_id, float(trial_id), score, 0.01, "boosting")
    >>> [point.trial_id for point in thinned_history(history.points, 4)]
    [0, 2, 3, 5]
    """
    if len(points) <= limit:
        return tuple(points)
    last = len(points) - 1
    kept = [index for index, point in enumerate(points) if point.improved or index == last]
    kept_set = set(kept)
    others = [index for index in range(len(points)) if index not in kept_set]
    # The newest improvements tell where the search is now; the first tells where it began.
    chosen = [kept[0], *kept[-(limit - 1) :]] if len(kept) > limit else kept
    chosen = sorted({*chosen, *even_sample(others, limit - len(chosen))})
    return tuple(points[index] for index in chosen)
