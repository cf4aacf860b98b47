"""Several whole numbers read as the digits of one: year, month, day and hour as one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Rows that candidates are judged on.
_MOST_ROWS = 10_000
#: Columns that are tried as digits: those on which the target depends most.
_MOST_COLUMNS = 8
_MOST_DIGITS = 5
#: Whole numbers up to here are exact in float32.
_LARGEST_NUMBER = 2**24
#: Pairs that are followed to their end.
_STARTS = 3
#: Dependence that a digit must add: less is what chance adds where so many are tried.
_LEAST_GAIN = 0.02


@dataclass(frozen=True, slots=True)
class OrderedCross:
    """One column that orders rows by several columns of whole numbers, the first one first.

    Parameters
    ----------
    digits : tuple of int
        Columns, the most significant first; empty where no cross tells more than a column by itself.
    values : tuple of ndarray
        Different values of each in training, ascending.

    Examples
    --------
    >>> cross = OrderedCross((0, 1), (np.array([2010.0, 2011.0]), np.array([1.0, 2.0, 3.0])))
    >>> cross.columns(np.array([[2010, 3], [2011, 1], [2011, np.nan]], np.float32)).ravel()
    array([ 2.,  3., nan], dtype=float32)
    """

    kind: ClassVar[str] = "ordered cross"
    digits: tuple[int, ...]
    values: tuple[NDArray[np.float32], ...]

    @classmethod
    def learn(cls, rows: TrainingRows) -> Self:
        """Find the order in which neighbouring rows have the most similar targets.

        Digits are added one by one, at any place, while the dependence of the target on the order grows; it is
        measured by Chatterjee's coefficient [1]_, which needs one sort for each candidate and no model.

        Parameters
        ----------
        rows : TrainingRows

        Returns
        -------
        cross : OrderedCross

        References
        ----------
        .. [1] S. Chatterjee. A new coefficient of correlation. Journal of the American Statistical Association
               116(536):2009-2022, 2021.
        """
        few = rows.sample(_MOST_ROWS)
        values = {place: np.unique(few.X[~np.isnan(few.X[:, place]), place]) for place in few.whole_numbers(most=500)}
        search = _Digits(few, values)
        single = search.by_themselves()[:_MOST_COLUMNS]
        if len(single) < 2:
            return cls((), ())
        best = search.best([place for (place,) in single])
        if search.dependence(best) < search.dependence(single[0]) + _LEAST_GAIN:
            return cls((), ())
        # All values of the training rows, not those of the sample alone: between two of them lies no digit.
        known = (rows.X[~np.isnan(rows.X[:, place]), place] for place in best)
        return cls(best, tuple(np.unique(each) for each in known))

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With its column or without it."""
        return self if len(places) else replace(self, digits=(), values=())

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made column of some rows, NaN where a part is missing; no column without digits."""
        if not self.digits:
            return np.empty((len(X), 0), dtype=np.float32)
        return _number(X, self.digits, self.values).astype(np.float32)[:, None]

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        values = {f"values_{place}": each for place, each in enumerate(self.values)}
        return {"digits": np.array(self.digits, dtype=np.int64), **values}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        digits = tuple(arrays["digits"].astype(np.int64).tolist())
        return cls(digits, tuple(arrays[f"values_{place}"].astype(np.float32) for place in range(len(digits))))


class _Digits:
    """Candidates, and how strongly the target of a sample depends on the order that each makes."""

    def __init__(self, rows: TrainingRows, values: Mapping[int, NDArray[np.float32]]) -> None:
        targets = rows.targets
        if rows.n_classes == 0:  # ranks: one extreme value should not decide
            targets = np.argsort(np.argsort(targets, axis=0, kind="stable"), axis=0).astype(np.float64)
        spread = max(float(np.sqrt(targets.var(axis=0).sum())), 1e-12)
        self._targets = (targets - targets.mean(axis=0)) / spread
        self._sizes = {place: len(known) + 1 for place, known in values.items()}
        # A missing digit is a value like others here: the largest.
        self._codes = {place: np.searchsorted(known, rows.X[:, place]) for place, known in values.items()}
        self._known: dict[tuple[int, ...], float] = {}

    def dependence(self, digits: tuple[int, ...]) -> float:
        """1 if neighbours have equal targets, about 0 if the order means nothing, less if no number can hold it."""
        if digits not in self._known:
            self._known[digits] = self._measured(digits)
        return self._known[digits]

    def _measured(self, digits: tuple[int, ...]) -> float:
        if not digits or np.prod([float(self._sizes[place]) for place in digits]) >= _LARGEST_NUMBER:
            return -1.0
        number = self._codes[digits[0]]
        for place in digits[1:]:
            number = number * self._sizes[place] + self._codes[place]
        # Stable on rows in random order: ties are broken by chance.
        ordered = self._targets[np.argsort(number, kind="stable")]
        return 1.0 - float((np.diff(ordered, axis=0) ** 2).sum(axis=1).mean()) / 2.0

    def by_themselves(self) -> list[tuple[int, ...]]:
        """Each column, the one on which the target depends most first."""
        return sorted(((place,) for place in self._codes), key=self.dependence, reverse=True)

    def best(self, columns: Sequence[int]) -> tuple[int, ...]:
        """The best order that is found from the best pairs, one digit at a time."""
        pairs = sorted(permutations(columns, 2), key=self.dependence, reverse=True)
        starts: dict[frozenset[int], tuple[int, ...]] = {}
        for pair in pairs:
            starts.setdefault(frozenset(pair), pair)
        ends = [self._climbed(start, columns) for start in list(starts.values())[:_STARTS]]
        return max(ends, key=self._worth)

    def _climbed(self, digits: tuple[int, ...], columns: Sequence[int]) -> tuple[int, ...]:
        while True:
            around = [*self._longer(digits, columns), *self._rearranged(digits)]
            best = max(around, key=self._worth)
            if self._worth(best) <= self._worth(digits):
                return digits
            digits = best

    def _worth(self, digits: tuple[int, ...]) -> float:
        return self.dependence(digits) - _LEAST_GAIN * len(digits)

    def _longer(self, digits: tuple[int, ...], columns: Sequence[int]) -> Iterator[tuple[int, ...]]:
        if len(digits) < _MOST_DIGITS:
            for column in columns:
                if column not in digits:
                    yield from ((*digits[:place], column, *digits[place:]) for place in range(len(digits) + 1))

    def _rearranged(self, digits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for column in digits:
            rest = tuple(each for each in digits if each != column)
            yield rest
            yield from ((*rest[:place], column, *rest[place:]) for place in range(len(rest) + 1))


def _number(
    X: NDArray[np.float32], digits: tuple[int, ...], values: Iterable[NDArray[np.float32]]
) -> NDArray[np.float64]:
    number = np.zeros(len(X))
    for place, known in zip(digits, values, strict=True):
        column = X[:, place]
        digit = np.searchsorted(known, column).clip(max=len(known) - 1)
        number = np.where(np.isnan(column), np.nan, number * len(known) + digit)
    return number
