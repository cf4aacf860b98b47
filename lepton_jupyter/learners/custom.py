"""A scikit-learn estimator of one's own, as a learner in three lines.

Its models are kept by skops, which names the types in a file before it makes any. scikit-learn's own are trusted here;
a user's class is stored by name, and opened only where that name is trusted.
"""

from __future__ import annotations

import zipfile
from copy import copy
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.exceptions.learner_errors import (
    InvalidLearnerError,
    UnreadableModelError,
    UntrustedModelError,
)
from lepton_jupyter.learners.learner import Learner
from lepton_jupyter.learners.probabilities import clipped_probabilities, spread_over_classes
from lepton_jupyter.search.space import Choice, Dimension, Integer, Real, Space

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point


class EstimatorModel:
    """A fitted scikit-learn estimator that answers in columns for all classes.

    Parameters
    ----------
    estimator : object
    n_classes : int
        0 for regression.
    """

    n_iterations: int | None = None

    def __init__(self, estimator: Any, n_classes: int) -> None:
        self.estimator, self.n_classes = estimator, n_classes

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        if len(X) == 0:  # most estimators refuse
            return np.empty((0, max(1, self.n_classes)))
        if not self.n_classes:
            return np.asarray(self.estimator.predict(X), dtype=np.float64).reshape(len(X), 1)
        shares = np.asarray(self.estimator.predict_proba(X))
        return clipped_probabilities(spread_over_classes(shares, self.estimator.classes_, self.n_classes))


class EstimatorLearner(Learner):
    """A learner made of any scikit-learn estimator; see `learner_from_estimator`.

    It cannot look at a deadline, so it runs where its process can be restarted, or in threads where no processes come.
    """

    cooperative = False
    learns_quantiles = True  # whoever brings an estimator knows what it learns

    def __init__(  # what a learner declares as class variables
        self,
        estimator: Any,
        *,
        name: str,
        label: str,
        family: str,
        view: str,
        dimensions: tuple[Dimension, ...],
        start: Mapping[str, Any],
        seconds_per_cell: float,
        trusted: tuple[str, ...] = (),
    ) -> None:
        self.estimator = estimator
        # Set on the instance: each estimator is a learner of its own.
        self.name, self.label, self.family, self.view = name, label, family, view  # type: ignore[misc]  # see above
        self.dimensions, self.start, self.seconds_per_cell = dimensions, dict(start), seconds_per_cell
        self.trusted, self.trusts_all = trusted, False

    def __repr__(self) -> str:
        searched = ", ".join(each.name for each in self.dimensions)
        return f"Learner {self.name}: {self.label}, " + (f"searches {searched}" if searched else "as given")

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Where a learner arrives it is fitted and its models are saved. The first import of skops may take a second,
        # which is made here, since the time that a fit may take has not begun.
        import_module("skops.io")
        self.__dict__.update(state)

    @property
    def classifies(self) -> bool:
        """Whether the estimator is a classifier."""
        from sklearn.base import is_classifier

        return bool(is_classifier(self.estimator))

    @property
    def weighs_rows(self) -> bool:
        """Whether the estimator's `fit` takes weights of rows."""
        return weights_argument(self.estimator) is not None

    def supports(self, shape: TableShape) -> bool:
        """A classifier suits classes, a regressor values."""
        return self.classifies == (shape.n_classes > 0)

    def space(self, shape: TableShape) -> Space:
        """The coordinates it was given."""
        del shape
        return Space(self.dimensions)

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """The estimator's own settings, where they lie in the space, else the middle of each range."""
        del shape
        return (dict(self.start),)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Rows × columns × the constant it was given."""
        del point
        return 1e-2 + self.seconds_per_cell * shape.n_rows * shape.n_columns[self.view]

    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """A guess from above: ten copies of the rows in double precision."""
        del point
        return 2**26 + 80 * shape.n_rows * shape.n_columns[self.view]

    def describe(self, point: Point) -> str:
        """The searched settings."""
        shown = (
            f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in point.items()
        )
        return ", ".join(list(shown)[:3]) or "as given"

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> EstimatorModel:
        """Fit a clone with the settings of `point`."""
        from sklearn.base import clone

        self.keep_to(deadline)
        estimator = clone(self.estimator).set_params(**point)
        if "random_state" in estimator.get_params():
            estimator.set_params(random_state=seed)
        argument = weights_argument(estimator)
        weights = {} if argument is None or fold.weights_train is None else {argument: fold.weights_train}
        estimator.fit(fold.X_train, fold.y_train, **weights)
        return EstimatorModel(estimator, fold.n_classes)

    def save(self, model: FoldModel, path: Path) -> None:
        """Write the estimator by skops."""
        from skops.io import dumps

        assert isinstance(model, EstimatorModel)  # narrows the type; a learner saves its own models
        path.write_bytes(dumps({"estimator": model.estimator, "n_classes": model.n_classes}))

    def load(self, path: Path) -> EstimatorModel:
        """Read what `save` wrote, if it holds scikit-learn's types and those trusted by name alone.

        Raises
        ------
        UntrustedModelError
            If it asks for others; the message names them.
        UnreadableModelError
            If the file is damaged.
        """
        from skops.io import get_untrusted_types, loads

        if not zipfile.is_zipfile(path):
            raise UnreadableModelError.from_file(path, self.name)
        blob = path.read_bytes()
        try:
            asked = get_untrusted_types(data=blob)
            unknown = set(asked) - set(self.trusted)
            if unknown and not self.trusts_all:
                raise UntrustedModelError.from_types(path, unknown)
            content = loads(blob, trusted=asked if self.trusts_all else list(self.trusted))
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            raise UnreadableModelError.from_file(path, self.name) from error
        return EstimatorModel(content["estimator"], int(content["n_classes"]))

    def trusting(self, types: Iterable[str]) -> EstimatorLearner:
        """The same learner, which also opens files with these types."""
        return EstimatorLearner(
            self.estimator, name=self.name, label=self.label, family=self.family, view=self.view,
            dimensions=self.dimensions, start=self.start, seconds_per_cell=self.seconds_per_cell,
            trusted=(*self.trusted, *types),
        )  # fmt: skip

    def trusting_all(self) -> Self:
        """The same learner, which opens files with any types; only for files that this person's own runs wrote."""
        trusting = copy(self)
        trusting.trusts_all = True
        return trusting


