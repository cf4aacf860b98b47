"""Keys by which rows of two tables belong together: how they are read, and where each stands among known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.preprocessing.cleaning_steps import WordsAsMissing
from lepton_jupyter.preprocessing.stored_values import as_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: Beyond this a float holds no whole number for certain.
_LARGEST_WHOLE = 2.0**53


def kind_of_key(look: ColumnLook) -> str:
    """How the keys of one table by itself are read; see `key_values`."""
    return "whole" if look.storage != "text" or look.reads == "moment" else "text"


def key_values(column: pa.Array, look: ColumnLook, kind: str) -> pa.Array:
    """Keys of some rows, null where there is none.

    Parameters
    ----------
    column : pyarrow.Array
    look : ColumnLook
        As what it is read.
    kind : {"text", "whole"}
        Texts as they are written, blanks around them left out; or whole numbers, truths and moments as int64, so that
        long numbers keep all their digits. A number that is not whole is no key.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import ColumnLook
    >>> key_values(pa.array([" A1", "?", None]), ColumnLook("id", "text"), "text").to_pylist()
    ['A1', None, None]
    >>> key_values(pa.array([7.0, 7.5, None]), ColumnLook("id", "number"), "whole").to_pylist()
    [7, None, None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "text":
        return pc.utf8_trim_whitespace(WordsAsMissing().apply(as_texts(column)))
    if pa.types.is_integer(column.type) and look.reads != "moment":
        return column.cast(pa.int64(), safe=False)
    if look.reads == "moment":
        micros = np.asarray(look.values(column), dtype=np.int64)
        return pa.array(micros, mask=micros == NO_MOMENT)
    values = np.asarray(look.values(column), dtype=np.float64)
    whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) <= _LARGEST_WHOLE)
    return pa.array(np.where(whole, values, 0.0).astype(np.int64), mask=~whole)


def key_places(known: Sequence[pa.Array], asked: Sequence[pa.Array]) -> NDArray[np.int64]:
    """Where each asked key stands among the known ones; -1 for one that is not known, or null.

    Parameters
    ----------
    known, asked : sequence of pyarrow.Array
        One array for each column of the key; known keys are different and hold no null.

    Examples
    --------
    >>> import pyarrow as pa
    >>> known = [pa.array([1, 1, 2]), pa.array(["a", "b", "a"])]
    >>> key_places(known, [pa.array([2, 1, 2, None]), pa.array(["a", "b", "b", "a"])]).tolist()
    [2, 1, -1, -1]
    """
    if len(known) == 1:
        return _index_in(asked[0], known[0])
    known_codes = np.zeros(len(known[0]), dtype=np.int64)
    codes = np.zeros(len(asked[0]), dtype=np.int64)
    for known_column, column in zip(known, asked, strict=True):
        different = known_column.unique()
        digit, known_digit = _index_in(column, different), _index_in(known_column, different)
        lacking = (codes < 0) | (digit < 0)
        # Numbered anew after each column, so that the product of two numbers of levels never leaves 63 bits.
        levels, known_codes = np.unique(known_codes * len(different) + known_digit, return_inverse=True)
        combined = codes * len(different) + digit
        found = np.searchsorted(levels, combined).clip(max=max(0, len(levels) - 1))
        lacking |= (levels[found] != combined) if len(levels) else True
        codes = np.where(lacking, -1, found)
    if not len(known_codes):
        return codes
    places = np.empty(len(known_codes), dtype=np.int64)
    places[known_codes] = np.arange(len(known_codes))
    return np.where(codes < 0, -1, places[codes.clip(min=0)])


def key_hashes(keys: Sequence[pa.Array], n_rows: int) -> NDArray[np.uint64]:
    """A hash of each row's key, of one or more columns; the same in every process, and for rows without a key one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> hashes = key_hashes([pa.array([1, 2, 1])], 3)
    >>> bool(hashes[0] == hashes[2] != hashes[1])
    True
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    hashes = np.zeros(n_rows, dtype=np.uint64)
    for key in keys:
        if pa.types.is_large_string(key.type):
            coded = pc.dictionary_encode(key)
            different = pd.util.hash_array(np.asarray(coded.dictionary.to_pandas(), dtype=object), categorize=False)
            bits = np.append(different, np.uint64(0))[np.asarray(coded.indices.fill_null(len(different)))]
        else:
            bits = np.asarray(key.fill_null(0)).view(np.uint64)
        hashes = with_column(hashes, bits)
    return hashes


def _index_in(values: pa.Array, known: Any) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    places = pc.index_in(values, value_set=known, skip_nulls=True)
    return np.asarray(places.cast(pa.int64()).fill_null(-1), dtype=np.int64)
