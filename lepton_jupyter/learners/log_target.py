"""Learners of values that may learn their logarithms instead: whether they do is one more coordinate of their space."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from lepton_jupyter.learners.model_file import is_model_file, read_model_file, write_model_file
from lepton_jupyter.learners.quantile_level import OF_MEDIANS, quantile_level
from lepton_jupyter.learners.wrapped_learner import WrappedLearner
from lepton_jupyter.search.space import Choice, Space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.learners.training_data import Fold, TableShape, TrainingData
    from lepton_jupyter.search.space import Point

#: Coordinate that says what of the target is learnt; it is the table's rather than the learner's.
TARGET_SCALE = "target_scale"
_PLAIN, _LOG = "plain", "log"
#: A model in logarithms that goes beyond all it has seen goes far: it is held at this many times the largest value.
_MOST_BEYOND = 2.0
#: What a fit stops by on the logarithms: quantiles stay quantiles there, and means become means of logarithms.
_OF_MEANS = "neg_root_mean_squared_error"


@dataclass(frozen=True, slots=True)
class LogScale:
    """Values as the logarithms of ``1 + value / unit``: nearly straight below the unit, a logarithm far above it.

    A plain logarithm has no value at 0, and sets tiny values far apart; with the mean as unit it loses to this one on
    most tables, whose smallest values matter least to a squared error.

    Parameters
    ----------
    unit : float
        Positive.
    most : float
        Largest value that is given back.

    Examples
    --------
    >>> scale = LogScale.of(np.array([0.0, 50.0, 250.0]))
    >>> scale.unit, scale.logarithms(np.array([0.0, 100.0])).round(3).tolist()
    (100.0, [0.0, 0.693])
    >>> scale.values(np.array([-1.0, 0.6931471805599453, 9.0])).round(3).tolist()
    [0.0, 100.0, 500.0]
    """

    unit: float
    most: float

    @classmethod
    def of(cls, y: NDArray[Any], weights: NDArray[np.float64] | None = None) -> LogScale:
        """The scale whose unit is the mean of some values, none of which is negative."""
        return cls(float(np.average(y, weights=weights)) or 1.0, _MOST_BEYOND * float(y.max()))

    def logarithms(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """What is learnt."""
        return np.asarray(np.log1p(y / self.unit))

    def values(self, logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of logarithms, within 0 and the largest."""
        return np.asarray(self.unit * np.expm1(np.clip(logarithms, 0.0, np.log1p(self.most / self.unit))))


