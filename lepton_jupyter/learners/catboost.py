"""CatBoost: ordered boosting, the best single default on small tables with categories; there when its package is."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.learners.boosting_rounds import PATIENCE, expected_rounds
from lepton_jupyter.learners.catboost_package import catboost_package
from lepton_jupyter.learners.cross_fitted_rounds import JudgedRows
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import Learner, number
from lepton_jupyter.learners.mean_of_models import one_of_many
from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.learners.probabilities import clipped_probabilities
from lepton_jupyter.learners.quantile_level import quantile_level
from lepton_jupyter.learners.row_losses import row_losses
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 2000
_PROBE_ROUNDS = 4
#: Rounds among which the parts of the validation rows choose for one another, evenly spread: losses change slowly.
_STAGES = 100
_MOST_CLASSES, _MOST_CLASSES_OF_CATEGORIES = 30, 10
#: Training rows above which deeper trees are worth their cost.
_ROWS_FOR_DEPTH = 5_000
#: Training rows up to which pairs of categories are made statistics of.
_FEW_ENOUGH_FOR_CROSSES = 10_000
_OBJECTIVES = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
#: Metrics by which it can stop; its own losses for all others, the AUC among them: see `lightgbm`.
_NATIVE_METRICS: dict[str, dict[str, str]] = {
    "accuracy": {"binary": "Accuracy", "multiclass": "Accuracy"},
    "neg_mean_absolute_error": {"regression": "MAE"},
}


class CatBoostModel:
    """A booster kept as CatBoost's own binary format, which holds trees and tables of category statistics alone.

    Parameters
    ----------
    blob : bytes
        A ``cbm`` file.
    n_classes : int
        0 for regression.
    categorical : tuple of int
    n_iterations : int or None
    constant : float or None
        The one value or class code that the training rows hold; there is no booster then.
    on_validation : ndarray of shape (n_validation_rows, n_outputs), optional
        What it predicts of the validation rows, each part of them at the round that the others chose; not part of its
        file.
    """

    def __init__(
        self,
        blob: bytes,
        n_classes: int,
        categorical: tuple[int, ...],
        n_iterations: int | None,
        *,
        constant: float | None = None,
        on_validation: NDArray[np.float64] | None = None,
    ) -> None:
        self.blob, self.n_classes, self.categorical = blob, n_classes, categorical
        self.n_iterations, self.constant = n_iterations, constant
        self.on_validation = on_validation
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        return self.predict_input(self.as_input(X) if len(X) and self.constant is None else None, len(X))

    def as_input(self, X: NDArray[np.float32], y: NDArray[Any] | None = None) -> Any:
        """Rows as CatBoost takes them, labelled where they are to be learnt from."""
        return _pool(X, y, self.categorical)

    def predict_input(self, rows: Any, n_rows: int) -> NDArray[np.float64]:
        """Predict what `as_input` made."""
        if n_rows == 0:
            return np.empty((0, max(1, self.n_classes)))
        if self.constant is not None:
            always = np.eye(self.n_classes)[int(self.constant)] if self.n_classes else np.array([self.constant])
            outputs = np.tile(always, (n_rows, 1))
            return clipped_probabilities(outputs) if self.n_classes else outputs
        kind = _prediction_type(self.n_classes)
        outputs = self.booster().predict(rows, prediction_type=kind, thread_count=1)
        return _in_columns(np.asarray(outputs, dtype=np.float64), self.n_classes)

    def booster(self) -> Any:
        """CatBoost's own object, read from its binary when it is first needed."""
        if self._booster is None:
            booster = catboost_package().CatBoost()
            booster.load_model(blob=self.blob)
            self._booster = booster
        return self._booster

    def __getstate__(self) -> dict[str, Any]:
        names = ("blob", "n_classes", "categorical", "n_iterations", "constant")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # rebuilding is what a constructor is for


class _UntilDeadline:
    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline

    def after_iteration(self, info: Any) -> bool:
        del info
        return not self.deadline.passed()


