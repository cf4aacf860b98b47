"""A weighted pool of trials, selected greedily by its out-of-fold loss: the predictor that a run ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.blend_losses import blend_losses
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm, blend, pool_form
from lepton_jupyter.exceptions.metric_errors import NoCandidatesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.execution.deadline import Deadline

_MOST_STEPS = 40

#: Steps without a better blend after which no more are tried.
_PATIENCE = 10

#: Every so many steps all candidates are looked at, and between only those that were best then: a blend changes slowly,
#: and this takes half the time.
_FULL_LOOK_EVERY = 4
_SHORTLIST_SIZE = 8

#: Candidates that are blended: the best ones by themselves.
_POOL_SIZE = 25

#: Mean weight over bags below which a member is left out: it costs as much to predict with as any other.
_LEAST_WEIGHT = 0.03

#: Tables with more values (rows × outputs ÷ 2) than this are decided on a sample of rows.
_WHOLE_ROWS = 20_000
_SAMPLE_ROWS = 10_000
_FEWEST_SAMPLE_ROWS = 3_000


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A weighted pool of trials.

    Parameters
    ----------
    weights : dict of int to float
        Weight of each member by its trial id, the heaviest first; they sum to one.
    loss : float
        The metric's loss on all rows that were given, lower is better.
    form : PoolForm, default=MEAN
        How members are pooled.
    """

    weights: dict[int, float]
    loss: float
    form: PoolForm = MEAN


def select(
    candidates: Mapping[int, NDArray[np.float32]],
    y: NDArray[Any],
    metric: Metric,
    n_classes: int,
    *,
    deadline: Deadline | None = None,
    seed: int = 0,
    sample_weight: NDArray[np.float64] | None = None,
    n_bags: int = 0,
) -> Ensemble:
    """Select an ensemble greedily, with replacement: each step adds the trial that helps the blend most [1]_.

    Up to 40 steps over the 25 best trials; the blend of the best step wins. With replacement, a trial that is picked
    thrice weighs thrice. Tables of more than 20,000 rows (fewer with many classes) are decided on a sample of rows, and
    the result is scored on the whole before it may replace the best single trial: the ensemble is never worse than that
    one on the rows given. The same input gives the same ensemble, unless the deadline cuts it short.

    Parameters
    ----------
    candidates : mapping of int to ndarray of float32, shape (n_rows, n_outputs)
        Out-of-fold predictions of finished trials, by trial id; rows that are never validated left out.
    y : ndarray of shape (n_rows,)
        Class codes, or values, of the same rows.
    metric : Metric
    n_classes : int
        0 for regression.
    deadline : Deadline, optional
        Looked at between steps; when it passes, the best so far is returned.
    seed : int, default=0
        Of the sample of rows.
    sample_weight : ndarray of shape (n_rows,), optional
        How much each row counts.
    n_bags : int, default=0
        Selections, each on rows drawn with replacement, whose weights are averaged; 0: one selection on the rows as
        they are. Bags of candidates, as in the paper, were worse than none wherever they were tried: the best trial is
        missing from half of them.

    Returns
    -------
    ensemble : Ensemble
        One member with weight 1 where no blend is better.

    Raises
    ------
    NoCandidatesError
        If there are no candidates.

    References
    ----------
    .. [1] R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes. Ensemble selection from libraries of models. ICML, 2004.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> y = np.array([0.0, 1.0, 2.0])
    >>> low, high = np.array([[-1.0], [0.0], [1.0]], np.float32), np.array([[1.0], [2.0], [3.0]], np.float32)
    >>> select({4: low, 9: high}, y, find_metric("rmse", "regression"), n_classes=0).weights
    {4: 0.5, 9: 0.5}
    """
    if not candidates:
        raise NoCandidatesError.from_nothing()
    rows = rows_to_decide_on(len(y), max(1, n_classes), seed)
    seen = {trial_id: each if rows is None else each[rows] for trial_id, each in candidates.items()}
    seen_y = y if rows is None else y[rows]
    seen_weight = sample_weight if sample_weight is None or rows is None else sample_weight[rows]
    decided = _single_losses(seen, seen_y, metric, n_classes, seen_weight)
    ranked = _ranked(decided)

    def loss_on_all(predictions: NDArray[Any]) -> float:
        return metric.loss(y, predictions, n_classes, sample_weight)

    best = ranked[0] if rows is None else _best_single(candidates, loss_on_all, ranked, deadline)
    single_loss = decided[best] if rows is None else loss_on_all(candidates[best])
    pool = {trial_id: seen[trial_id] for trial_id in ranked[:_POOL_SIZE]}
    weights = _grow_bags(metric, seen_y, pool, deadline, seen_weight, n_bags, seed)
    if len(weights) > 1:
        form = pool_form(metric)
        loss = loss_on_all(blend(candidates, weights, form))
        if loss < single_loss:
            return Ensemble(weights, loss, form)
    return Ensemble({best: 1.0}, single_loss)


def select_on_rows(
    candidates: Mapping[int, NDArray[np.float32]],
    y: NDArray[Any],
    metric: Metric,
    n_classes: int,
    *,
    deadline: Deadline | None = None,
    seed: int = 0,
    sample_weight: NDArray[np.float64] | None = None,
    n_bags: int = 0,
) -> dict[int, float]:
    """Weights that `select` chooses when it decides on all rows given, which are a sample already.

    Parameters and errors are those of `select`.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> low, high = np.array([[-1.0], [0.0]], np.float32), np.array([[1.0], [2.0]], np.float32)
    >>> select_on_rows({4: low, 9: high}, np.array([0.0, 1.0]), find_metric("rmse", "regression"), n_classes=0)
    {4: 0.5, 9: 0.5}
    """
    if not candidates:
        raise NoCandidatesError.from_nothing()
    losses = _single_losses(candidates, y, metric, n_classes, sample_weight)
    ranked = _ranked(losses)
    pool = {trial_id: candidates[trial_id] for trial_id in ranked[:_POOL_SIZE]}
    weights = _grow_bags(metric, y, pool, deadline, sample_weight, n_bags, seed)
    blended = metric.loss(y, blend(pool, weights, pool_form(metric)), n_classes, sample_weight)
    return weights if blended < losses[ranked[0]] else {ranked[0]: 1.0}


