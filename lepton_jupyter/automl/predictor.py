"""The result of a search: a recipe and a weighted mean of fold models, ready to predict."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.runs.run_folder import RunFolder


#: Predicted rows, summed over models, below which threads cost more than they save.
_ROWS_WORTH_A_THREAD = 20_000


@dataclass(frozen=True, slots=True)
class Member:
    """One trial of a predictor: its fold models are averaged, then weighted.

    Parameters
    ----------
    trial_id : int
    view : str
        The recipe's view that the models were fitted on.
    weight : float
    models : tuple of FoldModel
        One for each fold that predicts: see `predicting_folds`.
    """

    trial_id: int
    view: str
    weight: float
    models: tuple[FoldModel, ...]


@dataclass(frozen=True, slots=True)
class Predictor:
    """Predicts tables like the one it was fitted on; picklable, and independent of the run it came from.

    Parameters
    ----------
    recipe : Recipe
    members : tuple of Member
        Weights sum to one.
    n_outputs : int
        Columns of a prediction: one value, or one probability for each class.
    """

    recipe: Recipe
    members: tuple[Member, ...]
    n_outputs: int

    def predict(self, table: Any, *, owner: str = "The model") -> NDArray[np.float64]:
        """Predict each row.

        Parameters
        ----------
        table : DataFrame or array of shape (n_rows, n_columns)
        owner : str, default="The model"
            Who expects the columns, for the message of an error.

        Returns
        -------
        predictions : ndarray of shape (n_rows, n_outputs)
            Probabilities summing to one, in the order of the classes, or values.
        """
        views = self.recipe.transform(table, owner=owner)
        n_rows = len(next(iter(views.values())))
        calls = [
            (member.weight / len(member.models), model, views[member.view])
            for member in self.members
            for model in member.models
        ]
        blend = np.zeros((n_rows, self.n_outputs))
        for weight, predictions in zip((call[0] for call in calls), _predict_all(calls, n_rows), strict=True):
            blend += weight * predictions
        return blend


def _predict_all(
    calls: Sequence[tuple[float, FoldModel, NDArray[np.float32]]], n_rows: int
) -> Iterable[NDArray[np.float64]]:
    """Predictions of each model, in order; side by side where there is enough to do."""
    if n_rows * len(calls) < _ROWS_WORTH_A_THREAD or inside_worker():
        return (model.predict(X) for _, model, X in calls)
    # Models predict in native code, which leaves the interpreter to other threads.
    with ThreadPoolExecutor(max_workers=min(len(calls), len(usable_cores()))) as threads:
        return list(threads.map(lambda call: call[1].predict(call[2]), calls))


def predicting_folds(n_folds: int, *, in_time: bool) -> tuple[int, ...]:
    """Folds whose models predict new rows: all of them, or the last one where folds follow one another in time.

    The models of earlier blocks learnt from less, and from longer ago: they are there to tell what to expect.

    Examples
    --------
    >>> predicting_folds(3, in_time=False), predicting_folds(3, in_time=True)
    ((0, 1, 2), (2,))
    """
    return (n_folds - 1,) if in_time else tuple(range(n_folds))


def load_predictor(
    folder: RunFolder,
    recipe: Recipe,
    weights: Mapping[int, float],
    learner_of: Mapping[int, Learner],
    *,
    n_folds: int,
    n_outputs: int,
    in_time: bool = False,
) -> Predictor:
    """Read the fold models of some trials back from a run's folder.

    Parameters
    ----------
    folder : RunFolder
    recipe : Recipe
    weights : mapping of int to float
        Weight of each trial.
    learner_of : mapping of int to Learner
        Learner of each trial; it reads its own files.
    n_folds, n_outputs : int
    in_time : bool, default=False
        Whether folds followed one another in time.

    Returns
    -------
    predictor : Predictor

    Raises
    ------
    UntrustedModelError
        If a file asks for types that are not its learner's own.
    """
    members = tuple(
        Member(
            trial_id=trial_id,
            view=learner_of[trial_id].view,
            weight=weight,
            models=tuple(
                learner_of[trial_id].load(folder.trial(trial_id) / f"fold-{fold}.model")
                for fold in predicting_folds(n_folds, in_time=in_time)
            ),
        )
        for trial_id, weight in weights.items()
    )
    return Predictor(recipe, members, n_outputs)
