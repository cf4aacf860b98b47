"""Columns of numbers, and of truths, which are the numbers 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.column_kinds import ColumnSchema, check_finite
from lepton_jupyter.data.readings import Reading, read_numbers, read_truths
from lepton_jupyter.preprocessing.prepared_column import refuse_unreadable
from lepton_jupyter.preprocessing.scaled_values import ScaledValues

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SAMPLE_ROWS = 10_000
#: Larger numbers of a table are kept at this.
LARGEST_NUMBER = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, eq=False)
class NumberColumn:
    """A column of numbers or truths.

    The tree view holds the number as it is, NaN where missing; only numbers that float32 cannot tell apart, such as
    moments in nanoseconds, are first moved to their median and divided by their spread. The linear view is that of
    `ScaledValues`.

    Parameters
    ----------
    schema : ColumnSchema
    scaled : ScaledValues
    lenient : bool
        Whether values that are no numbers were found in training: then they are missing values, else errors.
    shift, unit : float
        The tree view holds ``(value - shift) / unit``.
    """

    schema: ColumnSchema
    scaled: ScaledValues
    lenient: bool = False
    shift: float = 0.0
    unit: float = 1.0

    @classmethod
    def fit(cls, series: pd.Series[Any], schema: ColumnSchema) -> tuple[Self, NDArray[np.float64]]:
        """Learn from the training table; also give its values."""
        reading = _read(series, schema)
        check_finite(reading.values, schema.name)
        scaled = ScaledValues.fit(reading.values, normal_copy=schema.kind == "number")
        column = cls(schema, scaled, reading.unreadable is not None)
        if schema.kind == "number" and _merges_in_float32(reading.values):
            column = replace(column, shift=scaled.median, unit=scaled.scale)
        return column, reading.values

    def read(self, series: pd.Series[Any]) -> NDArray[np.float64]:
        """Numbers, NaN where missing."""
        reading = _read(series, self.schema)
        if not self.lenient:
            refuse_unreadable(reading, series, self.schema)
        check_finite(reading.values, self.schema.name)
        values: NDArray[np.float64] = reading.values
        return values

    def columns(self, view: str, values: NDArray[np.float64]) -> NDArray[Any]:
        """Columns of the view."""
        if view == "linear":
            return self.scaled.columns(values)
        if self.unit != 1.0 or self.shift != 0.0:
            values = (values - self.shift) / self.unit
        return np.clip(values, -LARGEST_NUMBER, LARGEST_NUMBER)[:, None]

    def names(self, view: str) -> list[str]:
        """Names of the columns of the view."""
        return [self.schema.name] if view == "tree" else self.scaled.names(self.schema.name)

    def categorical(self) -> tuple[int, ...]:
        """None of them holds codes."""
        return ()

    def narrowed(self, most_levels: int) -> Self:
        """Without the normal copy."""
        del most_levels
        return self if self.scaled.quantiles is None else replace(self, scaled=self.scaled.without_copy())

    def treatment(self) -> str:
        """What is done to the column, in a few words."""
        return "as it is" if self.schema.missing_share <= 0 else "as it is, missing values flagged"

    def to_dict(self) -> dict[str, Any]:
        """What was learnt, as JSON can hold it."""
        return {"scaled": self.scaled.to_dict(), "lenient": self.lenient, "shift": self.shift, "unit": self.unit}

    @classmethod
    def from_dict(cls, schema: ColumnSchema, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        scaled = ScaledValues.from_dict(saved["scaled"])
        return cls(schema, scaled, saved["lenient"], saved["shift"], saved["unit"])


def _read(series: pd.Series[Any], schema: ColumnSchema) -> Reading:
    return read_truths(series) if schema.kind == "boolean" else read_numbers(series)


def _merges_in_float32(values: NDArray[np.float64]) -> bool:
    """Whether float32 makes more than one in a thousand different values equal."""
    if len(values) > _SAMPLE_ROWS:
        values = values[np.linspace(0, len(values) - 1, _SAMPLE_ROWS).astype(np.int64)]
    distinct = np.unique(values[~np.isnan(values)])
    with np.errstate(over="ignore", under="ignore"):
        merged = np.unique(distinct.astype(np.float32))
    return len(merged) < 0.999 * len(distinct)