def weights_argument(estimator: Any) -> str | None:
    """Name by which an estimator's `fit` takes weights of rows; a pipeline takes them for its last step.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from sklearn.pipeline import make_pipeline
    >>> weights_argument(make_pipeline(Ridge())), weights_argument(KNeighborsRegressor()) is None
    ('ridge__sample_weight', True)
    """
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import has_fit_parameter

    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        inner = weights_argument(last)
        return None if inner is None else f"{name}__{inner}"
    return "sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def learner_from_estimator(  # all but two have defaults
    estimator: Any,
    *,
    name: str,
    space: Mapping[str, Sequence[Any]] | None = None,
    label: str | None = None,
    family: str = "custom",
    view: str = "linear",
    seconds_per_cell: float = 1e-6,
    trusted: Iterable[str] = (),
) -> EstimatorLearner:
    """Make a learner of a scikit-learn estimator.

    Parameters
    ----------
    estimator : object
        Unfitted classifier with ``predict_proba``, or regressor. A pipeline will do.
    name : str
        As typed: ``--learners name``.
    space : mapping of str to sequence, optional
        Parameters to search: ``(low, high)``, ``(low, high, "log")``, or a list of options. Two whole numbers make a
        range of whole numbers. Default: nothing is searched.
    label : str, optional
        As read. Default: the name of the estimator's class.
    family : str, default="custom"
        Learners of one family share a colour on the board.
    view : {"linear", "tree"}, default="linear"
        Complete and scaled numbers, or codes with missing values.
    seconds_per_cell : float, default=1e-6
        Rough cost of one fit, in seconds for each row and column.
    trusted : iterable of str, default=()
        Full names of types beyond scikit-learn's that saved models may hold.

    Returns
    -------
    learner : EstimatorLearner
        To be given to `register`; `add_learner` does both.

    Raises
    ------
    InvalidLearnerError
        If it is not an estimator, or a parameter or range cannot be used.

    Examples
    --------
    >>> from sklearn.svm import SVR
    >>> learner = learner_from_estimator(SVR(), name="svr", space={"C": (0.01, 100, "log"), "kernel": ["rbf", "poly"]})
    >>> learner.starting_points(None)
    ({'C': 1.0, 'kernel': 'rbf'},)
    """
    known = _parameters_of(estimator)
    dimensions = []
    for parameter, given in (space or {}).items():
        if parameter not in known:
            raise InvalidLearnerError.from_parameter(parameter, estimator, known)
        dimensions.append(_dimension(parameter, given))
    start = {each.name: starting_value(each, known[each.name]) for each in dimensions}
    return EstimatorLearner(
        estimator, name=name, label=label or type(estimator).__name__, family=family, view=view,
        dimensions=tuple(dimensions), start=start, seconds_per_cell=seconds_per_cell, trusted=tuple(trusted),
    )  # fmt: skip


def _parameters_of(estimator: Any) -> dict[str, Any]:
    from sklearn.base import is_classifier, is_regressor

    fits = not isinstance(estimator, type) and hasattr(estimator, "fit") and hasattr(estimator, "get_params")
    if not fits or not (is_regressor(estimator) or (is_classifier(estimator) and hasattr(estimator, "predict_proba"))):
        raise InvalidLearnerError.from_estimator(estimator)
    return dict(estimator.get_params())


def _dimension(name: str, given: Sequence[Any]) -> Dimension:
    if isinstance(given, list):
        if not given:
            raise InvalidLearnerError.from_range(name, given)
        return Choice(name, tuple(given))
    log = len(given) == 3 and given[2] == "log"
    numbers = tuple(given[:2])
    if len(given) != 2 + log or not all(isinstance(each, int | float) for each in numbers):
        raise InvalidLearnerError.from_range(name, given)
    low, high = numbers
    if not low < high or (log and low <= 0):
        raise InvalidLearnerError.from_range(name, given)
    if isinstance(low, int) and isinstance(high, int) and not log:
        return Integer(name, low, high)
    return Real(name, float(low), float(high), log=log)


def starting_value(dimension: Dimension, default: Any) -> Any:
    """The estimator's own default where it lies in the range, else the middle of that.

    Examples
    --------
    >>> starting_value(Real("C", 0.01, 100.0, log=True), 1.0)
    1.0
    >>> starting_value(Real("gamma", 0.01, 1.0, log=True), "scale")
    0.1
    """
    if Space((dimension,)).contains({dimension.name: default}):
        return default
    return dimension.from_unit(0.5)
