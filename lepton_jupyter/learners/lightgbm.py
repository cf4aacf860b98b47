"""LightGBM: the workhorse. Columns are binned once for a fold, and all trials on it share the bins.

The native booster is driven directly: its own loop looks at the deadline, and the scikit-learn wrapper's copies,
checks and thread settings stay out of the way.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.learners.boosting_rounds import expected_rounds, waited_enough
from lepton_jupyter.learners.closing_time import closing_seconds
from lepton_jupyter.learners.cross_fitted_rounds import JudgedRows
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import Learner, number
from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.learners.probabilities import outputs_in_columns
from lepton_jupyter.learners.quantile_level import OF_MEDIANS, quantile_level
from lepton_jupyter.learners.row_losses import row_losses
from lepton_jupyter.search.space import Choice, Integer, Real, Space

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 5000
#: Rounds after which the time of one is known.
_PROBE_ROUNDS = 5
#: A rate of .1 needs about 200 rounds to come near its best; where fewer fit, a higher rate does better.
_ROUNDS_TIMES_RATE = 20.0
_HIGHEST_RATE = 0.25
_BINNING = {"max_bin": 255, "min_data_in_bin": 3, "feature_pre_filter": False, "verbosity": -1, "num_threads": 1}
_OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
#: Below the low end of these scales, which are searched by their logarithms, a parameter is off.
OFF_BELOW = {"path_smooth": 2e-3, "lambda_l1": 2e-4}


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
    on_validation : ndarray of shape (n_validation_rows, n_outputs), optional
        What it predicts of the validation rows, each part of them at the round that the others chose; not part of its
        file.
    """

    def __init__(
        self, text: str, n_classes: int, n_iterations: int | None, on_validation: NDArray[np.float64] | None = None
    ) -> None:
        self.text, self.n_classes, self.n_iterations = text, n_classes, n_iterations
        self.on_validation = on_validation
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        if self._booster is None:
            import lightgbm

            # Two threads may both parse the same text: wasteful once, and right.
            self._booster = lightgbm.Booster(model_str=self.text)
        if len(X) == 0:
            return np.empty((0, max(1, self.n_classes)))
        outputs = self._booster.predict(X, num_threads=1, validate_features=False)
        return outputs_in_columns(np.asarray(outputs, dtype=np.float64), self.n_classes)

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
    keeps_monotone: ClassVar[bool] = True
    learns_quantiles: ClassVar[bool] = True
    most_rounds: ClassVar[int] = _MAX_ROUNDS
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml", "treelite", "lightgbm")

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

        Found by others on collections of tables (the tuned default of "Better by default") or by us
        (``tests/benchmarks/learn_portfolio.py``); none is LightGBM's own default, which is never competitive.

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
                learning_rate=0.09, num_leaves=28, min_data_in_leaf=3, feature_fraction=0.82, bagging_fraction=0.71,
                lambda_l1=0.008, lambda_l2=0.09, extra_trees=True,
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
        """Boost until the validation rows stop improving or the deadline passes; keep the best round.

        What is kept of the validation rows is cross-fitted: see `lepton_jupyter.learners.cross_fitted_rounds`.
        """
        import lightgbm

        self.keep_to(deadline)
        binned = _BINNED.get(fold, _bin_columns)
        parameters = booster_parameters(fold, point, seed)
        with binned.lock:  # a booster copies the dataset's settings while it is made
            booster = lightgbm.Booster(parameters, binned.training)
            booster.add_valid(binned.validation, "validation")
        judged = JudgedRows(fold, row_losses(fold.y_validation, fold.n_classes, fold.metric))
        heard = _ValidationPredictions()
        began = deadline.clock()
        for round_ in range(1, self.most_rounds + 1):
            exhausted = booster.update()
            booster.eval_valid(heard.hear)
            judged.hear(round_, heard.outputs)
            best = judged.rounds.round
            closing = best * _closing_seconds(fold, point)
            if exhausted or waited_enough(best, round_) or deadline.seconds_left() <= closing:
                break
            if round_ == _PROBE_ROUNDS:
                affordable = deadline.seconds_left() * round_ / max(deadline.clock() - began, 1e-9)
                _match_rate(booster, number(point, "learning_rate"), affordable)
        text = booster.model_to_string(num_iteration=best)
        return LightGBMModel(text, fold.n_classes, best, outputs_in_columns(judged.outputs, fold.n_classes))

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


class _ValidationPredictions:
    """What LightGBM predicts for the validation rows, heard as if by a metric; the next round is written over it."""

    def __init__(self) -> None:
        self.outputs = np.empty(0)

    def hear(self, predictions: NDArray[Any], data: Any) -> tuple[str, float, bool]:
        """A metric in LightGBM's eyes."""
        del data
        self.outputs = predictions
        return "heard", 0.0, False


def _match_rate(booster: Any, rate: float, affordable: float) -> None:
    """Raise the learning rate of what could not converge in the rounds that the time affords."""
    fitting = min(_HIGHEST_RATE, _ROUNDS_TIMES_RATE / affordable)
    if fitting > rate:
        booster.reset_parameter({"learning_rate": fitting})


def _closing_seconds(fold: Fold, point: Point) -> float:
    """Seconds that each round adds to writing the trees and to predicting some training rows, as measured."""
    leaves = min(number(point, "num_leaves"), float(len(fold.X_train)))
    trees = fold.n_classes if fold.n_classes > 2 else 1
    per_row = 5e-9 * float(np.log2(leaves)) + 4e-10 * leaves
    if point["extra_trees"]:
        per_row *= 2.5  # random cuts make lopsided trees, and the walk through them is longer
    if fold.categorical:
        per_row *= 1.7  # a cut between sets of categories is looked up bit by bit
    return trees * closing_seconds(fold, writing=3e-6 * leaves, per_row=per_row, validation_known=True)


def _point(**changed: float | bool) -> Point:
    return {
        "learning_rate": 0.06, "num_leaves": 31, "min_data_in_leaf": 10, "feature_fraction": 0.6,
        "bagging_fraction": 0.9, "lambda_l1": 1e-4, "lambda_l2": 0.5, "path_smooth": 1e-3, "extra_trees": False,
        "cat_smooth": 10.0, **changed,
    }  # fmt: skip


def booster_parameters(fold: Fold, point: Point, seed: int) -> dict[str, Any]:
    """What LightGBM is told of a configuration and of the task; no rows of the fold are looked at."""
    parameters: dict[str, Any] = {
        **_BINNING,
        **point,
        "objective": _OBJECTIVES[fold.task],
        "metric": "None",  # what it predicts is judged here
        "bagging_freq": 1,
        "seed": seed,
        # Histograms are summed in one order whatever the thread count: the same seed gives the same trees.
        "deterministic": True,
        "force_col_wise": True,
    }
    if fold.monotone:
        parameters["monotone_constraints"] = list(fold.monotone)
    elif (
        fold.task == "regression" and fold.metric in OF_MEDIANS
    ):  # whose leaves are set anew after their growth, which breaks any constraint
        parameters["objective"] = "regression_l1"
    level = quantile_level(fold.metric)
    if level is not None:
        parameters |= {"objective": "quantile", "alpha": level}
    if fold.task == "multiclass":
        parameters["num_class"] = fold.n_classes
    # LightGBM takes a slower path for any other value than zero.
    for name, low in OFF_BELOW.items():
        if float(parameters.get(name, 0.0)) < low:
            parameters[name] = 0.0
    return parameters
