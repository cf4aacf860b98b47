"""The search for what a person left free of a named model: a run like any other, with one learner in it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
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
    import pandas as pd

    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.data.target import Target
    from lepton_jupyter.learners.learner_kind import LearnerKind
    from lepton_jupyter.notebook.run_handle import Run

#: Configurations that a search should be able to judge on all folds within its budget.
_LEAST_TRIALS = 12
#: Rows that a search looks at whatever they cost: with fewer nothing can be told.
_LEAST_ROWS = 500
#: Folds that a run has where rows are few, and those that are enough to compare where they are dear.
_MOST_FOLDS, _FEWEST_FOLDS = 8, 3


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
    n_rows, n_folds = affordable(kind, given, len(frame), frame.shape[1], settings)
    rows = drawn_rows(target.y, target.n_classes, n_rows, settings.seed)
    settings = replace(settings, n_folds=n_folds)
    task = understand_task(
        frame.iloc[rows],
        settings,
        target=values[rows],
        single_row_classes="keep",
        own_learners=(learner,),
    )
    if n_rows < len(frame):
        note = (
            f"The search looks at {n_rows:,} of {len(frame):,} rows to have time to compare; all are fitted at the end."
        )
        task = replace(task, notes=(*task.notes, note))
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


def affordable(
    kind: LearnerKind, given: dict[str, Any], n_rows: int, n_columns: int, settings: AutoMLSettings
) -> tuple[int, int | None]:
    """Rows and folds of a search that leave time for a dozen configurations: fewer folds first, then fewer rows.

    Returns
    -------
    n_rows : int
    n_folds : int or None
        None: as many as the number of rows asks for.
    """
    if settings.budget.seconds is None:
        return n_rows, settings.n_folds
    seconds = settings.budget.seconds / _LEAST_TRIALS
    usual = settings.n_folds or _MOST_FOLDS
    n_folds = settings.n_folds
    if n_folds is None and kind.seconds(n_rows, n_columns, given) * usual > seconds:
        n_folds = usual = _FEWEST_FOLDS
    while n_rows > _LEAST_ROWS and kind.seconds(n_rows, n_columns, given) * usual > seconds:
        n_rows = max(_LEAST_ROWS, int(0.8 * n_rows))
    return n_rows, n_folds


def _await(run: Run, *, verbose: bool) -> None:
    around = look_around()
    if verbose and around.live_page:
        show(run)
    with progress_line(run, enabled=verbose):
        run.wait()
    if verbose and around.kernel and not around.live_page:
        show(run)
