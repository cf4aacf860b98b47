"""What stands between the rows of a view and a booster: steps, made features, logarithms of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.learners.featured_learner import MADE_FEATURES, FeaturedModel
from lepton_jupyter.learners.log_target import TARGET_SCALE, LogTargetModel

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.learners.learner import FoldModel

#: Coordinates of a point that choose layers, and are no learner's own.
LAYER_COORDINATES = frozenset({MADE_FEATURES, TARGET_SCALE})


@dataclass(frozen=True, slots=True, eq=False)
class ModelLayers:
    """The layers of a fitted model, without the model within them: another one can be put there.

    Parameters
    ----------
    layers : tuple of (type, object)
        From the outermost: what makes the layer, and what was learnt for it.

    Examples
    --------
    >>> from lepton_jupyter.learners.lightgbm import LightGBMModel
    >>> from lepton_jupyter.learners.log_target import LogScale
    >>> layers, inner = ModelLayers.of(LogTargetModel(LogScale(1.0, 9.0), LightGBMModel("", 0, 7)))
    >>> type(inner).__name__, type(layers.around(inner)).__name__
    ('LightGBMModel', 'LogTargetModel')
    """

    layers: tuple[tuple[Callable[[Any, FoldModel], FoldModel], Any], ...]

    @classmethod
    def of(cls, model: FoldModel) -> tuple[ModelLayers, FoldModel]:
        """The layers of a model, and what is within them."""
        layers: list[tuple[Callable[[Any, FoldModel], FoldModel], Any]] = []
        while isinstance(model, FeaturedModel | LogTargetModel):
            layers.append((type(model), model.features if isinstance(model, FeaturedModel) else model.scale))
            model = model.model
        return cls(tuple(layers)), model

    def beside(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows of the view as the inner model sees them."""
        for kind, learnt in self.layers:
            if kind is not LogTargetModel:
                X = learnt.beside(X)
        return X

    def learnt(self, y: NDArray[Any]) -> NDArray[Any]:
        """The target as the inner model learns it."""
        for kind, learnt in self.layers:
            if kind is LogTargetModel:
                y = learnt.logarithms(y)
        return y

    def categorical(self, columns: tuple[int, ...]) -> tuple[int, ...]:
        """Where columns of category codes are after `beside`."""
        for kind, learnt in self.layers:
            if kind is not LogTargetModel:
                columns = learnt.categorical(columns)
        return columns

    def monotone(self, columns: tuple[int, ...], n_columns: int) -> tuple[int, ...]:
        """Constraints of the columns after `beside`, of which there are so many."""
        for kind, learnt in self.layers:
            if kind is not LogTargetModel:
                columns = learnt.monotone(columns, n_columns)
        return columns

    def around(self, model: FoldModel) -> FoldModel:
        """Another model within the same layers."""
        for kind, learnt in reversed(self.layers):
            model = kind(learnt, model)
        return model
