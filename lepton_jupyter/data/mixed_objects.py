"""Columns of Python objects that Arrow has no one type for, as texts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

#: What pandas and Arrow raise where a column holds values of several types, or of one that Arrow does not know; Arrow's
#: own errors are kinds of these.
NOT_ONE_TYPE = (ValueError, TypeError, NotImplementedError, OverflowError)


def of_one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column as it is where Arrow takes it, else as texts.

    A value has the text that it would have in a column of its own type, so that rows are prepared alike whether the
    others of their partition are of that type or not.

    Parameters
    ----------
    column : pandas.Series
        Of objects or categories.

    Returns
    -------
    column : pandas.Series

    Examples
    --------
    >>> import pandas as pd
    >>> of_one_type(pd.Series([2.0, True, b"ab", [1, "x"], None, "y"], dtype=object)).tolist()
    ['2', 'True', '6162', '[1, "x"]', None, 'y']
    """
    import pandas as pd
    import pyarrow as pa

    try:
        array = pa.array(column, from_pandas=True)
    except NOT_ONE_TYPE:
        return _as_texts(column)
    # Arrow takes texts among bytes for bytes.
    mixed = pa.types.is_binary(array.type) and pd.api.types.infer_dtype(column, skipna=True) != "bytes"
    return _as_texts(column) if mixed else column


def _as_texts(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    values = column.to_numpy(dtype=object)
    kinds: dict[type, list[int]] = {}
    for place in np.flatnonzero(column.notna().to_numpy()).tolist():
        kinds.setdefault(type(values[place]), []).append(place)
    texts = np.full(len(values), None, dtype=object)
    for places in kinds.values():
        texts[places] = _texts([values[place] for place in places])
    return pd.Series(texts, index=column.index, dtype=object)


def _texts(values: Sequence[Any]) -> list[str]:
    """Texts of values of one type."""
    import pyarrow as pa

    first = values[0]
    if isinstance(first, str):
        return [_encodable(value) for value in values]
    if isinstance(first, bytes):
        return [value.hex() for value in values]
    if isinstance(first, list | tuple | dict | np.ndarray):
        listed = [value.tolist() if isinstance(value, np.ndarray) else value for value in values]
        return [_encodable(json.dumps(value, default=str, ensure_ascii=False)) for value in listed]
    try:
        array = pa.array(values, from_pandas=True)
    except NOT_ONE_TYPE:
        return [_encodable(str(value)) for value in values]
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64(), safe=False)
    if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_timestamp(array.type)):
        return [_encodable(str(value)) for value in values]
    texts = array.cast(pa.string()).to_pylist()
    return [re.sub(r"\.0$", "", text) for text in texts] if pa.types.is_floating(array.type) else texts


def _encodable(text: str) -> str:
    """The text without halves of characters, which neither Arrow nor a file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
