"""Scores of a run's models on the table that was held out, once the search is over: they decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import HeldOutScored, WarningRaised
from lepton_jupyter.exceptions.lepton_error import LeptonError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.automl.held_out import HeldOut, HeldOutScore
    from lepton_jupyter.automl.history import BestSoFar
    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event

#: Scoring takes this many times what predicting alone is expected to take.
_STRETCH = 2.0


@dataclass(frozen=True, slots=True)
class HeldOutScoring:
    """Scores models and tells each score to the log.

    Parameters
    ----------
    test : HeldOut
    metric : Metric
    models : StoredModels
    append : callable
        Appends an event to the run's log.
    seconds_left : callable
        What may still be spent on it.
    test_seconds : callable
        ``test_seconds(trial_id)``: what predicting the table with one trial will probably take.
    """

    test: HeldOut
    metric: Metric
    models: StoredModels
    append: Callable[[Event], object]
    seconds_left: Callable[[], float]
    test_seconds: Callable[[int], float]

    def score(self, best: BestSoFar, others: Sequence[int]) -> float | None:
        """Score the best predictor in any case, then its members and other trials as far as time allows.

        Parameters
        ----------
        best : BestSoFar
        others : sequence of int
            Trials.

        Returns
        -------
        score : float or None
            Of the best; None where it has none, and then the log says why.
        """
        try:
            predictor = self.models.predictor(best.weights, best.form, folds=best.folds)
            found = self.test.score(predictor, self.metric)
            if found is not None:
                self._tell(next(iter(best.weights)) if len(best.weights) == 1 else None, found)
                self._score_others(predictor, others)
        except LeptonError as error:  # the model is there all the same
            self.append(WarningRaised(text=f"The test table could not be scored. {error}"))
            return None
        if found is None:
            self.append(WarningRaised(text=f"{self.metric.label} has no value on the test table's rows."))
            return None
        return found.score

    def _score_others(self, predictor: Predictor, others: Sequence[int]) -> None:
        apart = predictor.members_apart() if len(predictor.members) > 1 else {}
        for trial_id in (*apart, *others):
            if _STRETCH * self.test_seconds(trial_id) > self.seconds_left():
                continue
            alone = apart.get(trial_id) or self.models.predictor({trial_id: 1.0})
            found = self.test.score(alone, self.metric)
            if found is not None:
                self._tell(trial_id, found)

    def _tell(self, trial_id: int | None, found: HeldOutScore) -> None:
        self.append(HeldOutScored(trial_id=trial_id, score=found.score, score_error=found.error))
