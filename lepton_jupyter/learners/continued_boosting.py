"""Boosting that goes on: fitted trees stay, and more of them correct what they get wrong on new rows.

Each library continues from a model of its own; its new trees are small and their rate is usual, whatever the first ones
were. All rounds are kept, so that whoever continues may judge it after some of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.learners.catboost import CatBoostModel, cbm_of
from lepton_jupyter.learners.catboost_package import catboost_package
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.learners.xgboost import XGBoostModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.learners.learner import FoldModel

_RATE = 0.1


class ContinuedBoosting(ABC):
    """A booster that learnt from new rows after its old ones.

    Parameters
    ----------
    model : FoldModel
        Whose trees stay.
    X : ndarray of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
        Codes of classes, or values.
    categorical : tuple of int
    rounds : int
        More of them at most.
    n_threads : int
    """

    def __init__(
        self,
        model: Any,
        X: NDArray[np.float32],
        y: NDArray[np.float64],
        *,
        categorical: tuple[int, ...],
        rounds: int,
        n_threads: int,
    ) -> None:
        self._n_classes, self._categorical = model.n_classes, categorical
        self._booster, self._before, total = self._boosted(model, X, y, rounds, n_threads)
        self._most = total - self._before

    def model(self, rounds: int) -> FoldModel:
        """Its model after so many new rounds, or after all if they are fewer."""
        return self._cut(self._before + min(rounds, self._most))

    @abstractmethod
    def _boosted(
        self, model: Any, X: NDArray[np.float32], y: NDArray[np.float64], rounds: int, n_threads: int
    ) -> tuple[Any, int, int]:
        """The booster, and its rounds before and now."""

    @abstractmethod
    def _cut(self, rounds: int) -> FoldModel:
        """The model of the first rounds."""


class _LightGBM(ContinuedBoosting):
    def _boosted(
        self, model: LightGBMModel, X: NDArray[np.float32], y: NDArray[np.float64], rounds: int, n_threads: int
    ) -> tuple[Any, int, int]:
        import lightgbm

        begun = lightgbm.Booster(model_str=model.text)
        settings: dict[str, Any] = {
            "verbosity": -1, "num_threads": n_threads, "learning_rate": _RATE, "num_leaves": 15,
            "min_data_in_leaf": max(5, min(20, len(X) // 50)), "lambda_l2": 1.0, "seed": 0, "deterministic": True,
            "force_col_wise": True,
        }  # fmt: skip
        if self._n_classes > 2:
            settings |= {"objective": "multiclass", "num_class": self._n_classes}
        else:
            settings |= {"objective": "binary" if self._n_classes else "regression"}
        data = lightgbm.Dataset(X, y, categorical_feature=list(self._categorical) or "auto", free_raw_data=False)
        booster = lightgbm.train(settings, data, rounds, init_model=begun)
        return booster, begun.current_iteration(), booster.current_iteration()

    def _cut(self, rounds: int) -> LightGBMModel:
        return LightGBMModel(self._booster.model_to_string(num_iteration=rounds), self._n_classes, rounds)


class _XGBoost(ContinuedBoosting):
    def _boosted(
        self, model: XGBoostModel, X: NDArray[np.float32], y: NDArray[np.float64], rounds: int, n_threads: int
    ) -> tuple[Any, int, int]:
        import xgboost

        begun = xgboost.Booster({"nthread": n_threads})
        begun.load_model(bytearray(model.text, "utf-8"))
        settings: dict[str, Any] = {
            "nthread": n_threads, "verbosity": 0, "seed": 0, "tree_method": "hist", "max_depth": 4,
            "learning_rate": _RATE,
        }  # fmt: skip
        if self._n_classes > 2:
            settings |= {"objective": "multi:softprob", "num_class": self._n_classes}
        else:
            settings |= {"objective": "binary:logistic" if self._n_classes else "reg:squarederror"}
        booster = xgboost.train(settings, model.as_input(X, y), rounds, xgb_model=begun)
        return booster, begun.num_boosted_rounds(), booster.num_boosted_rounds()

    def _cut(self, rounds: int) -> XGBoostModel:
        text = bytes(self._booster[:rounds].save_raw("json")).decode("utf-8")
        return XGBoostModel(text, self._n_classes, self._categorical, rounds)


class _CatBoost(ContinuedBoosting):
    def _boosted(
        self, model: CatBoostModel, X: NDArray[np.float32], y: NDArray[np.float64], rounds: int, n_threads: int
    ) -> tuple[Any, int, int]:
        catboost = catboost_package()

        begun = model.booster()
        settings: dict[str, Any] = {
            "thread_count": n_threads, "verbose": False, "random_seed": 0, "allow_writing_files": False,
            "iterations": rounds, "learning_rate": _RATE, "depth": 4,
            "loss_function": {0: "RMSE", 2: "Logloss"}.get(self._n_classes, "MultiClass"),
        }  # fmt: skip
        if self._n_classes:
            settings["class_names"] = list(range(self._n_classes))
        labels: NDArray[Any] = y.astype(np.int64) if self._n_classes else y
        booster = catboost.CatBoost(settings)
        booster.fit(model.as_input(X, labels), init_model=begun)
        return booster, int(begun.tree_count_), int(booster.tree_count_)

    def _cut(self, rounds: int) -> CatBoostModel:
        booster = self._booster.copy()
        booster.shrink(ntree_end=rounds)
        return CatBoostModel(cbm_of(booster), self._n_classes, self._categorical, rounds)


#: Learners whose models can go on, by the class of these.
_KINDS: dict[type, tuple[str, type[ContinuedBoosting]]] = {
    LightGBMModel: ("lightgbm", _LightGBM),
    XGBoostModel: ("xgboost", _XGBoost),
    CatBoostModel: ("catboost", _CatBoost),
}


def learner_to_continue(model: FoldModel) -> str | None:
    """Name of the learner whose booster a model is; None if it cannot go on.

    Not CatBoost's where it has learnt from categories: their statistics would be mixed with those of the new rows, and
    its old trees would no longer say what they said.

    Examples
    --------
    >>> learner_to_continue(LightGBMModel("", 2, 10)), learner_to_continue(CatBoostModel(b"", 2, (), None, constant=1))
    ('lightgbm', None)
    """
    if isinstance(model, CatBoostModel) and (model.constant is not None or model.categorical):
        return None
    return _KINDS[type(model)][0] if type(model) in _KINDS else None


def continue_boosting(
    model: FoldModel,
    X: NDArray[np.float32],
    y: NDArray[np.float64],
    *,
    categorical: tuple[int, ...],
    rounds: int,
    n_threads: int,
) -> ContinuedBoosting:
    """Let a booster learn from new rows.

    Parameters
    ----------
    model : FoldModel
        One that `learner_to_continue` has a name for; it stays as it is.
    X, y, categorical, rounds, n_threads
        As of `ContinuedBoosting`.

    Returns
    -------
    continued : ContinuedBoosting
    """
    return _KINDS[type(model)][1](model, X, y, categorical=categorical, rounds=rounds, n_threads=n_threads)
