"""Ridge and logistic regression: the first real model of every run, and the one all others are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.array_learner import ArrayLearner, pack_count, unpack_count
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.linear_solvers import fit_ridge, fit_softmax
from lepton_jupyter.learners.probabilities import softmax
from lepton_jupyter.learners.quantile_level import quantile_level, quantile_of
from lepton_jupyter.search.space import Real, Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point


class LinearModel:
    """A weighted sum of columns for each output, through a softmax for classes.

    Parameters
    ----------
    coefficients : ndarray of shape (n_columns, n_logits)
    intercepts : ndarray of shape (n_logits,)
        One logit for two classes.
    classifies : bool
    n_iterations : int or None
        Evaluations of the objective.

    Examples
    --------
    >>> model = LinearModel(np.array([[2.0]]), np.array([1.0]), classifies=False)
    >>> model.predict(np.array([[3.0]], np.float32))
    array([[7.]])
    """

    def __init__(
        self,
        coefficients: NDArray[np.float64],
        intercepts: NDArray[np.float64],
        *,
        classifies: bool,
        n_iterations: int | None = None,
    ) -> None:
        self.coefficients, self.intercepts, self.classifies = coefficients, intercepts, classifies
        self.n_iterations = n_iterations

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        outputs = X @ self.coefficients + self.intercepts
        return softmax(outputs) if self.classifies else outputs

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Coefficients, intercepts and kind."""
        return {
            "coefficients": self.coefficients,
            "intercepts": self.intercepts,
            "classifies": np.array(self.classifies),
            "n_iterations": pack_count(self.n_iterations),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        return cls(
            arrays["coefficients"], arrays["intercepts"],
            classifies=bool(arrays["classifies"]), n_iterations=unpack_count(arrays["n_iterations"]),
        )  # fmt: skip


class LinearMean:
    """The mean of linear models, from one product of matrices.

    Parameters
    ----------
    models : sequence of LinearModel
        For classes; those for values are one linear model again.
    """

    n_iterations: int | None = None

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self.n_models, self.n_logits = len(models), models[0].coefficients.shape[1]
        self.coefficients = np.hstack([model.coefficients for model in models])
        self.intercepts = np.hstack([model.intercepts for model in models])

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes)."""
        logits = X @ self.coefficients + self.intercepts
        shares = softmax(logits.reshape(-1, self.n_logits))
        mean: NDArray[np.float64] = shares.reshape(len(X), self.n_models, shares.shape[1]).mean(axis=1)
        return mean


class LinearLearner(ArrayLearner):
    """Ridge regression, or logistic regression with a softmax for several classes."""

    name: ClassVar[str] = "linear"
    label: ClassVar[str] = "Linear"
    family: ClassVar[str] = "linear"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml")
    weight_repeats: ClassVar[bool] = True
    learns_quantiles: ClassVar[bool] = True
    model_type = LinearModel

    def space(self, shape: TableShape) -> Space:
        """The strength of the penalty."""
        columns = shape.n_columns[self.view]
        if shape.n_classes:
            return Space((Real("C", min(1e-3, 0.4 / columns), 1e2, log=True),))
        return Space((Real("alpha", 1e-3, max(1e3, 10.0 * columns), log=True),))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """A penalty that suits scaled columns; next to none, too, for several classes, which often lie apart."""
        if shape.n_classes == 0:
            return ({"alpha": 3.0},)
        return ({"C": 0.3},) if shape.n_classes == 2 else ({"C": 0.3}, {"C": 50.0})

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """One pass over the products of columns, or of rows, for ridge; about 60 over the columns for logistic."""
        del point
        rows, columns = shape.n_rows, shape.n_columns[self.view]
        if not shape.n_classes:
            fewer = min(rows, columns)
            return 2e-3 + (2.5e-10 if columns <= rows else 1e-10) * rows * columns * fewer + 1e-10 * fewer**3
        logits = 1 if shape.n_classes == 2 else shape.n_classes
        return 5e-3 + 60 * rows * (2.0e-10 * columns * logits + 1.2e-8 * logits)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Logits and residuals, or one block of rows in double precision."""
        del point
        rows, columns = shape.n_rows, shape.n_columns[self.view]
        if not shape.n_classes:
            return 2**20 + 8 * min(rows * columns, 2 * 10**8) + 32 * min(rows, columns) ** 2
        return 2**20 + 40 * rows * shape.n_classes + 400 * columns * shape.n_classes

    def describe(self, point: Point) -> str:
        """The penalty."""
        name = "C" if "C" in point else "alpha"
        return f"{'C' if name == 'C' else 'penalty'} {point[name]:.3g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> LinearModel:
        """Solve for the coefficients; the seed plays no part."""
        del seed
        fit = fit_outputs(fold.X_train, fold, point, deadline)
        if fit is None:
            raise DeadlinePassedError.from_learner(self.label)
        coefficients, intercepts, n_evaluations = fit
        level = quantile_level(fold.metric)
        if level is not None:
            # A mean that is moved to where the share of rows below is right: straight, and so the quantile's baseline.
            errors = fold.y_train - (fold.X_train @ coefficients[:, 0] + intercepts[0])
            intercepts = intercepts + quantile_of(errors, level, fold.weights_train)
        return LinearModel(coefficients, intercepts, classifies=fold.n_classes > 0, n_iterations=n_evaluations)

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """One model: of values the mean of the coefficients, of classes one product of matrices."""
        linear = [model for model in models if isinstance(model, LinearModel)]
        if len(models) < 2 or len(linear) < len(models):
            return tuple(models)
        if linear[0].classifies:
            return (LinearMean(linear),)
        coefficients = np.mean([model.coefficients for model in linear], axis=0)
        return (LinearModel(coefficients, np.mean([model.intercepts for model in linear], axis=0), classifies=False),)


def fit_outputs(
    features: NDArray[np.float32], fold: Fold, point: Point, deadline: Deadline
) -> tuple[NDArray[np.float64], NDArray[np.float64], int | None] | None:
    """Solve for the coefficients of each output of a fold; the rows may be told by other features than its own.

    Parameters
    ----------
    features : ndarray of shape (n_training_rows, n_features)
    fold : Fold
    point : dict
        The penalty: ``C`` for classes, ``alpha`` for values.
    deadline : Deadline

    Returns
    -------
    fit : tuple of coefficients, intercepts and evaluations of the objective, or None
        The arrays of shape (n_features, n_logits) and (n_logits,); no evaluations are counted for values. None if the
        deadline passed.
    """
    if fold.n_classes:
        return fit_softmax(
            features, fold.y_train.astype(np.int64), n_classes=fold.n_classes, inverse_penalty=number(point, "C"),
            deadline=deadline, weights=fold.weights_train,
        )  # fmt: skip
    ridge = fit_ridge(
        features, fold.y_train.astype(np.float64), alpha=number(point, "alpha"), deadline=deadline,
        weights=fold.weights_train,
    )  # fmt: skip
    if ridge is None:
        return None
    coefficients, intercept, _ = ridge
    return coefficients[:, None], np.array([intercept]), None
