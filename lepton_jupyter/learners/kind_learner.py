"""A kind of model that a person named, as a learner: what is given is fixed, what is free is the space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.learners.custom import EstimatorLearner, EstimatorModel, starting_value, weights_argument
from lepton_jupyter.learners.probabilities import clipped_probabilities, softmax, spread_over_classes
from lepton_jupyter.search.space import Space

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.learner_kind import LearnerKind
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point


#: Seconds of one fit above which a learner that looks at no deadline is left out of a search.
_MOST_SECONDS = 120.0


class KindModel(EstimatorModel):
    """A fitted estimator of a kind; those without probabilities are read by their distance from the boundary.

    Such shares rank rows and name the class, and are not how likely it is: an AUC or an accuracy can be told by them, a
    log loss cannot.
    """

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities or shares of shape (n_rows, n_classes), or values of shape (n_rows, 1)."""
        if len(X) == 0 or not self.n_classes or hasattr(self.estimator, "predict_proba"):
            return super().predict(X)
        distances = np.asarray(self.estimator.decision_function(X))
        if distances.ndim == 1:
            distances = np.column_stack([np.zeros(len(X)), distances])
        return clipped_probabilities(spread_over_classes(softmax(distances), self.estimator.classes_, self.n_classes))


class KindLearner(EstimatorLearner):
    """A learner of one kind of model, with some of its parameters given.

    It runs in threads, although scikit-learn's estimators look at no deadline: a table on which one fit would take
    minutes does not suit it, and whoever searches with it for a few seconds gives it fewer rows.

    Parameters
    ----------
    kind : LearnerKind
    given : mapping of str to object
        Parameters that are fixed, by scikit-learn's names.
    """

    cooperative = True
    by_name_only = True
    learns_quantiles = False
    exports = ("onnx",)  # skl2onnx converts every estimator among the kinds

    def __init__(self, kind: LearnerKind, given: Mapping[str, Any] | None = None) -> None:
        self.kind, self.given = kind, dict(given or {})
        super().__init__(
            None, name=kind.name, label=kind.name, family=kind.family, view=kind.view, dimensions=(), start={},
            seconds_per_cell=0.0,
        )  # fmt: skip

    def supports(self, shape: TableShape) -> bool:
        """Whether there is an estimator for the task, and one fit ends within two minutes."""
        if not (self.kind.classifier if shape.n_classes else self.kind.regressor):
            return False
        return self.kind.seconds(shape.n_rows, shape.n_columns[self.view], self.given) <= _MOST_SECONDS

    @property
    def weighs_rows(self) -> bool:
        """Whether the `fit` of its estimators takes weights of rows."""
        return weights_argument(self.kind.estimator_class(self.kind.only_task or "classification")) is not None

    def space(self, shape: TableShape) -> Space:
        """What matters and is not given."""
        return Space(tuple(each.dimension for each in self.kind.free(self.given, _task(shape.n_classes))))

    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """scikit-learn's defaults, where they lie in the space, else the middle of each range."""
        defaults = self.kind.estimator_class(_task(shape.n_classes))().get_params()
        return ({each.name: starting_value(each, defaults[each.name]) for each in self.space(shape).dimensions},)

    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Seconds that the kind says."""
        return self.kind.seconds(shape.n_rows, shape.n_columns[self.view], self.given | point)

    def describe(self, point: Point) -> str:
        """The settings that have an effect."""
        return super().describe(effective(self.kind, self.given, point))

    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> KindModel:
        """Fit with what is given and the settings of `point`."""
        self.keep_to(deadline)
        parameters = self.given | effective(self.kind, self.given, point)
        estimator = self.kind.estimator(_task(fold.n_classes), parameters)
        if "random_state" in estimator.get_params() and "random_state" not in self.given:
            estimator.set_params(random_state=seed)
        weights = {} if fold.weights_train is None or not self.weighs_rows else {"sample_weight": fold.weights_train}
        estimator.fit(fold.X_train, fold.y_train, **weights)
        return KindModel(estimator, fold.n_classes)

    def load(self, path: Path) -> KindModel:
        """Read what `save` wrote."""
        model = super().load(path)
        return KindModel(model.estimator, model.n_classes)


def effective(kind: LearnerKind, given: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """Those coordinates of a point that have an effect beside the others: no gamma under a linear kernel.

    Examples
    --------
    >>> from lepton_jupyter import SVM
    >>> effective(SVM, {"C": 1.0}, {"kernel": "linear", "gamma": 0.1, "degree": 3})
    {'kernel': 'linear'}
    """
    whole = {**given, **point}
    matters = {each.dimension.name for each in kind.tunables if each.matters(whole)}
    return {name: value for name, value in point.items() if name in matters}


def _task(n_classes: int) -> str:
    return "classification" if n_classes else "regression"
