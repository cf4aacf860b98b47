"""Boosted trees of the newest rows, fitted anew as labels come: several windows, weighed by how wrong each was lately.

How far back it pays to look nobody knows beforehand: after an abrupt change little, in quiet times much. So there are
trees and a linear model of each of several windows, and one linear model that learns with each row. They are experts in
the sense of prediction with expert advice: their losses fade, and the better ones count for exponentially more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows of each window.
WINDOWS = (300, 1_000, 4_000, 16_000)
#: Labels with which the first model begins.
LEAST_ROWS = 60
#: A window is fitted anew after this part of its rows has come.
_FRESH_SHARE = 0.1
_ROUNDS = 50
#: Labels after which a loss counts for 1/e.
_MEMORY = 150.0
#: How much more a better expert counts, by the sum of its remembered losses.
_SHARPNESS = 0.3


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
        self._models: dict[int, Any] = {}
        self._fitted_at: dict[int, int] = {}
        self._linear: Any = None
        self._losses: dict[int, float] = {}

    def learn(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        """Judge the experts by rows, then let them learn from these."""
        if not len(X):
            return
        self._judge(X, truths)
        self._remember(X, truths)
        self._teach_linear(X, truths)
        for window in self._windows:
            if self._is_due(window):
                self._fit(window)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows."""
        experts = self._experts()
        if not experts:
            return self._prior(len(X))
        losses = np.array([self._losses.get(name, 0.0) for name, _ in experts])
        weights = np.exp(-_SHARPNESS * (losses - losses.min()))
        # No expert is ever forgotten: after the next change it may be the best one.
        weights = weights / weights.sum() + 1e-3
        weights /= weights.sum()
        return np.asarray(
            sum(weight * self._said(model, X) for weight, (_, model) in zip(weights, experts, strict=True)),
            dtype=np.float64,
        )

    def _experts(self) -> list[tuple[int, Any]]:
        linear = [] if self._linear is None else [(0, self._linear)]
        return linear + list(self._models.items())

    def _judge(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        fading = np.exp(-len(X) / _MEMORY)
        scale = 1.0 if self._n_classes else max(1e-12, float(np.var(self._y))) if len(self._y) else 1.0
        for name, model in self._experts():
            said = self._said(model, X)
            true = np.eye(self._n_classes)[truths.astype(np.int64)] if self._n_classes else truths.reshape(-1, 1)
            loss = float(np.sum((said - true) ** 2)) / scale
            known = self._losses.get(name)
            if known is None:  # a newcomer begins as the best that is there, and has to keep up with it
                known = min(self._losses.values(), default=0.0)
            self._losses[name] = fading * known + loss

    def _remember(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        most = self._windows[-1]
        self._X = np.concatenate([self._X, X])[-most:] if len(self._X) else X[-most:]
        self._y = np.concatenate([self._y, truths])[-most:]
        self._n_seen += len(X)

    def _is_due(self, window: int) -> bool:
        n_rows = min(window, self._n_seen)
        shorter = max((each for each in self._windows if each < window), default=0)
        # A window that is not longer yet than the one before would be the same model.
        if n_rows < LEAST_ROWS or n_rows <= shorter:
            return False
        return self._n_seen - self._fitted_at.get(window, -window) >= max(25, _FRESH_SHARE * n_rows)

    def _fit(self, window: int) -> None:
        import lightgbm

        X, y = self._X[-window:], self._y[-window:]
        if self._n_classes and len(np.unique(y)) < 2:
            return
        self._fitted_at[window] = self._n_seen
        settings: dict[str, Any] = {
            "verbosity": -1, "num_threads": 1, "learning_rate": 0.1, "num_leaves": 15 if len(X) < 2_000 else 31,
            "min_data_in_leaf": max(3, min(20, len(X) // 50)), "lambda_l2": 1.0, "seed": 0, "deterministic": True,
            "force_col_wise": True, "max_bin": 63,
        }  # fmt: skip
        if self._n_classes > 2:
            settings |= {"objective": "multiclass", "num_class": self._n_classes, "num_leaves": 7}
        else:
            settings |= {"objective": "binary" if self._n_classes else "regression"}
        self._models[window] = lightgbm.train(settings, lightgbm.Dataset(X, y), _ROUNDS)
        self._models[-window] = self._line(X, y)

    def _line(self, X: NDArray[np.float32], y: NDArray[np.float64]) -> Any:
        """A linear model of the same window: where a line is the truth, trees need many rows to draw it."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import Ridge

        if not self._n_classes:
            return Ridge().fit(X, y)
        # In closed form, in a fraction of the time of the trees.
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.01).fit(X, y.astype(np.int64))

    def _teach_linear(self, X: NDArray[np.float32], truths: NDArray[np.float64]) -> None:
        from sklearn.linear_model import SGDClassifier, SGDRegressor

        if self._n_classes:
            if self._linear is None:
                self._linear = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01, random_state=0)
            self._linear.partial_fit(X, truths.astype(np.int64), classes=np.arange(self._n_classes))
            return
        if self._linear is None:
            self._linear = SGDRegressor(learning_rate="constant", eta0=0.005, random_state=0)
        self._linear.partial_fit(X, truths)

    def _said(self, model: Any, X: NDArray[np.float32]) -> NDArray[np.float64]:
        if hasattr(model, "partial_fit"):
            if self._n_classes:
                return np.asarray(model.predict_proba(X), dtype=np.float64)
            return np.nan_to_num(np.asarray(model.predict(X), dtype=np.float64)).reshape(-1, 1)
        if hasattr(model, "coef_"):
            if not self._n_classes:
                return np.asarray(model.predict(X), dtype=np.float64).reshape(-1, 1)
            chances = np.zeros((len(X), self._n_classes))
            chances[:, model.classes_] = model.predict_proba(X)
            return chances
        said = np.asarray(model.predict(X, num_threads=1), dtype=np.float64)
        if self._n_classes == 2:
            return np.column_stack([1 - said, said])
        return said if self._n_classes else said.reshape(-1, 1)

    def _prior(self, n_rows: int) -> NDArray[np.float64]:
        if not self._n_classes:
            return np.full((n_rows, 1), float(np.mean(self._y)) if len(self._y) else 0.0)
        counts = np.bincount(self._y.astype(np.int64), minlength=self._n_classes) + 1.0
        return np.tile(counts / counts.sum(), (n_rows, 1))
