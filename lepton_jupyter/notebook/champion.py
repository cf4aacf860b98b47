"""The model that predicts a stream, compiled when it begins to: a stream starts, or a challenger is promoted."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.automl.predictor import KNOWN_BY
from lepton_jupyter.compilation.compiled_pool import BY_ITSELF, CompiledPool, ViewShape
from lepton_jupyter.compilation.parity import Parity
from lepton_jupyter.events.stream_events import ChampionCompiled
from lepton_jupyter.exceptions.compilation_errors import NotCompilableError
from lepton_jupyter.notebook.model_scorer import ModelScorer
from lepton_jupyter.preprocessing.drawn_rows import drawn_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.preprocessing.recipe import Recipe

#: Rows on which the compiled model is compared with the model, how many of them one by one, and how many few together:
#: each may go another way.
_ROWS, _SINGLE_ROWS, _FEW_ROWS, _FEW = 2048, 16, 1024, 32


class CompiledPredictor:
    """What of a predictor a stream asks, compiled; picklable.

    Parameters
    ----------
    predictor : Predictor
    """

    def __init__(self, predictor: Predictor) -> None:
        self.recipe: Recipe = predictor.recipe
        self.views = predictor.views
        self._copies = predictor.copies
        shapes = {view: _shape(self.recipe, view) for view in {member.view for member in predictor.members}}
        self.pool = CompiledPool(predictor.members, predictor.form, predictor.n_outputs, shapes)

    def predict_views(self, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """As `Predictor.predict_views`."""
        pooled = self.pool.predict(views)
        return pooled if self._copies is None else self._copies.answer(views[KNOWN_BY], pooled)


def compiled_scorer(predictor: Predictor, *, target: str, label: str) -> tuple[ModelScorer, ChampionCompiled]:
    """Make the fastest scorer of a model that says what the model says.

    It is compared with the model on 2,048 drawn rows, from the row as a stream brings it to the prediction, alone, with
    few others and with many; where a probability is further away than 1e-5, or more than one decision in ten thousand
    is another, the model itself scores.

    Parameters
    ----------
    predictor : Predictor
    target : str
    label : str
        What a person reads, such as ``"Ensemble of 4"``.

    Returns
    -------
    scorer : ModelScorer
    compiled : ChampionCompiled
        To be logged: by which way it predicts, and what was measured.
    """
    began = time.perf_counter()
    plain = ModelScorer(predictor, target=target, label=label)
    n_models = sum(len(member.every) for member in predictor.members)
    try:
        made = CompiledPredictor(predictor)
        how, reasons = dict(made.pool.how), list(made.pool.reasons)
        if set(how) == {BY_ITSELF}:
            raise NotCompilableError(" ".join(reasons))
        scorer = ModelScorer(made, target=target, label=label)
        parity = _measured(predictor, scorer)
        parity.check()
    except NotCompilableError as error:
        return plain, ChampionCompiled(
            label=label, how={BY_ITSELF: n_models}, reason=str(error), n_rows=0, largest_difference=None, n_flipped=0,
            seconds=time.perf_counter() - began,
        )  # fmt: skip
    return scorer, ChampionCompiled(
        label=label,
        how=how,
        reason=" ".join(reasons),
        n_rows=parity.n_rows,
        largest_difference=parity.largest_difference,
        n_flipped=parity.n_flipped,
        seconds=time.perf_counter() - began,
    )


def _measured(predictor: Predictor, scorer: ModelScorer) -> Parity:
    import pandas as pd

    rows = drawn_rows(predictor.recipe, _ROWS)
    frame = pd.DataFrame(rows, columns=list(predictor.recipe.input_names), dtype=object)
    expected = predictor.predict(frame)
    starts = [*range(_SINGLE_ROWS), *range(_SINGLE_ROWS, _FEW_ROWS, _FEW), _FEW_ROWS, len(rows)]
    found = [scorer.outputs(rows[start:stop]) for start, stop in pairwise(starts)]
    return Parity.measured(expected, np.vstack(found))


def _shape(recipe: Recipe, view: str) -> ViewShape:
    from lepton_jupyter.preprocessing.category_column import CategoryColumn

    places, start = {}, 0
    for column in recipe.columns:
        if view == "tree" and isinstance(column, CategoryColumn) and column.categorical():
            places[start] = len(column.levels)
        start += len(column.names(view))
    return ViewShape(max(1, start), places)
