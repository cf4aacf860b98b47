"""A table whose target is what another model says of each row, beside the truth: what a small model learns from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.learners.training_data import Fold, TrainingData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: A class that the teacher thinks less likely is not learnt: each would be one more row.
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class MadeRows:
    """Rows that no table holds: those of a table with some values exchanged, of which only a teacher knows the target.

    Parameters
    ----------
    views : mapping of str to ndarray of shape (n_made, n_columns)
    source : ndarray of shape (n_made,)
        Row of the table that each was made from: it is learnt from where that one is.
    """

    views: Mapping[str, NDArray[np.float32]]
    source: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TaughtData(TrainingData):
    """Training data whose training parts hold a teacher's predictions, and whose validation parts hold the truth.

    A value that is taught is the mean of the teacher's and the true one. A row whose classes are taught stands there
    once for each class that is likely, weighed by how likely it is: so any learner that weighs rows can learn from
    probabilities, whatever loss it has.

    Parameters
    ----------
    lessons : tuple of ndarray of shape (n_training_rows, n_outputs)
        For each fold what a teacher that has not seen its validation rows says of its training rows.
    truth_share : float in [0, 1], default=0.5
        Weight of the truth beside the teacher; 0 learns from the teacher alone.
    made : MadeRows, optional
        Rows to learn from beside those of the table.
    made_lessons : tuple of ndarray of shape (n_made, n_outputs)
        For each fold what its teacher says of all of those.
    """

    lessons: tuple[NDArray[np.float64], ...] = ()
    truth_share: float = 0.5
    made: MadeRows | None = None
    made_lessons: tuple[NDArray[np.float64], ...] = ()

    def fold(self, index: int, view: str, row_share: float = 1.0) -> Fold:
        """Training part as it is taught and validation part as it is, of one fold in one view."""
        del row_share  # what is distilled is small
        fold = TrainingData.fold(self, index, view)
        share = self.truth_share
        truth = np.eye(self.n_classes)[fold.y_train.astype(np.int64)] if self.n_classes else fold.y_train[:, None]
        targets = share * truth + (1 - share) * self.lessons[index]
        X, weights = fold.X_train, fold.weights_train
        if self.made is not None:
            used = self.training_rows(index)[self.made.source]
            X = np.concatenate([X, self.made.views[view][used]])
            targets = np.concatenate([targets, self.made_lessons[index][used]])
            if weights is not None and self.weights is not None:
                weights = np.concatenate([weights, self.weights[self.made.source[used]]])
        if not self.n_classes:
            return replace(fold, X_train=X, y_train=targets[:, 0], weights_train=weights, score_weights_train=weights)
        shares: NDArray[Any] = np.where(targets < _LEAST_SHARE, 0.0, targets)
        shares /= shares.sum(axis=1, keepdims=True)
        place, code = np.nonzero(shares)
        likely = shares[place, code] if weights is None else shares[place, code] * weights[place]
        return replace(fold, X_train=X[place], y_train=code, weights_train=likely, score_weights_train=likely)


def taught(
    data: TrainingData,
    lessons: tuple[NDArray[np.float64], ...],
    truth_share: float,
    made: MadeRows | None = None,
    made_lessons: tuple[NDArray[np.float64], ...] = (),
) -> TaughtData:
    """The same table, taught.

    Examples
    --------
    >>> plain = TrainingData(
    ...     views={"linear": np.arange(4, dtype=np.float32)[:, None]}, categorical=(), y=np.array([0, 1, 0, 1]),
    ...     n_classes=2, fold_of_row=np.array([0, 0, 1, 1], np.int16), n_folds=2, metric="roc_auc")
    >>> lessons = (np.array([[0.99, 0.01], [0.4, 0.6]]), np.array([[0.9, 0.1], [0.2, 0.8]]))
    >>> fold = taught(plain, lessons, truth_share=0.0).fold(0, "linear")
    >>> fold.X_train.ravel(), fold.y_train, fold.weights_train, fold.y_validation
    (array([2., 3., 3.], dtype=float32), array([0, 0, 1]), array([1. , 0.4, 0.6]), array([0, 1]))
    """
    known = {each.name: getattr(data, each.name) for each in fields(data)}
    known["class_weights"] = None  # the teacher has learnt them
    return TaughtData(**known, lessons=lessons, truth_share=truth_share, made=made, made_lessons=made_lessons)
