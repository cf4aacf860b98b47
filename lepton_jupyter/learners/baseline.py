"""The least that a model must beat: class frequencies, or the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.learners.array_learner import ArrayLearner
from lepton_jupyter.learners.probabilities import clipped_probabilities
from lepton_jupyter.learners.quantile_level import quantile_level, quantile_of
from lepton_jupyter.search.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point


class ConstantModel:
    """Predicts the same for every row.

    Examples
    --------
    >>> ConstantModel(np.array([2.5])).predict(np.zeros((2, 3), np.float32))
    array([[2.5],
           [2.5]])
    """

    n_iterations: int | None = None

    def __init__(self, output: NDArray[np.float64]) -> None:
        self.output = output

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the constant, once for each row."""
        return np.tile(self.output, (len(X), 1))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The constant."""
        return {"output": self.output}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        return cls(arrays["output"])


class _ConstantLearner(ArrayLearner):
    family: ClassVar[str] = "baseline"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml")
    baseline: ClassVar[bool] = True
    weight_repeats: ClassVar[bool] = True
    keeps_monotone: ClassVar[bool] = True
    model_type = ConstantModel

    def space(self, shape: TableShape) -> Space:
        """Nothing can be searched."""
        del shape
        return Space(())

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The one point there is."""
        del shape
        return ({},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Next to nothing."""
        del point
        return 1e-4 + 1e-8 * shape.n_rows

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """One copy of the target."""
        del point
        return 4096 + 16 * shape.n_rows


class MajorityLearner(_ConstantLearner):
    """Predicts the share of each class among the training rows, so the most frequent class always wins."""

    name: ClassVar[str] = "majority"
    label: ClassVar[str] = "Majority"

    def supports(self, shape: TableShape) -> bool:
        """Classification only."""
        return shape.n_classes > 0

    def describe(self, point: Point) -> str:
        """What it predicts."""
        del point
        return "class frequencies"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> ConstantModel:
        """Count the classes."""
        del point, deadline, seed
        counts = np.bincount(fold.y_train.astype(np.int64), fold.weights_train, minlength=fold.n_classes)
        return ConstantModel(clipped_probabilities(counts[None, :].astype(np.float64))[0])


class MeanLearner(_ConstantLearner):
    """Predicts the mean of the training rows, or the quantile that is asked for."""

    name: ClassVar[str] = "mean"
    label: ClassVar[str] = "Mean"
    learns_quantiles: ClassVar[bool] = True

    def supports(self, shape: TableShape) -> bool:
        """Regression only."""
        return shape.n_classes == 0

    def describe(self, point: Point) -> str:
        """What it predicts."""
        del point
        return "one value for all"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> ConstantModel:
        """Take the mean, or the quantile."""
        del point, deadline, seed
        level = quantile_level(fold.metric)
        if level is not None:
            return ConstantModel(np.array([quantile_of(fold.y_train, level, fold.weights_train)]))
        return ConstantModel(np.array([np.average(fold.y_train, weights=fold.weights_train)]))
