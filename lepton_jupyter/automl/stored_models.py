"""Fitted models of a run, read back from its folder when somebody predicts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from lepton_jupyter.automl.history import learner_of_trial
from lepton_jupyter.automl.predictor import load_predictor
from lepton_jupyter.events.run_events import RunStarted
from lepton_jupyter.learners.custom import EstimatorLearner
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.run_folder import RunFolder


class StoredModels:
    """Makes predictors from a run's files; the last one made is kept, since people predict more than once.

    Parameters
    ----------
    folder : RunFolder
    log : EventLog
    trust : bool, default=False
        Whether models of classes that are not lepton's own may be loaded.
    """

    def __init__(self, folder: RunFolder, log: EventLog, *, trust: bool = False) -> None:
        self._folder = folder
        self._log = log
        self._trust = trust
        self._lock = threading.Lock()
        self._recipe: Recipe | None = None
        self._last: tuple[dict[int, float], Predictor] | None = None

    def predictor(self, weights: Mapping[int, float]) -> Predictor:
        """Weighted mean of some of the run's trials.

        Raises
        ------
        UntrustedModelError
            If a model is of a class that is not lepton's own, and nobody said that it may be trusted.
        """
        with self._lock:
            if self._last is None or self._last[0] != weights:
                self._last = (dict(weights), self._load(weights))
            return self._last[1]

    def _load(self, weights: Mapping[int, float]) -> Predictor:
        events = [logged.event for logged in self._log.events()]
        started = next(event for event in events if isinstance(event, RunStarted))
        if self._recipe is None:
            self._recipe = Recipe.from_json(self._folder.read_text("recipe.json"))
        names = learner_of_trial(events)
        return load_predictor(
            self._folder,
            self._recipe,
            weights,
            {trial_id: self._learner(names[trial_id]) for trial_id in weights},
            n_folds=started.n_folds,
            n_outputs=max(1, started.n_classes),
            in_time=bool(started.time),
        )

    def _learner(self, name: str) -> Learner:
        learner = learner_named(name)
        return learner.trusting_all() if self._trust and isinstance(learner, EstimatorLearner) else learner
