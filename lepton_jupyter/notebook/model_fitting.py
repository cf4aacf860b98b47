"""Fitting what a `LeptonModel` names: at once where everything is given, else after a search for what is free."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.data.checks import align
from lepton_jupyter.data.frames import has_column_names, to_pandas
from lepton_jupyter.data.schema import name_of_target, understand
from lepton_jupyter.data.target import understand_target
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.data_errors import InvalidTargetError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.model_errors import InvalidParameterError, SampledRowsWarning
from lepton_jupyter.learners.learner_kind import drawn_rows
from lepton_jupyter.notebook.plain_numbers import plain_numbers
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Target
    from lepton_jupyter.learners.learner_kind import LearnerKind

#: What a search may spend when nobody says otherwise, and after how many configurations without gain it ends.
DEFAULT_SEARCH = "10s"
PATIENCE = 20
#: Seconds that one fit of a model whose cost grows with the square of its rows may take before rows are sampled.
_MOST_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a `LeptonModel` was asked for beside its learner; see there."""

    budget: str | float | Budget | None
    task: str | None
    scoring: str | None
    folds: int | None
    search: bool
    prepare: bool | None
    max_rows: int | str | None
    n_jobs: int | None
    random_state: Any
    verbose: bool
    name: str | None
    began: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedModel:
    """A fitted estimator, and how a table becomes what it takes.

    Parameters
    ----------
    estimator : object
    task : {"classification", "regression"}
    parameters : dict of str to object
        Given and found.
    n_features : int
    feature_names : ndarray of shape (n_features,) or None
    recipe : Recipe or None
    view : str
        Of the recipe.
    run_id : str or None
    leaderboard : DataFrame or None
    takes_tables : bool
        Whether the estimator prepares tables itself.
    """

    estimator: Any
    task: str
    parameters: dict[str, Any]
    n_features: int
    feature_names: NDArray[Any] | None = None
    recipe: Recipe | None = None
    view: str = "linear"
    run_id: str | None = None
    leaderboard: pd.DataFrame | None = None
    takes_tables: bool = False

    @property
    def classes(self) -> NDArray[Any] | None:
        """Labels of the classes, for classification."""
        return self.estimator.classes_ if self.task == "classification" else None

    def input(self, X: Any) -> Any:
        """What the estimator takes, made of a table like the one it was fitted on."""
        if self.recipe is not None:
            return self.recipe.transform(X, owner="LeptonModel")[self.view]
        if self.takes_tables or isinstance(X, np.ndarray) or hasattr(X, "tocsr"):
            return X
        if self.feature_names is not None:
            names = list(self.feature_names)
            return align(X, names, needed=names, known=(), owner="LeptonModel")[names]
        return to_pandas(X).to_numpy()


def fit_chosen(X: Any, y: Any, wishes: Wishes) -> FittedModel:
    """Let the search over all learners choose the model."""
    from lepton_jupyter.notebook.estimators import LeptonClassifier, LeptonRegressor

    target = understand_target(y, name=name_of_target(y), task=wishes.task, single_row_classes="keep")
    kind = LeptonClassifier if target.classes else LeptonRegressor
    estimator = kind(
        DEFAULT_SEARCH if wishes.budget is None else wishes.budget,
        metric=wishes.scoring,
        folds=wishes.folds,
        name=wishes.name,
        n_jobs=wishes.n_jobs,
        random_state=wishes.random_state,
        verbose=int(wishes.verbose),
        patience=PATIENCE if wishes.budget is None else None,
    ).fit(X, y)
    from lepton_jupyter.notebook.library import find_run

    return FittedModel(
        estimator=estimator,
        task="classification" if target.classes else "regression",
        parameters={},
        n_features=estimator.n_features_in_,
        feature_names=getattr(estimator, "feature_names_in_", None),
        run_id=estimator.run_,
        leaderboard=find_run(estimator.run_).leaderboard,
        takes_tables=True,
    )


def fit_named(kind: LearnerKind, given: dict[str, Any], X: Any, y: Any, wishes: Wishes) -> FittedModel:
    """Fit one kind of model with what is given, after a search for what is free."""
    wished_task = wishes.task or kind.only_task
    target = understand_target(y, name=name_of_target(y), task=wished_task, single_row_classes="keep")
    task = "classification" if target.classes else "regression"
    fit = _Fit(kind, given, target, task, wishes)
    fit.check_values()
    free = [each.dimension.name for each in kind.free(given, task)] if wishes.search else []
    if free and wishes.prepare is False:
        raise InvalidParameterError.from_unprepared_search(kind.name, free)
    if not free and not wishes.prepare and target.kept.all():
        plain = plain_numbers(X, takes_missing=kind.takes_missing or wishes.prepare is False)
        if plain is not None:
            return fit.plain(plain)
    return fit.prepared(X, y, searched=bool(free))


