"""Search spaces: the coordinates of a learner's configuration and their unit-cube picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: One full configuration of one learner.
Point = dict[str, float | int | str | bool | None]


@dataclass(frozen=True, slots=True)
class Real:
    """A coordinate on a stretch of real numbers.

    Parameters
    ----------
    name : str
    low, high : float
        Both ends belong to the space.
    log : bool, default=False
        Steps are equal ratios instead of equal differences; needs ``low > 0``.
    """

    name: str
    low: float
    high: float
    log: bool = False

    def to_unit(self, value: object) -> float:
        """Place of `value` in [0, 1], clipped."""
        number = float(value)  # type: ignore[arg-type]  # a point from a log may hold an int or a float
        low, high = self.low, self.high
        if self.log:
            number, low, high = math.log(max(number, low)), math.log(low), math.log(high)
        return min(1.0, max(0.0, (number - low) / (high - low)))

    def from_unit(self, place: float) -> float:
        """Value at `place` in [0, 1], rounded to six significant digits so that a log can show it whole."""
        place = min(1.0, max(0.0, place))
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            value = math.exp(low + place * (high - low))
        else:
            value = self.low + place * (self.high - self.low)
        return min(self.high, max(self.low, float(f"{value:.6g}")))


@dataclass(frozen=True, slots=True)
class Integer:
    """A coordinate on whole numbers, both ends included; parameters as for `Real`."""

    name: str
    low: int
    high: int
    log: bool = False

    def to_unit(self, value: object) -> float:
        """Place of `value` in [0, 1], clipped."""
        return Real(self.name, self.low, self.high, self.log).to_unit(value)

    def from_unit(self, place: float) -> int:
        """Whole number nearest to `place` in [0, 1]."""
        return round(Real(self.name, self.low, self.high, self.log).from_unit(place))


@dataclass(frozen=True, slots=True)
class Choice:
    """A coordinate with named options and no order; a step along it takes another option."""

    name: str
    options: tuple[float | int | str | bool | None, ...]

    def to_unit(self, value: object) -> float:
        """Middle of the option's share of [0, 1]."""
        index = next((i for i, option in enumerate(self.options) if option == value), 0)
        return (index + 0.5) / len(self.options)

    def from_unit(self, place: float) -> float | int | str | bool | None:
        """Option whose share of [0, 1] holds `place`."""
        return self.options[min(len(self.options) - 1, max(0, int(place * len(self.options))))]


Dimension = Real | Integer | Choice


@dataclass(frozen=True, slots=True)
class Space:
    """The coordinates that may be stepped along; what a point holds beside them stays as it is.

    Examples
    --------
    >>> space = Space((Real("rate", 0.01, 1.0, log=True), Integer("leaves", 4, 64, log=True)))
    >>> space.to_unit({"rate": 0.1, "leaves": 16})
    array([0.5, 0.5])
    >>> space.from_unit([0.5, 1.0], {"rate": 0.01, "leaves": 4, "kind": "gbdt"})
    {'rate': 0.1, 'leaves': 64, 'kind': 'gbdt'}
    """

    dimensions: tuple[Dimension, ...]

    def to_unit(self, point: Mapping[str, object]) -> NDArray[np.float64]:
        """Unit coordinates of `point`, in the order of `dimensions`.

        A choice that `point` lacks, as one logged before there was that choice, stands at its first option.
        """
        return np.array([each.to_unit(point.get(each.name)) for each in self.dimensions])

    def from_unit(self, places: object, point: Mapping[str, object]) -> Point:
        """`point` with the searched coordinates replaced by those at `places`."""
        moved: Point = dict(point)  # type: ignore[arg-type]  # values of a point are scalars by construction
        for each, place in zip(self.dimensions, np.asarray(places, dtype=np.float64), strict=True):
            moved[each.name] = each.from_unit(float(place))
        return moved

    def contains(self, point: Mapping[str, object]) -> bool:
        """Whether every searched coordinate of `point` lies in the space."""
        for each in self.dimensions:
            value = point.get(each.name)
            if isinstance(each, Choice):
                if value not in each.options:
                    return False
            elif not isinstance(value, int | float) or not each.low <= value <= each.high:
                return False
        return True
