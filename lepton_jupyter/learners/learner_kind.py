"""What a kind of model is to a person who names it: scikit-learn's estimators, what can be tuned, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.model_errors import UnknownParameterError, UnsuitableKindError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.search.space import Dimension


@dataclass(frozen=True, slots=True)
class Tunable:
    """A parameter that is searched where it is not given.

    Parameters
    ----------
    dimension : Dimension
        Its name and range; the search starts at scikit-learn's default where that lies in the range.
    matters_when : mapping of str to tuple
        Values of other parameters under which it has an effect: gamma of an SVM has none under a linear kernel.
        Empty: always.
    """

    dimension: Dimension
    matters_when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def matters(self, given: Mapping[str, Any]) -> bool:
        """Whether it can have an effect beside what is given; what is not given may still become anything."""
        return all(name not in given or given[name] in values for name, values in self.matters_when.items())


@dataclass(frozen=True, eq=False, repr=False)
class LearnerKind:
    """A kind of model, such as `SVM`: named in Python, and shown by its name.

    Parameters
    ----------
    name : str
        As imported and as read.
    family : str
        Its colour on a board.
    view : {"linear", "tree"}
        What it is given of a table that is not plain numbers: complete and scaled numbers, or codes with missing
        values.
    classifier, regressor : str
        ``"module:class"`` of scikit-learn; empty where there is none.
    seconds : callable
        ``seconds(n_rows, n_columns, parameters)``: about what one fit takes on one core of a 2020s laptop.
    tunables : tuple of Tunable
    epochs, batch_size : str
        Parameters that these words of `fit` set; empty where the model is not trained by gradient.
    takes_missing : bool
        Whether the estimators take NaN.
    takes_sparse : bool
        Whether they take sparse matrices.
    quadratic : bool
        Whether its cost grows with the square of the rows.
    parallel : bool
        Whether its estimators work in several threads if `n_jobs` says so.

    Examples
    --------
    >>> from lepton_jupyter import SVM
    >>> SVM
    SVM
    >>> [each.dimension.name for each in SVM.free({"C": 1.0}, "classification")]
    ['kernel', 'gamma', 'degree']
    >>> SVM.free({"C": 1.0, "kernel": "linear"}, "classification")
    ()
    """

    name: str
    family: str
    view: str
    seconds: Callable[[int, int, Mapping[str, Any]], float]
    classifier: str = ""
    regressor: str = ""
    tunables: tuple[Tunable, ...] = ()
    epochs: str = ""
    batch_size: str = ""
    takes_missing: bool = False
    takes_sparse: bool = True
    quadratic: bool = False
    parallel: bool = False

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        # By name: a kind is one object in each process, and holds functions that no pickle takes.
        return _named, (self.name,)

    @property
    def only_task(self) -> str | None:
        """The one task it has an estimator for; None where it has one for both."""
        if self.classifier and self.regressor:
            return None
        return "classification" if self.classifier else "regression"

    def estimator_class(self, task: str) -> Any:
        """scikit-learn's class for a task.

        Raises
        ------
        UnsuitableKindError
            If there is none; the message names kinds that have one.
        """
        path = self.regressor if task == "regression" else self.classifier
        if not path:
            raise UnsuitableKindError.from_task(self.name, task)
        module, _, name = path.partition(":")
        return getattr(import_module(module), name)

    def estimator(self, task: str, given: Mapping[str, Any]) -> Any:
        """Unfitted estimator with what is given.

        Raises
        ------
        UnknownParameterError
            If it has no such parameter; the nearest is named.
        """
        made = self.estimator_class(task)
        known = made._get_param_names()
        for name in given:
            if name not in known:
                raise UnknownParameterError.from_name(name, self.name, known)
        return made(**given)

    def parameter_names(self) -> tuple[str, ...]:
        """Parameters of its estimators, of either task."""
        tasks = [self.only_task] if self.only_task else ["classification", "regression"]
        return tuple(dict.fromkeys(name for task in tasks for name in self.estimator_class(task)._get_param_names()))

    def free(self, given: Mapping[str, Any], task: str) -> tuple[Tunable, ...]:
        """Parameters that matter beside what is given, and that are not given."""
        if self.only_task is not None:
            task = self.only_task
        known = self.estimator_class(task)._get_param_names()
        return tuple(
            each
            for each in self.tunables
            if each.dimension.name in known and each.dimension.name not in given and each.matters(given)
        )


def _named(name: str) -> LearnerKind:
    # Looked up when it is asked for: the module that names all kinds is made of this one.
    kind: LearnerKind = import_module("lepton_jupyter.learners.named_learners").kind_named(name)
    return kind


def drawn_rows(y: NDArray[Any], n_classes: int, n_rows: int, seed: int) -> NDArray[np.intp]:
    """Rows drawn at random, in their order, two of each class among them.

    Parameters
    ----------
    y : ndarray of shape (n_all_rows,)
        Values, or class codes.
    n_classes : int
        0 for values.
    n_rows : int
        How many; all, if there are no more.
    seed : int

    Returns
    -------
    rows : ndarray of int of shape (n_rows,)

    Examples
    --------
    >>> rows = drawn_rows(np.repeat([0, 1], [98, 2]), 2, 10, seed=0)
    >>> len(rows), 98 in rows, 99 in rows
    (10, True, True)
    """
    if n_rows >= len(y):
        return np.arange(len(y))
    order = np.random.default_rng(seed).permutation(len(y))
    if n_classes:
        codes = y[order]
        first = np.zeros(len(y), dtype=bool)
        for code in range(n_classes):
            first[np.flatnonzero(codes == code)[:2]] = True
        order = np.concatenate([order[first], order[~first]])
    return np.sort(order[:n_rows])
