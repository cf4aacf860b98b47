"""The model of the project's first document: ``LeptonModel(SVM, C=1.0, kernel='linear')``, fitted like any other."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lepton_jupyter.data.target import TASKS
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.data_errors import ComplexDataError, InvalidTargetError
from lepton_jupyter.exceptions.model_errors import (
    InvalidParameterError,
    NoEffectWarning,
    UnknownParameterError,
    UnsuitableKindError,
)
from lepton_jupyter.learners.learner_kind import LearnerKind
from lepton_jupyter.learners.named_learners import KINDS
from lepton_jupyter.notebook.model_fitting import Wishes, fit_chosen, fit_named
from lepton_jupyter.notebook.plain_numbers import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


def _answers(method: str) -> Callable[[LeptonModel], bool]:
    """Whether a model, fitted or as it is named, has this method of classifiers."""

    def has(model: LeptonModel) -> bool:
        if hasattr(model, "estimator_"):
            return hasattr(model.estimator_, method)
        kind = model.learner
        if model.task == "regression" or (kind is not None and not kind.classifier):
            return False
        return (
            method == "predict_proba"
            if kind is None
            else hasattr(kind.estimator("classification", model._given()), method)
        )

    return has


class LeptonModel(BaseEstimator):
    """A named model whose free parameters are searched, or a search that chooses the model itself.

    What is given is fixed. With everything given that matters, one model is fitted, as fast as by scikit-learn itself;
    what is free is searched for at most 10 s, or until 20 configurations brought no gain, and the best one is fitted on
    all rows.

    Parameters
    ----------
    learner : LearnerKind, optional
        `SVM`, `LinearSVM`, `DecisionTree`, `RandomForest`, `ExtraTrees`, `GradientBoosting`, `HistGradientBoosting`,
        `AdaBoost`, `LogisticRegression`, `LinearRegression`, `Ridge`, `Lasso`, `ElasticNet`, `SGD`, `NeuralNetwork`,
        `KNN` (also `KNearestNeighbors`) or `NaiveBayes`. Default: the search of `LeptonClassifier` over all learners.
    budget : str, float or Budget, optional
        What the search may spend: ``"30s"``, ``"40trials"``; it is then used up. Default: 10 s, less if 20
        configurations in a row bring no gain.
    task : {"classification", "binary", "multiclass", "regression"}, optional
        Default: what `y` holds, and the learner can do.
    scoring : str, optional
        What the search is judged by, by scikit-learn's name. (`metric` is a distance in `KNN`.) Default: ROC AUC, log
        loss or RMSE, and the accuracy of several classes for models without probabilities.
    folds : int, optional
        Folds of the cross-validation. Default: chosen by the number of rows.
    search : bool, default=True
        False: what is not given keeps scikit-learn's default.
    prepare : bool, optional
        Whether numbers are scaled, categories, dates and text made numbers, and missing values filled before the model
        sees them. Default: where something is searched, or the table is not numbers alone; else the model is given the
        table as it is, as scikit-learn would.
    max_rows : int, "auto" or None, default="auto"
        Most rows that the model is fitted on. ``"auto"`` samples, with a warning, where an `SVM` would take more than
        about two minutes; None uses all.
    n_jobs : int, optional
        Fits side by side in a search; and the parameter of scikit-learn's estimators that have it.
    random_state : int, RandomState instance or None, default=0
    verbose : int, default=1
        0 shows nothing; else a search shows its panel in a notebook and a progress line in a terminal.
    name : str, optional
        What the run of a search is called. Default: the name of `y`.
    **parameters
        Those of scikit-learn's estimator, by its names: ``C=1.0, kernel="linear"``.

    Attributes
    ----------
    estimator_ : object
        The fitted scikit-learn estimator; of `LeptonModel()` the fitted `LeptonClassifier` or `LeptonRegressor`.
    best_params_ : dict
        What was given and what was found: ``LeptonModel(SVM, **model.best_params_)`` fits the same model at once.
    task_ : {"classification", "regression"}
    classes_ : ndarray of shape (n_classes,)
        For classification only.
    recipe_ : Recipe or None
        How the table was prepared.
    run_ : str or None
        Id of the search's run, if one took place: ``%lepton show ID`` opens its board.
    leaderboard_ : DataFrame or None
        The configurations tried, the best first.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only if `X` named its columns.

    Examples
    --------
    >>> from lepton_jupyter import LeptonModel, SVM
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import train_test_split
    >>> X_train, X_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True), random_state=0)
    >>> model = LeptonModel(SVM, C=1.0, kernel='linear').fit(X_train, y_train)
    >>> model.predict(X_test)[:3]
    array([2, 1, 0])
    >>> model.estimator_
    SVC(kernel='linear', random_state=0)
    """

    _OWN: ClassVar[tuple[str, ...]] = (
        "learner", "budget", "task", "scoring", "folds", "search", "prepare", "max_rows", "n_jobs", "random_state",
        "verbose", "name",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  scikit-learn reads an estimator's parameters from here
        self,
        learner: LearnerKind | None = None,
        *,
        budget: str | float | Budget | None = None,
        task: str | None = None,
        scoring: str | None = None,
        folds: int | None = None,
        search: bool = True,
        prepare: bool | None = None,
        max_rows: int | str | None = "auto",
        n_jobs: int | None = None,
        random_state: Any = 0,
        verbose: int = 1,
        name: str | None = None,
        **parameters: Any,
    ) -> None:
        self.learner = learner
        self.budget = budget
        self.task = task
        self.scoring = scoring
        self.folds = folds
        self.search = search
        self.prepare = prepare
        self.max_rows = max_rows
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.name = name
        if parameters:
            self.set_params(**parameters)

    # Parameters ------------------------------------------------------------------------------------------------------

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Own parameters, and those of the learner that were given."""
        del deep
        return {name: getattr(self, name) for name in self._OWN} | self._given()

    def set_params(self, **params: Any) -> Self:
        """Set own parameters, and those of the learner.

        Raises
        ------
        UnknownParameterError
            If there is no such parameter; the nearest is named.
        """
        learner = params.get("learner", self.learner)
        foreign = [name for name in params if name not in self._OWN]
        if foreign and learner is None:
            raise UnknownParameterError.without_learner(foreign[0], self._OWN)
        if foreign:
            # Names are checked at once, as Python does, and values by `fit`, as scikit-learn does.
            kind = _kind(learner)
            known = (*kind.parameter_names(), *self._OWN)
            for name in foreign:
                if name not in known:
                    raise UnknownParameterError.from_name(name, kind.name, known)
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def _given(self) -> dict[str, Any]:
        """Parameters of the learner, as attributes: like an estimator's own, they may be set later."""
        return {
            name: value
            for name, value in vars(self).items()
            if name not in self._OWN and not name.startswith("_") and not name.endswith("_")
        }

    # Fitting ---------------------------------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any = None, *, epochs: int | None = None, batch_size: int | None = None) -> Self:
        """Fit the model, after a search for what is free.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        epochs : int, optional
            Most passes over the rows, for models trained by gradient steps (`NeuralNetwork`, `SGD`); others are fitted
            all the same, with a warning.
        batch_size : int, optional
            Rows of one gradient step (`NeuralNetwork`); as for `epochs`.

        Returns
        -------
        self

        Raises
        ------
        LeptonError
            One sentence about what is wrong with the table, the target or a parameter.

        Warns
        -----
        NoEffectWarning
            If `epochs` or `batch_size` has no effect on the model.
        SampledRowsWarning
            If the model was fitted on a sample of the rows.
        """
        began = time.monotonic()
        if y is None:
            raise InvalidTargetError.from_nothing(type(self).__name__)
        if isinstance(y, str):
            raise InvalidTargetError.from_name(y)
        if getattr(getattr(y, "dtype", None), "kind", "") == "c":
            raise ComplexDataError.from_column("y")
        kind = None if self.learner is None else _kind(self.learner)
        trained = _words_of_training(kind, epochs=epochs, batch_size=batch_size)
        wishes = self._wishes(began)
        fitted = fit_chosen(X, y, wishes) if kind is None else fit_named(kind, self._given() | trained, X, y, wishes)
        self._fitted = fitted
        self.estimator_ = fitted.estimator
        self.best_params_ = fitted.parameters
        self.task_ = fitted.task
        self.recipe_ = fitted.recipe
        self.run_ = fitted.run_id
        self.leaderboard_ = fitted.leaderboard
        self.n_features_in_ = fitted.n_features
        for attribute, value in (("classes_", fitted.classes), ("feature_names_in_", fitted.feature_names)):
            if value is not None:
                setattr(self, attribute, value)
            elif hasattr(self, attribute):
                delattr(self, attribute)
        return self

    def _wishes(self, began: float) -> Wishes:
        """What was asked for, checked."""
        if self.task is not None and self.task not in TASKS:
            raise InvalidParameterError.from_choice("task", self.task, TASKS)
        if self.learner is None and not self.search:
            raise InvalidParameterError.from_needless_search()
        if self.prepare not in {None, True, False}:
            raise InvalidParameterError.from_choice("prepare", self.prepare, ("None", "True", "False"))
        if self.max_rows not in {None, "auto"}:
            _count("max_rows", self.max_rows)
        if self.budget is not None:
            Budget.parse(self.budget)
        return Wishes(
            budget=self.budget,
            task=self.task,
            scoring=self.scoring,
            folds=self.folds,
            search=bool(self.search),
            prepare=self.prepare,
            max_rows=self.max_rows,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
            verbose=bool(self.verbose),
            name=self.name,
            began=began,
        )

    # Predicting ------------------------------------------------------------------------------------------------------

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the class or the value of each row.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        predictions : ndarray of shape (n_samples,)
        """
        return self._answer("predict", X)

    @available_if(_answers("predict_proba"))
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, in the order of `classes_`; only where the learner gives them.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
        """
        return self._answer("predict_proba", X)

    @available_if(_answers("decision_function"))
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Distance of each row from the boundary between classes; only where the learner gives it.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        distances : ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        return self._answer("decision_function", X)

    def _answer(self, method: str, X: Any) -> NDArray[Any]:
        check_is_fitted(self)
        answer: NDArray[Any] = getattr(self.estimator_, method)(self._fitted.input(X))
        return answer

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy of the predicted classes, or the R² of the predicted values.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional

        Returns
        -------
        score : float
        """
        from sklearn.metrics import accuracy_score, r2_score

        predictions = self.predict(X)  # first: before `fit` there is no task either
        measure = r2_score if self.task_ == "regression" else accuracy_score
        return float(measure(y, predictions, sample_weight=sample_weight))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags

        tags = super().__sklearn_tags__()
        kind = self.learner if isinstance(self.learner, LearnerKind) else None
        task = getattr(self, "task_", None) or self.task or (kind.only_task if kind else None)
        if task == "regression":
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        elif task is not None:
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        searches = kind is None or (self.search and bool(kind.free(self._given(), task or "classification")))
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.sparse = kind is not None and kind.takes_sparse and not searches and not self.prepare
        tags.non_deterministic = searches and (self.budget is None or Budget.parse(self.budget).seconds is not None)
        return tags


def _kind(learner: Any) -> LearnerKind:
    if not isinstance(learner, LearnerKind):
        raise UnsuitableKindError.from_value(learner, KINDS)
    return learner


def _count(name: str, value: Any) -> int:
    if not is_whole(value) or value < 1:
        raise InvalidParameterError.from_count(name, value)
    return int(value)


def _words_of_training(kind: LearnerKind | None, **words: int | None) -> dict[str, int]:
    """Parameters that `epochs` and `batch_size` become; a warning for those that become none."""
    said = {word: _count(word, value) for word, value in words.items() if value is not None}
    parameters = {word: "" if kind is None else getattr(kind, word) for word in said}
    idle = [word for word, parameter in parameters.items() if not parameter]
    if idle:
        name = "a learner that lepton chooses" if kind is None else kind.name
        by_row = kind is not None and bool(kind.epochs)
        warnings.warn(NoEffectWarning.from_words(idle, name, by_row=by_row), stacklevel=3)
    return {parameter: said[word] for word, parameter in parameters.items() if parameter}
