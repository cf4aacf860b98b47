"""What several trials derive from the same fold, made once in a process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.learners.training_data import Fold, TrainingData

T = TypeVar("T")


class FoldCache(Generic[T]):
    """Keeps one derived thing for each fold of each table, for as long as the table lives.

    Safe to use from many threads: two that ask for the same fold wait for one making.

    Examples
    --------
    >>> import numpy as np
    >>> from lepton_jupyter.learners.training_data import TrainingData
    >>> data = TrainingData(
    ...     views={"linear": np.zeros((4, 1), np.float32)}, categorical=(), y=np.arange(4.0), n_classes=0,
    ...     fold_of_row=np.array([0, 0, 1, 1], np.int16), n_folds=2, metric="r2")
    >>> cache = FoldCache()
    >>> cache.get(data.fold(0, "linear"), lambda fold: float(fold.y_train.sum()))
    5.0
    >>> cache.get(data.fold(0, "linear"), lambda fold: "not made again")
    5.0
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Weak: a table that is no longer placed takes its binned copies along.
        self._kept: WeakKeyDictionary[TrainingData | Fold, dict[tuple[int, float], _Slot[T]]] = WeakKeyDictionary()

    def get(self, fold: Fold, make: Callable[[Fold], T]) -> T:
        """What ``make(fold)`` gave the first time it was asked for this fold.

        Parameters
        ----------
        fold : Fold
        make : callable
            Called once; what it raises is raised here, and the next call tries again. It must not keep the fold's
            origin alive.
        """
        with self._lock:
            slots = self._kept.setdefault(fold.origin if fold.origin is not None else fold, {})
            slot = slots.setdefault((fold.index, fold.row_share), _Slot())
        with slot.lock:
            if not slot.made:
                slot.made.append(make(fold))
            return slot.made[0]


class _Slot(Generic[T]):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: list[T] = []
