"""A run's model as streams use it: rows in, labels and probabilities out, without a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.row_scoring import Scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.streaming.stream_source import Row


class ViewPredictor(Protocol):
    """A predictor, or its compiled form."""

    @property
    def recipe(self) -> Recipe:
        """How rows become views."""
        ...

    @property
    def views(self) -> Sequence[str]:
        """Those that it looks at."""
        ...

    def predict_views(self, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """Predictions of shape (n_rows, n_outputs)."""
        ...


class ModelScorer:
    """Scores rows with a predictor; picklable.

    Columns of the scores are those that `predict` writes: ``predicted_TARGET``, and ``probability_LABEL`` for each
    class.

    Parameters
    ----------
    predictor : Predictor or CompiledPredictor
    target : str
    label : str
        What a person reads, such as ``"Ensemble of 4"``.
    """

    def __init__(self, predictor: ViewPredictor, *, target: str, label: str) -> None:
        self.label = label
        self._predictor = predictor
        self._views = predictor.views
        self._reader = RowReader(predictor.recipe)
        self.columns = self._reader.names
        self.schema = self._reader.schema
        self._classes: list[Any] = predictor.recipe.class_array().tolist()
        self._predicted = f"predicted_{target}"
        self._probabilities = [f"probability_{each}" for each in self._classes]

    def score(self, rows: Sequence[Row]) -> Scores:
        """Predict rows; those that the recipe cannot read are refused."""
        views, refused = self._reader.read(rows, self._views)
        if len(refused) == len(rows):
            return Scores({}, refused)
        outputs = self._predictor.predict_views(views)
        if not self._classes:
            return Scores({self._predicted: outputs[:, 0].tolist()}, refused, outputs)
        classes = self._classes
        if len(outputs) == 1:
            [values] = outputs.tolist()
            alone: dict[str, list[Any]] = {self._predicted: [classes[values.index(max(values))]]}
            alone.update(zip(self._probabilities, ([value] for value in values), strict=True))
            return Scores(alone, refused, outputs)
        columns: dict[str, list[Any]] = {self._predicted: [classes[place] for place in outputs.argmax(axis=1).tolist()]}
        columns.update(zip(self._probabilities, outputs.T.tolist(), strict=True))
        return Scores(columns, refused, outputs)

    def outputs(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        """Predictions of rows that can all be read, of shape (n_rows, n_outputs)."""
        views, _ = self._reader.read(rows, self._views)
        return self._predictor.predict_views(views)