def _single_losses(
    candidates: Mapping[int, NDArray[np.float32]],
    y: NDArray[Any],
    metric: Metric,
    n_classes: int,
    sample_weight: NDArray[np.float64] | None,
) -> dict[int, float]:
    return {trial_id: metric.loss(y, each, n_classes, sample_weight) for trial_id, each in candidates.items()}


def _ranked(losses: Mapping[int, float]) -> list[int]:
    """Trials, the best first; by id where losses are equal, so that the order of the mapping does not matter."""
    return sorted(losses, key=lambda trial_id: (_comparable(losses[trial_id]), trial_id))


def _comparable(loss: float) -> float:
    return float("inf") if np.isnan(loss) else loss


def rows_to_decide_on(n_rows: int, n_outputs: int, seed: int) -> NDArray[np.int64] | None:
    """Sample of row numbers on which the members of an ensemble are chosen, in order; None for all.

    Examples
    --------
    >>> rows_to_decide_on(900, 2, seed=0) is None, len(rows_to_decide_on(50_000, 2, seed=0))
    (True, 10000)
    """
    width = max(1.0, n_outputs / 2)
    if n_rows * width <= _WHOLE_ROWS or n_rows <= _FEWEST_SAMPLE_ROWS:
        return None
    n_sampled = max(_FEWEST_SAMPLE_ROWS, int(_SAMPLE_ROWS / width))
    # Sorted: rows are then gathered in the order they lie in memory.
    return np.sort(np.random.default_rng(seed).choice(n_rows, n_sampled, replace=False))


def _best_single(
    candidates: Mapping[int, NDArray[np.float32]],
    loss_on_all: Callable[[NDArray[Any]], float],
    ranked: Iterable[int],
    deadline: Deadline | None,
) -> int:
    """Trial that is best on the whole, the most promising tried first, as far as time allows."""
    losses: dict[int, float] = {}
    for trial_id in ranked:
        if losses and deadline is not None and deadline.passed():
            break
        losses[trial_id] = _comparable(loss_on_all(candidates[trial_id]))
    return min(losses, key=lambda trial_id: (losses[trial_id], trial_id))


def _grow_bags(
    metric: Metric,
    y: NDArray[Any],
    pool: Mapping[int, NDArray[np.float32]],
    deadline: Deadline | None,
    sample_weight: NDArray[np.float64] | None,
    n_bags: int,
    seed: int,
) -> dict[int, float]:
    """Mean weights over bags of rows, as many as the deadline lets be; members that hold next to nothing left out."""
    if not n_bags or len(pool) == 1:
        return _grow(metric, y, pool, deadline, sample_weight)
    random = np.random.default_rng(seed)
    totals = dict.fromkeys(pool, 0.0)
    for index in range(n_bags):
        if index and deadline is not None and deadline.passed():
            break
        # Drawn with replacement: a row that is drawn thrice counts thrice.
        times = np.bincount(random.integers(0, len(y), len(y)), minlength=len(y)).astype(np.float64)
        grown = _grow(metric, y, pool, deadline, times if sample_weight is None else times * sample_weight)
        for trial_id, weight in grown.items():
            totals[trial_id] += weight
    least = _LEAST_WEIGHT * sum(totals.values())
    kept = {trial_id: total for trial_id, total in totals.items() if total >= least}
    whole = sum(kept.values())
    return {each: kept[each] / whole for each in sorted(kept, key=lambda each: (-kept[each], each))}


def _grow(
    metric: Metric,
    y: NDArray[Any],
    pool: Mapping[int, NDArray[np.float32]],
    deadline: Deadline | None,
    sample_weight: NDArray[np.float64] | None,
) -> dict[int, float]:
    """Weights of the best blend on the way; the first step is the best single trial."""
    ids = list(pool)
    if len(ids) == 1:
        return {ids[0]: 1.0}
    losses = blend_losses(metric, y, list(pool.values()), sample_weight)
    everyone = shortlist = np.arange(len(ids))
    picked: list[int] = []
    best_loss, best_length = float("inf"), 1
    for step in range(1, _MOST_STEPS + 1):
        if picked and deadline is not None and deadline.passed():
            break
        full_look = step % _FULL_LOOK_EVERY == 1
        looked_at = everyone if full_look else shortlist
        found = losses.with_each(looked_at)
        found[np.isnan(found)] = np.inf
        if full_look:
            # In the order of the pool, so that of equals the first is picked at every step.
            shortlist = np.sort(np.argsort(found, kind="stable")[:_SHORTLIST_SIZE])
        best = int(np.argmin(found))
        index, loss = int(looked_at[best]), float(found[best])
        losses.add(index)
        picked.append(index)
        # Rounding of float32 sums must not pass for a gain: weights would grow for nothing.
        if best_loss - loss > 1e-9 * abs(loss):
            best_loss, best_length = loss, step
        elif step - best_length >= _PATIENCE:
            break
    counts = np.bincount(picked[:best_length], minlength=len(ids))
    members = sorted(np.flatnonzero(counts), key=lambda index: (-counts[index], ids[index]))
    return {ids[index]: float(counts[index] / best_length) for index in members}
