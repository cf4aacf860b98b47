"""A linear model of a window of rows: plain numbers that predict, and can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.streaming.learner_state import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


#: Inverse strength of the penalty on coefficients; columns have unit variance.
_LOOSENESS = 100.0
#: Products that one step of a logistic regression may take; a discriminant analysis takes one such step in all.
_MOST_PRODUCTS = 200_000_000


@dataclass(frozen=True, slots=True)
class LineExpert:
    """Ridge regression, logistic regression of two classes, or linear discriminant analysis of more.

    Parameters
    ----------
    coefficients : ndarray of shape (n_outputs, n_columns)
    intercept : ndarray of shape (n_outputs,)
    classes : tuple of int
        Codes that occurred among the rows; empty for regression.
    n_classes : int
        Of the stream; 0 for regression.

    Examples
    --------
    >>> X = np.linspace(-1, 1, 200, dtype=np.float32).reshape(-1, 1)
    >>> LineExpert.fitted(X, 3.0 * X[:, 0] + 1, 0).predict(X[:1]).round(1).tolist()
    [[-2.0]]
    """

    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    classes: tuple[int, ...]
    n_classes: int

    @classmethod
    def fitted(cls, X: NDArray[np.float32], y: NDArray[np.float64], n_classes: int) -> Self:
        """Learn from rows, of two classes at least."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import LogisticRegression, Ridge

        if not n_classes:
            ridge = Ridge().fit(X, y)
            return cls(np.atleast_2d(ridge.coef_), np.atleast_1d(ridge.intercept_), (), 0)
        made: Any = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.01)  # in a fraction of the time of the trees
        if len(np.unique(y)) == 2 and X.size * X.shape[1] <= _MOST_PRODUCTS:
            # It finds a line between rows that are not heaps about two centres, and takes as long on few columns.
            made = LogisticRegression(C=_LOOSENESS, solver="newton-cholesky")
        # In double precision: in single, the line search of scikit-learn 1.6 finds no lower loss where there is one.
        made.fit(X.astype(np.float64), y.astype(np.int64))
        return cls(made.coef_, made.intercept_, tuple(map(int, made.classes_)), n_classes)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows: shape (n_rows, n_classes), or (n_rows, 1)."""
        from scipy.special import expit, softmax

        said = X @ self.coefficients.T + self.intercept
        if not self.n_classes:
            return np.asarray(said, dtype=np.float64)
        if len(self.classes) == 2:
            second = expit(said[:, 0])
            said = np.column_stack([1 - second, second])
        else:
            said = softmax(said, axis=1)
        chances = np.zeros((len(X), self.n_classes))
        chances[:, self.classes] = said
        return chances

    def state(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept.tolist(),
            "classes": list(self.classes),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], *, n_classes: int, n_columns: int) -> Self:
        """Expert of what `state` gave.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is something else.
        """
        classes = tuple(map(int, state["classes"]))
        if sorted({*classes}) != list(classes) or not set(classes) <= set(range(n_classes)) or len(classes) == 1:
            raise ValueError(f"no classes: {classes}")
        n_outputs = len(classes) if len(classes) > 2 else 1
        return cls(
            numbers(state["coefficients"], n_outputs, n_columns),
            numbers(state["intercept"], n_outputs),
            classes,
            n_classes,
        )
