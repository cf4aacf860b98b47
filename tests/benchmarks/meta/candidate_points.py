"""Configurations that a portfolio may be made of: starting points of each learner, and points spread over its space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point

#: Starting points of each learner, the most that a table of any shape has.
STARTING_POINTS: Mapping[str, int] = {
    "linear": 1, "lightgbm": 5, "extra_trees": 1, "catboost": 2, "perceptron": 1, "neighbours": 1, "naive_bayes": 1,
    "random_forest": 1, "xgboost": 1, "decision_tree": 1, "discriminant": 2,
    "kernel_machine": 1,
}  # fmt: skip
#: Spread points of each learner: as many as its space has directions that matter.
SPREAD_POINTS: Mapping[str, int] = {
    "lightgbm": 8, "catboost": 4, "xgboost": 4, "perceptron": 3, "extra_trees": 2, "random_forest": 1, "neighbours": 1,
    "linear": 2,
}  # fmt: skip
_SEED = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """One configuration that can be put on any table.

    Parameters
    ----------
    learner : str
    number : int
        Of its starting point; -1 for a spread point.
    places : tuple of float
        Of a spread point: its place in [0, 1) along each coordinate of the space, which is as wide as the table
        allows.

    Examples
    --------
    >>> Candidate("lightgbm", 2).key
    'lightgbm-start2'
    """

    learner: str
    number: int
    places: tuple[float, ...] = ()

    @property
    def key(self) -> str:
        """Name that files are kept under."""
        if self.number >= 0:
            return f"{self.learner}-start{self.number}"
        return f"{self.learner}-at-" + "-".join(f"{round(100 * place):02d}" for place in self.places)

    def point(self, learner: Learner, shape: TableShape) -> Point | None:
        """The configuration on a table of this shape; None where the learner has no such starting point."""
        starts = learner.starting_points(shape)
        if self.number >= 0:
            return starts[self.number] if self.number < len(starts) else None
        space = learner.space(shape)
        # A space may have fewer coordinates here than there are places, or more, which then stay where the start is.
        places = space.to_unit(starts[0])
        known = min(len(places), len(self.places))
        places[:known] = self.places[:known]
        return space.from_unit(places, starts[0])


def candidates() -> tuple[Candidate, ...]:
    """All candidates, those that must be known first in front.

    Starting points come first; then spread points, the learners in turn, so that a matrix that is filled in this order
    compares all learners wherever it stops.

    Examples
    --------
    >>> everything = candidates()
    >>> len(everything) == len({each.key for each in everything})
    True
    """
    starts = [Candidate(name, number) for name, count in STARTING_POINTS.items() for number in range(count)]
    spread = {name: _spread(name, count) for name, count in SPREAD_POINTS.items()}
    # In turn by share, so that a learner with twelve points has had six when one with two has had one.
    turns = sorted(
        ((index + 0.5) / len(points), name, index) for name, points in spread.items() for index in range(len(points))
    )
    return (*starts, *(spread[name][index] for _, name, index in turns))


def _spread(learner: str, count: int) -> tuple[Candidate, ...]:
    from scipy.stats import qmc

    # As many coordinates as the widest space has: a table whose space is narrower takes the first of them.
    n_coordinates = {
        "lightgbm": 10, "catboost": 5, "xgboost": 7, "perceptron": 4, "extra_trees": 2, "random_forest": 2,
        "neighbours": 2, "linear": 1,
    }[learner]  # fmt: skip
    # Latin hypercube: each coordinate is looked at in `count` equal stretches, which few random points would not do.
    places = qmc.LatinHypercube(n_coordinates, seed=np.random.default_rng(_SEED)).random(count)
    return tuple(Candidate(learner, -1, tuple(float(f"{place:.2f}") for place in row)) for row in places)
