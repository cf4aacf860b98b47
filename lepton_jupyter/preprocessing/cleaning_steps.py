"""What may be done to the values of one column, one value at a time: fitted, frozen, plain JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from lepton_jupyter.preprocessing.impossible_steps import DaysAsMissing, MomentsBeyondAsMissing, NumbersBeyondAsMissing
from lepton_jupyter.preprocessing.step_documents import step_document, step_of_document
from lepton_jupyter.preprocessing.stored_values import is_missing_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray


@runtime_checkable
class CleaningStep(Protocol):
    """One thing that is done to a column; each value is treated by itself."""

    def apply(self, values: Any) -> Any:
        """Values, treated: numbers as float64 with NaN where missing, moments as microseconds, texts as Arrow's."""
        ...


@dataclass(frozen=True, slots=True)
class WordsAsMissing:
    """Texts that are words for missing, such as ``N/A``, are missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> WordsAsMissing().apply(pa.array(["a", " n/a "], pa.large_string())).to_pylist()
    ['a', None]
    """

    def apply(self, values: pa.Array) -> pa.Array:
        """Texts, missing where a word for it stood."""
        import pyarrow as pa
        import pyarrow.compute as pc

        # Arrow 16 counts a part's texts from the beginning of the whole.
        own = pa.concat_arrays([values, values[:0]]) if values.offset else values
        return pc.if_else(pa.array(is_missing_word(values)), pa.scalar(None, values.type), own)


@dataclass(frozen=True, slots=True)
class NumbersAsMissing:
    """Numbers that mark a missing value, such as −999, are missing.

    Parameters
    ----------
    marks : tuple of float
    """

    marks: tuple[float, ...]

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers, NaN where one of the marks stood."""
        return np.where(np.isin(values, self.marks), np.nan, values)


@dataclass(frozen=True, slots=True)
class InfiniteAsMissing:
    """Infinite numbers are missing."""

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers, NaN where they were infinite."""
        return np.where(np.isinf(values), np.nan, values)


@dataclass(frozen=True, slots=True)
class Winsorised:
    """Numbers beyond a bound are the bound.

    Parameters
    ----------
    low, high : float

    Examples
    --------
    >>> Winsorised(0.0, 10.0).apply(np.array([-5.0, 3.0, 1e9, np.nan]))
    array([ 0.,  3., 10., nan])
    """

    low: float
    high: float

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers within the bounds; NaN stays."""
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True, slots=True)
class SpellingsUnited:
    """Spellings of one category that differ in case and blanks alone are the commonest of them.

    Parameters
    ----------
    spellings : mapping of str to str
        The category's spelling, by what all its spellings share: lower case, single blanks.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts = pa.array(["NEW  york ", "Ulm", None], pa.large_string())
    >>> SpellingsUnited({"new york": "New York"}).apply(texts).to_pylist()
    ['New York', 'Ulm', None]
    """

    spellings: Mapping[str, str]

    def apply(self, values: pa.Array) -> pa.Array:
        """Texts in one spelling each; a category that was not there is left as it is, without blanks around it."""
        import pyarrow.compute as pc

        coded = pc.dictionary_encode(values)
        different = coded.dictionary
        known = _known_spellings(different, self.spellings)
        return pc.coalesce(known, pc.utf8_trim_whitespace(different)).take(coded.indices)


def spelling_key(texts: pa.Array) -> pa.Array:
    """What the spellings of one category share: lower case, single blanks, none around.

    Examples
    --------
    >>> import pyarrow as pa
    >>> spelling_key(pa.array([" BERLIN", "New   York"])).to_pylist()
    ['berlin', 'new york']
    """
    import pyarrow.compute as pc

    single = pc.replace_substring_regex(texts, pattern=r"\s+", replacement=" ")
    return pc.utf8_lower(pc.utf8_trim_whitespace(single))


def _known_spellings(texts: pa.Array, spellings: Mapping[str, str]) -> pa.Array:
    """What is to stand for each text, by its `spelling_key`; null for one of which nothing is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places = pc.index_in(spelling_key(texts), pa.array(list(spellings), texts.type))
    return pa.array(list(spellings.values()), texts.type).take(places)


@dataclass(frozen=True, slots=True)
class TyposCorrected:
    """Rare spellings that are one slip away from a frequent one are that one.

    Parameters
    ----------
    spellings : mapping of str to str
        What is meant, by the `spelling_key` of what stands there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> TyposCorrected({"belrin": "Berlin"}).apply(pa.array(["Belrin", "Ulm", None], pa.large_string())).to_pylist()
    ['Berlin', 'Ulm', None]
    """

    spellings: Mapping[str, str]

    def apply(self, values: pa.Array) -> pa.Array:
        """Texts, corrected; all others are left as they are."""
        import pyarrow.compute as pc

        coded = pc.dictionary_encode(values)
        different = coded.dictionary
        known = _known_spellings(different, self.spellings)
        return pc.coalesce(known, different).take(coded.indices)


_STEPS: dict[str, type[Any]] = {
    "words as missing": WordsAsMissing,
    "numbers as missing": NumbersAsMissing,
    "infinite as missing": InfiniteAsMissing,
    "winsorised": Winsorised,
    "spellings united": SpellingsUnited,
    "typos corrected": TyposCorrected,
    "numbers beyond as missing": NumbersBeyondAsMissing,
    "days as missing": DaysAsMissing,
    "moments beyond as missing": MomentsBeyondAsMissing,
}


def step_to_dict(step: CleaningStep) -> dict[str, Any]:
    """A step as JSON can hold it.

    Examples
    --------
    >>> step_to_dict(Winsorised(0.0, 10.0))
    {'do': 'winsorised', 'low': 0.0, 'high': 10.0}
    """
    return step_document(step, _STEPS, key="do")


def step_from_dict(saved: dict[str, Any]) -> CleaningStep:
    """From what `step_to_dict` gave.

    Raises
    ------
    InvalidRecipeError
        If there is no such step in this version.
    """
    step: CleaningStep = step_of_document(saved, _STEPS, key="do", unknown="this version has no step")
    return step
