"""An ensemble with the score to be expected of it: nested, so that no row is judged by weights it helped choose.

Weights that are chosen on out-of-fold predictions, and then scored on the same rows, look better than they are: on a
target of pure chance an ensemble finds some members that happen to agree with it. So the whole choice is made again for
each part of the folds, on the rows of the others, and scored on the part that was left out [1]_. The weights that are
used are still those chosen on all rows.

.. [1] S. Varma, R. Simon. Bias in error estimation when using cross-validation for model selection. BMC Bioinformatics
       7:91, 2006. The lighter correction of Tsamardinos, Greasidou and Borboudakis (Machine Learning 107, 2018), which
       bootstraps rows, was tried: more selections for the same answer, and the rows that a bootstrap repeats make each
       of them worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.greedy_ensemble import rows_to_decide_on, select, select_on_rows
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm, blend, pool_form
from lepton_jupyter.evaluation.stacked_pool import Stack, fit_stack
from lepton_jupyter.evaluation.uncertainty import paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.execution.deadline import Deadline

#: Parts of the folds that are left out in turn, where there is no time for one for each fold.
_FEWEST_PARTS = 3

#: Tables with more values (rows × outputs ÷ 2) than this are large: bags change nothing there, and parts are few.
_LARGE = 5_000

#: Bags of rows of a thorough selection.
_N_BAGS = 5

#: Penalties of a stack, the strongest first: each goes further from the greedy weights than the one before.
_PENALTIES = (1.0, 0.1, 0.03, 0.01, 0.003)

#: A stack replaces the plain pool if its gain over the parts is more than so many standard errors.
_CLEAR_GAIN = 0.5


@dataclass(frozen=True, slots=True)
class HonestEnsemble:
    """Weights chosen on all rows, and the scores of a choice that did not see the rows it is scored on.

    Parameters
    ----------
    weights : dict of int to float
        Weight of each member by its trial id; they sum to one.
    form : PoolForm
        How members are pooled.
    nested : ndarray of float32, shape (n_rows, n_outputs)
        Each row pooled by weights that were chosen without it.
    """

    weights: dict[int, float]
    form: PoolForm
    nested: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the folds that is left out: which of the sampled rows it holds, and what the others chose."""

    left_out: NDArray[np.bool_]
    weights: dict[int, float]
    told: bool  # False: there was no time, or no rows, to choose without it


@dataclass(frozen=True, slots=True)
class _Judged:
    """A stack for each part with its losses there; None if a part failed or time ran out."""

    penalty: float
    stacks: tuple[Stack, ...]
    losses: tuple[float, ...]


def select_honestly(
    candidates: Mapping[int, NDArray[np.float32]],
    y: NDArray[Any],
    fold_of_row: NDArray[Any],
    metric: Metric,
    n_classes: int,
    *,
    thorough: bool = False,
    deadline: Deadline | None = None,
    seed: int = 0,
    sample_weight: NDArray[np.float64] | None = None,
) -> HonestEnsemble:
    """Select an ensemble as `select` does, and judge the selection.

    Parameters
    ----------
    candidates, y, metric, n_classes, deadline, seed, sample_weight
        Those of `select`. Parts that the deadline leaves no time for are judged by the weights of all rows.
    fold_of_row : ndarray of shape (n_rows,)
        Fold in which each of the rows is validated.
    thorough : bool, default=False
        For the end of a run. Where probabilities are judged, small tables are selected in bags of rows, and one level
        of stacking follows (see `fit_stack`) if the left-out parts gain by it; small tables are nested fold by fold,
        not in three parts.

    Returns
    -------
    ensemble : HonestEnsemble

    Raises
    ------
    NoCandidatesError
        If there are no candidates.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> y = np.array([0.0, 1.0, 2.0, 3.0])
    >>> low, high = (y - 1)[:, None].astype(np.float32), (y + 1)[:, None].astype(np.float32)
    >>> found = select_honestly({4: low, 9: high}, y, np.array([0, 1, 0, 1]), find_metric("rmse", "regression"), 0)
    >>> found.weights, found.nested[:, 0].tolist()
    ({4: 0.5, 9: 0.5}, [0.0, 1.0, 2.0, 3.0])
    """
    small = thorough and len(y) * max(1, n_classes) / 2 <= _LARGE
    n_bags = _N_BAGS if small and pool_form(metric).logarithmic else 0
    chosen = select(
        candidates, y, metric, n_classes, deadline=deadline, seed=seed, sample_weight=sample_weight, n_bags=n_bags
    )
    part_of_row = _part_of_row(fold_of_row, one_for_each_fold=small)
    rows = rows_to_decide_on(len(y), max(1, n_classes), seed)
    sample = _Sample(candidates, y, part_of_row, metric, n_classes, sample_weight).at(rows)
    parts = sample.parts(chosen.weights, n_bags, deadline)
    weights, form = chosen.weights, chosen.form
    pools = [Stack(part.weights, pool_form(metric) if len(part.weights) > 1 else MEAN) for part in parts]
    if thorough and pool_form(metric).logarithmic:
        judged = sample.best_stack(parts, pools, deadline)
        stack = None if judged is None else sample.stack_of_all(weights, judged.penalty)
        if judged is not None and stack is not None:
            loss = metric.loss(y, blend(candidates, stack.weights, stack.form), n_classes, sample_weight)
            if loss < chosen.loss:
                weights, form, pools = stack.weights, stack.form, list(judged.stacks)
    nested = np.empty_like(next(iter(candidates.values())))
    for index, pool in enumerate(pools):
        here = part_of_row == index
        nested[here] = blend({each: candidates[each][here] for each in pool.weights}, pool.weights, pool.form)
    return HonestEnsemble(weights, form, nested)


