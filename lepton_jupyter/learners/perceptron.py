"""A small neural network, trained epoch by epoch and stopped on the validation rows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.learners.array_learner import ArrayLearner, pack_count, unpack_count
from lepton_jupyter.learners.cross_fitted_rounds import JudgedRows
from lepton_jupyter.learners.learner import number
from lepton_jupyter.learners.probabilities import softmax
from lepton_jupyter.learners.row_losses import row_losses
from lepton_jupyter.search.space import Integer, Real, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point

_MAX_EPOCHS = 100
_PATIENCE = 10
#: Batches between two looks at the deadline.
_BATCHES_PER_LOOK = 20


class PerceptronModel:
    """Layers of weighted sums with rectifiers between them.

    Parameters
    ----------
    weights : list of ndarray of shape (n_inputs, n_units)
        float32, one for each layer.
    biases : list of ndarray of shape (n_units,)
    n_classes : int
        0 for regression.
    centre, scale : float
        Undo the standardisation of a regression target.
    n_iterations : int or None
        Epochs up to the best one.
    on_validation : ndarray of shape (n_validation_rows, n_outputs), optional
        What it predicts of the validation rows, each part of them at the epoch that the others chose; not part of its
        file.
    """

    on_validation: NDArray[np.float64] | None = None

    def __init__(
        self,
        weights: list[NDArray[np.float32]],
        biases: list[NDArray[np.float32]],
        *,
        n_classes: int,
        centre: float = 0.0,
        scale: float = 1.0,
        n_iterations: int | None = None,
    ) -> None:
        self.weights, self.biases, self.n_classes = weights, biases, n_classes
        self.centre, self.scale, self.n_iterations = centre, scale, n_iterations

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        outputs = X
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            outputs = outputs @ weight + bias
            if layer < len(self.weights) - 1:
                np.maximum(outputs, 0.0, out=outputs)
        if self.n_classes:
            return softmax(outputs)
        return np.asarray(outputs.astype(np.float64) * self.scale + self.centre, dtype=np.float64)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Layers and settings."""
        layers = {f"weight_{i}": each for i, each in enumerate(self.weights)}
        layers |= {f"bias_{i}": each for i, each in enumerate(self.biases)}
        return {
            **layers, "n_classes": pack_count(self.n_classes), "standardisation": np.array([self.centre, self.scale]),
            "n_iterations": pack_count(self.n_iterations),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Rebuild from `to_arrays`."""
        n_layers = sum(name.startswith("weight_") for name in arrays)
        centre, scale = (float(each) for each in arrays["standardisation"])
        return cls(
            [arrays[f"weight_{i}"] for i in range(n_layers)], [arrays[f"bias_{i}"] for i in range(n_layers)],
            n_classes=unpack_count(arrays["n_classes"]) or 0, centre=centre, scale=scale,
            n_iterations=unpack_count(arrays["n_iterations"]),
        )  # fmt: skip


class PerceptronLearner(ArrayLearner):
    """A multilayer perceptron with rectifiers, trained by Adam.

    scikit-learn's network is trained by ``partial_fit`` in pieces of an epoch: that looks at the deadline, keeps the
    best epoch on the validation rows, and gives no convergence warnings, which cannot be silenced safely while other
    threads fit. Older versions know no weights there, so rows are drawn by their weights instead, anew for each epoch.

    References
    ----------
    .. [1] D. Kingma, J. Ba. Adam: a method for stochastic optimization. ICLR 2015.
    """

    name: ClassVar[str] = "perceptron"
    label: ClassVar[str] = "Perceptron"
    family: ClassVar[str] = "neural"
    view: ClassVar[str] = "linear"
    exports: ClassVar[tuple[str, ...]] = ("onnx", "pmml")
    model_type = PerceptronModel

    def supports(self, shape: TableShape) -> bool:
        """Up to 1,000 columns."""
        return shape.n_columns[self.view] <= 1000

    def space(self, shape: TableShape) -> Space:
        """Penalty, rate, width and depth."""
        del shape
        return Space((
            Real("alpha", 1e-6, 1.0, log=True),
            Real("learning_rate_init", 3e-4, 1e-2, log=True),
            Integer("width", 16, 256, log=True),
            Integer("n_layers", 1, 3),
        ))  # fmt: skip

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Two layers, 96 and 48 units."""
        del shape
        return ({"alpha": 1e-3, "learning_rate_init": 2e-3, "width": 96, "n_layers": 2},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """About thirty epochs × rows × weights."""
        widths = [shape.n_columns[self.view], *_widths(point), shape.n_outputs]
        n_weights = sum(a * b for a, b in pairwise(widths))
        n_batches = shape.n_rows / _batch_size(shape.n_rows)
        return float(2e-2 + 30 * (shape.n_rows * (1.2e-10 * n_weights + 1.5e-9 * sum(widths)) + 2.5e-4 * n_batches))

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """One shuffled copy of the rows, and activations of the validation rows."""
        widths = [shape.n_columns[self.view], *_widths(point), shape.n_outputs]
        return int(2**23 + 8 * shape.n_rows * max(widths) + 64 * sum(widths) ** 2)

    def describe(self, point: Point) -> str:
        """Units of each layer and rate."""
        return f"{'–'.join(str(width) for width in _widths(point))} units, rate {point['learning_rate_init']:.2g}"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> PerceptronModel:
        """Train until the validation rows stop improving or the deadline passes; keep the best epoch.

        What is kept of the validation rows is cross-fitted: see `lepton_jupyter.learners.cross_fitted_rounds`.
        """
        self.keep_to(deadline)
        training = _Training(fold, point, seed)
        losses = row_losses(fold.y_validation, fold.n_classes)
        judged = JudgedRows(fold, losses if fold.n_classes else lambda outputs: losses(outputs[:, 0]))
        best: PerceptronModel | None = None
        for epoch in range(1, _MAX_EPOCHS + 1):
            complete = training.run_epoch(deadline)
            model = training.model(epoch)
            judged.hear(epoch, model.predict(fold.X_validation))
            if best is None or judged.rounds.round == epoch:
                best = model
            if not complete or epoch - judged.rounds.round >= _PATIENCE or deadline.passed():
                break
        assert best is not None  # an epoch always ran
        best.on_validation = judged.outputs
        return best


class _Training:
    """A network in training, and its own copy of what it learns from."""

    def __init__(self, fold: Fold, point: Point, seed: int) -> None:
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        self.n_classes = fold.n_classes
        self.X = fold.X_train
        self.batch_size = _batch_size(len(self.X))
        self.random = np.random.default_rng(seed)
        weights = fold.weights_train
        # Rows that all count the same are passed in turn, and not drawn.
        drawn = weights is not None and bool((weights != weights[0]).any())
        self.chances = weights / weights.sum() if drawn and weights is not None else None
        self.centre, self.scale = 0.0, 1.0
        self.y: NDArray[Any] = fold.y_train
        if not fold.n_classes:
            self.centre, self.scale = _centre_and_scale(fold.y_train, weights)
            self.y = ((fold.y_train - self.centre) / self.scale).astype(np.float32)
        self.network = (MLPClassifier if fold.n_classes else MLPRegressor)(
            hidden_layer_sizes=_widths(point), alpha=point["alpha"], learning_rate_init=point["learning_rate_init"],
            batch_size=self.batch_size, shuffle=False, random_state=seed,
        )  # fmt: skip

    def run_epoch(self, deadline: Deadline) -> bool:
        """One pass in a new order; False if the deadline cut it short."""
        order = self._order()
        step = self.batch_size * _BATCHES_PER_LOOK
        classes = {"classes": np.arange(self.n_classes)} if self.n_classes else {}
        for start in range(0, len(order), step):
            if start and deadline.passed():
                return False
            rows = order[start : start + step]
            self.network.batch_size = min(self.batch_size, len(rows))  # a larger one would be clipped with a warning
            self.network.partial_fit(self.X[rows], self.y[rows], **classes)
        return True

    def _order(self) -> NDArray[np.int64]:
        """Rows of one epoch. With weights they are drawn by them: heavy rows come several times, light ones seldom."""
        if self.chances is None:
            return self.random.permutation(len(self.X))
        return self.random.choice(len(self.X), size=len(self.X), p=self.chances)

    def model(self, epoch: int) -> PerceptronModel:
        """The network as it is now."""
        return PerceptronModel(
            [each.astype(np.float32) for each in self.network.coefs_],
            [each.astype(np.float32) for each in self.network.intercepts_],
            n_classes=self.n_classes, centre=self.centre, scale=self.scale, n_iterations=epoch,
        )  # fmt: skip


def _widths(point: Point) -> tuple[int, ...]:
    """Units of the hidden layers: each half as wide as the one before."""
    width, n_layers = int(number(point, "width")), int(number(point, "n_layers"))
    return tuple(max(4, width >> layer) for layer in range(n_layers))


def _batch_size(n_rows: int) -> int:
    """Small enough for forty steps an epoch on small tables, large enough for quick products on others."""
    return min(256, max(16, n_rows // 40))


def _centre_and_scale(y: NDArray[Any], weights: NDArray[np.float64] | None) -> tuple[float, float]:
    if weights is None:
        return float(y.mean()), float(y.std()) or 1.0
    centre = float(np.average(y, weights=weights))
    return centre, float(np.sqrt(np.average((y - centre) ** 2, weights=weights))) or 1.0
