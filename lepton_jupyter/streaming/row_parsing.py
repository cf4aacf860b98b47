"""From what a source gave to rows: JSON objects, or a reason why it is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lepton_jupyter.preprocessing.row_reading import RowRefusal

if TYPE_CHECKING:
    from lepton_jupyter.streaming.stream_source import Row

#: A message longer than this is not parsed.
MOST_BYTES = 1_000_000


def parse_row(payload: Any) -> Row | RowRefusal:
    """Read one row.

    Parameters
    ----------
    payload : bytes, str or mapping
        Text in UTF-8 that is one JSON object; or a row already, which stays as it is. What a generator of the notebook
        yields may be anything; a row of a data frame is taken too.

    Returns
    -------
    row : mapping or RowRefusal

    Examples
    --------
    >>> parse_row(b'{"age": 31}')
    {'age': 31}
    >>> parse_row(b"31").reason, parse_row(31).sentence
    ('no JSON object', 'It is of type int, and a row is a dictionary, or a JSON object as text.')
    """
    if isinstance(payload, bytes | str):
        return _parsed(payload)
    if isinstance(payload, Mapping | RowRefusal):
        return payload
    if hasattr(payload, "_asdict"):  # as DataFrame.itertuples gives them
        return dict(payload._asdict())
    if hasattr(payload, "keys"):  # as DataFrame.iterrows does
        return dict(payload)
    kind = type(payload).__name__
    return RowRefusal("no row", f"It is of type {kind}, and a row is a dictionary, or a JSON object as text.")


def _parsed(payload: bytes | str) -> Row | RowRefusal:
    if len(payload) > MOST_BYTES:
        size = len(payload)
        return RowRefusal("larger than 1 MB", f"It has {size:,} bytes; more than {MOST_BYTES:,} are not parsed.")
    try:
        # Decoded here: json would first look for UTF-16 and UTF-32 in each row.
        row: Any = json.loads(payload.decode() if isinstance(payload, bytes) else payload)
    except RecursionError:
        return RowRefusal("no JSON", "It is nested too deeply to be a row.")
    except ValueError as error:  # of JSON, of UTF-8, and of whole numbers with thousands of digits
        return RowRefusal("no JSON", f"It is no JSON: {error}.")
    if not isinstance(row, dict):
        return RowRefusal("no JSON object", f"It is a JSON {type(row).__name__}, and a row is an object.")
    return row


def written(payload: Any, limit: int = MOST_BYTES) -> str:
    r"""A payload as text that can be kept, whatever it is.

    Examples
    --------
    >>> written(b'{"age": 31}'), written(b"caf\xe9"), written({"age": 31})
    ('{"age": 31}', 'caf\\xe9', '{"age": 31}')
    """
    if isinstance(payload, bytes):
        text = payload[:limit].decode("utf-8", "backslashreplace")
    elif isinstance(payload, str):
        text = payload[:limit].encode("utf-8", "backslashreplace").decode()
    elif isinstance(payload, RowRefusal):
        text = ""
    else:
        row = parse_row(payload)
        try:
            text = json.dumps(payload if isinstance(row, RowRefusal) else dict(row), default=str)[:limit]
        except (TypeError, ValueError, RecursionError):  # names that are no text, and what holds itself
            text = repr(payload)[:limit].encode("utf-8", "backslashreplace").decode()
    return text.rstrip("\r\n")
