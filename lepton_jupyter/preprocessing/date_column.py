"""Columns of dates and times: the parts that vary, and the days since the earliest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT, Reading, read_moments
from lepton_jupyter.preprocessing.prepared_column import refuse_unreadable
from lepton_jupyter.preprocessing.scaled_values import ScaledValues

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.column_kinds import ColumnSchema

_DAY = 86_400_000_000  # microseconds
_HOUR = 3_600_000_000
_MINUTE = 60_000_000
_DAYS = "days since the earliest"
_PARTS = ("year", "month", "day", "weekday", "hour", "minute", _DAYS)
# Parts that come round: first value and length of the circle.
_CIRCLES = {"month": (1, 12), "weekday": (0, 7), "hour": (0, 24)}


@dataclass(frozen=True, slots=True, eq=False)
class DateColumn:
    """A column of dates.

    Both views hold year, month, day, weekday (Monday is 0), hour and minute as far as they varied in training, and the
    days since the earliest date of the training table, of which a later date has more than any seen. The linear view
    scales them and adds the sine and cosine of month, weekday and hour, so that December lies beside January.

    Parameters
    ----------
    schema : ColumnSchema
    parts : tuple of str
        Parts that varied.
    earliest : int
        Microseconds since 1970.
    scaled : tuple of ScaledValues
        One for each part.
    lenient : bool
        Whether texts that are no dates were found in training: then they are missing values, else errors.
    circles : bool
        Whether the linear view has sines and cosines.
    """

    schema: ColumnSchema
    parts: tuple[str, ...]
    earliest: int
    scaled: tuple[ScaledValues, ...]
    lenient: bool = False
    circles: bool = True

    @classmethod
    def fit(cls, series: pd.Series[Any], schema: ColumnSchema) -> tuple[Self, NDArray[np.int64]]:
        """Learn from the training table; also give its values."""
        reading = _read(series, schema)
        moments = reading.values
        known = moments[moments != NO_MOMENT]
        earliest = int(known.min()) if len(known) else 0
        every = _parts_of(moments, earliest, _PARTS)
        # Days always stay: they also tell missing dates from all others.
        parts = tuple(part for part, values in every.items() if part == _DAYS or _varies(values))
        scaled = tuple(ScaledValues.fit(every[part], normal_copy=False, flagged=part == _DAYS) for part in parts)
        return cls(schema, parts, earliest, scaled, reading.unreadable is not None), moments

    def read(self, series: pd.Series[Any]) -> NDArray[np.int64]:
        """Microseconds since 1970."""
        reading = _read(series, self.schema)
        if not self.lenient:
            refuse_unreadable(reading, series, self.schema)
        moments: NDArray[np.int64] = reading.values
        return moments

    def columns(self, view: str, values: NDArray[np.int64]) -> NDArray[Any]:
        """Columns of the view."""
        every = _parts_of(values, self.earliest, self.parts)
        if view == "tree":
            return np.column_stack([every[part] for part in self.parts])
        blocks = [scaled.columns(every[part]) for part, scaled in zip(self.parts, self.scaled, strict=True)]
        blocks.extend(_circle(every[part], *_CIRCLES[part]) for part in self._circled)
        return np.concatenate(blocks, axis=1)

    def names(self, view: str) -> list[str]:
        """Names of the columns of the view."""
        tree = [f"{self.schema.name} ({part})" for part in self.parts]
        if view == "tree":
            return tree
        names = [each for name, scaled in zip(tree, self.scaled, strict=True) for each in scaled.names(name)]
        for part in self._circled:
            names += [f"{self.schema.name} (sine of {part})", f"{self.schema.name} (cosine of {part})"]
        return names

    @property
    def _circled(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part in _CIRCLES) if self.circles else ()

    def categorical(self) -> tuple[int, ...]:
        """None of them holds codes."""
        return ()

    def narrowed(self, most_levels: int) -> Self:
        """Without sines and cosines."""
        del most_levels
        return replace(self, circles=False)

    def treatment(self) -> str:
        """What is done to the column, in a few words."""
        return ", ".join(self.parts)

    def to_dict(self) -> dict[str, Any]:
        """What was learnt, as JSON can hold it."""
        return {
            "parts": list(self.parts),
            "earliest": self.earliest,
            "scaled": [each.to_dict() for each in self.scaled],
            "lenient": self.lenient,
            "circles": self.circles,
        }

    @classmethod
    def from_dict(cls, schema: ColumnSchema, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        scaled = tuple(ScaledValues.from_dict(each) for each in saved["scaled"])
        return cls(schema, tuple(saved["parts"]), saved["earliest"], scaled, saved["lenient"], saved["circles"])


def _read(series: pd.Series[Any], schema: ColumnSchema) -> Reading:
    return read_moments(series, text_format=schema.text_format, timezone=schema.timezone)


def _parts_of(moments: NDArray[np.int64], earliest: int, wanted: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    missing = moments == NO_MOMENT
    some_missing = bool(missing.any())
    known = np.where(missing, earliest, moments) if some_missing else moments
    parts: dict[str, NDArray[np.float64]] = {}
    for part in wanted:
        values = _part_of(known, part) if part != _DAYS else (known - earliest) / _DAY
        parts[part] = np.where(missing, np.nan, values) if some_missing else values.astype(np.float64, copy=False)
    return parts


def _part_of(moments: NDArray[np.int64], part: str) -> NDArray[np.int64]:
    if part == "hour":
        return moments % _DAY // _HOUR
    if part == "minute":
        return moments % _HOUR // _MINUTE
    days = moments // _DAY
    if part == "weekday":
        return (days + 3) % 7  # 1970 began on a Thursday
    months = days.view("datetime64[D]").astype("datetime64[M]")
    if part == "day":
        return days - months.astype("datetime64[D]").astype(np.int64) + 1
    number = months.astype(np.int64)
    return number // 12 + 1970 if part == "year" else number % 12 + 1


def _varies(values: NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    return bool(len(known) and known.min() != known.max())


def _circle(values: NDArray[np.float64], first: int, length: int) -> NDArray[np.float64]:
    # From a table of the few values there are: equal bits for any part of a table. Missing: the centre.
    angles = 2 * np.pi * np.arange(length) / length
    table = np.vstack([np.column_stack([np.sin(angles), np.cos(angles)]), [0.0, 0.0]])
    return table[np.where(np.isnan(values), length, values - first).astype(np.int64)]
