"""Ridge and logistic regression on a kernel's features: how near a row is to some rows of the training table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.learners.array_learner import ArrayLearner, pack_count, unpack_count
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.linear import fit_outputs
from lepton_jupyter.learners.probabilities import softmax
from lepton_jupyter.search.space import Real, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MOST_ROWS = 100_000
_MOST_COLUMNS = 500
_MOST_LANDMARKS = 1_000
_FEWEST_LANDMARKS = 50
#: About what one fit may take on one core of a 2020s laptop; by this the number of landmarks is chosen.
_MOST_SECONDS = 1.5
#: Added to each landmark's nearness to itself: some lie so near each other that their features would be none.
_JITTER = 1e-6
#: Rows whose nearness is computed between two looks at the deadline.
_ROWS_PER_LOOK = 500


class KernelModel:
    """A weighted sum of a row's nearness to landmarks for each output, through a softmax for classes.

    Parameters
    ----------
    landmarks : ndarray of shape (n_landmarks, n_columns)
        Rows of the training table.
    gamma : float
        Nearness is ``exp(-gamma * squared distance)``.
    coefficients : ndarray of shape (n_landmarks, n_logits)
    intercepts : ndarray of shape (n_logits,)
        One logit for two classes.
    classifies : bool
    n_iterations : int or None
        Evaluations of the objective.

    Examples
    --------
    >>> model = KernelModel(np.zeros((1, 1), np.float32), 1.0, np.array([[2.0]]), np.array([1.0]), classifies=False)
    >>> model.predict(np.array([[0.0], [9.0]], np.float32))
    array([[3.],
           [1.]])
    """

    def __init__(
        self,
        landmarks: NDArray[np.float32],
        gamma: float,
        coefficients: NDArray[np.float64],
        intercepts: NDArray[np.float64],
        *,
        classifies: bool,
        n_iterations: int | None = None,
    ) -> None:
        self.landmarks, self.gamma = landmarks, gamma
        self.coefficients, self.intercepts, self.classifies = coefficients, intercepts, classifies
        self.n_iterations = n_iterations

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        from sklearn.metrics.pairwise import rbf_kernel

        outputs = np.empty((len(X), len(self.intercepts)))
        # Coefficients of landmarks that lie near each other are large and cancel: float32 would not do.
        landmarks = self.landmarks.astype(np.float64)
        for start in range(0, len(X), _ROWS_PER_LOOK):
            part = slice(start, start + _ROWS_PER_LOOK)
            outputs[part] = rbf_kernel(X[part].astype(np.float64), landmarks, gamma=self.gamma) @ self.coefficients
        outputs += self.intercepts
        return softmax(outputs) if self.classifies else outputs

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Landmarks, coefficients and settings."""
        return {
            "landmarks": self.landmarks, "gamma": np.array(self.gamma), "coefficients": self.coefficients,
            "intercepts": self.intercepts, "classifies": np.array(self.classifies),
            "n_iterations": pack_count(self.n_iterations),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        return cls(
            arrays["landmarks"], float(arrays["gamma"]), arrays["coefficients"], arrays["intercepts"],
            classifies=bool(arrays["classifies"]), n_iterations=unpack_count(arrays["n_iterations"]),
        )  # fmt: skip


class KernelMachineLearner(ArrayLearner):
    """Kernel ridge regression, or kernel logistic regression, with a Gaussian kernel and a limited cost.

    A kernel machine weighs every training row by every other; here rows are told by their nearness to some of them,
    drawn at random, which is the same where all are drawn. How many follows from the size of the table.

    References
    ----------
    .. [1] C. K. I. Williams, M. Seeger. Using the Nyström method to speed up kernel machines. Advances in Neural
           Information Processing Systems 13:682-688, 2001.
    """

    name: ClassVar[str] = "kernel_machine"
    label: ClassVar[str] = "Kernel machine"
    family: ClassVar[str] = "kernel"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx",)
    model_type = KernelModel

    def supports(self, shape: TableShape) -> bool:
        """Up to 100,000 rows and 500 columns."""
        return shape.n_rows <= _MOST_ROWS and shape.n_columns[self.view] <= _MOST_COLUMNS

    def space(self, shape: TableShape) -> Space:
        """How far nearness reaches, and the strength of the penalty."""
        nearness = Real("nearness", 1e-2, 10.0, log=True)
        if shape.n_classes:
            return Space((nearness, Real("C", 1e-2, 1e4, log=True)))
        return Space((nearness, Real("alpha", 1e-4, 1e2, log=True)))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Nearness that reaches far, and next to no penalty."""
        return ({"nearness": 0.5, "C": 100.0},) if shape.n_classes else ({"nearness": 1.0, "alpha": 0.02},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Nearness of all rows to the landmarks, and the linear model on it."""
        del point
        rows, landmarks = shape.n_rows, n_landmarks(shape.n_rows, shape.n_classes)
        nearness = float(rows) * landmarks * (2e-10 * shape.n_columns[self.view] + 1.5e-8)
        return 5e-3 + nearness + _seconds(rows, landmarks, shape.n_classes)

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Two copies of the features and one of the rows in double precision."""
        del point
        landmarks = n_landmarks(shape.n_rows, shape.n_classes)
        return 2**20 + 8 * shape.n_rows * (2 * landmarks + shape.n_columns[self.view]) + 40 * landmarks**2

    def describe(self, point: Point) -> str:
        """Both settings."""
        penalty = f"C {point['C']:.3g}" if "C" in point else f"penalty {point['alpha']:.3g}"
        return f"nearness {point['nearness']:.2g}, {penalty}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> KernelModel:
        """Draw landmarks and fit the linear model on the nearness to them."""
        from scipy.linalg import cholesky, solve_triangular
        from sklearn.metrics.pairwise import rbf_kernel

        self.keep_to(deadline)
        X = fold.X_train.astype(np.float64)
        gamma = number(point, "nearness") / (float(X.var(axis=0).sum()) or 1.0)
        drawn = np.random.default_rng(seed).permutation(len(X))[: n_landmarks(len(X), fold.n_classes)]
        landmarks = X[drawn]
        # Products of such features are the kernel's, as those of scikit-learn's Nystroem are, which turns them as well
        # and takes twenty times as long for that; a penalty on the length of the coefficients sees no turn.
        between = rbf_kernel(landmarks, gamma=gamma)
        between[np.diag_indices_from(between)] += _JITTER
        # LAPACK takes columns one after the other without a copy: the transpose, which here holds the same numbers.
        root = cholesky(between.T, lower=True, overwrite_a=True)
        del between
        features = np.empty((len(X), len(drawn)), np.float32)
        for start in range(0, len(X), _ROWS_PER_LOOK):
            self.keep_to(deadline)
            part = slice(start, start + _ROWS_PER_LOOK)
            nearness = rbf_kernel(X[part], landmarks, gamma=gamma)
            features[part] = solve_triangular(root, nearness.T, lower=True, overwrite_b=True).T
        fit = fit_outputs(features, fold, point, deadline)
        if fit is None:
            raise DeadlinePassedError.from_learner(self.label)
        coefficients, intercepts, n_evaluations = fit
        return KernelModel(
            fold.X_train[drawn], gamma, solve_triangular(root, coefficients, lower=True, trans="T"), intercepts,
            classifies=fold.n_classes > 0, n_iterations=n_evaluations,
        )  # fmt: skip


def n_landmarks(n_rows: int, n_classes: int) -> int:
    """As many landmarks as there is time for, and no more than a thousand.

    Examples
    --------
    >>> n_landmarks(500, 0), n_landmarks(5_000, 2), n_landmarks(100_000, 0)
    (500, 1000, 480)
    """
    most, fewest = min(n_rows, _MOST_LANDMARKS), min(n_rows, _FEWEST_LANDMARKS)
    affordable = (each for each in range(most, fewest, -1) if _seconds(n_rows, each, n_classes) <= _MOST_SECONDS)
    return next(affordable, fewest)


def _seconds(n_rows: int, landmarks: int, n_classes: int) -> float:
    """Features from nearness, then normal equations for values or passes over the features for classes."""
    logits = 1 if n_classes == 2 else n_classes
    return float(n_rows) * landmarks * (3.5e-11 * landmarks + (5.5e-8 * logits if n_classes else 3e-11 * landmarks))
