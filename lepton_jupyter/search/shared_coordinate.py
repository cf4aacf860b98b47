"""What one learner shows about a coordinate that says the same of the table whatever the learner."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.search.trial import Trial

    Coordinate = float | int | str | bool | None

#: Standard errors by which one value must be better than another, fold by fold; it only decides where others start.
_CLEAR_ERRORS = 1.0


class SharedCoordinate:
    """Keeps the best trial of each learner with each value of a coordinate, such as the scale of the target.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> from lepton_jupyter.search.trial import Trial
    >>> scale = SharedCoordinate("target_scale")
    >>> plain = Trial(id=0, learner="linear", point={"target_scale": "plain"}, origin="portfolio")
    >>> scale.hear(plain, {0: 5.0, 1: 7.0})
    >>> scale.better() is None
    True
    >>> scale.hear(Trial(id=1, learner="linear", point={"target_scale": "log"}, origin="portfolio"), {0: 3.0, 1: 4.0})
    >>> scale.better()
    'log'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._best: dict[tuple[str, float], dict[Coordinate, Mapping[int, float]]] = {}

    def hear(self, trial: Trial, fold_losses: Mapping[int, float]) -> None:
        """Take in a complete trial."""
        if self.name not in trial.point:
            return
        of_learner = self._best.setdefault((trial.learner, trial.row_share), {})
        value = trial.point[self.name]
        if value not in of_learner or _mean(fold_losses) < _mean(of_learner[value]):
            of_learner[value] = fold_losses

    def better(self) -> Coordinate | None:
        """The value that the best learner of those that tried several is clearly better with, if there is one."""
        compared = [values for values in self._best.values() if len(values) > 1]
        if not compared:
            return None
        best = min(compared, key=lambda values: min(map(_mean, values.values())))
        first, second, *_ = sorted(best.items(), key=lambda each: _mean(each[1]))
        gains = [loss - first[1][fold] for fold, loss in second[1].items() if fold in first[1]]
        error = float(np.std(gains, ddof=1)) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
        return first[0] if gains and float(np.mean(gains)) > _CLEAR_ERRORS * error else None


def _mean(fold_losses: Mapping[int, float]) -> float:
    return float(np.mean(list(fold_losses.values())))
