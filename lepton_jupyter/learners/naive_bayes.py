"""Gaussian naive Bayes: fitted in one pass, useful where rows are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.learners.array_learner import ArrayLearner
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.probabilities import softmax
from lepton_jupyter.search.space import Real, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point


class NaiveBayesModel:
    """A normal distribution for each column within each class.

    Parameters
    ----------
    means, variances : ndarray of shape (n_classes, n_columns)
    log_priors : ndarray of shape (n_classes,)
        Log share of each class; very low for one that was not seen.
    tempering : float
        Factor on the summed log likelihood: below one where columns repeat each other.
    """

    n_iterations: int | None = None

    def __init__(
        self,
        means: NDArray[np.float64],
        variances: NDArray[np.float64],
        log_priors: NDArray[np.float64],
        tempering: float,
    ) -> None:
        self.means, self.variances, self.log_priors, self.tempering = means, variances, log_priors, tempering

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes)."""
        # (x - m)² / v, multiplied out so that it is two matrix products.
        precision = 1.0 / self.variances
        wide = X.astype(np.float64)
        squares = wide**2 @ precision.T - 2.0 * wide @ (precision * self.means).T
        constants = (precision * self.means**2 + np.log(self.variances)).sum(axis=1)
        return softmax(self.log_priors - 0.5 * self.tempering * (squares + constants))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Means, variances, priors and tempering."""
        return {
            "means": self.means, "variances": self.variances, "log_priors": self.log_priors,
            "tempering": np.array(self.tempering),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        return cls(arrays["means"], arrays["variances"], arrays["log_priors"], float(arrays["tempering"]))


class NaiveBayesLearner(ArrayLearner):
    """Gaussian naive Bayes with smoothed variances and tempered likelihoods.

    Plain naive Bayes counts the evidence of related columns again and again, and ends far too sure of itself. The
    likelihood is therefore raised to a power below one, which is searched.

    References
    ----------
    .. [1] D. J. Hand, K. Yu. Idiot's Bayes: not so stupid after all? International Statistical Review 69:385-398, 2001.
    """

    name: ClassVar[str] = "naive_bayes"
    label: ClassVar[str] = "Naive Bayes"
    family: ClassVar[str] = "bayes"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx",)
    weight_repeats: ClassVar[bool] = True
    model_type = NaiveBayesModel

    def supports(self, shape: TableShape) -> bool:
        """Classification only."""
        return shape.n_classes > 0

    def space(self, shape: TableShape) -> Space:
        """Smoothing and tempering."""
        del shape
        return Space((Real("smoothing", 1e-4, 1.0, log=True), Real("tempering", 0.02, 1.0, log=True)))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The more columns, the less each may say."""
        tempering = min(1.0, max(0.02, 2.0 / max(1, shape.n_columns[self.view]) ** 0.5))
        return ({"smoothing": 0.05, "tempering": round(tempering, 4)},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Two passes over the rows, and a product with each class."""
        del point
        return 5e-4 + shape.n_rows * shape.n_columns[self.view] * (6e-9 + 5e-10 * shape.n_classes)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Two copies of the rows in double precision."""
        del point
        return 2**20 + 16 * shape.n_rows * (shape.n_columns[self.view] + shape.n_classes)

    def describe(self, point: Point) -> str:
        """Both settings."""
        return f"smoothing {point['smoothing']:.2g}, tempering {point['tempering']:.2g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> NaiveBayesModel:
        """Take means and variances class by class; a class not seen borrows those of the table."""
        del seed
        self.keep_to(deadline)
        X, y, n_columns = fold.X_train, fold.y_train, fold.X_train.shape[1]
        weights, smoothing = fold.weights_train, number(point, "smoothing")
        mean, total_variance = _moments(X, weights)
        floor = smoothing * max(float(total_variance.mean()) if n_columns else 0.0, 1e-9)
        means = np.tile(mean, (fold.n_classes, 1))
        variances = np.tile(total_variance + floor, (fold.n_classes, 1))
        counts = np.bincount(y.astype(np.int64), weights, minlength=fold.n_classes)
        for code in np.flatnonzero(counts):
            rows = y == code
            means[code], variance = _moments(X[rows], None if weights is None else weights[rows])
            variances[code] = variance + floor
        log_priors = np.log(np.maximum(counts, 1e-6) / counts.sum())
        tempering = number(point, "tempering")
        return NaiveBayesModel(means, variances, log_priors, tempering)


def _moments(
    X: NDArray[np.float32], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of each column."""
    if weights is None:
        return X.mean(axis=0, dtype=np.float64), X.var(axis=0, dtype=np.float64)
    share = weights / weights.sum()
    mean = share @ X
    return mean, share @ (X - mean) ** 2
