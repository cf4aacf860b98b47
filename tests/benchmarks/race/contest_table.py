"""The table that all systems get, and how what they predict is judged; needs numpy, pandas and scikit-learn alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_N_RESAMPLES = 200


class Fitted(NamedTuple):
    """What a system's fit leaves.

    Parameters
    ----------
    predict : callable
        Predicts the test part: values, or probabilities with a column for each class.
    classes : list or None
        What the columns stand for; None for values.
    estimate : callable or None
        Tells the loss that the system itself expects, in the unit of `ContestTable.loss`.
    """

    predict: Callable[[], Any]
    classes: list[Any] | None
    estimate: Callable[[], float] | None = None


@dataclass(frozen=True)
class ContestTable:
    """A table in two parts: one to learn from, one that is only predicted.

    Parameters
    ----------
    name : str
    task : {"binary", "multiclass", "regression"}
    X, X_test : pandas.DataFrame
        Text columns hold str and None, which all systems take.
    y, y_test : pandas.Series
        Values as float, or classes as str.
    """

    name: str
    task: str
    X: pd.DataFrame
    y: pd.Series
    X_test: pd.DataFrame
    y_test: pd.Series

    @property
    def classes(self) -> list[str]:
        """Of both parts, sorted; empty for regression."""
        return [] if self.task == "regression" else sorted({*self.y, *self.y_test})

    @classmethod
    def open(cls, folder: Path, name: str) -> ContestTable:
        """Read ``NAME.train.parquet`` and ``NAME.test.parquet`` of a folder with an ``index.json``."""
        about = json.loads((folder / "index.json").read_text("utf-8"))[name]
        target, task = about["target"], about["task"]
        parts = []
        for part in ("train", "test"):
            frame = pd.read_parquet(folder / f"{name}.{part}.parquet")
            X, y = _plain_text(frame.drop(columns=target)), frame[target]
            parts += [X, y.astype(float) if task == "regression" else y.astype(str).astype(object)]
        return cls(name, task, *parts)

    def loss(self, predictions: Any, classes: list[Any] | None) -> float:
        """1 − AUC, log loss or RMSE on the test part: lower is better.

        Parameters
        ----------
        predictions : array-like of shape (n_test_rows,) or (n_test_rows, n_classes)
        classes : list
            What the columns of probabilities stand for.
        """
        return self._loss_on(self._in_order(predictions, classes), np.arange(len(self.y_test)))

    def loss_error(self, predictions: Any, classes: list[Any] | None) -> float:
        """Standard error of `loss`, by 200 bootstrap samples of the test rows."""
        ordered, random = self._in_order(predictions, classes), np.random.default_rng(0)
        losses = []
        for _ in range(_N_RESAMPLES):
            rows = random.integers(0, len(self.y_test), len(self.y_test))
            if self.task != "binary" or self.y_test.iloc[rows].nunique() == 2:
                losses.append(self._loss_on(ordered, rows))
        return float(np.std(losses, ddof=1))

    def _in_order(self, predictions: Any, classes: list[Any] | None) -> np.ndarray[Any, Any]:
        found = np.asarray(predictions, dtype=float)
        if self.task == "regression":
            return found.ravel()
        places = {str(each): index for index, each in enumerate(classes or [])}
        # A class that a system does not know, since no row to learn from has it, had no chance by it.
        known = [found[:, places[each]] if each in places else np.zeros(len(found)) for each in self.classes]
        return np.column_stack(known)

    def _loss_on(self, ordered: np.ndarray[Any, Any], rows: np.ndarray[Any, Any]) -> float:
        from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

        truth, predicted = self.y_test.iloc[rows], ordered[rows]
        if self.task == "regression":
            return float(root_mean_squared_error(truth, predicted))
        if self.task == "binary":
            return 1.0 - float(roc_auc_score(truth == self.classes[1], predicted[:, 1]))
        # Whoever is certain and wrong loses much, not everything.
        clipped = np.clip(predicted, 1e-9, 1.0)
        return float(log_loss(truth, clipped / clipped.sum(axis=1, keepdims=True), labels=self.classes))


def write_tables(folder: Path, tables: Mapping[str, tuple[pd.DataFrame, pd.DataFrame, str, str]]) -> None:
    """Write tables as `ContestTable.open` reads them.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    tables : mapping of str to (DataFrame, DataFrame, str, str)
        Training part, test part, name of the target, and task, by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for name, (train, test, target, task) in tables.items():
        train.to_parquet(folder / f"{name}.train.parquet", index=False)
        test.to_parquet(folder / f"{name}.test.parquet", index=False)
        rows, columns = len(train) + len(test), train.shape[1] - 1
        index[name] = {"target": target, "task": task, "rows": rows, "columns": columns}
    (folder / "index.json").write_text(json.dumps(index, indent=1), "utf-8")


def _plain_text(frame: pd.DataFrame) -> pd.DataFrame:
    text = [name for name in frame.columns if str(frame[name].dtype) in {"string", "str"}]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), None) for name in text})
