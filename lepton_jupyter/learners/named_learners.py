"""The kinds of models that a person names: ``from lepton_jupyter import SVM``.

Parameters have scikit-learn's names. Constants of the costs are of one core of a 2020s laptop, by
``tests/benchmarks/document_api.py --costs``; they decide how many rows a search looks at and when rows are sampled, so
a factor of two does no harm.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.model_errors import UnsuitableKindError
from lepton_jupyter.learners.learner_kind import LearnerKind, Tunable
from lepton_jupyter.search.space import Choice, Integer, Real

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _by_size(formula: Callable[[int, int], float]) -> Callable[[int, int, Mapping[str, Any]], float]:
    """A cost that depends on the table alone."""
    return lambda n_rows, n_columns, *_: 1e-3 + formula(n_rows, n_columns)


def _linear_cost(per_cell: float) -> Callable[[int, int, Mapping[str, Any]], float]:
    return _by_size(lambda n_rows, n_columns: per_cell * n_rows * n_columns)


def _count(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    return value if isinstance(value, int) and value > 0 else default


def _svm_seconds(n_rows: int, n_columns: int) -> float:
    # libsvm: between the square and the cube of the rows (Chang & Lin, LIBSVM, 2011, section 5); the square where its
    # cache holds what is needed.
    return 1.5e-9 * n_rows**2 * (n_columns + 10)


def _forest_seconds(per_cell: float) -> Callable[[int, int, Mapping[str, Any]], float]:
    def seconds(n_rows: int, n_columns: int, given: Mapping[str, Any]) -> float:
        trees = _count(given, "n_estimators", 100)
        return 1e-3 + per_cell * trees * n_rows * math.log2(n_rows + 2) * math.sqrt(n_columns)

    return seconds


def _boosting_seconds(n_rows: int, n_columns: int, given: Mapping[str, Any]) -> float:
    depth = _count(given, "max_depth", 3)
    return 1e-3 + 1.9e-7 * _count(given, "n_estimators", 100) * depth * n_rows * n_columns


def _network_seconds(n_rows: int, n_columns: int, given: Mapping[str, Any]) -> float:
    layers = given.get("hidden_layer_sizes", 100)
    widths = [layers] if isinstance(layers, int) else list(layers)
    weights = sum(a * b for a, b in zip([n_columns, *widths], [*widths, 1], strict=True))
    return 1e-2 + _count(given, "max_iter", 200) * n_rows * (6e-6 + 5e-10 * weights)


_KERNEL = Choice("kernel", ("rbf", "linear", "poly", "sigmoid"))
_LEAF = Integer("min_samples_leaf", 1, 50, log=True)
_DEPTH = Choice("max_depth", (None, 3, 5, 8, 12, 20))
_SHARE = Real("max_features", 0.1, 1.0)
_RATE = Real("learning_rate", 0.01, 0.5, log=True)

SVM = LearnerKind(
    name="SVM", family="kernel", view="linear", seconds=_by_size(_svm_seconds), quadratic=True,
    classifier="sklearn.svm:SVC", regressor="sklearn.svm:SVR",
    tunables=(
        Tunable(Real("C", 1e-2, 1e3, log=True)),
        Tunable(_KERNEL),
        Tunable(Real("gamma", 1e-4, 1e1, log=True), {"kernel": ("rbf", "poly", "sigmoid")}),
        Tunable(Integer("degree", 2, 5), {"kernel": ("poly",)}),
    ),
)  # fmt: skip
LinearSVM = LearnerKind(
    name="LinearSVM", family="linear", view="linear", seconds=_linear_cost(2e-7),
    classifier="sklearn.svm:LinearSVC", regressor="sklearn.svm:LinearSVR",
    tunables=(Tunable(Real("C", 1e-4, 1e2, log=True)),),
)  # fmt: skip
SGD = LearnerKind(
    name="SGD", family="linear", view="linear", seconds=_linear_cost(5e-7), epochs="max_iter",
    classifier="sklearn.linear_model:SGDClassifier", regressor="sklearn.linear_model:SGDRegressor",
    tunables=(
        Tunable(Real("alpha", 1e-6, 1e-1, log=True)),
        Tunable(Choice("penalty", ("l2", "l1", "elasticnet"))),
        Tunable(Real("l1_ratio", 0.0, 1.0), {"penalty": ("elasticnet",)}),
    ),
)  # fmt: skip
LogisticRegression = LearnerKind(
    name="LogisticRegression", family="linear", view="linear", seconds=_linear_cost(1e-7),
    classifier="sklearn.linear_model:LogisticRegression",
    tunables=(Tunable(Real("C", 1e-4, 1e3, log=True)),),
)  # fmt: skip
LinearRegression = LearnerKind(
    name="LinearRegression", family="linear", view="linear",
    seconds=_by_size(lambda n_rows, n_columns: 2e-9 * n_rows * n_columns * (n_columns + 5)),
    regressor="sklearn.linear_model:LinearRegression",
)  # fmt: skip
Ridge = LearnerKind(
    name="Ridge", family="linear", view="linear",
    seconds=_by_size(lambda n_rows, n_columns: 2e-9 * n_rows * n_columns * (n_columns + 5)),
    classifier="sklearn.linear_model:RidgeClassifier", regressor="sklearn.linear_model:Ridge",
    tunables=(Tunable(Real("alpha", 1e-3, 1e4, log=True)),),
)  # fmt: skip
Lasso = LearnerKind(
    name="Lasso", family="linear", view="linear", seconds=_linear_cost(5e-8),
    regressor="sklearn.linear_model:Lasso",
    tunables=(Tunable(Real("alpha", 1e-4, 1e2, log=True)),),
)  # fmt: skip
ElasticNet = LearnerKind(
    name="ElasticNet", family="linear", view="linear", seconds=_linear_cost(5e-8),
    regressor="sklearn.linear_model:ElasticNet",
    tunables=(Tunable(Real("alpha", 1e-4, 1e2, log=True)), Tunable(Real("l1_ratio", 0.05, 1.0))),
)  # fmt: skip
DecisionTree = LearnerKind(
    name="DecisionTree", family="forest", view="tree", takes_missing=True,
    seconds=_by_size(lambda n_rows, n_columns: 1.5e-7 * n_rows * math.log2(n_rows + 2) * n_columns),
    classifier="sklearn.tree:DecisionTreeClassifier", regressor="sklearn.tree:DecisionTreeRegressor",
    tunables=(Tunable(_DEPTH), Tunable(_LEAF)),
)  # fmt: skip
RandomForest = LearnerKind(
    name="RandomForest", family="forest", view="tree", takes_missing=True, parallel=True, seconds=_forest_seconds(8e-8),
    classifier="sklearn.ensemble:RandomForestClassifier", regressor="sklearn.ensemble:RandomForestRegressor",
    tunables=(Tunable(_SHARE), Tunable(_LEAF), Tunable(_DEPTH)),
)  # fmt: skip
ExtraTrees = LearnerKind(
    name="ExtraTrees", family="forest", view="tree", takes_missing=True, parallel=True, seconds=_forest_seconds(4e-8),
    classifier="sklearn.ensemble:ExtraTreesClassifier", regressor="sklearn.ensemble:ExtraTreesRegressor",
    tunables=(Tunable(_SHARE), Tunable(_LEAF), Tunable(_DEPTH)),
)  # fmt: skip
GradientBoosting = LearnerKind(
    name="GradientBoosting", family="boosting", view="linear", seconds=_boosting_seconds,
    classifier="sklearn.ensemble:GradientBoostingClassifier", regressor="sklearn.ensemble:GradientBoostingRegressor",
    tunables=(
        Tunable(_RATE), Tunable(Integer("n_estimators", 30, 500, log=True)), Tunable(Integer("max_depth", 1, 8)),
        Tunable(Real("subsample", 0.4, 1.0)),
    ),
)  # fmt: skip
HistGradientBoosting = LearnerKind(
    name="HistGradientBoosting", family="boosting", view="tree", takes_missing=True, takes_sparse=False,
    seconds=lambda n_rows, n_columns, given: 0.3 + 1.7e-8 * _count(given, "max_iter", 100) * n_rows * n_columns,
    classifier="sklearn.ensemble:HistGradientBoostingClassifier",
    regressor="sklearn.ensemble:HistGradientBoostingRegressor",
    tunables=(
        Tunable(_RATE), Tunable(Integer("max_iter", 30, 500, log=True)),
        Tunable(Integer("max_leaf_nodes", 4, 128, log=True)), Tunable(_LEAF),
        Tunable(Real("l2_regularization", 1e-6, 10.0, log=True)),
    ),
)  # fmt: skip
AdaBoost = LearnerKind(
    name="AdaBoost", family="boosting", view="linear",
    seconds=lambda n_rows, n_columns, given: 1e-2 + 2.5e-7 * _count(given, "n_estimators", 50) * n_rows * n_columns,
    classifier="sklearn.ensemble:AdaBoostClassifier", regressor="sklearn.ensemble:AdaBoostRegressor",
    tunables=(Tunable(Integer("n_estimators", 20, 300, log=True)), Tunable(Real("learning_rate", 0.01, 2.0, log=True))),
)  # fmt: skip
NeuralNetwork = LearnerKind(
    name="NeuralNetwork", family="neural", view="linear", seconds=_network_seconds,
    epochs="max_iter", batch_size="batch_size",
    classifier="sklearn.neural_network:MLPClassifier", regressor="sklearn.neural_network:MLPRegressor",
    tunables=(
        Tunable(Integer("hidden_layer_sizes", 16, 256, log=True)),
        Tunable(Real("alpha", 1e-6, 1e-1, log=True)),
        Tunable(Real("learning_rate_init", 1e-4, 3e-2, log=True), {"solver": ("adam", "sgd")}),
    ),
)  # fmt: skip
KNN = LearnerKind(
    name="KNN", family="neighbours", view="linear", parallel=True,
    seconds=_by_size(lambda n_rows, n_columns: (1e-7 + 2e-11 * n_rows) * n_rows * n_columns),
    classifier="sklearn.neighbors:KNeighborsClassifier", regressor="sklearn.neighbors:KNeighborsRegressor",
    tunables=(
        Tunable(Integer("n_neighbors", 1, 50, log=True)),
        Tunable(Choice("weights", ("uniform", "distance"))),
        Tunable(Choice("p", (2, 1)), {"metric": ("minkowski",)}),
    ),
)  # fmt: skip
KNearestNeighbors = KNN
NaiveBayes = LearnerKind(
    name="NaiveBayes", family="bayes", view="linear", takes_sparse=False, seconds=_linear_cost(3e-8),
    classifier="sklearn.naive_bayes:GaussianNB",
    tunables=(Tunable(Real("var_smoothing", 1e-12, 1.0, log=True)),),
)  # fmt: skip

#: All kinds by name, in the order in which they are listed.
KINDS: Mapping[str, LearnerKind] = {
    kind.name: kind
    for kind in (
        SVM, LinearSVM, DecisionTree, RandomForest, ExtraTrees, GradientBoosting, HistGradientBoosting, AdaBoost,
        LogisticRegression, LinearRegression, Ridge, Lasso, ElasticNet, SGD, NeuralNetwork, KNN, NaiveBayes,
    )
}  # fmt: skip


def kind_named(name: str) -> LearnerKind:
    """The kind of this name.

    Raises
    ------
    UnsuitableKindError
        If there is none; the nearest name is given.

    Examples
    --------
    >>> kind_named("SVM")
    SVM
    """
    if name not in KINDS:
        raise UnsuitableKindError.from_value(name, KINDS)
    return KINDS[name]
