"""The search as scikit-learn estimators: `fit` searches within the budget, `predict` uses the best that was found."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted, check_random_state

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings, as_names
from lepton_jupyter.data.frames import has_column_names, to_pandas
from lepton_jupyter.data.schema import name_of_target
from lepton_jupyter.data.target import labels_as_array
from lepton_jupyter.evaluation.conformal_classes import ClassConformity
from lepton_jupyter.evaluation.conformal_values import ValueConformity
from lepton_jupyter.evaluation.coverage import check_quantiles, check_share
from lepton_jupyter.events.quantities import DEFAULT_BUDGET_SECONDS, Budget
from lepton_jupyter.exceptions.conformal_errors import NoConformityError
from lepton_jupyter.exceptions.data_errors import InvalidTargetError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.kernel_cluster import KernelCluster
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.progress import progress_line
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.runs.run_store import lepton_home

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.automl.kept_conformity import Conformity
    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.notebook.run_handle import Run


class _LeptonEstimator(BaseEstimator):
    """What both estimators share."""

    _task: str

    def __init__(  # noqa: PLR0913  scikit-learn reads an estimator's parameters from here
        self,
        budget: str | float | Budget = DEFAULT_BUDGET_SECONDS,
        *,
        metric: str | None = None,
        learners: Sequence[str] | None = None,
        without: Sequence[str] = (),
        folds: int | None = None,
        name: str | None = None,
        n_jobs: int | None = None,
        cluster: str | None = None,
        random_state: Any = 0,
        verbose: int = 1,
        keep_models: str = "best",
        prefer: str = "accuracy",
        patience: int | None = None,
        monotone: Mapping[str, int] | None = None,
        max_memory: int | str | None = None,
        trial_seconds: float | str | None = None,
        core_hour_price: str | None = None,
    ) -> None:
        self.budget = budget
        self.metric = metric
        self.learners = learners
        self.without = without
        self.folds = folds
        self.name = name
        self.n_jobs = n_jobs
        self.cluster = cluster
        self.random_state = random_state
        self.verbose = verbose
        self.keep_models = keep_models
        self.prefer = prefer
        self.patience = patience
        self.monotone = monotone
        self.max_memory = max_memory
        self.trial_seconds = trial_seconds
        self.core_hour_price = core_hour_price

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None, groups: Any = None) -> Self:
        """Search for the best model of `y` given `X` within the budget.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Numbers, categories, dates, text and missing values as they are.
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts, in fits and in scores; 0 leaves it out. Folds are dealt by rows, so a weight of 2
            is not to the last bit what repeating a row would be.
        groups : array-like of shape (n_samples,), optional
            Rows of one group share a fold, such as those of one customer.

        Returns
        -------
        self
        """
        began = time.monotonic()
        if y is None:
            raise InvalidTargetError.from_nothing(type(self).__name__)
        if isinstance(y, str):
            raise InvalidTargetError.from_name(y)
        frame = to_pandas(X)
        settings = self._settings(name_of_target(y))
        # As classifiers of scikit-learn do: whoever fits on a part of the data did not choose its classes.
        task = understand_task(
            frame, settings, target=y, groups=groups, sample_weight=sample_weight, single_row_classes="keep"
        )
        cluster = self._make_cluster()
        try:
            run = start_run(
                task,
                settings,
                wrap=fitted_estimator,
                began=began,
                cluster=cluster,
            )
            self._await(run)
        finally:
            if cluster is not None:
                cluster.close()
        self._adopt(run.best_predictor(), run.id, named=has_column_names(X))
        return self

    def _settings(self, target: str) -> AutoMLSettings:
        n_jobs = self.n_jobs
        return AutoMLSettings(
            target=target,
            table_name="X",
            budget=self._budget(),
            task=self._task,
            metric=self.metric,
            learners=as_names("learners", self.learners),
            without=as_names("without", self.without),
            n_folds=self.folds,
            name=self.name,
            seed=settled_seed(self.random_state),
            keep_models=self.keep_models,
            prefer=self.prefer,
            n_workers=None if n_jobs is None or n_jobs == -1 else n_jobs,
            patience=self.patience,
            monotone=self.monotone,
            max_memory=self.max_memory,
            trial_seconds=self.trial_seconds,
            core_hour_price=self.core_hour_price,
        )

    def _budget(self) -> Budget:
        # What is no number of workers at all is refused where settings are checked.
        n_cores = self.n_jobs if isinstance(self.n_jobs, int) and self.n_jobs > 0 else len(usable_cores())
        return Budget.parse(self.budget, core_hour_price=self.core_hour_price, n_cores=n_cores)

    def _make_cluster(self) -> KernelCluster | None:
        """A cluster for this fit alone; while it is starting, the fit goes on in threads."""
        if self.cluster is None:
            return None
        cluster = KernelCluster(lepton_home())
        if self.cluster == "local":
            cluster.start_local(None if self.n_jobs == -1 else self.n_jobs)
        else:
            cluster.connect(self.cluster)
        return cluster

    def _await(self, run: Run) -> None:
        around = look_around()
        if self.verbose and around.live_page:
            show(run)
        with progress_line(run, enabled=bool(self.verbose)):
            run.wait()
        if self.verbose and around.kernel and not around.live_page:
            show(run)

    def _adopt(self, predictor: Predictor, run_id: str, *, named: bool) -> None:
        """Become the fitted estimator of a run."""
        self.run_ = run_id
        self.predictor_ = predictor
        self.n_features_in_ = len(predictor.recipe.input_names)
        if named:
            self.feature_names_in_ = np.asarray(predictor.recipe.input_names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def export(self, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write this fitted model to one file that needs nothing of its run, for `load_model` to read elsewhere.

        Parameters
        ----------
        to : str or path
            Ends in ``.zip``; or in ``.py`` for plain code that fits the model of a single trial again.
        overwrite : bool, default=False
            Whether a file that is there gives way.

        Returns
        -------
        path : Path

        Raises
        ------
        ExportError, ExistingFileError, ExportWriteError
            If nothing is written under such an ending, a file is there, or the file cannot be written.

        Examples
        --------
        >>> run.choose(size="1MB").export("small.zip")  # doctest: +SKIP
        """
        from lepton_jupyter.notebook.model_files import export_estimator

        check_is_fitted(self)
        return export_estimator(self, to, overwrite=overwrite)

    def as_settings(self) -> AutoMLSettings:
        """What `fit` would be asked for."""
        # Of a clone: a generator of random numbers would be drawn from.
        unfitted: Self = clone(self)
        return unfitted._settings(self.predictor_.recipe.target or "target")

    def _predict_outputs(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return self.predictor_.predict(X, owner=type(self).__name__)

    def _predict_by_fold(self, X: Any) -> tuple[Conformity, NDArray[np.float64]]:
        """How far off the model was out of fold, and what its folds predict now."""
        check_is_fitted(self)
        conformity = self.predictor_.conformity
        if conformity is None:
            raise NoConformityError.from_model()
        return conformity, self.predictor_.predict_by_fold(X, owner=type(self).__name__)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.non_deterministic = self._budget().seconds is not None
        return tags


class LeptonClassifier(ClassifierMixin, _LeptonEstimator):
    """Classifier that searches for the best model it can find within a budget.

    Parameters
    ----------
    budget : str, float or Budget, default=60
        ``"30s"``, ``"5m"``, ``"40trials"``; a number is seconds. Under a budget in trials no clock is read: the same
        data, seed and one worker give the same model.
    metric : str, optional
        scikit-learn's name of the scorer. Default: ROC AUC for two classes, log loss for more.
    learners, without : sequence of str
        Learners to try only, or to leave out.
    folds : int, optional
        Folds of the cross-validation. Default: chosen by the number of rows.
    name : str, optional
        What the run is called. Default: the name of `y`.
    n_jobs : int, optional
        Most fits side by side; None or -1: one for each usable core.
    cluster : {"local"} or str, optional
        ``"local"`` starts processes for this fit; an address uses a running Dask cluster. Default: an active Dask
        client if there is one, else the threads of this process.
    random_state : int, RandomState instance or None, default=0
    verbose : int, default=1
        0 shows nothing; else a panel in a notebook and one progress line in a terminal.
    keep_models : {"best", "front", "all"}, default="best"
        Whose models stay in the run's folder.
    prefer : {"accuracy", "balanced", "speed", "smallest"}, default="accuracy"
        What the model is chosen for when the search has ended: the best score; the fastest within one standard error
        of the best; the fastest, or the smallest, that gives up no more than a tenth of what the best lacks to a
        perfect score.
    patience : int, optional
        End after so many trials without gain. Default: go on as long as the budget lasts.
    core_hour_price : str, optional
        What an hour of one core costs, such as ``"0.05EUR"``; a budget may then be money, such as ``"0.10EUR"``.
    monotone : mapping of str to {1, -1}, optional
        Columns of numbers along which the prediction never falls (1) or never rises (-1) while all others stay: the
        value, or the probability of the second class. LightGBM, XGBoost and CatBoost can be held to it, and other
        learners are left out. The result keeps it too: a mean of fold models and of trials with weights that are not
        negative rises wherever all of its parts do. A missing value has no place in the order.
    max_memory : int or str, optional
        Memory that fits may take beside the table, such as ``"2GB"``, as for `fit`.
    trial_seconds : float or str, optional
        Longest that the fits of one trial may take, summed over its folds, such as ``"20s"``.
    class_weight : {"balanced"} or mapping of label to float, optional
        How much more rows of a class count, by scikit-learn's rules: ``"balanced"`` makes all classes count the same in
        sum, and a class that is not named counts 1. Beside `sample_weight` both are multiplied. As in scikit-learn it
        is fits that are weighed, and what stops them early; scores, and so the choice of models and of the ensemble,
        count rows as they are. Probabilities are then those of weighed classes, which a log loss punishes: choose by
        ``"balanced_accuracy"`` or the AUC; and to decide by costs, rather leave this out and choose the threshold with
        `evaluate`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only if `X` named its columns.
    run_ : str
        Id of the run: ``%lepton show ID`` opens its board.
    predictor_ : Predictor

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LeptonClassifier(budget="4trials", n_jobs=1, verbose=0).fit(X, y)
    >>> model.predict(X[:2])
    array([0, 0])
    """

    _task = "classification"

    def __init__(  # noqa: PLR0913  scikit-learn reads an estimator's parameters from here
        self,
        budget: str | float | Budget = DEFAULT_BUDGET_SECONDS,
        *,
        metric: str | None = None,
        learners: Sequence[str] | None = None,
        without: Sequence[str] = (),
        folds: int | None = None,
        name: str | None = None,
        n_jobs: int | None = None,
        cluster: str | None = None,
        random_state: Any = 0,
        verbose: int = 1,
        keep_models: str = "best",
        prefer: str = "accuracy",
        patience: int | None = None,
        monotone: Mapping[str, int] | None = None,
        max_memory: int | str | None = None,
        trial_seconds: float | str | None = None,
        core_hour_price: str | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
    ) -> None:
        super().__init__(
            budget, metric=metric, learners=learners, without=without, folds=folds, name=name, n_jobs=n_jobs,
            cluster=cluster, random_state=random_state, verbose=verbose, keep_models=keep_models, prefer=prefer,
            patience=patience, monotone=monotone, max_memory=max_memory, trial_seconds=trial_seconds,
            core_hour_price=core_hour_price,
        )  # fmt: skip
        self.class_weight = class_weight

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the class of each row.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        outputs = self._predict_outputs(X)  # first: before `fit` there are no classes either
        labels: NDArray[Any] = self.classes_[outputs.argmax(axis=1)]
        return labels

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, in the order of `classes_`.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
        """
        return self._predict_outputs(X)

    def predict_set(
        self, X: Any, coverage: float = 0.9, *, by_class: bool = False, adaptive: bool = False
    ) -> NDArray[np.bool_]:
        """Classes among which the true class of each row is with a probability of `coverage`.

        From the out-of-fold predictions of the run, with no other fit (see `ClassConformity`). The coverage is that of
        new rows like those learnt from, on average over them; of rows later than those it is a hope.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
        coverage : float, default=0.9
        by_class : bool, default=False
            Hold it for the rows of each class by itself, so that a rare class is not given up.
        adaptive : bool, default=False
            Larger sets where a row is hard and smaller ones where it is easy, so that hard rows are covered nearly as
            often as easy ones; larger on average. Not beside `by_class`.

        Returns
        -------
        sets : ndarray of bool, shape (n_samples, n_classes)
            In the order of `classes_`; the most probable class is always in.

        Raises
        ------
        CoverageError
            If the coverage is no share between 0 and 1, or needs more rows than were judged.
        NoConformityError
            If the run goes on.
        """
        coverage = check_share("coverage", coverage)
        conformity, by_fold = self._predict_by_fold(X)
        if not isinstance(conformity, ClassConformity):  # cannot be: this is a classifier
            raise NoConformityError.from_model()
        return conformity.sets(by_fold, coverage, by_class=by_class, adaptive=adaptive)

    def _settings(self, target: str) -> AutoMLSettings:
        return replace(super()._settings(target), class_weight=self.class_weight)

    def _adopt(self, predictor: Predictor, run_id: str, *, named: bool) -> None:
        super()._adopt(predictor, run_id, named=named)
        self.classes_ = labels_as_array(predictor.recipe.classes)


class LeptonRegressor(RegressorMixin, _LeptonEstimator):
    """Regressor that searches for the best model it can find within a budget.

    Parameters and attributes are those of `LeptonClassifier`, but for `class_weight`; the default metric is the RMSE.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = LeptonRegressor(budget="3trials", n_jobs=1, verbose=0).fit(X, y)
    >>> model.predict(X[:3]).shape
    (3,)
    """

    _task = "regression"

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the value of each row.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)

        Returns
        -------
        values : ndarray of shape (n_samples,)
        """
        return self._predict_outputs(X)[:, 0]

    def predict_interval(self, X: Any, coverage: float = 0.9) -> NDArray[np.float64]:
        """Bounds between which the value of each row lies with a probability of `coverage`.

        From the out-of-fold errors of the run, with no other fit (see `ValueConformity`); wider where errors were
        larger for such predictions, and as far up or down as they were. The coverage is that of new rows like those
        learnt from, on average over them; of rows later than those it is a hope.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
        coverage : float, default=0.9

        Returns
        -------
        bounds : ndarray of shape (n_samples, 2)
            Low and high.

        Raises
        ------
        CoverageError
            If the coverage is no share between 0 and 1, or needs more rows than were judged.
        NoConformityError
            If the run goes on.
        """
        coverage = check_share("coverage", coverage)
        conformity, by_fold = self._value_conformity(X)
        return conformity.interval(by_fold, coverage)

    def predict_quantiles(self, X: Any, quantiles: Sequence[float] = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
        """Values below which that of each row lies with the probability of each quantile; they never cross.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
        quantiles : sequence of float, default=(0.1, 0.5, 0.9)

        Returns
        -------
        values : ndarray of shape (n_samples, n_quantiles)

        Raises
        ------
        CoverageError
            If a quantile is no share between 0 and 1, or needs more rows than were judged.
        NoConformityError
            If the run goes on.
        """
        asked = check_quantiles(quantiles)
        conformity, by_fold = self._value_conformity(X)
        return conformity.quantiles(by_fold, asked)

    def _value_conformity(self, X: Any) -> tuple[ValueConformity, NDArray[np.float64]]:
        conformity, by_fold = self._predict_by_fold(X)
        if not isinstance(conformity, ValueConformity):  # cannot be: this is a regressor
            raise NoConformityError.from_model()
        return conformity, by_fold[:, :, 0]


def fitted_estimator(predictor: Predictor, settings: AutoMLSettings, run_id: str, *, named: bool = True) -> Any:
    """Estimator that predicts with `predictor`, and that `clone` can fit again with the run's settings."""
    kind = LeptonClassifier if predictor.recipe.classes else LeptonRegressor
    estimator = kind(
        budget=str(settings.budget),
        metric=settings.metric,
        learners=settings.learners or None,
        without=settings.without,
        folds=settings.n_folds,
        name=settings.name,
        random_state=settings.seed,
        monotone=settings.monotone,
        max_memory=settings.max_memory,
        trial_seconds=settings.trial_seconds,
        core_hour_price=settings.core_hour_price,
        prefer=settings.prefer,
    )
    if isinstance(estimator, LeptonClassifier):
        estimator.class_weight = settings.class_weight
    estimator._adopt(predictor, run_id, named=named)
    return estimator


def settled_seed(random_state: Any) -> Any:
    """Seed of a run: a number as it is; None and a generator give one that is drawn."""
    if random_state is None or isinstance(random_state, np.random.RandomState):
        return check_random_state(random_state).randint(2**31 - 1)
    return random_state
