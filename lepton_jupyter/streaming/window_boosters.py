"""Boosted trees of the newest rows, fitted anew as labels come: several windows, weighed by how wrong each was lately.

How far back it pays to look nobody knows beforehand: after an abrupt change little, in quiet times much. So there are
trees and a linear model of each of several windows, and one linear model that learns with each row. Where losses rise
at once by more than chance explains, one more window begins with the rows of that moment. All of these are experts in
the sense of prediction with expert advice: their losses fade, and the better ones count for exponentially more. Where a
stream goes on after its kernel had ended, the models that were kept are experts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from lepton_jupyter.streaming.learner_state import numbers
from lepton_jupyter.streaming.line_expert import LineExpert
from lepton_jupyter.streaming.partial_fit_learner import OnlineLinear
from lepton_jupyter.streaming.tree_expert import TreeExpert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Rows of each window.
WINDOWS = (300, 1_000, 4_000, 16_000)
#: Labels with which the first model begins.
LEAST_ROWS = 60
#: A window is fitted anew after this part of its rows has come.
_FRESH_SHARE = 0.1
#: Labels after which a loss counts for 1/e.
_MEMORY = 150.0
#: How much more a better expert counts, by the sum of its remembered losses.
_SHARPNESS = 0.3
#: The window that begins with the last change.
_SINCE_CHANGE = 0
#: Rows whose losses are compared with those before them, and how many have to be before them.
_CHANGED_ROWS, _CALM_ROWS = 25, 100
#: Standard errors by which their mean has to be higher. A false alarm costs the fits of one more expert.
_CHANGED_ERRORS = 5.0
#: How names of experts of an earlier life begin.
_KEPT = "kept "


class Expert(Protocol):
    """Predicts; how well, its losses say."""

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows."""
        ...


class _Fitted(NamedTuple):
    """Models of one window."""

    n_rows: int
    trees: TreeExpert
    line: LineExpert


