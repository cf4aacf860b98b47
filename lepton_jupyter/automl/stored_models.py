"""Fitted models of a run, read back from its folder when somebody predicts."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.automl.history import late_folds_of_trial, learner_of_trial
from lepton_jupyter.automl.kept_conformity import load_conformity
from lepton_jupyter.automl.kept_copies import load_copies
from lepton_jupyter.automl.predictor import load_predictor, predicting_folds
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm
from lepton_jupyter.events.run_events import RunStarted
from lepton_jupyter.learners.custom import EstimatorLearner
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.learners.stepped_learner import SteppedLearner
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.run_folder import RunFolder

    _Wanted = tuple[dict[int, float], PoolForm, tuple[int, ...], dict[int, tuple[int, ...]]]


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
        self._last: tuple[_Wanted, Predictor] | None = None
        self._n_heard, self._late_folds = 0, dict[int, tuple[int, ...]]()

    def predictor(
        self, weights: Mapping[int, float], form: PoolForm = MEAN, *, folds: tuple[int, ...] = ()
    ) -> Predictor:
        """Weighted pool of some of the run's trials, by the models of some folds; none named: all that predict.

        Raises
        ------
        UntrustedModelError
            If a model is of a class that is not lepton's own, and nobody said that it may be trusted.
        """
        with self._lock:
            folds = folds or self._predicting()
            # Whoever wants the models of some folds alone wants no others.
            late = self._late_of(weights) if folds == self._predicting() else {}
            wanted = (dict(weights), form, folds, late)
            if self._last is None or self._last[0] != wanted:
                self._last = (wanted, self._load(*wanted))
            self._last = (wanted, self._told_at_end(self._last[1], weights, form, folds))
            return self._last[1]

    def _late_of(self, weights: Mapping[int, float]) -> dict[int, tuple[int, ...]]:
        """Late folds of some trials; a trial may get more of them as long as its run goes on."""
        if len(self._log) != self._n_heard:
            logged = self._log.events()
            self._n_heard, self._late_folds = len(logged), late_folds_of_trial(each.event for each in logged)
        return {trial_id: self._late_folds[trial_id] for trial_id in weights if trial_id in self._late_folds}

    def _told_at_end(
        self, made: Predictor, weights: Mapping[int, float], form: PoolForm, folds: tuple[int, ...]
    ) -> Predictor:
        """A predictor with what a run keeps when it ends, which may be since the predictor was made."""
        conformity = made.conformity or load_conformity(self._folder, weights, form, folds)
        copies = made.copies or load_copies(self._folder)
        if conformity is made.conformity and copies is made.copies:
            return made
        return replace(made, conformity=conformity, copies=copies)

    def _predicting(self) -> tuple[int, ...]:
        started = self._started()
        return predicting_folds(started.n_folds, in_time=bool(started.time))

    def _started(self) -> RunStarted:
        return next(each.event for each in self._log.events() if isinstance(each.event, RunStarted))

    def _load(
        self,
        weights: Mapping[int, float],
        form: PoolForm,
        folds: tuple[int, ...],
        late: Mapping[int, tuple[int, ...]],
    ) -> Predictor:
        events = [logged.event for logged in self._log.events()]
        started = self._started()
        if self._recipe is None:
            self._recipe = Recipe.from_json(self._folder.read_text("recipe.json"))
        names = learner_of_trial(events)
        return load_predictor(
            self._folder,
            self._recipe,
            weights,
            {trial_id: self._learner(names[trial_id]) for trial_id in weights},
            folds=folds,
            late=late,
            n_outputs=max(1, started.n_classes),
            form=form,
        )

    def _learner(self, name: str) -> Learner:
        learner = learner_named(name)
        if self._trust and isinstance(learner, EstimatorLearner):
            learner = learner.trusting_all()
        # Also where no steps were taken: it then reads what the learner itself wrote.
        return SteppedLearner(learner)
