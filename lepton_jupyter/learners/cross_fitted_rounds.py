"""Where a fit stops, and at which round each validation row is judged: never at one that the row itself helped choose.

A booster stops at the round that is best on its validation rows. What it predicts for them at that very round looks
better than it is: on pure noise its AUC is .55 to .56. So the validation rows of a fold are in a few parts, and each
part is judged at the round that the *other* parts chose: on noise the AUC is then .5. The model itself, which predicts
new rows, is cut at the round that all of them chose together; the out-of-fold predictions alone are cross-fitted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lepton_jupyter.learners.training_data import Fold

#: Losses that differ by less, of their own size, are the same but for rounding.
_SAME_LOSS = 1e-9


class CrossFittedRounds:
    """Hears the losses of the parts of the validation rows round by round, and finds the best round of all but each.

    Parameters
    ----------
    part_weights : ndarray of shape (n_parts,)
        How much each part counts: the weights of its rows, summed. One part alone has no others to ask: it is judged
        at the round that it chose.

    Attributes
    ----------
    round : int
        Best of the whole so far.
    judged_at : ndarray of int64, shape (n_parts,)
        Best so far of the other parts, for each part.

    References
    ----------
    .. [1] V. Chernozhukov et al. Double/debiased machine learning for treatment and structural parameters. The
           Econometrics Journal 21(1):C1-C68, 2018: what is chosen on some rows is used on the others.

    Examples
    --------
    Two parts with as many rows each. The first is best at round 1, the second at round 3, both together at round 2:

    >>> rounds = CrossFittedRounds(np.array([10.0, 10.0]))
    >>> for round_, losses in enumerate([[1.0, 2.0], [1.1, 1.5], [1.9, 1.4]], start=1):
    ...     _ = rounds.hear(round_, np.array(losses))
    >>> rounds.round, rounds.judged_at.tolist()
    (2, [3, 1])
    """

    def __init__(self, part_weights: NDArray[np.float64]) -> None:
        of_others = part_weights.sum() - part_weights
        alone = bool((of_others <= 0).any())
        # Row by row: the shares of the parts in the loss of the whole, and in that of what is left without each.
        counted = np.ones((len(part_weights), len(part_weights))) - (0.0 if alone else np.eye(len(part_weights)))
        mixed = np.vstack([part_weights, counted * part_weights])
        self._shares = mixed / mixed.sum(axis=1, keepdims=True)
        self._losses = np.full(len(mixed), math.inf)
        self._rounds = np.ones(len(mixed), dtype=np.int64)

    @property
    def round(self) -> int:
        """Best round of the whole so far."""
        return int(self._rounds[0])

    @property
    def judged_at(self) -> NDArray[np.int64]:
        """Round at which each part is judged."""
        return self._rounds[1:]

    def hear(self, round_: int, losses: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Take note of the mean loss of each part after a round; rounds count from 1.

        Returns
        -------
        better : ndarray of bool, shape (n_parts,)
            Parts that are judged at this round, unless a later one is better still.
        """
        found = self._shares @ losses
        better = found < self._losses - _SAME_LOSS * np.maximum(1.0, np.abs(found))
        self._losses[better] = found[better]
        self._rounds[better] = round_
        return np.asarray(better[1:])


class JudgedRows:
    """The validation rows of a fold while it is learnt: at which round to stop, and what is predicted of each row.

    Parameters
    ----------
    fold : Fold
    losses : callable
        ``losses(outputs)``: what each row loses by the outputs of a round.

    Attributes
    ----------
    rounds : CrossFittedRounds
    outputs : ndarray
        Of each row at the round at which its part is judged.

    Examples
    --------
    >>> from lepton_jupyter.learners.training_data import Fold
    >>> y, X = np.array([1.0, 3.0]), np.zeros((2, 1), np.float32)
    >>> fold = Fold(index=0, X_train=X, y_train=y, X_validation=X, y_validation=y, categorical=(), n_classes=0,
    ...             metric="r2", stopping_parts=np.array([0, 1], np.int8))
    >>> judged = JudgedRows(fold, lambda outputs: (outputs - y) ** 2)
    >>> for round_, level in enumerate([1.0, 1.9, 3.0], start=1):  # the first row likes 1 most, and the second 3
    ...     judged.hear(round_, np.full(2, level))
    >>> judged.rounds.round, judged.outputs.tolist()
    (2, [3.0, 1.0])
    """

    def __init__(self, fold: Fold, losses: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
        self._losses_of = losses
        self._weights = fold.weights_validation
        self._parts = parts_of_rows(fold)
        self._part_weights = part_weights(fold)
        self._rows = [np.flatnonzero(self._parts == part) for part in range(len(self._part_weights))]
        self.rounds = CrossFittedRounds(self._part_weights)
        self.outputs: NDArray[np.float64] = np.empty(0)

    def hear(self, round_: int, outputs: NDArray[np.float64]) -> None:
        """Take note of the outputs of a round, which count from 1; what is needed of them is copied."""
        losses = self._losses_of(outputs)
        if self._weights is not None:
            losses = losses * self._weights
        summed = np.bincount(self._parts, weights=losses, minlength=len(self._part_weights))
        # A part whose rows all weigh nothing has no loss, and no share in any.
        better = self.rounds.hear(round_, summed / np.maximum(self._part_weights, np.finfo(np.float64).tiny))
        if len(self.outputs) != len(outputs) or better.all():
            self.outputs = np.array(outputs, dtype=np.float64)
            return
        for part in np.flatnonzero(better):
            self.outputs[self._rows[part]] = outputs[self._rows[part]]


def parts_of_rows(fold: Fold) -> NDArray[np.int64]:
    """Part of each validation row; all are in one where the fold is not parted."""
    if fold.stopping_parts is None:
        return np.zeros(len(fold.y_validation), dtype=np.int64)
    return fold.stopping_parts.astype(np.int64)


def part_weights(fold: Fold) -> NDArray[np.float64]:
    """How much each part counts: its rows, or their weights."""
    return np.bincount(parts_of_rows(fold), weights=fold.weights_validation).astype(np.float64)
