"""Rows to come that are copies of training rows: how far what is known of those is to be believed.

Copies of a row share a fold, so that a model is never judged on what it has seen; then its out-of-fold predictions say
nothing of rows that it has seen. Yet where a quarter of a table are copies of others, so will be a quarter of the rows
to come. They are answered with the targets of the training rows they are copies of, shrunk towards the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.exceptions.run_errors import DamagedRunError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric

#: How many copies a prediction of the model may weigh as.
_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
#: Fewer rows with a copy than this, or than this share of all, tell too little.
_FEWEST_ROWS = 30
_LEAST_SHARE = 0.005
#: Standard errors by which what is known of copies must beat the model.
_GAIN_ERRORS = 2.0
#: More rows than this are not kept: the memory would outgrow the model.
_MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class CopiedRows:
    """What is known of the training rows, by a hash of their values.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n_different_rows,)
        Sorted.
    sums : ndarray of float64, shape (n_different_rows, n_outputs)
        Of the targets of all copies of a row: counts of each class, or the sum of values.
    counts : ndarray of float64, shape (n_different_rows,)
        Copies of each row, as many as their weights sum to.
    strength : float
        How many copies the model's prediction weighs as.
    loss, loss_without : float
        The metric's loss on all rows with and without it, each row answered by its *other* copies.
    """

    keys: NDArray[np.uint64]
    sums: NDArray[np.float64]
    counts: NDArray[np.float64]
    strength: float
    loss: float
    loss_without: float

    def answer(self, X: NDArray[np.float32], predictions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Predictions with those of known rows replaced.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
            The view that the training rows were known by.
        predictions : ndarray of shape (n_rows, n_outputs)
            Of a model.

        Returns
        -------
        predictions : ndarray of shape (n_rows, n_outputs)
        """
        keys = row_keys(X)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        answered = predictions.copy()
        place = place[known]
        answered[known] = _shrunk(self.sums[place], self.counts[place], predictions[known], self.strength)
        return answered

    def save(self, path: Path) -> None:
        """Write it as arrays."""
        with path.open("wb") as file:
            np.savez(
                file, keys=self.keys, sums=self.sums, counts=self.counts, strength=self.strength, loss=self.loss,
                loss_without=self.loss_without,
            )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        DamagedRunError
            If the file is something else.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                return cls(
                    archive["keys"], archive["sums"], archive["counts"],
                    *(float(archive[name]) for name in ("strength", "loss", "loss_without")),
                )  # fmt: skip
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise DamagedRunError.from_copies(path, error) from None


def row_keys(X: NDArray[np.float32]) -> NDArray[np.uint64]:
    """A hash of the values of each row, the same in every process.

    Parameters
    ----------
    X : ndarray of float32, shape (n_rows, n_columns)
        Missing values are equal, and so are both zeros.

    Returns
    -------
    keys : ndarray of uint64, shape (n_rows,)

    Examples
    --------
    >>> keys = row_keys(np.array([[1, np.nan], [1, np.nan], [2, 0]], np.float32))
    >>> bool(keys[0] == keys[1]), bool(keys[0] == keys[2])
    (True, False)
    """
    keys = np.zeros(len(X), dtype=np.uint64)
    for column in np.asarray(X, dtype=np.float32).T:
        values = np.where(np.isnan(column), np.float32(np.nan), column + np.float32(0.0))
        keys = with_column(keys, values.view(np.uint32))
    return keys


