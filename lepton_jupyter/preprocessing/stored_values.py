"""Columns of Arrow as the four kinds of values that preparing knows: numbers, truths, moments and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import MISSING_WORDS, NO_MOMENT

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def storage_of(kind: pa.DataType) -> str:
    """Which of the four an Arrow type is stored as."""
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "truth"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "moment"
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return "number" if numeric or pa.types.is_duration(kind) else "text"


def one_array(column: Any) -> pa.Array:
    """A column in one piece."""
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], type=column.type)


def as_numbers(column: pa.Array) -> NDArray[np.float64]:
    """Numbers of a column that holds them; truths are 0 and 1, durations seconds, NaN is missing."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float64(), safe=False)
    elif pa.types.is_duration(kind):
        seconds = column.cast(pa.duration("us"), safe=False).cast(pa.int64())
        return as_numbers(seconds) / 1e6
    # From a buffer that another library holds this is a view; whoever changes it makes a copy.
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def zone_of(kind: pa.DataType) -> str:
    """The zone of an Arrow type of moments, empty where it has none."""
    import pyarrow as pa

    return (kind.tz or "") if pa.types.is_timestamp(kind) else ""


def as_moments(column: pa.Array, zone: str = "") -> NDArray[np.int64]:
    """Microseconds since 1970 of dates and times; `NO_MOMENT` is missing.

    Moments that have a zone are told on the clock of `zone`, or of their own where it is empty; others as they are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if zone_of(column.type):
        column = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, zone)) if zone else column)
    micros = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return np.asarray(micros.fill_null(NO_MOMENT), dtype=np.int64)


def as_texts(column: pa.Array) -> pa.Array:
    """Texts of any column; whole numbers look alike, however they are stored."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_large_string(kind):
        return column
    if pa.types.is_dictionary(kind):
        return as_texts(column.dictionary_decode())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
        return pc.replace_substring_regex(column.cast(pa.large_string()), pattern=r"\.0$", replacement="")
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.large_string())
    if pa.types.is_boolean(kind):  # as Python writes them, like those of a column of several types
        return pc.if_else(column, pa.scalar("True", pa.large_string()), pa.scalar("False", pa.large_string()))
    return column.cast(pa.large_string())


def is_missing_word(texts: pa.Array) -> NDArray[np.bool_]:
    """Where a text is a word for missing, such as ``N/A`` or ``?``; blanks around it do not count."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(sorted(MISSING_WORDS), pa.large_string())
    return np.asarray(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=words))


def moments_array(micros: NDArray[np.int64]) -> pa.Array:
    """Microseconds as Arrow's moments."""
    import pyarrow as pa

    return pa.array(micros, mask=micros == NO_MOMENT).cast(pa.timestamp("us"))


def numbers_array(values: NDArray[np.float64]) -> pa.Array:
    """Numbers as Arrow holds them, with nulls instead of NaN."""
    import pyarrow as pa

    return pa.array(values, type=pa.float64(), from_pandas=True)
