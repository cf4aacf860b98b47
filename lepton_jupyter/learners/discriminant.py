"""Regularised discriminant analysis: a normal distribution for each class, where few rows tell little of its shape."""

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

_MOST_COLUMNS = 300
#: Entries of the covariances of all classes, which a model keeps: 64 MB.
_MOST_ENTRIES = 8_000_000
#: Rows of a class that are multiplied between two looks at the deadline.
_ROWS_PER_LOOK = 20_000
#: No direction is thought narrower than this share of the mean variance: columns may be sums of others.
_LEAST_VARIANCE = 1e-6
#: Less is what rounding leaves of equal values.
_NO_VARIANCE = 1e-9


class DiscriminantModel:
    """A normal distribution for each class, as a map to columns in which it is round and of unit variance.

    Parameters
    ----------
    means : ndarray of shape (n_classes, n_columns)
    whitening : ndarray of shape (n_classes, n_columns, n_columns)
        The columns of each matrix are the directions of a covariance, divided by the spread along them.
    log_weights : ndarray of shape (n_classes,)
        Log share of each class, less half its log determinant where determinants differ; very low for a class that was
        not seen.
    tempering : float
        Factor on the squared distances.
    """

    n_iterations: int | None = None

    def __init__(
        self,
        means: NDArray[np.float64],
        whitening: NDArray[np.float64],
        log_weights: NDArray[np.float64],
        tempering: float,
    ) -> None:
        self.means, self.whitening, self.log_weights, self.tempering = means, whitening, log_weights, tempering

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes)."""
        wide = X.astype(np.float64)
        logits = np.empty((len(X), len(self.means)))
        for code, (mean, whitening) in enumerate(zip(self.means, self.whitening, strict=True)):
            distances = np.square((wide - mean) @ whitening).sum(axis=1)
            logits[:, code] = self.log_weights[code] - 0.5 * self.tempering * distances
        return softmax(logits)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Means, maps, log weights and tempering."""
        return {
            "means": self.means, "whitening": self.whitening, "log_weights": self.log_weights,
            "tempering": np.array(self.tempering),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        return cls(arrays["means"], arrays["whitening"], arrays["log_weights"], float(arrays["tempering"]))


class DiscriminantLearner(ArrayLearner):
    r"""Discriminant analysis between the linear and the quadratic one, shrunk towards round distributions.

    With the covariance :math:`S_k` of a class and :math:`S` of all rows within their classes,

    .. math:: \Sigma_k = (1 - s) \, [(1 - p) S_k + p S] + s \, \bar\sigma_k^2 I,

    where :math:`p` is the pooling, :math:`s` the shrinkage and :math:`\bar\sigma_k^2` the mean of the diagonal of the
    bracket. Pooling 1 is linear discriminant analysis, pooling 0 quadratic. Log likelihood ratios are multiplied by the
    tempering, since columns of categories are no normal distributions and make them too sure.

    References
    ----------
    .. [1] J. H. Friedman. Regularized discriminant analysis. Journal of the American Statistical Association
           84:165-175, 1989.
    """

    name: ClassVar[str] = "discriminant"
    label: ClassVar[str] = "Discriminant analysis"
    family: ClassVar[str] = "bayes"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx",)
    weight_repeats: ClassVar[bool] = True
    model_type = DiscriminantModel

    def supports(self, shape: TableShape) -> bool:
        """Classes, up to 300 columns, and as many classes as their covariances leave room for."""
        columns = shape.n_columns[self.view]
        return shape.n_classes > 0 and columns <= _MOST_COLUMNS and columns**2 * shape.n_classes <= _MOST_ENTRIES

    def space(self, shape: TableShape) -> Space:
        """Pooling, shrinkage and tempering."""
        del shape
        return Space((
            Real("pooling", 0.0, 1.0), Real("shrinkage", 1e-4, 1.0, log=True), Real("tempering", 0.05, 1.0, log=True),
        ))  # fmt: skip

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Nearly a shape for each class, then nearly one shape for all."""
        del shape
        return (
            {"pooling": 0.15, "shrinkage": 0.005, "tempering": 0.5},
            {"pooling": 0.8, "shrinkage": 0.05, "tempering": 0.7},
        )

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """One product of the rows with themselves, one with each class, and the directions of each covariance."""
        del point
        rows, columns, classes = float(shape.n_rows), shape.n_columns[self.view], shape.n_classes
        return 5e-4 + rows * columns * (5e-9 + 3e-11 * columns * (1 + classes)) + 1.5e-9 * classes * columns**3

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Two copies of the rows in double precision, and two of each covariance."""
        del point
        columns = shape.n_columns[self.view]
        return 2**20 + 16 * shape.n_rows * (columns + shape.n_classes) + 16 * (shape.n_classes + 3) * columns**2

    def describe(self, point: Point) -> str:
        """Pooling and shrinkage."""
        return f"pooling {point['pooling']:.2g}, shrinkage {point['shrinkage']:.2g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> DiscriminantModel:
        """Take the covariance of each class; one that was not seen borrows what all have."""
        del seed
        n_columns, y = fold.X_train.shape[1], fold.y_train.astype(np.int64)
        weights = np.ones(len(y)) if fold.weights_train is None else fold.weights_train
        counts = np.bincount(y, weights, minlength=fold.n_classes)
        shares = counts / counts.sum()
        means = np.tile(weights @ fold.X_train / weights.sum(), (fold.n_classes, 1)).astype(np.float64)
        covariances = np.zeros((fold.n_classes, n_columns, n_columns))
        for seen in np.flatnonzero(counts):
            self.keep_to(deadline)
            rows = y == seen
            means[seen], covariances[seen] = self._moments(fold.X_train[rows], weights[rows], deadline)
        pooled = np.tensordot(shares, covariances, axes=1)
        covariances[counts == 0] = pooled
        whitening, log_determinants = np.empty_like(covariances), np.empty(fold.n_classes)
        pooling, shrinkage = number(point, "pooling"), number(point, "shrinkage")
        for code, covariance in enumerate(covariances):
            self.keep_to(deadline)
            mixed = (1.0 - pooling) * covariance + pooling * pooled
            whitening[code], log_determinants[code] = _whitened(mixed, shrinkage)
        tempering = number(point, "tempering")
        log_weights = np.log(np.maximum(counts, 1e-6) / counts.sum()) - 0.5 * tempering * log_determinants
        return DiscriminantModel(means, whitening, log_weights, tempering)

    def _moments(
        self, X: NDArray[np.float32], weights: NDArray[np.float64], deadline: Deadline
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean of each column, and covariance by maximum likelihood."""
        share = weights / weights.sum()
        mean = share @ X
        covariance = np.zeros((X.shape[1], X.shape[1]))
        for start in range(0, len(X), _ROWS_PER_LOOK):
            if start:
                self.keep_to(deadline)
            part = slice(start, start + _ROWS_PER_LOOK)
            centred = (X[part] - mean) * np.sqrt(share[part])[:, None]
            covariance += centred.T @ centred
        return mean, covariance


def _whitened(covariance: NDArray[np.float64], shrinkage: float) -> tuple[NDArray[np.float64], float]:
    """The map that makes the shrunk covariance the identity, and the log determinant of that covariance."""
    n_columns = len(covariance)
    mean_variance = float(np.trace(covariance)) / n_columns
    if mean_variance < _NO_VARIANCE:  # such as of a class of one row: as wide as columns are scaled to
        mean_variance = 1.0
    variances, directions = np.linalg.eigh(covariance)
    variances = np.maximum((1.0 - shrinkage) * variances + shrinkage * mean_variance, _LEAST_VARIANCE * mean_variance)
    return directions / np.sqrt(variances), float(np.log(variances).sum())
