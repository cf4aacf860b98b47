"""All learners by name, and which of them a run tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.learner_errors import (
    LearnerNameTakenError,
    MissingLearnerPackageError,
    UnknownLearnerError,
    UnsuitableLearnerError,
)
from lepton_jupyter.learners.baseline import MajorityLearner, MeanLearner
from lepton_jupyter.learners.catboost import CatBoostLearner
from lepton_jupyter.learners.decision_tree import DecisionTreeLearner
from lepton_jupyter.learners.discriminant import DiscriminantLearner
from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.featured_learner import FeaturedLearner
from lepton_jupyter.learners.kernel_machine import KernelMachineLearner
from lepton_jupyter.learners.kind_learner import KindLearner
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.linear import LinearLearner
from lepton_jupyter.learners.log_target import LogTargetLearner
from lepton_jupyter.learners.naive_bayes import NaiveBayesLearner
from lepton_jupyter.learners.named_learners import KINDS
from lepton_jupyter.learners.neighbours import NeighboursLearner
from lepton_jupyter.learners.perceptron import PerceptronLearner
from lepton_jupyter.learners.random_forest import RandomForestLearner
from lepton_jupyter.learners.xgboost import XGBoostLearner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape

_REGISTERED: dict[str, Learner] = {
    learner.name: learner
    for learner in (
        MajorityLearner(), MeanLearner(),
        LogTargetLearner(FeaturedLearner(LinearLearner(), started_with=("16 pieces",))),
        LogTargetLearner(FeaturedLearner(LightGBMLearner(), started_with=("all",))),
        LogTargetLearner(FeaturedLearner(CatBoostLearner())),
        LogTargetLearner(FeaturedLearner(XGBoostLearner()), at_once=False),
        LogTargetLearner(FeaturedLearner(ExtraTreesLearner()), at_once=False),
        RandomForestLearner(), DecisionTreeLearner(),
        LogTargetLearner(FeaturedLearner(PerceptronLearner(), started_with=("8 pieces",))),
        NeighboursLearner(), NaiveBayesLearner(), DiscriminantLearner(),
        LogTargetLearner(KernelMachineLearner(), at_once=False), *map(KindLearner, KINDS.values()),
    )
}  # fmt: skip


def available_learners() -> dict[str, Learner]:
    """Learners whose packages are installed, by name, in the order of registration.

    Examples
    --------
    >>> available_learners()["linear"].label
    'Linear'
    """
    return {name: each for name, each in _REGISTERED.items() if each.missing_package() is None}


def missing_learners() -> dict[str, str]:
    """Learners that would be there if a package were: the package, by the learner's name.

    Examples
    --------
    >>> set(missing_learners()) <= {"lightgbm", "catboost", "xgboost"}
    True
    """
    missing = {name: each.missing_package() for name, each in _REGISTERED.items()}
    return {name: package for name, package in missing.items() if package is not None}


def exports_of(name: str) -> tuple[str, ...]:
    """Formats that hold the fitted models of a learner; none for one that is not known in this process.

    Examples
    --------
    >>> exports_of("lightgbm")
    ('onnx', 'pmml', 'treelite', 'lightgbm')
    """
    learner = _REGISTERED.get(name)
    return () if learner is None else learner.exports


def register(learner: Learner, *, replace: bool = False) -> Learner:
    """Make a learner known by its name, in this process.

    Parameters
    ----------
    learner : Learner
    replace : bool, default=False
        Take the place of one that has the same name.

    Returns
    -------
    learner : Learner
        The one given.

    Raises
    ------
    LearnerNameTakenError
        If the name is taken.
    """
    if learner.name in _REGISTERED and not replace:
        raise LearnerNameTakenError.from_name(learner.name)
    _REGISTERED[learner.name] = learner
    return learner


def unregister(name: str) -> None:
    """Forget the learner of this name, if there is one."""
    _REGISTERED.pop(name, None)


def learner_named(name: str) -> Learner:
    """The learner of this name.

    Raises
    ------
    UnknownLearnerError
        If there is none; the nearest name is given.
    MissingLearnerPackageError
        If its package is not installed.
    """
    learner = _REGISTERED.get(name)
    if learner is None:
        raise UnknownLearnerError.from_name(name, _REGISTERED)
    package = learner.missing_package()
    if package is not None:
        raise MissingLearnerPackageError.from_learner(name, package)
    return learner


def choose_learners(
    names: Iterable[str] | None = None, without: Iterable[str] = (), *, shape: TableShape, own: Iterable[Learner] = ()
) -> tuple[Learner, ...]:
    """Learners that a run tries.

    Parameters
    ----------
    names : iterable of str, optional
        Only these, and the constant baseline, which every score is read against. Default: all that are installed and
        suit the table.
    without : iterable of str, default=()
        Not these, baselines included.
    shape : TableShape
    own : iterable of Learner
        Known to this run alone: used where they are named, before others of the same name.

    Returns
    -------
    learners : tuple of Learner
        In the order of registration, baselines first.

    Raises
    ------
    UnknownLearnerError, MissingLearnerPackageError, UnsuitableLearnerError
        About a name; or if nothing but baselines is left.

    Examples
    --------
    >>> from lepton_jupyter.learners.training_data import TableShape
    >>> shape = TableShape(n_rows=100, n_columns={"tree": 3, "linear": 3}, n_classes=0)
    >>> [learner.label for learner in choose_learners(["linear"], shape=shape)]
    ['Mean', 'Linear']
    """
    left_out = set(without)
    for name in left_out:
        if name not in _REGISTERED:
            raise UnknownLearnerError.from_name(name, _REGISTERED)
    given = {learner.name: learner for learner in own}
    asked = None if names is None else [given.get(name) or learner_named(name) for name in names]
    for learner in asked or ():
        if not learner.supports(shape):
            raise UnsuitableLearnerError.from_shape(
                learner.name, task=shape.task, n_rows=shape.n_rows, n_columns=shape.n_columns[learner.view]
            )
    known = [each for name, each in available_learners().items() if name not in given]
    wanted = [
        each
        for each in (*known, *given.values())
        if (asked is None and not each.by_name_only) or each in (asked or ()) or each.baseline
    ]
    chosen = tuple(each for each in wanted if each.name not in left_out and each.supports(shape))
    only_baselines_asked = asked is not None and all(each.baseline for each in asked)
    if not chosen or (all(each.baseline for each in chosen) and not only_baselines_asked):
        raise UnsuitableLearnerError.from_empty_choice()
    return chosen