class CatBoostLearner(Learner):
    """Ordered boosting of symmetric trees, with statistics of categories made along the way.

    At its default rate and a cut-off it is far worse than nothing, so the rate is matched to the rounds that fit into
    the time: four rounds are timed, and the rate is ``35 / rounds`` within [.03, .25].

    References
    ----------
    .. [1] L. Prokhorenkova et al. CatBoost: unbiased boosting with categorical features. NeurIPS 2018.
    """

    name: ClassVar[str] = "catboost"
    label: ClassVar[str] = "CatBoost"
    family: ClassVar[str] = "boosting"
    view: ClassVar[str] = "tree"
    keeps_monotone: ClassVar[bool] = True
    learns_quantiles: ClassVar[bool] = True
    # Its ONNX, PMML and Core ML know no categories, which most tables have: catboost.ai, "save_model".
    exports: ClassVar[tuple[str, ...]] = ("catboost", "cpp", "python")

    def missing_package(self) -> str | None:
        """``"catboost"`` where it is not installed."""
        from importlib.util import find_spec

        return None if find_spec("catboost") is not None else "catboost"

    def supports(self, shape: TableShape) -> bool:
        """Not with more than 30 classes, since its cost grows with each; with categories not with more than 10.

        A statistic of a category is made for each class: with 19 of them and 35 categories on 600 rows one round takes
        a second, and no deadline is looked at within a round.
        """
        return shape.n_classes <= (_MOST_CLASSES_OF_CATEGORIES if shape.n_categorical else _MOST_CLASSES)

    def space(self, shape: TableShape) -> Space:
        """Rate, depth and randomness; the number of rounds is never searched."""
        del shape
        return Space((
            Real("learning_rate", 0.02, 0.3, log=True),
            Integer("depth", 3, 10),
            Real("l2_leaf_reg", 0.5, 30.0, log=True),
            Real("random_strength", 0.1, 10.0, log=True),
            Real("bagging_temperature", 0.0, 2.0),
        ))  # fmt: skip

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Its default with a rate that suits the time; then a shallower one, or on large tables a deeper one."""
        usual: Point = {"learning_rate": 0.06, "depth": 6, "l2_leaf_reg": 3.0, "random_strength": 1.0}
        other: Point = (
            {"learning_rate": 0.08, "depth": 8, "l2_leaf_reg": 5.0, "random_strength": 0.5}
            if shape.n_rows > _ROWS_FOR_DEPTH
            else {"learning_rate": 0.042, "depth": 4, "l2_leaf_reg": 4.0, "random_strength": 6.6}
        )
        return (usual | {"bagging_temperature": 1.0}, other | {"bagging_temperature": 1.0})

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Rounds × outputs × rows × columns × depth."""
        depth, columns = number(point, "depth"), shape.n_columns[self.view]
        rounds = expected_rounds(number(point, "learning_rate"), _MAX_ROUNDS)
        outputs = shape.n_classes if shape.n_classes > 2 else 1
        categories = 6e-8 * shape.n_rows * shape.n_categorical
        one_tree = 1e-3 + 6e-10 * shape.n_rows * columns * depth + 2e-7 * columns * 2**depth + categories
        return float(5e-2 + rounds * outputs * one_tree)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Bins, permutations, statistics of categories and histograms."""
        columns, depth = shape.n_columns[self.view], int(number(point, "depth"))
        rows = shape.n_rows * (4 * columns + 64 * shape.n_outputs + 64 * shape.n_categorical)
        return int(2**27 + rows + 2**depth * columns * 256 * 16 * shape.n_outputs)

    def describe(self, point: Point) -> str:
        """Depth and rate."""
        return f"depth {point['depth']}, rate {point['learning_rate']:.2g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> CatBoostModel:
        """Boost until the validation rows stop improving or the deadline passes; keep the best round.

        What is kept of the validation rows is cross-fitted: see `lepton_jupyter.learners.cross_fitted_rounds`.
        """
        catboost = catboost_package()

        self.keep_to(deadline)
        if len(np.unique(fold.y_train)) == 1:  # which CatBoost refuses
            return CatBoostModel(b"", fold.n_classes, fold.categorical, None, constant=float(fold.y_train[0]))
        training, validation = _POOLS.get(fold, _both_pools)
        settings: dict[str, Any] = {
            **point, "thread_count": 1, "random_seed": seed, "verbose": False,
            "allow_writing_files": False, "iterations": _MAX_ROUNDS, "bootstrap_type": "Bayesian",
        }  # fmt: skip
        if fold.categorical:
            # Crosses of categories cost several times all else; on large tables the rounds they take away lose more.
            settings["max_ctr_complexity"] = 1 if len(fold.y_train) > _FEW_ENOUGH_FOR_CROSSES else 2
        if fold.monotone:
            settings["monotone_constraints"] = list(fold.monotone)
            # A cross may hold cuts of a constrained number, and statistics of it rise and fall as they like.
            settings["max_ctr_complexity"] = 1
        level = quantile_level(fold.metric)
        objective = _OBJECTIVES[fold.task] if level is None else f"Quantile:alpha={level}"
        settings["loss_function"] = objective
        if fold.n_classes:
            settings["class_names"] = list(range(fold.n_classes))  # all of them, also those the fold lacks
        if deadline.seconds_left() != math.inf:
            settings |= _rate_that_fits(settings, training, deadline)
        metric = _NATIVE_METRICS.get(fold.metric, {}).get(fold.task, objective)
        # Trees beyond the best round are kept until it is known at which each part of the rows is judged.
        booster = catboost.CatBoost({
            **settings, "eval_metric": metric,
            "use_best_model": False, "od_type": "Iter", "od_wait": PATIENCE,
        })  # fmt: skip
        booster.fit(training, eval_set=validation, callbacks=[_UntilDeadline(deadline)])
        on_validation = _cross_fitted(booster, fold, validation)
        best = int(booster.get_best_iteration()) + 1
        booster.shrink(ntree_end=best)
        return CatBoostModel(cbm_of(booster), fold.n_classes, fold.categorical, best, on_validation=on_validation)

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """One model, which makes the library's input once."""
        return one_of_many(models, CatBoostModel)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the library's own format after a line that describes it."""
        assert isinstance(model, CatBoostModel)  # narrows the type; a learner saves its own models
        names = ("n_classes", "n_iterations", "categorical", "constant")
        settings = {name: getattr(model, name) for name in names}
        write_model_file(path, self.name, settings, model.blob)

    def load(self, path: Path) -> CatBoostModel:
        """Read what `save` wrote.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        settings, payload = read_model_file(path, self.name)
        return CatBoostModel(
            payload, int(settings["n_classes"]), tuple(settings["categorical"]), settings["n_iterations"]
        )


def _rate_that_fits(settings: dict[str, Any], training: Any, deadline: Deadline) -> dict[str, Any]:
    """Rate and rounds for the time that is left, from a probe of a few rounds; nothing if the rate given fits."""
    catboost = catboost_package()

    started = deadline.clock()
    catboost.CatBoost({**settings, "iterations": _PROBE_ROUNDS}).fit(training, callbacks=[_UntilDeadline(deadline)])
    round_seconds = (deadline.clock() - started) / _PROBE_ROUNDS
    if round_seconds <= 0:
        return {}
    # The first rounds are a little slower than later ones.
    rounds = max(20.0, deadline.seconds_left() / (0.8 * round_seconds))
    fitting = min(0.25, max(0.03, 35.0 / rounds))
    return {"learning_rate": max(fitting, float(settings["learning_rate"]))}


def _cross_fitted(booster: Any, fold: Fold, validation: Any) -> NDArray[np.float64] | None:
    """Predictions of the validation rows at the rounds at which they are judged; None where they are not parted.

    CatBoost tells nobody what it predicts while it learns, and asking for the losses of each part would have it copy
    all of their history at each round. So it predicts by stages afterwards.
    """
    if fold.stopping_parts is None:
        return None
    n_rounds = int(booster.tree_count_)
    step = max(1, n_rounds // _STAGES)
    judged = JudgedRows(fold, row_losses(fold.y_validation, fold.n_classes, fold.metric))
    stages = booster.staged_predict(
        validation, prediction_type=_prediction_type(fold.n_classes), eval_period=step, thread_count=1
    )
    for stage, outputs in enumerate(stages, start=1):
        judged.hear(min(stage * step, n_rounds), np.asarray(outputs))
    return _in_columns(judged.outputs, fold.n_classes)


def _prediction_type(n_classes: int) -> str:
    return "Probability" if n_classes else "RawFormulaVal"


def _in_columns(outputs: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    return clipped_probabilities(outputs) if n_classes else outputs[:, None]


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_POOLS: FoldCache[tuple[Any, Any]] = FoldCache()


def _both_pools(fold: Fold) -> tuple[Any, Any]:
    validation = _pool(fold.X_validation, fold.y_validation, fold.categorical, fold.weights_validation)
    return _pool(fold.X_train, fold.y_train, fold.categorical, fold.weights_train), validation


def _pool(
    X: NDArray[np.float32], y: NDArray[Any] | None, categorical: tuple[int, ...], weights: NDArray[Any] | None = None
) -> Any:
    import pandas as pd

    catboost = catboost_package()
    if not categorical:
        return catboost.Pool(X, y, weight=weights)
    table = pd.DataFrame(X)
    for column in categorical:
        # Codes as whole numbers, which it takes as names; a missing category is one of its own.
        table[column] = np.nan_to_num(X[:, column], nan=-1.0).astype(np.int32)
    return catboost.Pool(table, y, cat_features=list(categorical), weight=weights)


def cbm_of(booster: Any) -> bytes:
    """A booster as a ``cbm`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        booster.save_model(str(path), format="cbm")
        return path.read_bytes()
