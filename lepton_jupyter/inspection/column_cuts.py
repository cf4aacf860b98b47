"""Columns cut into a few parts that can be said in words: the conditions that weak slices are made of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT, read_labels, read_moments, read_numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Parts of a column of numbers, with equally many rows.
_PARTS = 5
#: So many different numbers are parts by themselves; so many categories are looked at.
_MOST_VALUES, _MOST_CATEGORIES = 8, 12
#: A cut may be moved to a rounder number if no more than this share of the rows changes sides.
_ROUNDING = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class CutColumn:
    """One column as parts.

    Parameters
    ----------
    name : str
    codes : ndarray of int of shape (n_rows,)
        Part of each row; `len(conditions)` where it is in none.
    conditions : tuple of str
        Each part in words, such as ``"tenure < 3"``.
    """

    name: str
    codes: NDArray[np.int64]
    conditions: tuple[str, ...]


def cut_column(values: pd.Series[Any], kind: str) -> CutColumn | None:
    """Cut one column; None where its values cannot be said in a few words, such as text.

    Parameters
    ----------
    values : pandas.Series
        Named.
    kind : {"number", "category", "boolean", "date", "text", "constant", "identifier"}

    Returns
    -------
    column : CutColumn or None

    Examples
    --------
    >>> import pandas as pd
    >>> cut_column(pd.Series(range(100), name="age"), "number").conditions
    ('age < 20', '20 ≤ age < 40', '40 ≤ age < 60', '60 ≤ age < 80', 'age ≥ 80')
    >>> cut_column(pd.Series(["a", "b", None], name="town"), "category").conditions
    ('town = a', 'town = b', 'town is missing')
    """
    name = str(values.name)
    if kind == "number":
        return _cut_numbers(name, read_numbers(values).values, str)
    if kind == "date":
        moments = read_moments(values).values
        numbers = np.where(moments == NO_MOMENT, np.nan, moments.astype(np.float64))
        return _cut_numbers(name, numbers, _as_date, round_cuts=_to_days)
    if kind in {"category", "boolean"}:
        return _cut_labels(name, values)
    return None


def _cut_labels(name: str, values: pd.Series[Any]) -> CutColumn | None:
    labels = read_labels(values)
    counts = labels.counts()
    kept = sorted(counts, key=lambda text: -counts[text])[:_MOST_CATEGORIES]
    if not kept:
        return None
    place = {text: float(code) for code, text in enumerate(kept)}
    codes = labels.map(place, len(kept) + 1).astype(np.int64)
    conditions = [f"{name} = {_cell(text)}" for text in kept]
    return (
        CutColumn(name, np.where(labels.indices < 0, len(kept), codes), (*conditions, f"{name} is missing"))
        if (labels.indices < 0).any()
        else CutColumn(name, np.minimum(codes, len(kept)), tuple(conditions))
    )


def _cut_numbers(name: str, numbers: NDArray[np.float64], said: Any, *, round_cuts: Any = None) -> CutColumn | None:
    known = np.isfinite(numbers)
    distinct = np.unique(numbers[known][:20_000])
    if len(distinct) < 2:
        return None
    if len(distinct) <= _MOST_VALUES and round_cuts is None:
        codes = np.searchsorted(distinct, numbers)
        exact = known & (distinct[np.minimum(codes, len(distinct) - 1)] == numbers)
        conditions = [f"{name} = {_number(value)}" for value in distinct]
        return _with_missing(name, np.where(exact, codes, len(distinct)), ~known, conditions)
    cuts = np.unique(np.quantile(numbers[known], np.arange(1, _PARTS) / _PARTS))
    cuts = round_cuts(cuts) if round_cuts is not None else _rounder(cuts, np.sort(numbers[known]))
    codes = np.searchsorted(cuts, numbers, side="right")
    words = [said(each) if round_cuts is not None else _number(each) for each in cuts]
    conditions = [f"{name} < {words[0]}"]
    conditions += [f"{low} ≤ {name} < {high}" for low, high in pairwise(words)]
    conditions.append(f"{name} ≥ {words[-1]}")
    return _with_missing(name, codes, ~known, conditions)


def _with_missing(name: str, codes: NDArray[Any], missing: NDArray[np.bool_], conditions: list[str]) -> CutColumn:
    n = len(conditions)
    if not missing.any():
        return CutColumn(name, codes.astype(np.int64), tuple(conditions))
    # What is in no part moves up by one, to leave the place of the missing ones.
    moved = np.where(codes >= n, n + 1, codes)
    return CutColumn(name, np.where(missing, n, moved).astype(np.int64), (*conditions, f"{name} is missing"))


def _rounder(cuts: NDArray[np.float64], ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cuts with as few digits as possible, on the same side of almost all rows."""

    def below(value: float) -> float:
        return float(np.searchsorted(ordered, value)) / len(ordered)

    rounded = []
    for cut in cuts.tolist():
        tries = (float(f"{cut:.{digits}g}") for digits in range(1, 7))
        rounded.append(next((each for each in tries if abs(below(each) - below(cut)) <= _ROUNDING), cut))
    return np.unique(rounded)


_DAY = 86_400_000_000


def _to_days(cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    days = np.unique(np.round(cuts / _DAY) * _DAY)
    return days if len(days) == len(cuts) else cuts


def _as_date(moment: float) -> str:
    text = str(np.datetime64(round(moment), "us"))
    return text.removesuffix("T00:00:00.000000")[:16]


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1e6 and float(f"{value:.6g}") == value else f"{value:g}"


def _cell(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
