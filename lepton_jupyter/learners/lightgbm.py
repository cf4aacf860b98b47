"""LightGBM: the workhorse. Columns are binned once for a fold, and all trials on it share the bins.

The native booster is driven directly: its own loop looks at the deadline, and the scikit-learn wrapper's copies,
checks and thread settings stay out of the way.
"""

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
from lepton_jupyter.search.space import Choice, Integer, Real, Space

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 5000
_BINNING = {"max_bin": 255, "min_data_in_bin": 3, "feature_pre_filter": False, "verbosity": -1, "num_threads": 1}
_OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
_TASK_METRICS = {"binary": "binary_logloss", "multiclass": "multi_logloss", "regression": "l2"}
#: Metrics by which LightGBM itself can stop: scikit-learn's name, then LightGBM's by task.
_NATIVE_METRICS: dict[str, dict[str, str]] = {
    "roc_auc": {"binary": "auc"},
    "average_precision": {"binary": "average_precision"},
    "accuracy": {"binary": "binary_error", "multiclass": "multi_error"},
    "neg_mean_absolute_error": {"regression": "l1"},
    "neg_median_absolute_error": {"regression": "l1"},
    "neg_mean_absolute_percentage_error": {"regression": "mape"},
}
_GREATER_IS_BETTER = frozenset({"auc", "average_precision"})