class WindowBoosters:
    """An online learner of LightGBM models on sliding windows, and a linear one.

    Parameters
    ----------
    n_classes : int
        0 for regression.
    windows : tuple of int, optional
        Rows that the models learn from, the shortest first.

    References
    ----------
    .. [1] N. Cesa-Bianchi, G. Lugosi. Prediction, Learning, and Games. Cambridge University Press, 2006 (exponentially
           weighted averages of experts).
    .. [2] M. Herbster, M. K. Warmuth. Tracking the best expert. Machine Learning 32(2):151-178, 1998.

    Examples
    --------
    >>> learner = WindowBoosters(2)
    >>> X = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    >>> for start in range(0, 400, 50):
    ...     part = X[start : start + 50]
    ...     learner.learn(part, (part[:, 0] * part[:, 1] > 0).astype(float))
    >>> learner.predict(np.array([[1, 1], [1, -1]], dtype=np.float32)).argmax(axis=1).tolist()
    [1, 0]
    """

    label = "Boosting on sliding windows"

    def __init__(self, n_classes: int, *, windows: tuple[int, ...] = WINDOWS) -> None:
        self._n_classes = n_classes
        self._windows = windows
        self._X: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._y: NDArray[np.float64] = np.zeros(0)
        self._n_seen = 0
        self._fitted: dict[int, _Fitted] = {}
        self._fitted_at: dict[int, int] = {}
        #: Of an earlier life, until the same window has as many rows again.
        self._kept: dict[int, _Fitted] = {}
        self._kept_spread = 1.0
        self._linear = OnlineLinear(n_classes)
        self._losses: dict[str, float] = {}
        self._changed_at: int | None = None
        self._calm: list[NDArray[np.float64]] = []
        self._newest: list[NDArray[np.float64]] = []

    def learn(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        """Judge the experts by rows, then let them learn from these."""
        if not len(X):
            return
        self._judge(X, truths)
        self._remember(X, truths)
        self._linear.learn(X, truths)
        for window in (*self._windows, _SINCE_CHANGE):
            if self._is_due(window):
                self._fit(window)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows."""
        experts = self._experts()
        if not experts:
            return self._prior(len(X))
        return self._mixed({name: expert.predict(X) for name, expert in experts.items()})

    def state(self) -> dict[str, Any]:
        """Its models and their losses, as plain JSON; the rows of its windows are no part of it."""
        kept: dict[str, Any] = {}
        losses = {"linear": self._losses.get("linear", 0.0)}
        for window in self._windows:
            # The one that has seen more.
            prefix, fitted = "", self._fitted.get(window)
            if window in self._kept:
                prefix, fitted = _KEPT, self._kept[window]
            if fitted is not None:
                kept[str(window)] = {
                    "n_rows": fitted.n_rows,
                    "trees": fitted.trees.text(),
                    "line": fitted.line.state(),
                }
                for name in _names(window):
                    losses[name] = self._losses.get(prefix + name, 0.0)
        return {"linear": self._linear.state(), "windows": kept, "losses": losses, "spread": self._spread()}

    def take_up(self, state: Mapping[str, Any], n_columns: int) -> None:
        """Go on with what another learnt.

        Its models stand beside those of new rows as experts of their own, each until a model of the same window has
        learnt from as many rows.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is no such state; then nothing is taken up.
        """
        linear = OnlineLinear(self._n_classes)
        linear.take_up(state["linear"], n_columns)
        spread = float(numbers(state["spread"]))
        losses = {"linear": float(numbers(state["losses"]["linear"]))}
        kept: dict[int, _Fitted] = {}
        for window in self._windows:
            if str(window) not in state["windows"]:
                continue
            saved = state["windows"][str(window)]
            kept[window] = _Fitted(
                int(saved["n_rows"]),
                TreeExpert.from_text(saved["trees"], n_classes=self._n_classes, n_columns=n_columns),
                LineExpert.from_state(saved["line"], n_classes=self._n_classes, n_columns=n_columns),
            )
            for name in _names(window):
                losses[_KEPT + name] = float(numbers(state["losses"][name]))
        self._linear, self._kept, self._losses, self._kept_spread = linear, kept, losses, spread

    def _experts(self) -> dict[str, Expert]:
        experts: dict[str, Expert] = {"linear": self._linear} if self._linear.has_learnt else {}
        for prefix, all_fitted in (("", self._fitted), (_KEPT, self._kept)):
            for window, fitted in all_fitted.items():
                trees, line = _names(window)
                experts |= {prefix + trees: fitted.trees, prefix + line: fitted.line}
        return experts

    def _spread(self) -> float:
        """Variance of the values, by which their losses are measured."""
        few = len(self._y) < LEAST_ROWS if self._kept else not len(self._y)
        return self._kept_spread if self._n_classes or few else max(1e-12, float(np.var(self._y)))

    def _mixed(self, said: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        losses = np.array([self._losses.get(name, 0.0) for name in said])
        weights = np.exp(-_SHARPNESS * (losses - losses.min()))
        # No expert is ever forgotten: after the next change it may be the best one.
        weights = weights / weights.sum() + 1e-3
        weights /= weights.sum()
        return np.asarray(
            sum(weight * each for weight, each in zip(weights, said.values(), strict=True)), dtype=np.float64
        )

    def _judge(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        said = {name: expert.predict(X) for name, expert in self._experts().items()}
        if not said:
            return
        fading = np.exp(-len(X) / _MEMORY)
        scale = self._spread()
        true = np.eye(self._n_classes)[truths.astype(np.int64)] if self._n_classes else truths.reshape(-1, 1)
        self._look_for_change(np.sum((self._mixed(said) - true) ** 2, axis=1))
        for name, each in said.items():
            loss = float(np.sum((each - true) ** 2)) / scale
            known = self._losses.get(name)
            if known is None:
                # A newcomer begins as the best that is there, and has to keep up with it; but as the worst where a
                # kept one of the same window has seen more than it.
                begin = max if _KEPT + name in self._losses else min
                known = begin(self._losses.values(), default=0.0)
            self._losses[name] = fading * known + loss

    def _look_for_change(self, losses: NDArray[np.float64]) -> None:
        """Compare the losses of the newest rows, which are not remembered yet, with those before."""
        self._newest.append(losses)
        newest, calm = np.concatenate(self._newest), np.concatenate([*self._calm, np.zeros(0)])
        if len(newest) < _CHANGED_ROWS:
            return
        self._newest = []
        if len(calm) >= _CALM_ROWS:
            error = float(calm.std()) / np.sqrt(len(newest))
            if float(newest.mean() - calm.mean()) > _CHANGED_ERRORS * max(error, 1e-9):
                self._changed_at = self._n_seen + len(losses) - len(newest)
                self._calm = []
                self._forget_change()
                return
        self._calm = [np.append(calm, newest)[-self._windows[0] :]]

    def _forget_change(self) -> None:
        """What was fitted to rows since the change before."""
        self._fitted.pop(_SINCE_CHANGE, None)
        self._fitted_at.pop(_SINCE_CHANGE, None)
        for name in _names(_SINCE_CHANGE):
            self._losses.pop(name, None)

    def _remember(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        most = self._windows[-1]
        self._X = np.concatenate([self._X, X])[-most:] if len(self._X) else X[-most:]
        self._y = np.concatenate([self._y, truths])[-most:]
        self._n_seen += len(X)

    def _is_due(self, window: int) -> bool:
        n_rows = self._n_rows_of(window)
        shorter = max((each for each in self._windows if each < window), default=0)
        least = _CHANGED_ROWS if window == _SINCE_CHANGE else LEAST_ROWS
        # A window that is not longer yet than the one before would be the same model.
        if n_rows < least or n_rows <= shorter:
            return False
        return self._n_seen - self._fitted_at.get(window, -self._n_seen) >= max(25, _FRESH_SHARE * n_rows)

    def _n_rows_of(self, window: int) -> int:
        if window != _SINCE_CHANGE:
            return min(window, self._n_seen)
        if self._changed_at is None:
            return 0
        n_rows = self._n_seen - self._changed_at
        if n_rows > self._windows[-1]:  # which holds nothing else by now
            self._changed_at = None
            self._forget_change()
            return 0
        return n_rows

    def _fit(self, window: int) -> None:
        n_rows = self._n_rows_of(window)
        X, y = self._X[-n_rows:], self._y[-n_rows:]
        if self._n_classes and len(np.unique(y)) < 2:
            return
        self._fitted_at[window] = self._n_seen
        trees, line = TreeExpert.fitted(X, y, self._n_classes), LineExpert.fitted(X, y, self._n_classes)
        self._fitted[window] = _Fitted(len(X), trees, line)
        if window in self._kept and len(X) >= self._kept[window].n_rows:
            del self._kept[window]
            for name in _names(window):
                self._losses.pop(_KEPT + name, None)

    def _prior(self, n_rows: int) -> NDArray[np.float64]:
        if not self._n_classes:
            return np.full((n_rows, 1), float(np.mean(self._y)) if len(self._y) else 0.0)
        counts = np.bincount(self._y.astype(np.int64), minlength=self._n_classes) + 1.0
        return np.tile(counts / counts.sum(), (n_rows, 1))


def _names(window: int) -> tuple[str, str]:
    return f"trees {window}", f"line {window}"
