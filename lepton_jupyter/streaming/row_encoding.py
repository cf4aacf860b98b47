"""A stored row as one line of JSON."""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.streaming.stream_sink import Results


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


#: Numbers from which on Arrow takes less to write them, and between which it writes them as Python does.
_FEWEST_NUMBERS, _SMALLEST_ALIKE, _LARGEST_ALIKE = 32, 1e-4, 1e6

# Made once: json.dumps makes one for each call that asks for anything special.
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_plain)


def encode_row(row: Mapping[str, Any]) -> str:
    """JSON of a row; what JSON has no form for is written as text.

    Examples
    --------
    >>> import datetime
    >>> encode_row({"id": "a", "on": datetime.date(2024, 3, 1), "score": 0.5})
    '{"id": "a", "on": "2024-03-01", "score": 0.5}'
    """
    return _ENCODER.encode(row)


def encode_rows(results: Results) -> list[str]:
    """What `encode_row` makes of each row, column by column.

    Examples
    --------
    >>> from lepton_jupyter.streaming.stream_sink import Results
    >>> encode_rows(Results("id", ["a"], {"score": [0.5], "town": ["Köln"]}))
    ['{"id": "a", "score": 0.5, "town": "Köln"}']
    """
    template = ", ".join(f"{_ENCODER.encode(name)}: ".replace("%", "%%") + "%s" for name in results.names)
    template = f"{{{template}}}"
    columns = [_texts(column) for column in (results.keys, *results.columns.values())]
    return [template % values for values in zip(*columns, strict=True)]


def _texts(column: Sequence[Any]) -> list[str]:
    types = set(map(type, column))
    if types == {float} and len(column) >= _FEWEST_NUMBERS:
        return _number_texts(column)
    one: Callable[[Any], str] = _ENCODER.encode
    if types == {str}:
        one = encode_basestring
    elif types == {int} or (types == {float} and math.isfinite(sum(column))):
        one = repr
    return list(map(one, column))


def _number_texts(column: Sequence[float]) -> list[str]:
    """As Python writes them, of which Arrow takes a third of the time."""
    import pyarrow as pa

    numbers = np.array(column)
    texts: list[str] = pa.array(numbers).cast(pa.string()).to_pylist()
    sizes = np.abs(numbers)
    # Whole numbers have no point there, and small and large ones another form.
    alike = (sizes >= _SMALLEST_ALIKE) & (sizes < _LARGEST_ALIKE) & (numbers != np.rint(numbers))
    for place in np.flatnonzero(~alike).tolist():
        texts[place] = _ENCODER.encode(column[place])
    return texts
