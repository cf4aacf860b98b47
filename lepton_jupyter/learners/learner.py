"""What a learner is: how it is fitted on one fold, where its search starts, and what that costs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.execution.deadline import Deadline
    from lepton_jupyter.learners.training_data import Fold, TableShape
    from lepton_jupyter.search.space import Point, Space


class FoldModel(Protocol):
    """A model fitted on the training part of one fold; picklable, and quick to predict with."""

    n_iterations: int | None

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict rows of the learner's view: shape (n_rows, n_outputs), probabilities summing to one, or values."""
        ...


class Learner(ABC):
    """An estimator with its search space and starting points; stateless, so one instance serves all trials.

    Every learner passes the suite in ``tests/contracts/learner_contract.py``.
    """

    name: ClassVar[str]  # as typed: --learners lightgbm
    label: ClassVar[str]  # as read: LightGBM
    family: ClassVar[str]  # "linear", "boosting", "forest", "neural", "neighbours", "kernel", "bayes" or "baseline"
    view: ClassVar[str]  # "tree" | "linear"
    cooperative: ClassVar[bool] = True  # looks at its deadline often enough to run in the kernel's own threads
    baseline: ClassVar[bool] = False  # fixed, never stepped from, drawn as a line
    weight_repeats: ClassVar[bool] = False  # a row of weight 2 is the same to it as that row twice
    keeps_monotone: ClassVar[bool] = False  # its models are monotone along the columns that a fold says
    learns_quantiles: ClassVar[bool] = False  # learns the quantile that a pinball loss asks for
    by_name_only: ClassVar[bool] = False  # tried where it is named, and not otherwise
    exports: ClassVar[
        tuple[str, ...]
    ] = ()  # formats that hold its fitted models whatever the table: "onnx", "treelite"

    def missing_package(self) -> str | None:
        """Name of the package that must be installed first, or None."""
        return None

    @property
    def weighs_rows(self) -> bool:
        """Whether weights of rows count when it is fitted; they count in scores in any case."""
        return True

    def held_monotone(self) -> Learner:
        """The learner as it is used where columns are constrained, under the same name."""
        return self

    def supports(self, shape: TableShape) -> bool:
        """Whether it can be fitted on such a table at a sensible cost."""
        del shape
        return True

    @abstractmethod
    def space(self, shape: TableShape) -> Space:
        """Coordinates that may be stepped along; empty for a baseline."""

    @abstractmethod
    def starting_points(self, shape: TableShape) -> tuple[Point, ...]:
        """Configurations worth trying first, the cheapest first; each holds every coordinate of the space."""

    @abstractmethod
    def cost_units(self, point: Point, shape: TableShape) -> float:
        """Counted cost of one fold: rows × columns × iterations × a constant of the learner.

        The constant is chosen so that a unit is about a second on one core of a 2020s laptop: costs of different
        learners can be compared, and a clock is not needed.
        """

    @abstractmethod
    def memory_bytes(self, point: Point, shape: TableShape) -> int:
        """Memory one fit needs beside the data, estimated from above."""

    @abstractmethod
    def describe(self, point: Point) -> str:
        """The configuration in a few words, such as ``"31 leaves, rate 0.046"``."""

    @abstractmethod
    def fit(self, fold: Fold, point: Point, *, deadline: Deadline, seed: int) -> FoldModel:
        """Fit on the training part; look at `deadline` between steps and return the best so far when it passes.

        The fold's weights count, where it has any, in the fit and in whatever stops it early; a learner that cannot
        weigh rows says so by `weighs_rows`. Learners whose models take long to write or to predict with end earlier by
        that time: see `closing_seconds`.

        Raises
        ------
        DeadlinePassedError
            If the deadline passed before there was any model worth returning.
        """

    def keep_to(self, deadline: Deadline) -> None:
        """Look at the deadline where there is no model yet that would be worth returning.

        Raises
        ------
        DeadlinePassedError
            If it has passed.
        """
        if deadline.passed():
            raise DeadlinePassedError.from_learner(self.label)

    def together(self, models: Sequence[FoldModel]) -> tuple[FoldModel, ...]:
        """Fewer models whose plain mean is that of some fold models, and is quicker to have; or these themselves."""
        return tuple(models)

    @abstractmethod
    def save(self, model: FoldModel, path: Path) -> None:
        """Write `model` to one file in the learner's own text format or skops; never a pickle."""

    @abstractmethod
    def load(self, path: Path) -> FoldModel:
        """Read what `save` wrote.

        Raises
        ------
        UntrustedModelError
            If the file asks for types that are not this learner's own.
        """


def number(point: Point, name: str) -> float:
    """A coordinate of a point that is a number by its space.

    Examples
    --------
    >>> number({"learning_rate": 0.1, "kind": "gbdt"}, "learning_rate")
    0.1
    """
    value = point[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name!r} is {value!r}, not a number.")
    return float(value)