def learn_copies(
    X: NDArray[np.float32],
    y: NDArray[Any],
    predictions: NDArray[Any],
    metric: Metric,
    n_classes: int,
    weights: NDArray[np.float64] | None = None,
) -> CopiedRows | None:
    """Learn what copies tell, if they tell more than a model that has not seen them.

    Each row that has copies is answered by the others of them and by the model, as if it had come later:
    ``(sum of their targets + s × prediction) / (their number + s)``, the posterior mean under a prior of strength
    ``s`` centred on the model. The strength with the least log loss, or squared error, is taken if it beats the model
    by two standard errors over groups of copies, and by the metric on all rows.

    Parameters
    ----------
    X : ndarray of float32, shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
        Class codes, or values.
    predictions : ndarray of shape (n_rows, n_outputs)
        Out of fold, copies of a row in one fold; NaN for rows that are validated in none, which tell of their copies
        all the same.
    metric : Metric
    n_classes : int
        0 for regression.
    weights : ndarray of shape (n_rows,), optional

    Returns
    -------
    copies : CopiedRows or None
        None where rows have no copies, or their targets say less than the model.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> X = np.repeat(np.arange(40, dtype=np.float32), 2)[:, None]
    >>> y = (X[:, 0] % 3 == 0).astype(np.int64)
    >>> unknowing = np.full((80, 2), 0.5)
    >>> copies = learn_copies(X, y, unknowing, find_metric("log_loss", "binary"), n_classes=2)
    >>> copies.answer(np.array([[3.0], [4.0], [99.0]], np.float32), unknowing[:3]).round(1)
    array([[0. , 1. ],
           [1. , 0. ],
           [0.5, 0.5]])
    """
    if len(y) > _MOST_ROWS:
        return None
    keys, row_key = np.unique(row_keys(X), return_inverse=True)
    row_weights = np.ones(len(y)) if weights is None else weights
    targets = np.eye(n_classes)[y] if n_classes else np.asarray(y, dtype=np.float64)[:, None]
    counts = np.bincount(row_key, row_weights, minlength=len(keys)).astype(np.float64)
    sums: NDArray[np.float64] = np.stack(
        [np.bincount(row_key, row_weights * each, minlength=len(keys)) for each in targets.T], axis=1
    )
    predicted = np.asarray(predictions, dtype=np.float64)
    judged = np.isfinite(predicted).all(axis=1)
    copied = np.flatnonzero((np.bincount(row_key)[row_key] > 1) & judged)
    if len(copied) < max(_FEWEST_ROWS, _LEAST_SHARE * int(judged.sum())):
        return None
    others = sums[row_key[copied]] - row_weights[copied, None] * targets[copied]
    n_others = counts[row_key[copied]] - row_weights[copied]
    answers = {s: _shrunk(others, n_others, predicted[copied], s) for s in _STRENGTHS}
    before = _losses(targets[copied], predicted[copied], n_classes)
    losses = {s: _losses(targets[copied], each, n_classes) for s, each in answers.items()}
    strength = min(losses, key=lambda s: float(np.average(losses[s], weights=row_weights[copied])))
    if not _clearly_gained(before - losses[strength], row_key[copied], row_weights[copied]):
        return None
    answered = predicted.copy()
    answered[copied] = answers[strength]
    judged_weights = None if weights is None else weights[judged]
    loss, loss_without = (
        metric.loss(y[judged], each[judged], n_classes, judged_weights) for each in (answered, predicted)
    )
    if not loss < loss_without:
        return None
    return CopiedRows(keys, sums, counts, strength, loss, loss_without)


def _shrunk(
    sums: NDArray[np.float64], counts: NDArray[np.float64], predictions: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    return np.asarray((sums + strength * predictions) / (counts[:, None] + strength))


def _losses(targets: NDArray[np.float64], predictions: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    if not n_classes:
        return np.asarray((targets[:, 0] - predictions[:, 0]) ** 2)
    chosen = (targets * predictions).sum(axis=1)
    return np.asarray(-np.log(np.clip(chosen, np.finfo(np.float32).eps, 1.0)))


def _clearly_gained(gains: NDArray[np.float64], group: NDArray[np.int64], weights: NDArray[np.float64]) -> bool:
    """Whether the sum of gains is positive beyond chance; copies of one row are one observation."""
    of_group = np.bincount(group, gains * weights)
    of_group = of_group[np.bincount(group) > 0]
    return bool(of_group.sum() > _GAIN_ERRORS * np.sqrt(len(of_group)) * of_group.std())
