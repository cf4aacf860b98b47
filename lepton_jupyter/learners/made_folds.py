"""Folds with made columns, kept in a process for the trials that share them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lepton_jupyter.preprocessing.made_features import MadeFeatures
from lepton_jupyter.preprocessing.training_rows import TrainingRows

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.learners.training_data import Fold, TrainingData

    Learn = Callable[..., tuple[MadeFeatures, NDArray[np.float32]] | None]

#: Bytes of made folds that are kept for one table.
MOST_KEPT_BYTES = 2**29


@dataclass(frozen=True, slots=True, eq=False)
class MadeFold:
    """The features that were learnt from a fold's training rows, and the fold as they make it."""

    features: MadeFeatures
    fold: Fold

    @property
    def n_bytes(self) -> int:
        """Size of its matrices."""
        return int(self.fold.X_train.nbytes + self.fold.X_validation.nbytes)


class MadeFolds:
    """Makes the features of each fold once for each choice, and keeps the folds that were used last.

    Safe to use from many threads: two that ask for the same one wait for one making. Kept for as long as the table
    lives, and within a bound: the one that was used longest ago is let go first, and made again when it is needed.

    Parameters
    ----------
    most_bytes : int
        Bound of what is kept for one table; the last one made is kept in any case.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[TrainingData | Fold, OrderedDict[tuple[int, float, str], _Place]] = (
            WeakKeyDictionary()
        )

    def get(
        self, fold: Fold, choice: str, *, stop: Callable[[], bool], learn: Learn = MadeFeatures.learn
    ) -> MadeFold | None:
        """The fold with the columns of a choice.

        What is made depends on the fold alone, not on who asks first.

        Parameters
        ----------
        fold : Fold
        choice : str
            One of `FEATURE_CHOICES` but the first, or a name of what `learn` learns.
        stop : callable
            Asked between steps of the making.
        learn : callable, default=MadeFeatures.learn
            Learns the choice from training rows.

        Returns
        -------
        made : MadeFold or None
            None if it was told to stop before all was made; the next call begins anew.
        """
        with self._lock:
            places = self._kept.setdefault(fold.origin if fold.origin is not None else fold, OrderedDict())
            key = (fold.index, fold.row_share, choice)
            place = places.setdefault(key, _Place())
            places.move_to_end(key)
        with place.lock:
            if place.made is None:
                place.made = make_fold(fold, choice, stop=stop, learn=learn)
            made = place.made
        with self._lock:
            self._let_go(places)
        return made

    def _let_go(self, places: OrderedDict[tuple[int, float, str], _Place]) -> None:
        sizes = {key: place.made.n_bytes for key, place in places.items() if place.made is not None}
        too_much = sum(sizes.values()) - self._most_bytes
        for key in list(sizes)[:-1]:  # the oldest first
            if too_much <= 0:
                return
            del places[key]
            too_much -= sizes[key]


@dataclass(slots=True)
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: MadeFold | None = None


def make_fold(
    fold: Fold, choice: str, *, stop: Callable[[], bool], learn: Learn = MadeFeatures.learn
) -> MadeFold | None:
    """A fold with the columns of a choice, made for this once; as `MadeFolds.get` gives it."""
    rows = TrainingRows(
        fold.X_train, fold.y_train, fold.categorical, fold.n_classes, weights=fold.weights_train, seed=fold.index
    )
    learnt = learn(rows, choice, stop=stop)
    if learnt is None:
        return None
    features, X_train = learnt
    made = replace(
        fold,
        X_train=X_train,
        X_validation=features.beside(fold.X_validation),
        categorical=features.categorical(fold.categorical),
        monotone=features.monotone(fold.monotone, X_train.shape[1]),
        # Without an origin: what learners derive from it (binned columns) lives as long as this very fold.
        origin=None,
    )
    return MadeFold(features, made)
