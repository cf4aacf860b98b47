"""Columns of categories: codes by frequency, counts where there are many, indicators for linear learners."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.readings import Labels, read_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.column_kinds import ColumnSchema

#: Levels up to which the boosters split codes as categories (their bins are bytes).
MOST_NATIVE_LEVELS = 254
#: Levels that get an indicator of their own in the linear view.
MOST_INDICATORS = 30
# Beyond these a level is so rare, and the recipe so long, that it is treated like one never seen.
_MOST_LEVELS = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class CategoryColumn:
    """A column of categories.

    The tree view holds the level's place by frequency, the most frequent 0, and NaN where it is missing or was not
    seen in training; beyond 254 levels also how many rows of the training table had it. The linear view holds an
    indicator for each of the 30 most frequent levels, one for all others, one for missing values if training had any,
    and beyond 254 levels the count's logarithm.

    Parameters
    ----------
    schema : ColumnSchema
    levels : tuple of str
        The most frequent first, ties in alphabetical order.
    counts : tuple of int
        Rows of the training table that have each level.
    n_levels : int
        How many levels training had; more than are kept, if they are very many.
    n_indicators : int
        Levels with an indicator of their own.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.column_kinds import understand_column
    >>> towns = pd.Series(["Ulm", "Bonn", "Ulm", None])
    >>> column, _ = CategoryColumn.fit(towns, understand_column(towns, "town"))
    >>> column.columns("tree", column.read(pd.Series(["Bonn", "Ulm", "Kiel"]))).ravel()
    array([ 1.,  0., nan])
    """

    schema: ColumnSchema
    levels: tuple[str, ...]
    counts: tuple[int, ...]
    n_levels: int
    n_indicators: int = MOST_INDICATORS
    _codes: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Made once: a single row should not wait for thousands of levels.
        object.__setattr__(self, "_codes", {level: place for place, level in enumerate(self.levels)})

    @classmethod
    def fit(cls, series: pd.Series[Any], schema: ColumnSchema) -> tuple[Self, Labels]:
        """Learn from the training table; also give its values."""
        labels = read_labels(series)
        counts = labels.counts()
        # By name among equals: the order of rows must not matter.
        levels = sorted(counts, key=lambda level: (-counts[level], level))
        kept = tuple(levels[:_MOST_LEVELS])
        column = cls(schema, kept, tuple(counts[level] for level in kept), len(levels))
        return replace(column, n_indicators=min(MOST_INDICATORS, len(kept))), labels

    def read(self, series: pd.Series[Any]) -> Labels:
        """Texts of the categories."""
        return read_labels(series)

    def columns(self, view: str, values: Labels) -> NDArray[Any]:
        """Columns of the view."""
        return self.of_codes(view, values.map(self._codes, np.nan), values.indices < 0)

    def of_codes(self, view: str, codes: NDArray[np.float64], missing: NDArray[np.bool_]) -> NDArray[Any]:
        """Columns of the view for places among the levels, NaN where a level is missing or was not seen."""
        return self._tree(codes) if view == "tree" else self._linear(codes, missing)

    @property
    def codes(self) -> Mapping[str, int]:
        """Place of each level."""
        return self._codes

    def _tree(self, codes: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([codes, self._counts_of(codes)]) if self._large else codes[:, None]

    def _linear(self, codes: NDArray[np.float64], missing: NDArray[np.bool_]) -> NDArray[np.float32]:
        out = np.zeros((len(codes), len(self.names("linear"))), dtype=np.float32)
        shown = codes < self.n_indicators
        rows = np.flatnonzero(shown)
        out[rows, codes[rows].astype(np.int64)] = 1.0
        other = ~shown & ~missing if self._flagged else ~shown
        out[:, self.n_indicators] = other
        if self._flagged:
            out[:, self.n_indicators + 1] = missing
        if self._large:
            # One table entry for each level, not a logarithm for each row: equal bits for any part of a table.
            logarithms = np.log1p(np.array([0, *self.counts])) / np.log1p(max(self.counts))
            out[:, -1] = logarithms[np.where(np.isnan(codes), -1, codes).astype(np.int64) + 1]
        return out

    def _counts_of(self, codes: NDArray[np.float64]) -> NDArray[np.float64]:
        counts = np.array([0.0, *self.counts])
        return counts[np.where(np.isnan(codes), -1, codes).astype(np.int64) + 1]

    @property
    def _large(self) -> bool:
        return self.n_levels > MOST_NATIVE_LEVELS

    @property
    def _flagged(self) -> bool:
        return self.schema.missing_share > 0

    def names(self, view: str) -> list[str]:
        """Names of the columns of the view."""
        name = self.schema.name
        if view == "tree":
            return [name, f"{name} (count)"] if self._large else [name]
        names = [f"{name} = {level}" for level in self.levels[: self.n_indicators]]
        names.append(f"{name} = other")
        if self._flagged:
            names.append(f"{name} is missing")
        return [*names, f"{name} (count)"] if self._large else names

    def categorical(self) -> tuple[int, ...]:
        """Its code, unless there are too many levels to split them as categories."""
        return () if self._large else (0,)

    def narrowed(self, most_levels: int) -> Self:
        """With fewer indicators."""
        return self if self.n_indicators <= most_levels else replace(self, n_indicators=most_levels)

    def treatment(self) -> str:
        """What is done to the column, in a few words."""
        return f"encoded, {self.n_levels:,} categories"

    def to_dict(self) -> dict[str, Any]:
        """What was learnt, as JSON can hold it."""
        return {
            "levels": list(self.levels),
            "counts": list(self.counts),
            "n_levels": self.n_levels,
            "n_indicators": self.n_indicators,
        }

    @classmethod
    def from_dict(cls, schema: ColumnSchema, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        return cls(schema, tuple(saved["levels"]), tuple(saved["counts"]), saved["n_levels"], saved["n_indicators"])
