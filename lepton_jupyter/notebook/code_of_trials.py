"""A trial of a run as plain code, from what the run's folder and log tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.automl.plain_code import plain_code
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.events.run_events import FoldScored, RunStarted, TrialAsked, TrialFinished
from lepton_jupyter.exceptions.choice_errors import NoPlainCodeError
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.runs.run_folder import RunFolder

#: Settings that code of one model does not carry out, and what it says of them.
_BESIDE_THE_MODEL = {
    "class_weight": "the weights of classes",
    "monotone": "that predictions may only rise or fall along some columns",
    "in_folds": "the steps of a preparation",
}


def code_of_trial(folder: RunFolder, events: Sequence[Event], trial: int | None) -> str:
    """Code that fits the model of a trial again.

    Parameters
    ----------
    folder : RunFolder
    events : sequence of Event
        The run's log.
    trial : int or None

    Returns
    -------
    code : str

    Raises
    ------
    NoPlainCodeError
        If no such trial has finished, or there is no code for its model.

    Examples
    --------
    >>> print(code_of_trial(run.folder, events, 12))  # doctest: +SKIP
    """
    ended = any(isinstance(each, TrialFinished) and each.trial_id == trial for each in events)
    asked = next((each for each in events if isinstance(each, TrialAsked) and each.trial_id == trial), None)
    if asked is None or not ended:
        raise NoPlainCodeError.from_trial(folder.run_id, trial)
    rounds = [each.n_iterations for each in events if isinstance(each, FoldScored) and each.trial_id == trial]
    known = sorted(each for each in rounds if each is not None)
    settings = AutoMLSettings.from_json(folder.read_text("settings.json"))
    return plain_code(
        asked,
        next(each for each in events if isinstance(each, RunStarted)),
        Recipe.from_json(folder.read_text("recipe.json")).table,
        n_rounds=known[len(known) // 2] if known else None,
        left_out=[words for name, words in _BESIDE_THE_MODEL.items() if getattr(settings, name)],
    )
