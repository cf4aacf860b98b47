"""CatBoost: ordered boosting, the best single default on small tables with categories; there when its package is."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.boosting_rounds import PATIENCE, expected_rounds
from lepton_jupyter.learners.fold_cache import FoldCache
from lepton_jupyter.learners.learner import Learner, number
from lepton_jupyter.learners.model_file import read_model_file, write_model_file
from lepton_jupyter.learners.probabilities import clipped_probabilities
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_ROUNDS = 2000
_PROBE_ROUNDS = 4
#: Training rows up to which pairs of categories are made statistics of.
_FEW_ENOUGH_FOR_CROSSES = 10_000
_OBJECTIVES = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
#: Metrics by which it can stop; its own losses for all others.
_NATIVE_METRICS: dict[str, dict[str, str]] = {
    "roc_auc": {"binary": "AUC"},
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
    """

    def __init__(
        self,
        blob: bytes,
        n_classes: int,
        categorical: tuple[int, ...],
        n_iterations: int | None,
        *,
        constant: float | None = None,
    ) -> None:
        self.blob, self.n_classes, self.categorical = blob, n_classes, categorical
        self.n_iterations, self.constant = n_iterations, constant
        self._booster: Any = None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        if len(X) == 0:
            return np.empty((0, max(1, self.n_classes)))
        if self.constant is not None:
            always = np.eye(self.n_classes)[int(self.constant)] if self.n_classes else np.array([self.constant])
            outputs = np.tile(always, (len(X), 1))
            return clipped_probabilities(outputs) if self.n_classes else outputs
        kind = "Probability" if self.n_classes else "RawFormulaVal"
        outputs = self.booster().predict(_pool(X, None, self.categorical), prediction_type=kind, thread_count=1)
        outputs = np.asarray(outputs, dtype=np.float64)
        return clipped_probabilities(outputs) if self.n_classes else outputs[:, None]

    def booster(self) -> Any:
        """CatBoost's own object, read from its binary when it is first needed."""
        if self._booster is None:
            import catboost

            booster = catboost.CatBoost()
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

    def missing_package(self) -> str | None:
        """``"catboost"`` where it is not installed."""
        from importlib.util import find_spec

        return None if find_spec("catboost") is not None else "catboost"

    def supports(self, shape: TableShape) -> bool:
        """Not with more than 30 classes: its cost grows with each."""
        return shape.n_classes <= 30

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
        """Its default with a rate that suits the time, and a deeper one."""
        del shape
        return (
            {"learning_rate": 0.06, "depth": 6, "l2_leaf_reg": 3.0, "random_strength": 1.0, "bagging_temperature": 1.0},
            {"learning_rate": 0.08, "depth": 8, "l2_leaf_reg": 5.0, "random_strength": 0.5, "bagging_temperature": 1.0},
        )

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
        """Boost until the validation rows stop improving or the deadline passes; keep the best round."""
        import catboost

        if deadline.passed():
            raise DeadlinePassedError.from_learner(self.label)
        if len(np.unique(fold.y_train)) == 1:  # which CatBoost refuses
            return CatBoostModel(b"", fold.n_classes, fold.categorical, None, constant=float(fold.y_train[0]))
        training, validation = _POOLS.get(fold, _both_pools)
        settings: dict[str, Any] = {
            **point, "loss_function": _OBJECTIVES[fold.task], "thread_count": 1, "random_seed": seed, "verbose": False,
            "allow_writing_files": False, "iterations": _MAX_ROUNDS, "bootstrap_type": "Bayesian",
        }  # fmt: skip
        if fold.categorical:
            # Crosses of categories cost several times all else; on large tables the rounds they take away lose more.
            settings["max_ctr_complexity"] = 1 if len(fold.y_train) > _FEW_ENOUGH_FOR_CROSSES else 2
        if fold.n_classes:
            settings["class_names"] = list(range(fold.n_classes))  # all of them, also those the fold lacks
        if deadline.seconds_left() != math.inf:
            settings |= _rate_that_fits(settings, training, deadline)
        metric = _NATIVE_METRICS.get(fold.metric, {}).get(fold.task, _OBJECTIVES[fold.task])
        if metric == "AUC" and fold.weights_validation is not None:
            metric = "AUC:use_weights=true"  # alone of its metrics it is unweighted unless told
        booster = catboost.CatBoost({
            **settings, "eval_metric": metric,
            "use_best_model": True, "od_type": "Iter", "od_wait": PATIENCE,
        })  # fmt: skip
        booster.fit(training, eval_set=validation, callbacks=[_UntilDeadline(deadline)])
        return CatBoostModel(_blob(booster), fold.n_classes, fold.categorical, int(booster.tree_count_))

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
    import catboost

    started = deadline.clock()
    catboost.CatBoost({**settings, "iterations": _PROBE_ROUNDS}).fit(training, callbacks=[_UntilDeadline(deadline)])
    round_seconds = (deadline.clock() - started) / _PROBE_ROUNDS
    if round_seconds <= 0:
        return {}
    # The first rounds are a little slower than later ones.
    rounds = max(20.0, deadline.seconds_left() / (0.8 * round_seconds))
    fitting = min(0.25, max(0.03, 35.0 / rounds))
    return {"learning_rate": max(fitting, float(settings["learning_rate"]))}


# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call.
_POOLS: FoldCache[tuple[Any, Any]] = FoldCache()


def _both_pools(fold: Fold) -> tuple[Any, Any]:
    validation = _pool(fold.X_validation, fold.y_validation, fold.categorical, fold.weights_validation)
    return _pool(fold.X_train, fold.y_train, fold.categorical, fold.weights_train), validation


def _pool(
    X: NDArray[np.float32], y: NDArray[Any] | None, categorical: tuple[int, ...], weights: NDArray[Any] | None = None
) -> Any:
    import catboost
    import pandas as pd

    if not categorical:
        return catboost.Pool(X, y, weight=weights)
    table = pd.DataFrame(X)
    for column in categorical:
        # Codes as whole numbers, which it takes as names; a missing category is one of its own.
        table[column] = np.nan_to_num(X[:, column], nan=-1.0).astype(np.int32)
    return catboost.Pool(table, y, cat_features=list(categorical), weight=weights)


def _blob(booster: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        booster.save_model(str(path), format="cbm")
        return path.read_bytes()
