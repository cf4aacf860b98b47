"""The search for what a person left free of a named model: a run like any other, with one learner in it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.events.run_events import TrialAsked, TrialFinished, TrialRejected
from lepton_jupyter.exceptions.model_errors import NothingComparedWarning
from lepton_jupyter.learners.kind_learner import KindLearner, effective
from lepton_jupyter.learners.learner_kind import drawn_rows
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.progress import progress_line
from lepton_jupyter.notebook.surroundings import look_around

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.data.target import Target
    from lepton_jupyter.learners.learner_kind import LearnerKind
    from lepton_jupyter.notebook.run_handle import Run

#: Configurations that a search should be able to judge on all folds within its budget.
_LEAST_TRIALS = 12
#: Rows that a search looks at whatever they cost: with fewer nothing can be told.
_LEAST_ROWS = 500
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave.

    Parameters
    ----------
    parameters : dict of str to object
        Those that were free, as far as they matter beside each other.
    run : Run
    """

    parameters: dict[str, Any]
    run: Run


def search_kind(
    kind: LearnerKind,
    given: dict[str, Any],
    frame: pd.DataFrame,
    target: Target,
    settings: AutoMLSettings,
    *,
    verbose: bool,
    began: float,
) -> Found:
    """Search the free parameters of a kind of model and wait for the end.

    Parameters
    ----------
    kind : LearnerKind
    given : dict of str to object
        Parameters that are fixed.
    frame : pandas.DataFrame
        Rows that have a target.
    target : Target
    settings : AutoMLSettings
        Their learners are replaced by the kind.
    verbose : bool
        Whether a panel or a progress line is shown.
    began : float
        When the budget began, on `time.monotonic`.

    Returns
    -------
    found : Found
    """
    learner = KindLearner(kind, given)
    values = target.class_array()[target.y] if target.classes else target.y
    rows = rows_to_search(kind, given, target, frame.shape[1], settings)
    task = understand_task(
        frame.iloc[rows],
        settings,
        target=values[rows],
        single_row_classes="keep",
        own_learners=(learner,),
    )
    with warnings.catch_warnings():
        # A configuration that does not converge is judged like any other; folds hold fewer rows than a batch may.
        warnings.filterwarnings("ignore", message=".*(converge|batch_size)", category=UserWarning)
        run = start_run(task, settings, wrap=fitted_estimator, began=began)
        _await(run, verbose=verbose)
    point = best_point(run, kind.name)
    if point is None:
        warnings.warn(NothingComparedWarning.from_budget(kind.name, str(settings.budget)), stacklevel=4)
        return Found({}, run)
    return Found(effective(kind, given, point), run)


def best_point(run: Run, learner: str) -> dict[str, Any] | None:
    """Configuration of a learner with the best mean score, or None before there is one.

    Those that gave up the race count only where no other is there: then all were worse than a constant prediction.
    """
    asked = {event.trial_id: event for event in _events(run, TrialAsked) if event.learner == learner}
    scored = [each for each in _events(run, TrialFinished) if each.trial_id in asked]
    scored = scored or [each for each in _events(run, TrialRejected) if each.trial_id in asked]
    if not scored:
        return None
    sign = 1.0 if run.message().greater_is_better else -1.0
    best = max(scored, key=lambda each: sign * each.score)
    return dict(asked[best.trial_id].parameters)


def _events(run: Run, kind: type[Any]) -> list[Any]:
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


def rows_to_search(
    kind: LearnerKind, given: dict[str, Any], target: Target, n_columns: int, settings: AutoMLSettings
) -> NDArray[np.intp]:
    """Rows that the search looks at: all, or as many as leave time for a dozen configurations."""
    n_rows = len(target.y)
    used = n_rows
    if settings.budget.seconds is not None:
        folds = settings.n_folds or _FOLDS
        per_fold = settings.budget.seconds / folds / _LEAST_TRIALS
        while used > _LEAST_ROWS and kind.seconds(used, n_columns, given) > per_fold:
            used = max(_LEAST_ROWS, int(0.8 * used))
    return drawn_rows(target.y, target.n_classes, used, settings.seed)


def _await(run: Run, *, verbose: bool) -> None:
    around = look_around()
    if verbose and around.live_page:
        show(run)
    with progress_line(run, enabled=verbose):
        run.wait()
    if verbose and around.kernel and not around.live_page:
        show(run)
