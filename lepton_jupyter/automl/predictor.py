"""The result of a search: a recipe and a weighted pool of fold models, ready to predict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm
from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.conformal_classes import ClassConformity
    from lepton_jupyter.evaluation.conformal_values import ValueConformity
    from lepton_jupyter.evaluation.copied_rows import CopiedRows
    from lepton_jupyter.learners.learner import FoldModel, Learner
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.runs.run_folder import RunFolder


#: The view that copies of training rows are known by.
KNOWN_BY = "tree"
#: Predicted rows, summed over models, below which threads cost more than they save.
_ROWS_WORTH_A_THREAD = 20_000


@dataclass(frozen=True, slots=True)
class Member:
    """One trial of a predictor: its weight is shared by its fold models.

    Parameters
    ----------
    trial_id : int
    view : str
        The recipe's view that the models were fitted on.
    weight : float
    models : tuple of FoldModel
        One for each fold that predicts.
    late : tuple of FoldModel, optional
        Of late folds, each of which counts as one of `models` does.
    quick : tuple of FoldModel, optional
        Fewer models of the same mean, where the learner has them.
    learner : str, default=""
        Name of the learner, which can write the models.
    """

    trial_id: int
    view: str
    weight: float
    models: tuple[FoldModel, ...]
    quick: tuple[FoldModel, ...] = ()
    learner: str = ""
    late: tuple[FoldModel, ...] = ()

    @classmethod
    def from_models(
        cls,
        trial_id: int,
        learner: Learner,
        weight: float,
        models: Sequence[FoldModel],
        late: Sequence[FoldModel] = (),
    ) -> Member:
        """Build from a trial's fold models, and those of late folds."""
        quick = learner.together([*models, *late])
        return cls(trial_id, learner.view, weight, tuple(models), quick, learner.name, tuple(late))

    def of_fold(self, fold: int) -> Member:
        """With the model of one fold alone."""
        return replace(self, models=(self.models[fold],), quick=(), late=())

    @property
    def every(self) -> tuple[FoldModel, ...]:
        """Its models, of which each counts the same."""
        return (*self.models, *self.late)

    def predicting(self, form: PoolForm) -> tuple[FoldModel, ...]:
        """Models to ask, of which each counts the same: the quick ones know their plain mean alone."""
        return self.every if form.logarithmic else self.quick or self.every


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
    copies : CopiedRows or None, default=None
        Answers rows that are copies of training rows.
    form : PoolForm, default=MEAN
        How fold models and members are pooled.
    conformity : ValueConformity, ClassConformity or None
        How far off it was out of fold; None as long as its run goes on.
    """

    recipe: Recipe
    members: tuple[Member, ...]
    n_outputs: int
    copies: CopiedRows | None = None
    form: PoolForm = MEAN
    conformity: ValueConformity | ClassConformity | None = None

    def members_apart(self) -> dict[int, Predictor]:
        """Each member as a predictor of its own, by its trial; the models are shared."""
        alone = replace(self, form=MEAN, conformity=None)
        return {each.trial_id: replace(alone, members=(replace(each, weight=1.0),)) for each in self.members}

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
        return self.predict_views(self.recipe.transform(table, owner=owner, views=self.views))

    def predict_views(self, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """Predict rows that were prepared already.

        Parameters
        ----------
        views : mapping of str to ndarray of shape (n_rows, n_columns)
            All of `views`, as the recipe makes them.

        Returns
        -------
        predictions : ndarray of shape (n_rows, n_outputs)
        """
        n_rows = len(next(iter(views.values())))
        calls = [
            (member.weight / len(models), model, views[member.view])
            for member, models in ((each, each.predicting(self.form)) for each in self.members)
            for model in models
        ]
        total = np.zeros((n_rows, self.n_outputs))
        for weight, predictions in zip((call[0] for call in calls), _predict_all(calls, n_rows), strict=True):
            total += weight * self.form.opened(predictions)
        pooled = self.form.closed(total)
        return pooled if self.copies is None else self.copies.answer(views[KNOWN_BY], pooled)

    def predict_by_fold(self, table: Any, *, owner: str = "The model") -> NDArray[np.float64]:
        """Predict each row by the models of each fold, which `predict` pools.

        Parameters
        ----------
        table, owner
            As for `predict`.

        Returns
        -------
        predictions : ndarray of shape (n_folds, n_rows, n_outputs)
            Of the folds whose models predict.
        """
        views = self.recipe.transform(table, owner=owner, views=self.views)
        n_rows = len(next(iter(views.values())))
        folds = range(len(self.members[0].models))
        calls = [(member.weight, member.models[fold], views[member.view]) for fold in folds for member in self.members]
        found = np.zeros((len(folds), n_rows, self.n_outputs))
        for place, (call, predictions) in enumerate(zip(calls, _predict_all(calls, n_rows), strict=True)):
            found[place // len(self.members)] += call[0] * self.form.opened(predictions)
        pooled = [self.form.closed(of_fold) for of_fold in found]
        if self.copies is not None:
            pooled = [self.copies.answer(views[KNOWN_BY], of_fold) for of_fold in pooled]
        return np.array(pooled)

    @property
    def views(self) -> list[str]:
        """Views of the recipe that somebody looks at; each takes its time to make."""
        return sorted({member.view for member in self.members} | ({KNOWN_BY} if self.copies is not None else set()))


def _predict_all(
    calls: Sequence[tuple[float, FoldModel, NDArray[np.float32]]], n_rows: int
) -> Iterable[NDArray[np.float64]]:
    """Predictions of each model, in order; side by side where there is enough to do."""
    if n_rows * len(calls) < _ROWS_WORTH_A_THREAD or inside_worker():
        return (model.predict(X) for _, model, X in calls)
    # Models predict in native code, which leaves the interpreter to other threads.
    return side_by_side(lambda call: call[1].predict(call[2]), calls)


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
    folds: Sequence[int],
    n_outputs: int,
    late: Mapping[int, Sequence[int]] | None = None,
    form: PoolForm = MEAN,
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
    folds : sequence of int
        Whose models predict.
    n_outputs : int
    late : mapping of int to sequence of int, optional
        Late folds of trials whose models predict too.
    form : PoolForm, default=MEAN
        How the trials are pooled.

    Returns
    -------
    predictor : Predictor

    Raises
    ------
    UntrustedModelError
        If a file asks for types that are not its learner's own.
    """

    def loaded(trial_id: int, of_folds: Sequence[int]) -> list[FoldModel]:
        return [learner_of[trial_id].load(folder.trial(trial_id) / f"fold-{fold}.model") for fold in of_folds]

    members = tuple(
        Member.from_models(
            trial_id,
            learner_of[trial_id],
            weight,
            loaded(trial_id, folds),
            loaded(trial_id, (late or {}).get(trial_id, ())),
        )
        for trial_id, weight in weights.items()
    )
    return Predictor(recipe, members, n_outputs, form=form)
