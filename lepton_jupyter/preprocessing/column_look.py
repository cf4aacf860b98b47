"""A first look at a table: how each column is stored and, where it is text, what its texts are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.date_formats import sniff_date_format
from lepton_jupyter.data.readings import NO_MOMENT, read_moments, read_truths
from lepton_jupyter.preprocessing.number_codes import are_codes
from lepton_jupyter.preprocessing.number_form import NumberForm, sniff_number_form
from lepton_jupyter.preprocessing.stored_values import (
    as_moments,
    as_numbers,
    as_texts,
    is_missing_word,
    one_array,
    storage_of,
    zone_of,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

#: Different texts of a column that are looked at.
_MOST_TEXTS = 2_000


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """What a first look at some rows tells about a column: as what all its values will be read.

    Parameters
    ----------
    name : str
    storage : {"number", "truth", "moment", "text"}
        How it is stored in most rows that were looked at.
    form : NumberForm or None
        How the numbers are written that its texts are.
    date_format : str or None
        How the dates are written that its texts are.
    pivot : float
        A value amid its numbers.
    codes : bool
        Whether its texts are codes, such as ``C000123`` or ``01067``: digits that count and measure nothing.
    zone : str
        Zone on whose clock its moments are told, whatever the zone of a later part; empty if they have none.
    """

    name: str
    storage: str
    form: NumberForm | None = None
    date_format: str | None = None
    pivot: float = 0.0
    codes: bool = False
    zone: str = ""

    @property
    def reads(self) -> str:
        """What its values are read as."""
        if self.form is not None:
            return "number"
        return "moment" if self.date_format is not None else self.storage

    def fits(self, kind: pa.DataType) -> bool:
        """Whether a column of this Arrow type holds what is read, so that nothing need be read from text."""
        stored = storage_of(kind)
        return stored != "text" and (stored == "moment") == (self.reads == "moment") and self.reads != "text"

    def values(self, column: pa.Array) -> NDArray[np.float64] | NDArray[np.int64] | pa.Array:
        """Values of a column, however it is stored: numbers, microseconds or texts; what cannot be read is missing.

        Each value is read by itself: a part of a column has the bits that it has in the whole.
        """
        import pyarrow.compute as pc

        if self.fits(column.type):
            return as_moments(column, self.zone) if self.reads == "moment" else as_numbers(column)
        texts = as_texts(column)
        if self.reads == "text":
            return texts
        coded = pc.dictionary_encode(texts)
        values = self.read_texts(coded.dictionary)
        gone: Any = NO_MOMENT if values.dtype == np.int64 else np.nan
        return np.append(values, values.dtype.type(gone))[coded.indices.fill_null(len(values)).to_numpy()]

    def read_texts(self, texts: pa.Array) -> NDArray[np.float64] | NDArray[np.int64]:
        """Texts as the numbers or microseconds that they are."""
        if self.reads == "moment":
            return read_dates(texts, self.date_format, self.zone)
        if self.reads == "truth":
            return read_truths(_series(texts)).values
        return (self.form or NumberForm()).read(texts)


def read_dates(texts: pa.Array, text_format: str | None, zone: str = "") -> NDArray[np.int64]:
    """Microseconds of dates in text, `NO_MOMENT` where a text is none."""
    return read_moments(_series(texts), text_format=text_format, timezone=zone or None).values


def _series(texts: pa.Array) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(np.asarray(texts.to_pandas(), dtype=object), dtype=object)


def look_at(table: pa.Table) -> tuple[ColumnLook, ...]:
    """Look at some rows of a table.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    looks : tuple of ColumnLook
        One for each column, in the table's order.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"price": ["12 €", "7 €", "?"], "day": ["3.4.2021", "25.4.2021", None], "n": [1, 2, 3]})
    >>> [look.reads for look in look_at(table)]
    ['number', 'moment', 'number']
    """
    return tuple(_look(name, one_array(table.column(name))) for name in table.column_names)


def _look(name: str, column: pa.Array) -> ColumnLook:
    storage = storage_of(column.type)
    if storage == "text":
        return _look_at_texts(name, as_texts(column))
    if storage == "moment":
        micros = as_moments(column)
        known: Any = micros[micros != NO_MOMENT].astype(np.float64)
    else:
        numbers = as_numbers(column)
        known = numbers[np.isfinite(numbers)]
    return ColumnLook(name, storage, pivot=_middle(known), zone=zone_of(column.type))


def _look_at_texts(name: str, texts: pa.Array) -> ColumnLook:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    counted = pc.value_counts(texts.drop_null()).slice(0, _MOST_TEXTS)
    there = ~is_missing_word(counted.field("values")) if len(counted) else np.empty(0, dtype=bool)
    known = counted.field("values").filter(pa.array(there))
    counts = counted.field("counts").to_numpy()[there]
    if not len(known):
        return ColumnLook(name, "text")
    codes = are_codes(known, counts)
    form = None if codes else sniff_number_form(known, counts)
    if form is not None:
        numbers = form.read(known)
        return ColumnLook(name, "text", form=form, pivot=_middle(numbers[np.isfinite(numbers)]))
    found = sniff_date_format(pd.Series(known.to_pylist(), dtype=object))
    if found is None:
        return ColumnLook(name, "text", codes=codes)
    micros = read_dates(known, found)
    return ColumnLook(name, "text", date_format=found, pivot=_middle(micros[micros != NO_MOMENT].astype(np.float64)))


def _middle(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else 0.0
