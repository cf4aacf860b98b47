"""Boosted trees of a window of rows, as one of the experts of an online learner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.learners.probabilities import outputs_in_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 50
#: Of a kept model; what is written here has at most a tenth of that.
_MOST_CHARACTERS = 20_000_000


class TreeExpert:
    """A LightGBM model of few rounds.

    Parameters
    ----------
    booster : lightgbm.Booster
    n_classes : int
        0 for regression.
    """

    def __init__(self, booster: Any, n_classes: int) -> None:
        self._booster, self._n_classes = booster, n_classes
        self._text = ""

    @classmethod
    def fitted(cls, X: NDArray[np.float32], y: NDArray[np.float64], n_classes: int) -> Self:
        """Learn from rows, of two classes at least."""
        import lightgbm

        settings: dict[str, Any] = {
            "verbosity": -1, "num_threads": 1, "learning_rate": 0.1, "num_leaves": 15 if len(X) < 2_000 else 31,
            "min_data_in_leaf": max(3, min(20, len(X) // 50)), "lambda_l2": 1.0, "seed": 0, "deterministic": True,
            "force_col_wise": True, "max_bin": 63,
        }  # fmt: skip
        if n_classes > 2:
            settings |= {"objective": "multiclass", "num_class": n_classes, "num_leaves": 7}
        else:
            settings |= {"objective": "binary" if n_classes else "regression"}
        return cls(lightgbm.train(settings, lightgbm.Dataset(X, y), _ROUNDS), n_classes)

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows: shape (n_rows, n_classes), or (n_rows, 1)."""
        said = np.asarray(self._booster.predict(X, num_threads=1), dtype=np.float64)
        return outputs_in_columns(said, self._n_classes)

    def text(self) -> str:
        """The trees as LightGBM writes them."""
        self._text = self._text or self._booster.model_to_string()
        return self._text

    @classmethod
    def from_text(cls, text: Any, *, n_classes: int, n_columns: int) -> Self:
        """Expert of what `text` gave.

        Raises
        ------
        ValueError
            If it is something else.
        """
        import lightgbm

        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
            raise ValueError("no trees")
        try:
            booster = lightgbm.Booster(model_str=text)
        except lightgbm.basic.LightGBMError as error:
            raise ValueError(f"no trees: {error}") from None
        if (booster.num_feature(), booster.num_model_per_iteration()) != (n_columns, n_classes if n_classes > 2 else 1):
            raise ValueError("trees of other columns or classes")
        return cls(booster, n_classes)
