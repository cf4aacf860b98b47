"""What one column holds: the rules by which it is a number, category, boolean, date, text, constant or identifier.

Sizes that decide are taken on a sample of evenly spaced rows, so that a wide or long table is understood within a
second; whether a column is constant or has missing values is always known exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.data.date_formats import READABLE_SHARE, sniff_date_format
from lepton_jupyter.data.readings import holds_objects, label_of, object_kind, plain, read_labels, read_numbers
from lepton_jupyter.exceptions.data_errors import ComplexDataError, InfiniteValuesError

if TYPE_CHECKING:
    import pandas as pd

#: Rows on which distinct values are counted.
SAMPLE_ROWS = 20_000
#: Texts that are read to find out what they are.
SAMPLE_TEXTS = 1_000
#: Share of different values from which texts tell rows apart rather than describe them.
_NEARLY_UNIQUE = 0.95
_ENOUGH_ROWS = 20
_IDENTIFIER_NAME = re.compile(
    r"(.*[\W_])?(id|ids|key|uuid|guid)\d*|index|level_\d+|unnamed: ?\d+|row([\W_]?(id|nr|no|num|number|index))?",
    re.IGNORECASE,
)
_CAMEL_IDENTIFIER = re.compile(r".*[a-z](Id|ID|Key)")
_LEADING_ZERO = re.compile(r"\s*0\d+\s*$")
_WORD_OBJECTS = {"date", "datetime", "datetime64", "period"}
_NUMBER_OBJECTS = {"integer", "floating", "mixed-integer-float", "decimal", "timedelta"}


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """What a column is understood as.

    Parameters
    ----------
    name : str
    kind : {"number", "category", "boolean", "date", "text", "constant", "identifier"}
    dtype : str
        pandas' name of its storage in the training table.
    reason : str
        Why it is of this kind, in a few words.
    missing_share : float
        Share of rows without a value.
    n_distinct : int
        Different values among at most 20,000 evenly spaced rows.
    text_format : str or None
        How a date is written, where it is stored as text.
    timezone : str or None
        Zone of dates.
    """

    name: str
    kind: str
    dtype: str
    reason: str
    missing_share: float
    n_distinct: int
    text_format: str | None = None
    timezone: str | None = None

    @property
    def used(self) -> bool:
        """Whether a model learns from it."""
        return self.kind not in {"constant", "identifier"}


class _Sizes(NamedTuple):
    """Figures about a column of texts."""

    n_known: int
    n_sampled: int
    n_distinct: int

    @property
    def distinct_share(self) -> float:
        return self.n_distinct / max(1, self.n_sampled)


def understand_column(series: pd.Series[Any], name: str) -> ColumnSchema:
    """Find out what a column holds.

    Parameters
    ----------
    series : pandas.Series
    name : str

    Returns
    -------
    column : ColumnSchema

    Raises
    ------
    InfiniteValuesError
        If it holds infinite numbers.
    ComplexDataError
        If it holds complex numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> understand_column(pd.Series(["1.5", "2", ""]), "size").reason
    'numbers stored as text'
    >>> understand_column(pd.Series([7, 7, 7]), "version").kind
    'constant'
    """
    import pandas as pd

    dtype = str(series.dtype)
    series = plain(series)
    missing = series.isna().to_numpy()
    n_missing = int(np.count_nonzero(missing))
    blank = ColumnSchema(name, "constant", dtype, "no value is known", n_missing / max(1, len(series)), 0)
    if n_missing == len(series):
        return blank
    if series.dtype.kind == "c":
        raise ComplexDataError.from_column(name)
    known = series[~missing] if n_missing else series
    if holds_objects(series):
        return _from_objects(known, blank)
    if isinstance(series.dtype, pd.StringDtype):
        return _from_texts(known, blank, "")
    return _from_dtype(series, blank)


def _from_dtype(series: pd.Series[Any], blank: ColumnSchema) -> ColumnSchema:
    import pandas as pd

    dtype = series.dtype
    if dtype.kind == "b":
        return _unless_constant(series, replace(blank, kind="boolean", reason="true or false"))
    if dtype.kind in "iufm":
        return _from_numbers(series, blank, "durations, in seconds" if dtype.kind == "m" else "")
    if dtype.kind == "M" or isinstance(dtype, pd.PeriodDtype):
        zone = getattr(series.dt, "tz", None)
        found = replace(blank, kind="date", reason="stored as dates", timezone=None if zone is None else str(zone))
        return _unless_constant(series, found)
    return _from_categories(series, blank)


def _from_objects(known: pd.Series[Any], blank: ColumnSchema) -> ColumnSchema:
    import pandas as pd

    kind = object_kind(known)
    if kind == "complex":
        raise ComplexDataError.from_column(blank.name)
    if kind == "boolean":
        return _unless_constant(known, replace(blank, kind="boolean", reason="true or false"))
    if kind in _NUMBER_OBJECTS:
        return _from_numbers(known, blank, "durations, in seconds" if kind == "timedelta" else "")
    if kind in _WORD_OBJECTS:
        return _unless_constant(known, replace(blank, kind="date", reason="stored as dates"))
    if kind == "string":
        return _from_texts(known, blank, "")
    sample = known.iloc[_rows(len(known), SAMPLE_TEXTS)]
    kinds = sorted({type(value).__name__ for value in sample})
    of_kinds = f"mixed types ({', '.join(kinds[:4])})" if len(kinds) > 1 else f"values of type {kinds[0]}"
    if _mostly_numbers(sample):
        return _from_numbers(known, blank, f"{of_kinds}, nearly all numbers")
    # Only a sample is written as text here; the fit writes all of them, once.
    texts = pd.Series([label_of(value) for value in sample], dtype=object)
    return _from_texts(texts, blank, f"{of_kinds}, read as text")


def _from_categories(series: pd.Series[Any], blank: ColumnSchema) -> ColumnSchema:
    counts = read_labels(series).counts()
    found = replace(blank, kind="category", reason="stored as categories", n_distinct=len(counts))
    return _constant(found) if len(counts) == 1 and not blank.missing_share else found


def _from_numbers(series: pd.Series[Any], blank: ColumnSchema, reason: str) -> ColumnSchema:
    reading = read_numbers(series)
    values = reading.values[~np.isnan(reading.values)]
    check_finite(values, blank.name)
    share = 1.0 - (1.0 - blank.missing_share) * len(values) / max(1, int(np.count_nonzero(series.notna())))
    if not len(values):
        return replace(blank, missing_share=1.0)
    sample = np.unique(values[_rows(len(values), SAMPLE_ROWS)])
    whole = bool(np.all(sample == np.floor(sample)))
    found = replace(
        blank,
        kind="number",
        reason=reason or ("whole numbers" if whole else "numbers"),
        missing_share=share,
        n_distinct=len(sample),
    )
    if share <= 0 and values.min() == values.max():
        return _constant(found)
    if whole and names_rows(blank.name) and len(values) >= _ENOUGH_ROWS and _all_different(values):
        return replace(found, kind="identifier", reason="a different whole number in every row, and named like a key")
    return found


def _from_texts(known: pd.Series[Any], blank: ColumnSchema, reason: str) -> ColumnSchema:
    sample = known.iloc[_rows(len(known), SAMPLE_TEXTS)].astype(object)
    counts = read_labels(known.iloc[_rows(len(known), SAMPLE_ROWS)]).counts()
    if len(counts) == 1 and not blank.missing_share and len(read_labels(known).counts()) == 1:
        return _constant(replace(blank, n_distinct=1))
    if _mostly_numbers(sample) and not sample.map(_LEADING_ZERO.match).any():
        found = _from_numbers(known, blank, reason or "numbers stored as text")
        if found.kind != "constant":
            return found
    if {text.strip().lower() for text in counts} == {"true", "false"}:
        return replace(blank, kind="boolean", reason="true or false, stored as text", n_distinct=2)
    text_format = sniff_date_format(sample)
    if text_format is not None:
        how = "ISO 8601" if text_format == "ISO8601" else text_format
        reason = f"dates stored as text ({how})"
        return replace(blank, kind="date", reason=reason, n_distinct=len(counts), text_format=text_format)
    sizes = _Sizes(len(known), sum(counts.values()), len(counts))
    kind, why = _kind_of_words(sample, sizes, known)
    return replace(blank, kind=kind, reason=reason or why, n_distinct=sizes.n_distinct)


def _kind_of_words(sample: pd.Series[Any], sizes: _Sizes, known: pd.Series[Any]) -> tuple[str, str]:
    words = float(np.mean([text.count(" ") + 1 for text in sample]))
    letters = float(np.mean([len(text) for text in sample]))
    if sizes.n_sampled >= 10 and (
        (words >= 3 and sizes.distinct_share >= 0.3) or (words >= 8 and sizes.distinct_share >= 0.05)
    ):
        return "text", f"{words:.0f} words on average, {sizes.n_distinct:,} different texts"
    nearly_unique = sizes.n_known >= _ENOUGH_ROWS and sizes.distinct_share >= _NEARLY_UNIQUE
    if nearly_unique and sizes.n_known > sizes.n_sampled and len(known) == sizes.n_known:
        # A large category looks unique in a sample; counting once is cheap and tells for sure.
        nearly_unique = known.nunique() >= _NEARLY_UNIQUE * sizes.n_known
    if not nearly_unique:
        return "category", f"{sizes.n_distinct:,} different texts"
    if letters >= 15 and _without_blanks(sample):
        return "text", f"{letters:.0f} letters on average, in a script without blanks"
    return "identifier", "a different text in nearly every row"


def _without_blanks(sample: pd.Series[Any]) -> bool:
    """Whether texts are mostly of a script such as Chinese or Thai, which has no blanks to count words by."""
    return float(np.mean([sum(letter > "\u0e00" for letter in text) / max(1, len(text)) for text in sample])) > 0.5


def check_finite(values: Any, name: str) -> None:
    """Refuse infinite numbers, which no learner can use and which are mostly a division by zero.

    Parameters
    ----------
    values : ndarray of float
    name : str
        Of the column, for the message.

    Raises
    ------
    InfiniteValuesError
        With the number of infinite values and the remedy.

    Examples
    --------
    >>> check_finite(np.array([1.0, np.nan]), "price")
    """
    count = int(np.count_nonzero(np.isinf(values)))
    if count:
        raise InfiniteValuesError.from_column(name, count)


def _unless_constant(series: pd.Series[Any], found: ColumnSchema) -> ColumnSchema:
    n_distinct = series.iloc[_rows(len(series), SAMPLE_ROWS)].nunique()
    if n_distinct <= 1 and not found.missing_share and series.nunique() == 1:
        return _constant(found)
    return replace(found, n_distinct=n_distinct)


def _constant(found: ColumnSchema) -> ColumnSchema:
    return replace(found, kind="constant", reason="the same value in every row", n_distinct=1)


def _rows(n_rows: int, limit: int) -> Any:
    return slice(None) if n_rows <= limit else np.linspace(0, n_rows - 1, limit).astype(np.int64)


def _mostly_numbers(sample: pd.Series[Any]) -> bool:
    # A few values dismiss most columns of words; only the others are worth parsing.
    n_read, n_unread = _count_numbers(sample.iloc[_rows(len(sample), 40)])
    if n_unread > n_read:
        return False
    n_read, n_unread = _count_numbers(sample)
    return n_read > 0 and n_read >= READABLE_SHARE * (n_read + n_unread)


def _count_numbers(sample: pd.Series[Any]) -> tuple[int, int]:
    """How many values are numbers, and how many are something else that is not missing."""
    reading = read_numbers(sample)
    n_read = int(np.count_nonzero(~np.isnan(reading.values)))
    return n_read, 0 if reading.unreadable is None else int(np.count_nonzero(reading.unreadable))


def names_rows(name: str) -> bool:
    """Whether a column is named like a key of its rows.

    Examples
    --------
    >>> names_rows("customer_id"), names_rows("customerId"), names_rows("width")
    (True, True, False)
    """
    return bool(_IDENTIFIER_NAME.fullmatch(name) or _CAMEL_IDENTIFIER.fullmatch(name))


def _all_different(values: Any) -> bool:
    ordered = np.sort(values)
    return bool(np.all(ordered[1:] != ordered[:-1]))
