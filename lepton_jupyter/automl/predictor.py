"""The result of a search: a recipe and a weighted mean of fold models, ready to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.runs.run_folder import RunFolder


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
        One for each fold.
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
        blend = np.zeros((n_rows, self.n_outputs))
        for member in self.members:
            X = views[member.view]
            for model in member.models:
                blend += member.weight / len(member.models) * model.predict(X)
        return blend


def load_predictor(
    folder: RunFolder,
    recipe: Recipe,
    weights: Mapping[int, float],
    learner_of: Mapping[int, Learner],
    *,
    n_folds: int,
    n_outputs: int,
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
                learner_of[trial_id].load(folder.trial(trial_id) / f"fold-{fold}.model") for fold in range(n_folds)
            ),
        )
        for trial_id, weight in weights.items()
    )
    return Predictor(recipe, members, n_outputs)
