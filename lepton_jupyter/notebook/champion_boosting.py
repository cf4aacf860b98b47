"""Whether the boosters that predict a stream go on with its newest rows, or give way to what a search found on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.automl.continued_predictor import continued, keep_continued, row_losses_of
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import BoostingContinued
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import said_by
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.contenders import predictor_of
from lepton_jupyter.notebook.library import find_folder, open_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.notebook.run_handle import Run

#: Chance that boosters which are no better stand in for the search's model.
_LEVEL = 0.05


def boosting_continued(predicting: str, fresh: Run, table: pd.DataFrame, truths: Sequence[float]) -> list[Event]:
    """Let boosters go on with rows, and keep them beside a fresh run's models where they are better on unseen rows.

    Parameters
    ----------
    predicting : str
        Id of the run whose model predicts now.
    fresh : Run
        Has learnt from the same rows.
    table : DataFrame
        The rows.
    truths : sequence of float
        Codes of their classes, or values.

    Returns
    -------
    events : list of Event
        What was decided; none where no booster can go on.
    """
    settings = fresh.settings
    # What constrains or weighs the fits of a search is not known to a booster that goes on.
    if settings.monotone or settings.class_weight or settings.weights or "pinball" in (settings.metric or ""):
        return []
    try:
        return _compared(predicting, fresh, table, np.array(truths, dtype=np.float64))
    except Exception as error:  # noqa: BLE001  whatever a library raises, the search has found something
        said = str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {said_by(error)}."
        return [WarningRaised(text=f"The champion could not be boosted on. {said}")]


def _compared(predicting: str, fresh: Run, table: pd.DataFrame, truths: NDArray[np.float64]) -> list[Event]:
    predictor, _ = predictor_of(open_folder(find_folder(predicting)))
    # One core goes on scoring.
    found = continued(predictor, table, truths, n_threads=max(1, len(usable_cores()) - 1))
    if found is None:
        return []
    n_classes = len(predictor.recipe.classes)
    said = fresh.out_of_fold()
    known = np.isfinite(said).all(axis=1)
    loss = row_losses_of(found.out_of_fold[known], truths[known], n_classes)
    fresh_loss = row_losses_of(said[known], truths[known], n_classes)
    p_value = _p_value(fresh_loss - loss)
    chosen = p_value < _LEVEL
    if chosen:
        keep_continued(found, fresh.folder)
    return [
        BoostingContinued(
            label=found.label,
            n_rounds=found.n_rounds,
            n_rows=len(loss),
            loss=float(loss.mean()),
            fresh_label=fresh.best_label,
            fresh_loss=float(fresh_loss.mean()),
            p_value=p_value,
            chosen=chosen,
        )
    ]


def _p_value(gains: NDArray[np.float64]) -> float:
    """Chance of such gains or larger ones if there were none: a paired test, one-sided.

    Examples
    --------
    >>> _p_value(np.array([1.0, 1.1, 0.9, 1.0])) < 1e-6, _p_value(np.zeros(4)), _p_value(np.array([-1.0, -1.0]))
    (True, 1.0, 1.0)
    """
    gain, error = float(gains.mean()), float(gains.std()) / math.sqrt(len(gains))
    if error == 0:
        return 0.0 if gain > 0 else 1.0
    return 0.5 * math.erfc(gain / error / math.sqrt(2))
