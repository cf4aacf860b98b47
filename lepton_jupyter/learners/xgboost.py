"""XGBoost: deeper trees than LightGBM's by default; there when its package is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.boosting_rounds import BestRound, expected_rounds
from lepton_jupyter.learners.closing_time import closing_seconds
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import Learner, number
from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.learners.probabilities import clipped_probabilities
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 3000
_OBJECTIVES = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}
_TASK_METRICS = {"binary": "logloss", "multiclass": "mlogloss", "regression": "rmse"}
_NATIVE_METRICS: dict[str, dict[str, str]] = {
    "roc_auc": {"binary": "auc"},
    "accuracy": {"binary": "error", "multiclass": "merror"},
    "average_precision": {"binary": "aucpr"},
    "neg_mean_absolute_error": {"regression": "mae"},
}
_GREATER_IS_BETTER = frozenset({"auc", "aucpr"})


class XGBoostModel:
    """A booster kept as XGBoost's own JSON; it is parsed when it first predicts.

    Parameters
    ----------
    text : str
    n_classes : int
        0 for regression.
    categorical : tuple of int
    n_iterations : int or None
    """

    def __init__(self, text: str, n_classes: int, categorical: tuple[int, ...], n_iterations: int | None) -> None:
        self.text, self.n_classes, self.categorical = text, n_classes, categorical
        self.n_iterations = n_iterations
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        import xgboost

        if self._booster is None:
            booster = xgboost.Booster({"nthread": 1})
            booster.load_model(bytearray(self.text, "utf-8"))
            self._booster = booster
        if len(X) == 0:
            return np.empty((0, max(1, self.n_classes)))
        outputs = np.asarray(self._booster.predict(_matrix(X, None, self.categorical)), dtype=np.float64)
        if self.n_classes == 0:
            return outputs[:, None]
        if self.n_classes == 2:
            outputs = np.column_stack([1.0 - outputs, outputs])
        return clipped_probabilities(outputs)

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
        """Boost until the validation rows stop improving or the deadline passes; keep the best round."""
        import xgboost

        if deadline.passed():
            raise DeadlinePassedError.from_learner(self.label)
        matrices = _MATRICES.get(fold, _both_matrices)
        metric = _NATIVE_METRICS.get(fold.metric, {}).get(fold.task, _TASK_METRICS[fold.task])
        parameters = {
            **point, "objective": _OBJECTIVES[fold.task], "eval_metric": metric, "tree_method": "hist", "nthread": 1,
            "max_bin": 256, "seed": seed, "verbosity": 0,
        }  # fmt: skip
        if fold.task == "multiclass":
            parameters["num_class"] = fold.n_classes
        best = BestRound(greater_is_better=metric in _GREATER_IS_BETTER)
        booster = xgboost.Booster(parameters, [matrices.training, matrices.validation])
        for round_ in range(1, _MAX_ROUNDS + 1):
            with matrices.lock:  # a DMatrix may be read by one booster at a time
                booster.update(matrices.training, round_ - 1)
                report = booster.eval(matrices.validation, "validation", round_ - 1)
            best.hear(round_, float(report.rsplit(":", 1)[1]))
            closing = best.round * _closing_seconds(fold, point)
            if best.waited_enough(round_) or deadline.seconds_left() <= closing:
                break
        text = bytes(booster[: best.round].save_raw("json")).decode("utf-8")
        return XGBoostModel(text, fold.n_classes, fold.categorical, best.round)

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


def _closing_seconds(fold: Fold, point: Point) -> float:
    """Seconds that each round adds to writing the trees, reading them back and predicting, as measured."""
    depth = number(point, "max_depth")
    nodes = 2.0 * min(2.0**depth, max(2.0, len(fold.X_train) / 20))
    trees = fold.n_classes if fold.n_classes > 2 else 1
    return trees * closing_seconds(fold, writing=1.8e-6 * nodes, per_row=2.5e-9 * depth)


@dataclass(frozen=True, slots=True)
class _Matrices:
    training: Any
    validation: Any
    lock: threading.Lock


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_MATRICES: FoldCache[_Matrices] = FoldCache()


def _both_matrices(fold: Fold) -> _Matrices:
    training = _matrix(fold.X_train, fold.y_train, fold.categorical, fold.weights_train)
    validation = _matrix(fold.X_validation, fold.y_validation, fold.categorical, fold.weights_validation)
    return _Matrices(training, validation, threading.Lock())


def _matrix(
    X: NDArray[np.float32], y: NDArray[Any] | None, categorical: tuple[int, ...], weights: NDArray[Any] | None = None
) -> Any:
    import xgboost

    kinds = ["c" if column in categorical else "q" for column in range(X.shape[1])]
    return xgboost.DMatrix(X, y, weight=weights, feature_types=kinds, enable_categorical=bool(categorical), nthread=1)