class LightGBMModel:
    """A booster kept as LightGBM's own text; it is parsed when it first predicts.

    Parameters
    ----------
    text : str
        What ``Booster.model_to_string`` wrote.
    n_classes : int
        0 for regression.
    n_iterations : int or None
        Rounds up to the best one on the validation rows.
    """

    def __init__(self, text: str, n_classes: int, n_iterations: int | None) -> None:
        self.text, self.n_classes, self.n_iterations = text, n_classes, n_iterations
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        if self._booster is None:
            import lightgbm

            # Two threads may both parse the same text: wasteful once, and right.
            self._booster = lightgbm.Booster(model_str=self.text)
        if len(X) == 0:
            return np.empty((0, max(1, self.n_classes)))
        outputs = np.asarray(self._booster.predict(X, num_threads=1, validate_features=False), dtype=np.float64)
        if self.n_classes == 0:
            return outputs[:, None]
        if self.n_classes == 2:
            outputs = np.column_stack([1.0 - outputs, outputs])
        return clipped_probabilities(outputs)

    def __getstate__(self) -> dict[str, Any]:
        return {"text": self.text, "n_classes": self.n_classes, "n_iterations": self.n_iterations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # rebuilding is what a constructor is for


@dataclass(frozen=True, slots=True)
class _Binned:
    training: Any
    validation: Any
    lock: threading.Lock


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_BINNED: FoldCache[_Binned] = FoldCache()


def _bin_columns(fold: Fold) -> _Binned:
    import lightgbm

    settings = {"categorical_feature": list(fold.categorical) or "auto", "free_raw_data": True}
    training = lightgbm.Dataset(
        fold.X_train, fold.y_train, weight=fold.weights_train, params=dict(_BINNING), **settings
    ).construct()
    validation = lightgbm.Dataset(
        fold.X_validation,
        fold.y_validation,
        weight=fold.weights_validation,
        reference=training,
        params=dict(_BINNING),
        **settings,
    ).construct()
    return _Binned(training, validation, threading.Lock())


class LightGBMLearner(Learner):
    """Gradient-boosted trees on binned columns, stopped on the validation rows."""

    name: ClassVar[str] = "lightgbm"
    label: ClassVar[str] = "LightGBM"
    family: ClassVar[str] = "boosting"
    view: ClassVar[str] = "tree"

    def missing_package(self) -> str | None:
        """``"lightgbm"`` where it is not installed."""
        from importlib.util import find_spec

        return None if find_spec("lightgbm") is not None else "lightgbm"

    def space(self, shape: TableShape) -> Space:
        """Tree size, rate, sampling and penalties; the number of rounds is never searched."""
        categorical = (Real("cat_smooth", 1.0, 100.0, log=True),) if shape.n_categorical else ()
        return Space((
            Real("learning_rate", 0.01, 0.3, log=True),
            Integer("num_leaves", 4, 256, log=True),
            Integer("min_data_in_leaf", 1, 200, log=True),
            Real("feature_fraction", 0.1, 1.0),
            Real("bagging_fraction", 0.4, 1.0),
            Real("lambda_l1", 1e-4, 10.0, log=True),
            Real("lambda_l2", 1e-4, 30.0, log=True),
            Real("path_smooth", 1e-3, 30.0, log=True),
            Choice("extra_trees", (False, True)),
            *categorical,
        ))  # fmt: skip

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Five configurations that did well on many public tables: quick, tuned default, random cuts, shallow, deep.

        Found by others on collections of tables (the tuned default of "Better by default", portfolio entry r177 of
        AutoGluon) or by trial; none is LightGBM's own default, which is never competitive.

        References
        ----------
        .. [1] D. Holzmüller, L. Grinsztajn, I. Steinwart. Better by default: strong pre-tuned MLPs and boosted trees
               on tabular data. NeurIPS 2024.
        """
        regression = shape.n_classes == 0
        points = [
            _point(learning_rate=0.1),
            _point(
                learning_rate=0.05 if regression else 0.04, num_leaves=100 if regression else 50,
                min_data_in_leaf=3 if regression else 40, feature_fraction=0.6 if regression else 0.8,
                bagging_fraction=0.7,
            ),
            _point(
                learning_rate=0.03, num_leaves=39, min_data_in_leaf=3, feature_fraction=0.46, bagging_fraction=0.88,
                lambda_l1=0.24, lambda_l2=0.36, extra_trees=True,
            ),
            _point(learning_rate=0.05, num_leaves=8, min_data_in_leaf=20),
        ]  # fmt: skip
        if shape.n_rows >= 5000:
            points.append(
                _point(learning_rate=0.09, num_leaves=200, min_data_in_leaf=4, feature_fraction=0.84,
                       bagging_fraction=0.95, lambda_l2=0.01)
            )  # fmt: skip
        if not shape.n_categorical:
            for point in points:
                del point["cat_smooth"]
        return tuple(points)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Rounds × trees of a round × (rows × columns + leaves × bins × columns)."""
        columns = shape.n_columns[self.view]
        full_leaves = max(2.0, 0.8 * shape.n_rows / number(point, "min_data_in_leaf"))
        leaves = min(number(point, "num_leaves"), full_leaves)
        used = number(point, "feature_fraction") * columns
        rounds = expected_rounds(number(point, "learning_rate"), _MAX_ROUNDS)
        trees = shape.n_classes if shape.n_classes > 2 else 1
        by_rows = shape.n_rows * (7e-10 * used * np.log2(leaves) + 2.5e-8)
        # Histograms of categories are short: most have a few bins where numbers have 255.
        full_histograms = used * (1.0 - 0.85 * shape.n_categorical / max(1, columns))
        one_tree = 1e-4 + by_rows + 3e-6 * leaves * full_histograms
        return float(5e-3 + 1.5e-8 * shape.n_rows * columns + rounds * trees * one_tree)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Bins of both parts, histograms of the leaves, gradients, and the text of the trees."""
        columns, outputs = shape.n_columns[self.view], shape.n_outputs
        leaves = int(number(point, "num_leaves"))
        rounds = expected_rounds(number(point, "learning_rate"), _MAX_ROUNDS)
        bins, gradients = 2 * shape.n_rows * columns, 48 * shape.n_rows * outputs
        return int(2**24 + bins + gradients + leaves * columns * 256 * 16 + 250 * leaves * rounds * outputs)

    def describe(self, point: Point) -> str:
        """Leaves and rate."""
        cuts = ", random cuts" if point.get("extra_trees") else ""
        return f"{point['num_leaves']} leaves, rate {point['learning_rate']:.2g}{cuts}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> LightGBMModel:
        """Boost until the validation rows stop improving or the deadline passes; keep the best round."""
        import lightgbm

        if deadline.passed():
            raise DeadlinePassedError.from_learner(self.label)
        binned = _BINNED.get(fold, _bin_columns)
        parameters = _parameters(fold, point, seed)
        with binned.lock:  # a booster copies the dataset's settings while it is made
            booster = lightgbm.Booster(parameters, binned.training)
            booster.add_valid(binned.validation, "validation")
        best = BestRound(greater_is_better=parameters["metric"] in _GREATER_IS_BETTER)
        for round_ in range(1, _MAX_ROUNDS + 1):
            exhausted = booster.update()
            best.hear(round_, booster.eval_valid()[0][2])
            closing = best.round * _closing_seconds(fold, point)
            if exhausted or best.waited_enough(round_) or deadline.seconds_left() <= closing:
                break
        return LightGBMModel(booster.model_to_string(num_iteration=best.round), fold.n_classes, best.round)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the library's own format after a line that describes it."""
        assert isinstance(model, LightGBMModel)  # narrows the type; a learner saves its own models
        settings = {"n_classes": model.n_classes, "n_iterations": model.n_iterations}
        write_model_file(path, self.name, settings, model.text.encode("utf-8"))

    def load(self, path: Path) -> LightGBMModel:
        """Read what `save` wrote.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        settings, payload = read_model_file(path, self.name)
        return LightGBMModel(payload.decode("utf-8"), int(settings["n_classes"]), settings["n_iterations"])


def _closing_seconds(fold: Fold, point: Point) -> float:
    """Seconds that each round adds to writing the trees and to predicting, as measured."""
    leaves = min(number(point, "num_leaves"), float(len(fold.X_train)))
    trees = fold.n_classes if fold.n_classes > 2 else 1
    per_row = 5e-9 * float(np.log2(leaves)) + 4e-10 * leaves
    if point["extra_trees"]:
        per_row *= 2.5  # random cuts make lopsided trees, and the walk through them is longer
    if fold.categorical:
        per_row *= 1.7  # a cut between sets of categories is looked up bit by bit
    return trees * closing_seconds(fold, writing=3e-6 * leaves, per_row=per_row)


def _point(**changed: float | bool) -> Point:
    return {
        "learning_rate": 0.06, "num_leaves": 31, "min_data_in_leaf": 10, "feature_fraction": 0.6,
        "bagging_fraction": 0.9, "lambda_l1": 1e-4, "lambda_l2": 0.5, "path_smooth": 1e-3, "extra_trees": False,
        "cat_smooth": 10.0, **changed,
    }  # fmt: skip


def _parameters(fold: Fold, point: Point, seed: int) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        **_BINNING,
        **point,
        "objective": _OBJECTIVES[fold.task],
        "metric": _NATIVE_METRICS.get(fold.metric, {}).get(fold.task, _TASK_METRICS[fold.task]),
        "bagging_freq": 1,
        "seed": seed,
        # Histograms are summed in one order whatever the thread count: the same seed gives the same trees.
        "deterministic": True,
        "force_col_wise": True,
    }
    if parameters["metric"] == "l1":
        parameters["objective"] = "regression_l1"
    if fold.task == "multiclass":
        parameters["num_class"] = fold.n_classes
    # The low end of these scales means "off": LightGBM takes a slower path for any other value than zero.
    for name, low in (("path_smooth", 2e-3), ("lambda_l1", 2e-4)):
        if float(parameters.get(name, 0.0)) < low:
            parameters[name] = 0.0
    return parameters
