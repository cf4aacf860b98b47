"""A user's own scikit-learn estimator, tried like every other learner: ``from lepton_jupyter import add_learner``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.learners.custom import EstimatorLearner, learner_from_estimator
from lepton_jupyter.learners.kind_learner import KindLearner
from lepton_jupyter.learners.registry import available_learners, register

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def add_learner(
    estimator: Any,
    space: Mapping[str, Sequence[Any]] | None = None,
    *,
    name: str | None = None,
    label: str | None = None,
    view: str = "linear",
    seconds_per_cell: float = 1e-6,
) -> EstimatorLearner:
    """Let every run of this session that suits it try an estimator, too.

    A cell that adds one can be run again: the learner of the same name that was added before is replaced.

    Parameters
    ----------
    estimator : object
        Unfitted scikit-learn classifier with ``predict_proba``, or regressor. A pipeline will do, and so will a class
        of the notebook's own.
    space : mapping of str to sequence, optional
        Parameters to search: ``(low, high)``, ``(low, high, "log")``, or a list of options. Two whole numbers make a
        range of whole numbers. Default: nothing is searched.
    name : str, optional
        As typed: ``--learners name``. Default: the name of the estimator's class.
    label : str, optional
        As read on the board. Default: the name of the estimator's class.
    view : {"linear", "tree"}, default="linear"
        Complete and scaled numbers, or codes with missing values.
    seconds_per_cell : float, default=1e-6
        Rough cost of one fit, in seconds for each row and column.

    Returns
    -------
    learner : EstimatorLearner

    Raises
    ------
    InvalidLearnerError
        If it is not an estimator, or a parameter or range cannot be used.
    LearnerNameTakenError
        If a learner of the library has that name.

    Examples
    --------
    >>> from sklearn.svm import SVR
    >>> add_learner(SVR(), {"C": (0.01, 100, "log"), "kernel": ["rbf", "linear"]})
    Learner SVR: SVR, searches C, kernel
    >>> from lepton_jupyter.learners.registry import unregister
    >>> unregister("SVR")
    """
    learner = learner_from_estimator(
        estimator, name=name or type(estimator).__name__, space=space, label=label, view=view,
        seconds_per_cell=seconds_per_cell,
    )  # fmt: skip
    there = available_learners().get(learner.name)
    added_before = isinstance(there, EstimatorLearner) and not isinstance(there, KindLearner)
    register(learner, replace=added_before)
    return learner
