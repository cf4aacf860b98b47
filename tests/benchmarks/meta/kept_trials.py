"""What the matrix holds of one table, in the form that blends of many candidates are judged in at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.folds import choose_n_folds
from lepton_jupyter.evaluation.probability_formulas import binary_roc_aucs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

#: Rows up to which a table is small, and up to which it is middling; what is above is large.
SIZES = ((1_000, "small"), (5_000, "middle"))
_STEPS = 25
#: What a trial costs beside its fits.
_TRIAL_SECONDS = 0.03
_MOST_BEHIND = 3.0


@dataclass(frozen=True)
class KeptTrials:
    """All candidates that were fitted on one table.

    Parameters
    ----------
    name : str
    task : {"regression", "binary", "multiclass"}
    n_rows, n_classes : int
    keys : tuple of str
        Of the candidates.
    points : tuple of dict
        What each came to on this table.
    predictions : ndarray of shape (n_candidates, n_judged_rows)
        Values, probabilities of the second class, or probabilities of the row's own class: means of these are all that
        a blend is judged by.
    seconds : ndarray of shape (n_candidates,)
        Of the processor, for all folds that a run would fit.
    y : ndarray of shape (n_judged_rows,)
    """

    name: str
    task: str
    n_rows: int
    n_classes: int
    keys: tuple[str, ...]
    points: tuple[dict[str, Any], ...]
    predictions: NDArray[np.float64]
    seconds: NDArray[np.float64]
    y: NDArray[Any]

    @classmethod
    def open(cls, folder: Path) -> KeptTrials:
        """Read what was kept of a table; candidates that did not suit it, or came to nothing in time, left out."""
        with np.load(folder / "table.npz") as table:
            y, n_classes, n_rows = table["y"], int(table["n_classes"]), int(table["n_rows"])
        keys, points, predictions, seconds = [], [], [], []
        for path in sorted(folder.glob("*-*.npz")):
            with np.load(path) as trial:
                if not np.isfinite(trial["predictions"]).all() or not len(trial["predictions"]):
                    continue
                keys.append(path.stem)
                points.append(json.loads(str(trial["point"])))
                predictions.append(_judged_values(trial["predictions"], y, n_classes))
                seconds.append(choose_n_folds(n_rows) * float(trial["seconds"]) + _TRIAL_SECONDS)
        task = {0: "regression", 2: "binary"}.get(n_classes, "multiclass")
        arrays = (np.array(predictions), np.array(seconds), y)
        return cls(folder.name, task, n_rows, n_classes, tuple(keys), tuple(points), *arrays)

    @property
    def size(self) -> str:
        """One of ``"small"``, ``"middle"``, ``"large"``."""
        return size_of(self.n_rows)

    def place(self, key: str) -> int | None:
        """Row of a candidate, or None."""
        return self._places.get(key)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def halves(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
        """Rows to choose weights on and rows to judge them on, and the other way round; classes are dealt evenly."""
        order = np.random.default_rng(0).permutation(len(self.y))
        order = order[np.argsort(self.y[order], kind="stable")]
        first, second = np.sort(order[::2]), np.sort(order[1::2])
        return ((first, second), (second, first))

    def losses(self, blends: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Loss of each blend, shape (…, n_rows), on some rows: RMSE, one minus AUC or log loss."""
        if self.task == "regression":
            return np.sqrt(np.mean((blends - self.y[rows]) ** 2, axis=-1))
        if self.task == "multiclass":
            return -np.mean(np.log(np.clip(blends, 1e-7, 1.0)), axis=-1)
        flat = blends.reshape(-1, blends.shape[-1])
        return (1.0 - binary_roc_aucs(self.y[rows] == 1, flat.astype(np.float32))).reshape(blends.shape[:-1])

    @cached_property
    def constant(self) -> float:
        """Loss of a model that looks at no column."""
        if self.task == "binary":
            return 0.5
        if self.task == "regression":
            return float(np.std(self.y))
        shares = np.bincount(self.y.astype(np.int64)) / len(self.y)
        return float(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))

    @cached_property
    def single(self) -> NDArray[np.float64]:
        """Loss of each candidate alone."""
        return self.losses(self.predictions, np.arange(len(self.y)))

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The best loss seen, of a candidate or of the ensemble of all, and that of the candidate in the middle."""
        best = min(float(self.single.min()), self.ensemble_loss(range(len(self.keys))))
        return best, max(float(np.median(self.single)), best * (1 + 1e-6) + 1e-9)

    def relative(self, loss: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """0 for the best loss seen, 1 for that of the candidate in the middle, at most 3."""
        best, middle = self.scale
        return np.clip((np.asarray(loss) - best) / (middle - best), -1.0, _MOST_BEHIND)

    def ensemble_loss(self, members: Sequence[int] | range) -> float:
        """Loss of the greedy ensemble of some candidates, on rows that its weights were not chosen by.

        A model that looks at no column stands in for no members at all.
        """
        pool = self.predictions[list(members)]
        if not len(pool):
            return self.constant
        return float(np.mean([self._cross_fitted(pool, chosen, judged) for chosen, judged in self.halves]))

    def _cross_fitted(self, pool: NDArray[np.float64], chosen: NDArray[np.int64], judged: NDArray[np.int64]) -> float:
        seen = pool[:, chosen]
        total, picked = np.zeros(len(chosen)), []
        best_loss, best_length = np.inf, 1
        for step in range(1, _STEPS + 1):
            losses = self.losses((total + seen) / step, chosen)
            picked.append(int(np.argmin(losses)))
            total = total + seen[picked[-1]]
            if losses[picked[-1]] < best_loss - 1e-12:
                best_loss, best_length = losses[picked[-1]], step
        return float(self.losses(pool[picked[:best_length]][:, judged].mean(axis=0), judged))


def size_of(n_rows: int) -> str:
    """Size of a table by its rows.

    Examples
    --------
    >>> size_of(999), size_of(1_000), size_of(5_000)
    ('small', 'middle', 'large')
    """
    return next((name for below, name in SIZES if n_rows < below), "large")


def _judged_values(predictions: NDArray[np.float32], y: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    column = y.astype(np.int64) if n_classes > 2 else np.full(len(y), min(1, n_classes // 2))
    return predictions[np.arange(len(y)), column].astype(np.float64)
