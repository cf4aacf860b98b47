"""XGBoost: deeper trees than LightGBM's by default; there when its package is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.learners.boosting_rounds import expected_rounds, waited_enough
from lepton_jupyter.learners.closing_time import closing_seconds
from lepton_jupyter.learners.cross_fitted_rounds import CrossFittedRounds, part_weights, parts_of_rows
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import Learner, number
from lepton_jupyter.learners.mean_of_models import one_of_many
from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.learners.probabilities import outputs_in_columns
from lepton_jupyter.learners.quantile_level import quantile_level
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 3000
_OBJECTIVES = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}
_TASK_METRICS = {"binary": "logloss", "multiclass": "mlogloss", "regression": "rmse"}
#: Metrics by which it can stop; its own losses for all others, the AUC among them: see `row_losses`.
_NATIVE_METRICS: dict[str, dict[str, str]] = {
    "accuracy": {"binary": "error", "multiclass": "merror"},
    "neg_mean_absolute_error": {"regression": "mae"},
}


class XGBoostModel:
    """A booster kept as XGBoost's own JSON; it is parsed when it first predicts.

    Parameters
    ----------
    text : str
    n_classes : int
        0 for regression.
    categorical : tuple of int
    n_iterations : int or None
    on_validation : ndarray of shape (n_validation_rows, n_outputs), optional
        What it predicts of the validation rows, each part of them at the round that the others chose; not part of its
        file.
    """

    def __init__(
        self,
        text: str,
        n_classes: int,
        categorical: tuple[int, ...],
        n_iterations: int | None,
        on_validation: NDArray[np.float64] | None = None,
    ) -> None:
        self.text, self.n_classes, self.categorical = text, n_classes, categorical
        self.n_iterations, self.on_validation = n_iterations, on_validation
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        return self.predict_input(self.as_input(X) if len(X) else None, len(X))

    def as_input(self, X: NDArray[np.float32], y: NDArray[Any] | None = None) -> Any:
        """Rows as XGBoost takes them, labelled where they are to be learnt from."""
        return _matrix(X, y, self.categorical)

    def predict_input(self, rows: Any, n_rows: int) -> NDArray[np.float64]:
        """Predict what `as_input` made."""
        import xgboost

        if self._booster is None:
            booster = xgboost.Booster({"nthread": 1})
            booster.load_model(bytearray(self.text, "utf-8"))
            self._booster = booster
        if n_rows == 0:
            return np.empty((0, max(1, self.n_classes)))
        return outputs_in_columns(np.asarray(self._booster.predict(rows), dtype=np.float64), self.n_classes)

    def __getstate__(self) -> dict[str, Any]:
        names = ("text", "n_classes", "categorical", "n_iterations")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # rebuilding is what a constructor is for


class XGBoostLearner(Learner):
    """Gradient-boosted trees grown level by level, stopped on the validation rows."""

    name: ClassVar[str] = "xgboost"
    label: ClassVar[str] = "XGBoost"
    family: ClassVar[str] = "boosting"
    view: ClassVar[str] = "tree"
    keeps_monotone: ClassVar[bool] = True
    learns_quantiles: ClassVar[bool] = True
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml", "treelite", "xgboost")

    def missing_package(self) -> str | None:
        """``"xgboost"`` where it is not installed."""
        from importlib.util import find_spec

        return None if find_spec("xgboost") is not None else "xgboost"

    def space(self, shape: TableShape) -> Space:
        """Depth, rate, sampling and penalties; the number of rounds is never searched."""
        del shape
        return Space((
            Real("learning_rate", 0.01, 0.3, log=True),
            Integer("max_depth", 2, 12),
            Real("min_child_weight", 0.01, 100.0, log=True),
            Real("subsample", 0.4, 1.0),
            Real("colsample_bytree", 0.2, 1.0),
            Real("reg_lambda", 1e-3, 30.0, log=True),
            Real("reg_alpha", 1e-4, 10.0, log=True),
        ))  # fmt: skip

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Deep and lightly penalised, which LightGBM's starting points are not."""
        deep = shape.n_rows >= 5000
        return ({
            "learning_rate": 0.09, "max_depth": 10 if deep else 6, "min_child_weight": 1.0, "subsample": 0.9,
            "colsample_bytree": 0.84, "reg_lambda": 1.0 if not deep else 0.05, "reg_alpha": 1e-4,
        },)  # fmt: skip

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Rounds × trees of a round × (rows × columns × depth + leaves × bins × columns)."""
        depth, columns = number(point, "max_depth"), shape.n_columns[self.view]
        used = number(point, "colsample_bytree") * columns
        rounds = expected_rounds(number(point, "learning_rate"), _MAX_ROUNDS)
        trees = shape.n_classes if shape.n_classes > 2 else 1
        leaves = min(2.0**depth, max(2.0, shape.n_rows / 20))
        one_tree = 2e-4 + 8e-10 * shape.n_rows * used * depth + 4e-7 * leaves * used
        return float(1e-2 + 3e-8 * shape.n_rows * columns + rounds * trees * one_tree)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Bins of both parts, histograms, gradients, and the text of the trees."""
        columns, depth = shape.n_columns[self.view], int(number(point, "max_depth"))
        leaves = min(2**depth, shape.n_rows)
        rounds = expected_rounds(number(point, "learning_rate"), _MAX_ROUNDS)
        histograms, text = leaves * columns * 256 * 16, 200 * leaves * rounds * shape.n_outputs
        return int(2**25 + 8 * shape.n_rows * columns + 48 * shape.n_rows * shape.n_outputs + histograms + text)

    def describe(self, point: Point) -> str:
        """Depth and rate."""
        return f"depth {point['max_depth']}, rate {point['learning_rate']:.2g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> XGBoostModel:
        """Boost until the validation rows stop improving or the deadline passes; keep the best round.

        What is kept of the validation rows is cross-fitted: see `lepton_jupyter.learners.cross_fitted_rounds`.
        """
        import xgboost

        self.keep_to(deadline)
        matrices = _MATRICES.get(fold, _matrices)
        parameters = booster_parameters(fold, point, seed)
        metric = parameters["eval_metric"]
        booster = xgboost.Booster(parameters, [matrices.training, *matrices.parts])
        rounds = CrossFittedRounds(part_weights(fold))
        named = [(part, str(index)) for index, part in enumerate(matrices.parts)]
        for round_ in range(1, _MAX_ROUNDS + 1):
            with matrices.lock:  # a DMatrix may be read by one booster at a time
                booster.update(matrices.training, round_ - 1)
                report = booster.eval_set(named, round_ - 1)
            scores = np.array([float(each.rsplit(":", 1)[1]) for each in report.split("\t")[1:]])
            rounds.hear(round_, scores**2 if metric == "rmse" else scores)  # parts are averaged, and their roots not
            closing = rounds.round * _closing_seconds(fold, point)
            if waited_enough(rounds.round, round_) or deadline.seconds_left() <= closing:
                break
        outputs = np.empty((len(fold.y_validation), fold.n_outputs))
        for part, matrix in enumerate(matrices.parts):
            with matrices.lock:
                judged = booster.predict(matrix, iteration_range=(0, int(rounds.judged_at[part])))
            outputs[matrices.part_of_row == part] = outputs_in_columns(
                np.asarray(judged, dtype=np.float64), fold.n_classes
            )
        text = bytes(booster[: rounds.round].save_raw("json")).decode("utf-8")
        return XGBoostModel(text, fold.n_classes, fold.categorical, rounds.round, outputs)

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """One model, which makes the library's input once."""
        return one_of_many(models, XGBoostModel)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the library's own format after a line that describes it."""
        assert isinstance(model, XGBoostModel)  # narrows the type; a learner saves its own models
        settings = {"n_classes": model.n_classes, "n_iterations": model.n_iterations, "categorical": model.categorical}
        write_model_file(path, self.name, settings, model.text.encode("utf-8"))

    def load(self, path: Path) -> XGBoostModel:
        """Read what `save` wrote.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        settings, payload = read_model_file(path, self.name)
        return XGBoostModel(
            payload.decode("utf-8"),
            int(settings["n_classes"]),
            tuple(settings["categorical"]),
            settings["n_iterations"],
        )


def booster_parameters(fold: Fold, point: Point, seed: int) -> dict[str, Any]:
    """What XGBoost is told of a configuration and of the task; no rows of the fold are looked at."""
    metric = _NATIVE_METRICS.get(fold.metric, {}).get(fold.task, _TASK_METRICS[fold.task])
    parameters: dict[str, Any] = {
        **point, "objective": _OBJECTIVES[fold.task], "eval_metric": metric, "tree_method": "hist",
        "nthread": 1, "max_bin": 256, "seed": seed, "verbosity": 0,
    }  # fmt: skip
    level = quantile_level(fold.metric)
    if level is not None:
        parameters |= {"objective": "reg:quantileerror", "quantile_alpha": level, "eval_metric": "quantile"}
    if fold.monotone:
        parameters["monotone_constraints"] = str(tuple(fold.monotone))
    if fold.task == "multiclass":
        parameters["num_class"] = fold.n_classes
    return parameters


def _closing_seconds(fold: Fold, point: Point) -> float:
    """Seconds that each round adds to writing the trees, reading them back and predicting, as measured."""
    depth = number(point, "max_depth")
    nodes = 2.0 * min(2.0**depth, max(2.0, len(fold.X_train) / 20))
    trees = fold.n_classes if fold.n_classes > 2 else 1
    return trees * closing_seconds(fold, writing=1.8e-6 * nodes, per_row=2.5e-9 * depth)


@dataclass(frozen=True, slots=True, eq=False)
class _Matrices:
    training: Any
    parts: list[Any]
    part_of_row: NDArray[np.int64]
    lock: threading.Lock


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_MATRICES: FoldCache[_Matrices] = FoldCache()


def _matrices(fold: Fold) -> _Matrices:
    training = _matrix(fold.X_train, fold.y_train, fold.categorical, fold.weights_train)
    X, y, weights, part_of_row = fold.X_validation, fold.y_validation, fold.weights_validation, parts_of_rows(fold)
    parts = [
        _matrix(X[rows], y[rows], fold.categorical, None if weights is None else weights[rows])
        for rows in (part_of_row == part for part in range(int(part_of_row.max()) + 1))
    ]
    return _Matrices(training, parts, part_of_row, threading.Lock())


def _matrix(
    X: NDArray[np.float32], y: NDArray[Any] | None, categorical: tuple[int, ...], weights: NDArray[Any] | None = None
) -> Any:
    import xgboost

    kinds = ["c" if column in categorical else "q" for column in range(X.shape[1])]
    return xgboost.DMatrix(X, y, weight=weights, feature_types=kinds, enable_categorical=bool(categorical), nthread=1)
