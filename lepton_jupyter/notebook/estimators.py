"""The search as scikit-learn estimators: `fit` searches within the budget, `predict` uses the best that was found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, check_random_state

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings, as_names
from lepton_jupyter.data.frames import has_column_names, to_pandas
from lepton_jupyter.data.schema import name_of_target
from lepton_jupyter.data.target import labels_as_array
from lepton_jupyter.events.quantities import DEFAULT_BUDGET_SECONDS, Budget
from lepton_jupyter.exceptions.data_errors import InvalidTargetError
from lepton_jupyter.notebook.kernel_cluster import KernelCluster
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.progress import progress_line
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.runs.run_store import lepton_home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
        patience: int | None = None,
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
        self.patience = patience

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
            budget=Budget.parse(self.budget),
            task=self._task,
            metric=self.metric,
            learners=as_names("learners", self.learners),
            without=as_names("without", self.without),
            n_folds=self.folds,
            name=self.name,
            seed=settled_seed(self.random_state),
            keep_models=self.keep_models,
            n_workers=None if n_jobs is None or n_jobs == -1 else n_jobs,
            patience=self.patience,
        )

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

    def _predict_outputs(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return self.predictor_.predict(X, owner=type(self).__name__)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.non_deterministic = Budget.parse(self.budget).seconds is not None
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
    patience : int, optional
        End after so many trials without gain. Default: go on as long as the budget lasts.

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

    def _adopt(self, predictor: Predictor, run_id: str, *, named: bool) -> None:
        super()._adopt(predictor, run_id, named=named)
        self.classes_ = labels_as_array(predictor.recipe.classes)


class LeptonRegressor(RegressorMixin, _LeptonEstimator):
    """Regressor that searches for the best model it can find within a budget.

    Parameters and attributes are those of `LeptonClassifier`; the default metric is the RMSE.

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


def fitted_estimator(predictor: Predictor, settings: AutoMLSettings, run_id: str) -> Any:
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
    )
    estimator._adopt(predictor, run_id, named=True)
    return estimator


def settled_seed(random_state: Any) -> Any:
    """Seed of a run: a number as it is; None and a generator give one that is drawn."""
    if random_state is None or isinstance(random_state, np.random.RandomState):
        return check_random_state(random_state).randint(2**31 - 1)
    return random_state
