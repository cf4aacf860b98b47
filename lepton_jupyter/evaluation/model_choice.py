"""Which of a run's models to use, by score, speed and size: chosen after the search, with nothing fitted again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lepton_jupyter.evaluation.frontier import pareto_front
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm
from lepton_jupyter.evaluation.uncertainty import paired_difference
from lepton_jupyter.exceptions.choice_errors import NoCandidateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What may be preferred, in the order of how much score is given up for it.
PREFERENCES = ("accuracy", "balanced", "speed", "smallest")
#: Part of what the best still lacks to a perfect score that may be given up for ``speed`` and ``smallest``.
MOST_GIVEN_UP = 0.1
#: The same for ``balanced``, however little is known of the difference: where folds differ much, an error hides a lot.
LITTLE_GIVEN_UP = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A model that could predict: one trial, or a weighted mean of some.

    Parameters
    ----------
    label : str
        As a person reads it: ``"LightGBM, 31 leaves, rate 0.046"``, ``"Ensemble of 4"``.
    weights : mapping of int to float
        Its trials and their weights, which sum to one.
    score, score_error : float
        Out of fold, in the metric's unit, and half of its 95 % interval.
    fold_scores : tuple of float
        The same on each fold.
    train_score : float
        On the rows that it has learnt from.
    fit_seconds : float
        What fitting it took, summed over folds and members.
    row_milliseconds : float
        Predicting one row, measured within a batch.
    size_bytes : int
        Of its model files.
    folds : tuple of int
        Those whose models predict: the mean of them, or one alone.
    form : PoolForm, default=MEAN
        How its trials are pooled.
    contended_score : float, optional
        By which it is compared with the others: as hopeful as theirs, where `score` is nested. None: `score`.
    exports : tuple of str
        What all of its members can be converted to.
    """

    label: str
    weights: Mapping[int, float]
    score: float
    score_error: float
    fold_scores: tuple[float, ...]
    train_score: float
    fit_seconds: float
    row_milliseconds: float
    size_bytes: int
    folds: tuple[int, ...] = (0,)
    form: PoolForm = MEAN
    contended_score: float | None = None
    exports: tuple[str, ...] = ()

    @property
    def merit(self) -> float:
        """What it is compared with others by, in the metric's unit."""
        return self.score if self.contended_score is None else self.contended_score

    def of_one_fold(self) -> Candidate:
        """The same with the models of one fold alone: in a fraction of the time and room, at the score that is stated.

        An out-of-fold score is that of single fold models, each on rows it has not seen. Their mean predicts somewhat
        better than the score says, which is why it is preferred where nothing else is asked for.
        """
        n_folds = len(self.folds)
        return replace(
            self,
            label=f"{self.label} (one fold)",
            folds=self.folds[:1],
            row_milliseconds=self.row_milliseconds / n_folds,
            size_bytes=self.size_bytes // n_folds,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a model must keep within; None: whatever it takes.

    Parameters
    ----------
    row_milliseconds : float or None
        Most for one row within a batch.
    size_bytes : int or None
        Most for its files.
    score : float or None
        The least good score, in the metric's unit.
    """

    row_milliseconds: float | None = None
    size_bytes: int | None = None
    score: float | None = None

    def excess(self, candidate: Candidate, *, greater_is_better: bool) -> float:
        """How far a candidate is outside, as the largest ratio of a figure to its limit; 0 where it is within all.

        A score counts by what it lacks to a perfect one, which is 1 where greater is better and else 0.
        """
        ratios = [0.0]
        if self.row_milliseconds is not None:
            ratios.append(_ratio(candidate.row_milliseconds, self.row_milliseconds))
        if self.size_bytes is not None:
            ratios.append(_ratio(candidate.size_bytes, self.size_bytes))
        if self.score is not None:
            lacking, allowed = (_shortfall(each, greater_is_better) for each in (candidate.score, self.score))
            ratios.append(_ratio(lacking, allowed))
        return max(ratios)


def _ratio(value: float, limit: float) -> float:
    if value <= limit:
        return 0.0
    return value / limit if limit > 0 else math.inf


def _shortfall(score: float, greater_is_better: bool) -> float:
    return 1.0 - score if greater_is_better else score


def frontier(candidates: Sequence[Candidate], *, greater_is_better: bool) -> tuple[Candidate, ...]:
    """Candidates that no other beats in both score and latency, the fastest first.

    The mean of several folds counts as better than one of them, whose score it bears, and so does a whole ensemble
    where a part of it bears its score.
    """
    sign = 1.0 if greater_is_better else -1.0
    merits = [(sign * each.merit, len(each.folds), len(each.weights)) for each in candidates]
    # Places instead of scores: NaN stays what it is, and is left out.
    order = {merit: float(place) for place, merit in enumerate(sorted({each for each in merits if each[0] == each[0]}))}
    front = pareto_front([order.get(each, math.nan) for each in merits], [each.row_milliseconds for each in candidates])
    return tuple(candidates[index] for index in front)


def choose(
    candidates: Sequence[Candidate],
    *,
    greater_is_better: bool,
    prefer: str = "accuracy",
    limits: Limits | None = None,
) -> Candidate:
    """Choose a model within limits by what is preferred.

    ``accuracy`` takes the best score. ``balanced`` takes the fastest whose score is within one standard error of the
    best, paired by fold, and that gives up no more than a twentieth of what the best lacks to a perfect score: the rule
    of Breiman et al. [1]_, with speed in the place of simplicity. ``speed`` takes the fastest, and ``smallest`` the one
    of fewest bytes, that gives up no more than a tenth; for these two, models of one fold are candidates like all
    others, while the first two prefer means of folds. A limit on the score takes the place of these tolerances.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one.
    greater_is_better : bool
        Direction of the score.
    prefer : {"accuracy", "balanced", "speed", "smallest"}, default="accuracy"
    limits : Limits, optional

    Returns
    -------
    candidate : Candidate

    Raises
    ------
    NoCandidateError
        If none is within the limits; the message names the nearest.

    References
    ----------
    .. [1] L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone. Classification and regression trees. 1984, 3.4.3.

    Examples
    --------
    >>> def made(label, folds, milliseconds):
    ...     return Candidate(label=label, weights={1: 1.0}, score=sum(folds) / len(folds), score_error=0.1,
    ...         fold_scores=folds, train_score=1.0, fit_seconds=1.0, row_milliseconds=milliseconds, size_bytes=10)
    >>> ensemble, linear = made("ensemble", (0.90, 0.92), 0.4), made("linear", (0.91, 0.905), 0.001)
    >>> [choose([ensemble, linear], greater_is_better=True, prefer=each).label for each in ("accuracy", "balanced")]
    ['ensemble', 'linear']
    """
    limits = limits or Limits()
    within = [each for each in candidates if limits.excess(each, greater_is_better=greater_is_better) == 0.0]
    if not within:
        nearest = min(candidates, key=lambda each: limits.excess(each, greater_is_better=greater_is_better))
        raise NoCandidateError.from_nearest(nearest.label, nearest.score, nearest.row_milliseconds, nearest.size_bytes)
    sign = 1.0 if greater_is_better else -1.0
    best = max(within, key=lambda each: (_known(sign * each.merit), len(each.folds), len(each.weights)))
    if prefer == "accuracy":
        return best
    if prefer == "balanced":
        within = [each for each in within if len(each.folds) == len(best.folds)]
    if limits.score is None:
        within = [each for each in within if _tolerated(each, best, prefer, sign=sign)]
    if prefer == "smallest":
        return min(within, key=lambda each: (each.size_bytes, -_known(sign * each.score)))
    return min(within, key=lambda each: (each.row_milliseconds, -_known(sign * each.score)))


def _known(score: float) -> float:
    return -math.inf if math.isnan(score) else score


def _tolerated(candidate: Candidate, best: Candidate, prefer: str, *, sign: float) -> bool:
    if candidate is best:
        return True
    gap = paired_difference(best.fold_scores, candidate.fold_scores)
    given_up, lacking = sign * gap.mean, abs(_shortfall(best.score, greater_is_better=sign > 0))
    if prefer != "balanced":
        return given_up <= MOST_GIVEN_UP * lacking
    # Unknown with fewer than two folds in common: then nothing is given up.
    error = 0.0 if math.isnan(gap.standard_error) else gap.standard_error
    return given_up <= min(error, LITTLE_GIVEN_UP * lacking)