@dataclass(frozen=True, slots=True)
class _Fit:
    """One fit of one kind of model."""

    kind: LearnerKind
    given: dict[str, Any]
    target: Target
    task: str
    wishes: Wishes

    def check_values(self) -> None:
        """Refuse what scikit-learn would refuse, before anything is searched."""
        estimator = self.kind.estimator(self.task, self.given)
        self._said_in_one_sentence(estimator._validate_params)

    def plain(self, X: Any) -> FittedModel:
        """Fit on numbers as they are, as scikit-learn would."""
        if X.shape[0] != len(self.target.y):
            raise InvalidTargetError.from_length(len(self.target.y), X.shape[0])
        estimator = self._fit(self.given, X, self.target)
        return FittedModel(
            estimator=estimator,
            task=self.task,
            parameters=dict(self.given),
            n_features=X.shape[1],
            feature_names=getattr(estimator, "feature_names_in_", None),
        )

    def prepared(self, X: Any, y: Any, *, searched: bool) -> FittedModel:
        """Fit on what a recipe makes of the table, after the search if there is one."""
        frame = to_pandas(X)
        schema = understand(frame, target=y, task=self.wishes.task or self.kind.only_task, single_row_classes="keep")
        target = schema.target or self.target
        parameters, run_id, leaderboard = dict(self.given), None, None
        if searched:
            from lepton_jupyter.notebook.kind_search import search_kind

            found = search_kind(
                self.kind, self.given, schema.training_table(frame), target, self._settings(name_of_target(y)),
                verbose=self.wishes.verbose, began=self.wishes.began,
            )  # fmt: skip
            parameters |= found.parameters
            run_id, leaderboard = found.run.id, found.run.leaderboard
        recipe, views = Recipe.fit_transform(frame, schema)
        return FittedModel(
            estimator=self._fit(parameters, views[self.kind.view], target),
            task=self.task,
            parameters=parameters | {"prepare": True},
            n_features=len(recipe.input_names),
            feature_names=np.asarray(recipe.input_names, dtype=object) if has_column_names(X) else None,
            recipe=recipe,
            view=self.kind.view,
            run_id=run_id,
            leaderboard=leaderboard,
        )

    def _fit(self, parameters: Mapping[str, Any], X: Any, target: Target) -> Any:
        estimator = self.kind.estimator(self.task, parameters)
        if "random_state" in estimator._get_param_names():
            estimator.set_params(random_state=self.wishes.random_state)
        if self.kind.parallel:
            estimator.set_params(n_jobs=self.wishes.n_jobs)
        y = target.class_array()[target.y] if target.classes else target.y
        rows = self._rows(X.shape, parameters, target)
        if rows is not None:
            X = X.iloc[rows] if hasattr(X, "iloc") else X[rows]
            y = y[rows]
        with warnings.catch_warnings():
            if self.kind.epochs in self.given or parameters.keys() != self.given.keys():
                # As many passes as were asked for, or as a search found good; a batch larger than the table is that.
                warnings.simplefilter("ignore", ConvergenceWarning)
                warnings.filterwarnings("ignore", message=".*batch_size", category=UserWarning)
            self._said_in_one_sentence(lambda: estimator.fit(X, y))
        return estimator

    def _rows(self, shape: tuple[int, int], parameters: Mapping[str, Any], target: Target) -> NDArray[np.intp] | None:
        """Rows that are fitted on, where it is not all of them."""
        n_rows, wish = shape[0], self.wishes.max_rows
        if wish is None or (wish == "auto" and not self.kind.quadratic):
            return None
        seconds = self.kind.seconds(n_rows, shape[1], parameters)
        if wish == "auto":
            if seconds <= _MOST_SECONDS:
                return None
            most = int(n_rows * (_MOST_SECONDS / seconds) ** 0.5)
            most = max(1000, round(most, -3))
        else:
            most = int(wish)
        if most >= n_rows:
            return None
        warnings.warn(
            SampledRowsWarning.from_rows(self.kind.name, n_rows, most, None if wish != "auto" else seconds / 60),
            stacklevel=6,
        )
        return drawn_rows(target.y, target.n_classes, most, self._seed())

    def _said_in_one_sentence(self, call: Any) -> None:
        try:
            call()
        except LeptonError:
            raise
        except (ValueError, TypeError) as error:
            raise InvalidParameterError.from_scikit_learn(self.kind.name, error) from error

    def _seed(self) -> int:
        from lepton_jupyter.notebook.estimators import settled_seed

        return int(settled_seed(self.wishes.random_state))

    def _settings(self, target_name: str) -> AutoMLSettings:
        wishes, n_jobs = self.wishes, self.wishes.n_jobs
        return AutoMLSettings(
            target=target_name,
            table_name="X",
            budget=Budget.parse(DEFAULT_SEARCH if wishes.budget is None else wishes.budget),
            task=wishes.task or self.kind.only_task,
            metric=self._scoring(),
            learners=(self.kind.name,),
            n_folds=wishes.folds,
            name=wishes.name,
            seed=self._seed(),
            keep_models="best",
            n_workers=None if n_jobs is None or n_jobs == -1 else n_jobs,
            patience=PATIENCE if wishes.budget is None else None,
        )

    def _scoring(self) -> str | None:
        wish = self.wishes.scoring
        if self.task == "regression" or hasattr(self.kind.estimator(self.task, self.given), "predict_proba"):
            return wish
        if wish is None:
            return "accuracy" if self.target.n_classes > 2 else None
        if wish in {"neg_log_loss", "neg_brier_score"}:
            raise InvalidParameterError.from_unprobable(wish, self.kind.name)
        return wish