def _part_of_row(fold_of_row: NDArray[Any], *, one_for_each_fold: bool) -> NDArray[np.int64]:
    """Part of the folds that each row is left out with; neighbouring folds share one where there are fewer."""
    folds, index = np.unique(fold_of_row, return_inverse=True)
    n_parts = len(folds) if one_for_each_fold else min(len(folds), _FEWEST_PARTS)
    return np.asarray(index * n_parts // len(folds))


@dataclass(frozen=True, slots=True)
class _Sample:
    """The rows on which members are chosen."""

    candidates: Mapping[int, NDArray[np.float32]]
    y: NDArray[Any]
    part_of_row: NDArray[np.int64]
    metric: Metric
    n_classes: int
    sample_weight: NDArray[np.float64] | None

    def at(self, rows: NDArray[np.int64] | None) -> _Sample:
        """Some of the rows; None: itself."""
        if rows is None:
            return self
        return replace(
            self,
            candidates={trial_id: each[rows] for trial_id, each in self.candidates.items()},
            y=self.y[rows],
            part_of_row=self.part_of_row[rows],
            sample_weight=None if self.sample_weight is None else self.sample_weight[rows],
        )

    def parts(self, weights_of_all: dict[int, float], n_bags: int, deadline: Deadline | None) -> list[_Part]:
        found = []
        for index in range(int(self.part_of_row.max()) + 1):
            left_out = self.part_of_row == index
            late = deadline is not None and deadline.passed()
            told = not late and bool(left_out.any()) and not left_out.all()
            weights = self._choose(~left_out, n_bags, deadline) if told else weights_of_all
            found.append(_Part(left_out, weights, told))
        return found

    def _choose(self, rows: NDArray[np.bool_], n_bags: int, deadline: Deadline | None) -> dict[int, float]:
        return select_on_rows(
            {trial_id: each[rows] for trial_id, each in self.candidates.items()},
            self.y[rows],
            self.metric,
            self.n_classes,
            deadline=deadline,
            sample_weight=self._weights_of(rows),
            n_bags=n_bags,
        )

    def _weights_of(self, rows: NDArray[np.bool_]) -> NDArray[np.float64] | None:
        return None if self.sample_weight is None else self.sample_weight[rows]

    def _loss(self, pool: Stack, rows: NDArray[np.bool_]) -> float:
        seen = {trial_id: self.candidates[trial_id][rows] for trial_id in pool.weights}
        pooled = blend(seen, pool.weights, pool.form)
        return self.metric.loss(self.y[rows], pooled, self.n_classes, self._weights_of(rows))

    def _fit(self, weights: Mapping[int, float], penalty: float, rows: NDArray[np.bool_]) -> Stack:
        seen = {trial_id: self.candidates[trial_id][rows] for trial_id in weights}
        return fit_stack(seen, self.y[rows], weights, penalty, self._weights_of(rows))

    def best_stack(self, parts: list[_Part], plain: list[Stack], deadline: Deadline | None) -> _Judged | None:
        """The penalty whose stacks lose least on the parts left out, if clearly less than the plain pools do."""
        best: _Judged | None = None
        for penalty in _PENALTIES:
            judged = self._judge(parts, penalty, deadline)
            if judged is None or (best is not None and not sum(judged.losses) < sum(best.losses)):
                break  # no time, or further from the greedy weights it only grows
            best = judged
        if best is None:
            return None
        gain = paired_difference(
            [self._loss(pool, part.left_out) for pool, part in zip(plain, parts, strict=True)], best.losses
        )
        return best if gain.mean > _CLEAR_GAIN * gain.standard_error else None

    def _judge(self, parts: list[_Part], penalty: float, deadline: Deadline | None) -> _Judged | None:
        stacks, losses = [], []
        for part in parts:
            if not part.told or (deadline is not None and deadline.passed()):
                return None
            stacks.append(self._fit(part.weights, penalty, ~part.left_out))
            losses.append(self._loss(stacks[-1], part.left_out))
        return _Judged(penalty, tuple(stacks), tuple(losses))

    def stack_of_all(self, weights: Mapping[int, float], penalty: float) -> Stack:
        """The stack on all rows of the sample."""
        return self._fit(weights, penalty, np.ones(len(self.y), dtype=bool))
