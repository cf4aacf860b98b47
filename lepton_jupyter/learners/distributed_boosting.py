"""Boosters fitted on rows that lie on the workers of a Dask cluster, by their libraries' own distributed training.

The workers speak to each other by the library's own protocol, unencrypted and on ports of its choice, whatever the
cluster's connections are.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from lepton_jupyter.learners import lightgbm as lightgbm_learner
from lepton_jupyter.learners import xgboost as xgboost_learner
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.learners.xgboost import XGBoostModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold
    from lepton_jupyter.search.space import Point

    Cut = Callable[[int], FoldModel]

T = TypeVar("T")

#: Bytes that a value of a row takes on its worker: LightGBM puts the parts of a worker together (twice four bytes) and
#: bins them; XGBoost goes from part to part, and keeps bins beside them. And half as much again, since partitions are
#: not parted evenly among workers: without that a fit was begun that lost one of them.
BYTES_PER_VALUE = {"lightgbm": 15.0, "xgboost": 11.0}
#: Minutes after which workers no longer wait for one that is silent.
_SILENCE_MINUTES = 2
#: What XGBoost says then, among other things.
_NOT_MET = "Failed to bootstrap the communication group"
#: XGBoost 2.1 takes a worker's parts for something without a shape, on Dask 2025.1 and on later ones.
_OLDEST_XGBOOST = 3
_QUIET = threading.Lock()


def too_old(learner: str) -> str | None:
    """Version of a learner's library, where that is too old to be fitted by several workers together; else None.

    Examples
    --------
    >>> too_old("lightgbm") is None
    True
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version(learner)
    except PackageNotFoundError:  # then there is no model of it either
        return None
    return installed if learner == "xgboost" and int(installed.partition(".")[0]) < _OLDEST_XGBOOST else None


def boost_on_cluster(
    client: Any,
    learner: str,
    blocks: Sequence[Any],
    fold: Fold,
    point: Point,
    *,
    n_columns: int,
    n_rounds: int,
    seed: int,
    weighed: bool = False,
) -> Cut:
    """Fit a booster on blocks of rows, each of which is made and stays on a worker.

    Parameters
    ----------
    client : distributed.Client
    learner : {"lightgbm", "xgboost"}
    blocks : sequence of dask.delayed.Delayed
        Each gives ``(X, y, weights)``.
    fold : Fold
        Without rows: what is known of the task and of the columns.
    point : dict
        The learner's own configuration.
    n_columns, n_rounds, seed : int
    weighed : bool, default=False
        Whether rows have weights; else these are None in all blocks.

    Returns
    -------
    cut : callable
        ``cut(n)`` gives the model of the first `n` rounds.
    """
    X, y = (_column(blocks, place, n_columns) for place in range(2))
    weights = _column(blocks, 2, n_columns) if weighed else None
    fit = {"lightgbm": _fit_lightgbm, "xgboost": _fit_xgboost}[learner]
    return fit(client, X, y, weights, fold, point, n_rounds, seed)


def _column(blocks: Sequence[Any], place: int, n_columns: int) -> Any:
    from dask import array

    shape, dtype = ((np.nan, n_columns), np.float32) if place == 0 else ((np.nan,), np.float64)
    return array.concatenate([array.from_delayed(block[place], shape=shape, dtype=dtype) for block in blocks])


def _fit_lightgbm(client: Any, X: Any, y: Any, weights: Any, fold: Fold, point: Point, n_rounds: int, seed: int) -> Cut:
    from lightgbm.dask import DaskLGBMRegressor

    told = lightgbm_learner.booster_parameters(fold, point, seed)
    del told["num_threads"]  # each worker has as many as Dask gave it
    # A regressor also of classes, whose objective makes probabilities: the library's classifier numbers the classes on
    # each worker anew, by those that it happens to hold.
    learner = DaskLGBMRegressor(client=client, n_estimators=n_rounds, time_out=_SILENCE_MINUTES, **told)
    with _silent():
        learner.fit(X, y, sample_weight=weights, categorical_feature=list(fold.categorical) or "auto")
    grown = learner.to_local().booster_
    return lambda n: LightGBMModel(grown.model_to_string(num_iteration=n), fold.n_classes, n)


def _fit_xgboost(client: Any, X: Any, y: Any, weights: Any, fold: Fold, point: Point, n_rounds: int, seed: int) -> Cut:
    from xgboost import collective
    from xgboost import dask as xgboost_dask

    told = xgboost_learner.booster_parameters(fold, point, seed)
    del told["nthread"]  # as above
    kinds = ["c" if column in fold.categorical else "q" for column in range(X.shape[1])]
    matrix = xgboost_dask.DaskQuantileDMatrix(
        client, X, y, weight=weights, feature_types=kinds, enable_categorical=bool(fold.categorical),
        max_bin=told["max_bin"],
    )  # fmt: skip
    patience = collective.Config(timeout=60 * _SILENCE_MINUTES)

    def train() -> Any:
        return xgboost_dask.train(
            client, told, matrix, num_boost_round=n_rounds, verbose_eval=False, coll_cfg=patience
        )["booster"]  # fmt: skip

    grown = _meeting(train)

    def cut(n: int) -> FoldModel:
        text = bytes(grown[:n].save_raw("json")).decode("utf-8")
        return XGBoostModel(text, fold.n_classes, fold.categorical, n)

    return cut


def _meeting(train: Callable[[], T]) -> T:
    """Train, and once more where the workers did not find each other: nothing has been learnt by then.

    XGBoost gives up at once where a signal interrupts it while it waits for another worker.
    """
    try:
        return train()
    except Exception as error:  # its own class, which no other library has
        if _NOT_MET not in str(error):
            raise
    return train()


class _Nothing:
    def info(self, _: str) -> None:
        """Say nothing."""

    def warning(self, _: str) -> None:
        """Say nothing."""


@contextmanager
def _silent() -> Iterator[None]:
    """Let LightGBM not print which ports it looks for, which no setting of its keeps it from."""
    from lightgbm import basic, register_logger

    with _QUIET:
        before = basic._LOGGER
        register_logger(_Nothing())
        try:
            yield
        finally:
            register_logger(before)