class LogTargetModel:
    """A model of logarithms that predicts values.

    Parameters
    ----------
    scale : LogScale
    model : FoldModel
        Fitted on the logarithms.
    """

    def __init__(self, scale: LogScale, model: FoldModel) -> None:
        self.scale, self.model = scale, model
        self.n_iterations = model.n_iterations

    @property
    def on_validation(self) -> NDArray[np.float64] | None:
        """Its predictions of the validation rows, where the model kept them."""
        kept: NDArray[np.float64] | None = getattr(self.model, "on_validation", None)
        return None if kept is None else self.scale.values(kept)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Values of shape (n_rows, 1)."""
        return self.scale.values(self.model.predict(X))


class LogTargetLearner(WrappedLearner):
    """A learner with one more coordinate where values lie far to one side: whether it learns their logarithms.

    Prices, incomes, durations and counts err by per cent rather than by units; a model of their logarithms spends its
    leaves on all of them alike. On tables with such a target it is often the better model, and nearly always one that
    the ensemble gains by. The search steps along the coordinate as along any other. A point without it, as runs logged
    it before there was one, learns the values themselves.

    Parameters
    ----------
    learner : Learner
    at_once : bool, default=True
        Whether its first starting point is also tried in logarithms, as a further starting point at the end.

    References
    ----------
    .. [1] G. E. P. Box, D. R. Cox. An analysis of transformations. Journal of the Royal Statistical Society B
           26(2):211-252, 1964.

    Examples
    --------
    >>> from lepton_jupyter.learners.linear import LinearLearner
    >>> from lepton_jupyter.learners.training_data import TableShape
    >>> learner = LogTargetLearner(LinearLearner())
    >>> prices = TableShape(n_rows=1000, n_columns={"linear": 5}, n_classes=0, right_skewed=True)
    >>> [learner.describe(point) for point in learner.starting_points(prices)]
    ['penalty 3', 'penalty 3, log target']
    """

    def __init__(self, learner: Learner, *, at_once: bool = True) -> None:
        super().__init__(learner)
        self.at_once = at_once
        self.weight_repeats = learner.weight_repeats  # type: ignore[misc]  # of the instance

    def held_monotone(self) -> Learner:
        """The same before the learner as it is used where columns are constrained: a logarithm keeps any order."""
        return LogTargetLearner(self.learner.held_monotone(), at_once=self.at_once)

    def space(self, shape: TableShape) -> Space:
        """The learner's own coordinates, and the scale of the target where it may be another."""
        own = self.learner.space(shape)
        return Space((*own.dimensions, Choice(TARGET_SCALE, (_PLAIN, _LOG)))) if shape.right_skewed else own

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The learner's own on the values, then its first one on their logarithms."""
        own = self.learner.starting_points(shape)
        if not shape.right_skewed:
            return own
        first: tuple[Point, ...] = ({**own[0], TARGET_SCALE: _LOG},) if self.at_once else ()
        return (*({**point, TARGET_SCALE: _PLAIN} for point in own), *first)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """The learner's cost."""
        return self.learner.cost_units(_own(point), shape)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """The learner's memory."""
        return self.learner.memory_bytes(_own(point), shape)

    def describe(self, point: Point) -> str:
        """The learner's own words, and the logarithm."""
        own = self.learner.describe(_own(point))
        return f"{own}, log target" if _logarithmic(point) else own

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
        """Fit on the fold, or on the same fold with logarithms for values.

        Raises
        ------
        DeadlinePassedError
            If the deadline passed before there was any model worth returning.
        """
        if not _logarithmic(point):
            return self.learner.fit(fold, _own(point), deadline=deadline, seed=seed)
        scale = LogScale.of(fold.y_train, fold.weights_train)
        in_logarithms = replace(
            fold,
            y_train=scale.logarithms(fold.y_train),
            y_validation=scale.logarithms(fold.y_validation),
            metric=fold.metric if fold.metric in OF_MEDIANS or quantile_level(fold.metric) else _OF_MEANS,
            origin=None if fold.origin is None else _twin(fold.origin),
        )
        return LogTargetModel(scale, self.learner.fit(in_logarithms, _own(point), deadline=deadline, seed=seed))

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """Models of logarithms stay apart: the mean of values is not the value of a mean."""
        if any(isinstance(model, LogTargetModel) for model in models):
            return tuple(models)
        return self.learner.together(models)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the learner's own file, after the scale where there is one."""
        if not isinstance(model, LogTargetModel):
            self.learner.save(model, path)
            return
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / "model"
            self.learner.save(model.model, own)
            settings = {"unit": model.scale.unit, "most": model.scale.most}
            write_model_file(path, self._of_logarithms, settings, own.read_bytes())

    def load(self, path: Path) -> FoldModel:
        """Read what `save` wrote, or what the learner itself did.

        Raises
        ------
        UnreadableModelError
            If the file is damaged or another learner's.
        """
        if not is_model_file(path, self._of_logarithms):
            return self.learner.load(path)
        settings, payload = read_model_file(path, self._of_logarithms)
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / "model"
            own.write_bytes(payload)
            return LogTargetModel(LogScale(float(settings["unit"]), float(settings["most"])), self.learner.load(own))

    @property
    def _of_logarithms(self) -> str:
        return f"{self.name} of logarithms"


#: What learners derive from a table (binned columns with their values) they keep by the table: so logarithms have a
#: table of their own, which lives as long as theirs does. Its columns are the same arrays.
_TWINS: WeakKeyDictionary[TrainingData, TrainingData] = WeakKeyDictionary()


def _twin(origin: TrainingData) -> TrainingData:
    twin = _TWINS.get(origin)
    if twin is None:
        # `setdefault` is one step for other threads: all get the same twin.
        twin = _TWINS.setdefault(origin, replace(origin, y=LogScale.of(origin.y).logarithms(origin.y)))
    return twin


def _logarithmic(point: Point) -> bool:
    return point.get(TARGET_SCALE, _PLAIN) == _LOG


def _own(point: Point) -> Point:
    return {name: value for name, value in point.items() if name != TARGET_SCALE}
