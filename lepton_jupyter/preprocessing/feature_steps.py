"""What may be made of one cleaned column: other numbers or several columns, each value by itself; plain JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from lepton_jupyter.preprocessing.min_hash import min_hashes
from lepton_jupyter.preprocessing.step_documents import step_document, step_of_document
from lepton_jupyter.preprocessing.stored_values import as_numbers, numbers_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

#: Columns that the words of a text are hashed into, and numbers of its embedding.
TEXT_COLUMNS, EMBEDDING_COLUMNS = 64, 30
DAY_MICROSECONDS = 86_400_000_000


class FeatureStep(Protocol):
    """One thing that is made of a column."""

    @property
    def column(self) -> str:
        """Name of the column."""
        ...

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """Columns that stand in the place of the column, by name."""
        ...


@dataclass(frozen=True, slots=True)
class Scaled:
    """Numbers less their centre, in units of their spread.

    Parameters
    ----------
    column : str
    centre, spread : float

    Examples
    --------
    >>> import pyarrow as pa
    >>> Scaled("x", 10.0, 2.0).made(pa.array([12.0, None]))["x"].to_pylist()
    [1.0, None]
    """

    column: str
    centre: float
    spread: float

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """The column, scaled."""
        return {self.column: numbers_array((as_numbers(values) - self.centre) / self.spread)}


@dataclass(frozen=True, slots=True)
class RankScaled:
    """The share of values that are smaller, half of the equal ones counted; straight between known values.

    Parameters
    ----------
    column : str
    points, shares : tuple of float
        Ascending values, and the share of each.

    Examples
    --------
    >>> import pyarrow as pa
    >>> RankScaled("x", (1.0, 3.0), (0.0, 1.0)).made(pa.array([2.0, 9.0]))["x"].to_pylist()
    [0.5, 1.0]
    """

    column: str
    points: tuple[float, ...]
    shares: tuple[float, ...]

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """The column, as shares."""
        return {self.column: numbers_array(np.interp(as_numbers(values), self.points, self.shares))}


@dataclass(frozen=True, slots=True)
class PowerScaled:
    """Numbers after the power of Yeo and Johnson [1]_, less their centre, in units of their spread.

    Parameters
    ----------
    column : str
    power, centre, spread : float

    References
    ----------
    .. [1] I.-K. Yeo, R. A. Johnson. A new family of power transformations to improve normality or symmetry.
           Biometrika 87(4):954-959, 2000.
    """

    column: str
    power: float
    centre: float
    spread: float

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """The column, transformed."""
        from scipy.stats import yeojohnson

        # A copy: what Arrow holds may not be written to.
        moved = yeojohnson(np.array(as_numbers(values)), lmbda=self.power) if len(values) else np.empty(0)
        return {self.column: numbers_array((moved - self.centre) / self.spread)}


@dataclass(frozen=True, slots=True)
class OneHot:
    """A column of 0 and 1 for each of some categories, and one for all others if there were any.

    Parameters
    ----------
    column : str
    levels : tuple of str
    others : bool

    Examples
    --------
    >>> import pyarrow as pa
    >>> made = OneHot("town", ("Ulm",), True).made(pa.array(["Ulm", "Kiel", None], pa.large_string()))
    >>> {name: values.to_pylist() for name, values in made.items()}
    {'town = Ulm': [1, 0, 0], 'town = other': [0, 1, 0]}
    """

    column: str
    levels: tuple[str, ...]
    others: bool

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """A column for each level; a missing value is 0 in all."""
        import pyarrow as pa

        places = _places(values, self.levels)
        made = {f"{self.column} = {level}": places == place for place, level in enumerate(self.levels)}
        if self.others:
            made[f"{self.column} = other"] = (places == len(self.levels)) & ~np.asarray(values.is_null())
        return {name: pa.array(each.astype(np.int8)) for name, each in made.items()}


@dataclass(frozen=True, slots=True)
class LevelNumbers:
    """A number for each category: its place in the alphabet, or how many rows had it.

    Parameters
    ----------
    column : str
    levels : tuple of str
    numbers : tuple of float
    other : float or None
        For all other categories; None makes them missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> towns = pa.array(["Ulm", "Kiel", None], pa.large_string())
    >>> LevelNumbers("town", ("Ulm",), (7.0,), 0.0).made(towns)["town"].to_pylist()
    [7.0, 0.0, None]
    """

    column: str
    levels: tuple[str, ...]
    numbers: tuple[float, ...]
    other: float | None

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """The column, as numbers."""
        numbers = np.array([*self.numbers, np.nan if self.other is None else self.other])
        found = numbers[_places(values, self.levels)]
        return {self.column: numbers_array(np.where(np.asarray(values.is_null()), np.nan, found))}


@dataclass(frozen=True, slots=True)
class CalendarParts:
    """Parts of a date as numbers; of cyclic ones sine and cosine, so that December lies beside January.

    Parameters
    ----------
    column : str
    cyclic : bool
    hours : bool
        Whether there are times of the day.

    Examples
    --------
    >>> import pyarrow as pa
    >>> day = pa.array([np.datetime64("2024-03-05", "us")])
    >>> {name: values.to_pylist() for name, values in CalendarParts("due", False, False).made(day).items()}
    {'due year': [2024.0], 'due month': [3.0], 'due day': [5.0], 'due weekday': [1.0]}
    """

    column: str
    cyclic: bool
    hours: bool

    #: Part, its length, and what its first one is.
    _CYCLES: ClassVar[Mapping[str, tuple[float, float]]] = {
        "month": (12.0, 1.0), "weekday": (7.0, 0.0), "hour": (24.0, 0.0),
    }  # fmt: skip

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """A column for each part; weekdays from Monday, 0."""
        import pyarrow.compute as pc

        kinds = ["year", "month", *(() if self.cyclic else ("day",)), "weekday", *(("hour",) if self.hours else ())]
        kernels = {"year": pc.year, "month": pc.month, "day": pc.day, "weekday": pc.day_of_week, "hour": pc.hour}
        made: dict[str, NDArray[np.float64]] = {}
        for kind in kinds:
            part = np.asarray(kernels[kind](values).to_numpy(zero_copy_only=False), dtype=np.float64)
            if kind == "hour":
                part = part + np.asarray(pc.minute(values).to_numpy(zero_copy_only=False), dtype=np.float64) / 60.0
            if self.cyclic and kind in self._CYCLES:
                length, first = self._CYCLES[kind]
                angle = (part - first) * (2.0 * np.pi / length)
                made |= {f"{self.column} {kind} sine": np.sin(angle), f"{self.column} {kind} cosine": np.cos(angle)}
            else:
                made[f"{self.column} {kind}"] = part
        return {name: numbers_array(each) for name, each in made.items()}


@dataclass(frozen=True, slots=True)
class HashedWords:
    """Words and pairs of words of a text, counted in columns that a hash tells, by scikit-learn's `HashingVectorizer`.

    Parameters
    ----------
    column : str
    n_columns : int
    weights : tuple of float, optional
        Inverse document frequency of each column; texts then have length 1.

    Examples
    --------
    >>> import pyarrow as pa
    >>> made = HashedWords("note", 4).made(pa.array(["good good", None], pa.large_string()))
    >>> sum(column.to_pylist()[0] for column in made.values())
    3.0
    """

    column: str
    n_columns: int = TEXT_COLUMNS
    weights: tuple[float, ...] | None = None

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """A column for each value of the hash; without a text all are 0."""
        counts = word_counts(values, self.n_columns)
        if self.weights is not None:
            counts = counts * np.asarray(self.weights)
            # Column by column: a sum along rows may add up in another order for other numbers of rows.
            squares = np.zeros(len(counts))
            for place in range(self.n_columns):
                squares += counts[:, place] ** 2
            counts = counts / np.where(squares > 0, np.sqrt(squares), 1.0)[:, None]
        return {f"{self.column} #{place + 1}": numbers_array(counts[:, place]) for place in range(self.n_columns)}


@dataclass(frozen=True, slots=True)
class MinHashed:
    """A min-hash embedding of a text: the more characters two texts share, the more of their numbers agree.

    Parameters
    ----------
    column : str
    n_columns : int

    Examples
    --------
    >>> import pyarrow as pa
    >>> made = MinHashed("town", 2).made(pa.array(["Ulm", "ulm ", None], pa.large_string()))
    >>> [len(set(column.to_pylist()[:2])) for column in made.values()], made["town ~1"].null_count
    ([1, 1], 1)
    """

    column: str
    n_columns: int = EMBEDDING_COLUMNS

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """A column for each hash function; missing without a text."""
        least = min_hashes(values, self.n_columns)
        return {f"{self.column} ~{place + 1}": numbers_array(least[:, place]) for place in range(self.n_columns)}


@dataclass(frozen=True, slots=True)
class OutlierFlag:
    """A column beside that is 1 where a number lies beyond a bound.

    Parameters
    ----------
    column : str
    low, high : float
    """

    column: str
    low: float
    high: float

    def made(self, values: pa.Array) -> dict[str, pa.Array]:
        """The column as it is, and the one that tells."""
        import pyarrow as pa

        numbers = as_numbers(values)
        beyond = (numbers < self.low) | (numbers > self.high)
        return {self.column: values, f"{self.column} is outlier": pa.array(beyond.astype(np.int8))}


def word_counts(texts: pa.Array, n_columns: int) -> NDArray[np.float64]:
    """How often words and pairs of words of each text fall into each column; of shape (n_texts, n_columns)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    if not len(texts):
        return np.zeros((0, n_columns))
    vectorizer = HashingVectorizer(n_features=n_columns, ngram_range=(1, 2), alternate_sign=False, norm=None)
    return np.asarray(vectorizer.transform(texts.fill_null("").to_pylist()).toarray(), dtype=np.float64)


def _places(values: pa.Array, levels: tuple[str, ...]) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.index_in(values, pa.array(levels, pa.large_string())).fill_null(len(levels))
    return np.asarray(found, dtype=np.int64)


_STEPS: dict[str, type[Any]] = {
    "scaled": Scaled,
    "rank scaled": RankScaled,
    "power scaled": PowerScaled,
    "one hot": OneHot,
    "level numbers": LevelNumbers,
    "calendar parts": CalendarParts,
    "hashed words": HashedWords,
    "min-hashed": MinHashed,
    "outlier flag": OutlierFlag,
}


def feature_to_dict(step: FeatureStep) -> dict[str, Any]:
    """A step as JSON can hold it.

    Examples
    --------
    >>> feature_to_dict(Scaled("x", 1.0, 2.0))
    {'make': 'scaled', 'column': 'x', 'centre': 1.0, 'spread': 2.0}
    """
    return step_document(step, _STEPS, key="make")


def feature_from_dict(saved: dict[str, Any]) -> FeatureStep:
    """From what `feature_to_dict` gave.

    Raises
    ------
    InvalidRecipeError
        If there is no such step in this version.
    """
    step: FeatureStep = step_of_document(saved, _STEPS, key="make", unknown="this version makes no")
    return step
