"""Micro-batches of JSON parsed as columns, where nothing about them needs a closer look."""

from __future__ import annotations

import json
from bisect import insort
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.preprocessing.json_rows import FEWEST_ROWS, JsonRows
from lepton_jupyter.streaming.row_parsing import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


#: Odd rows of a batch beyond which it is taken row by row: parsing what lies between them would take as long.
_MOST_ODD = 16
#: Batches that are taken row by row after one of which no part could be parsed together.
_DISTRUSTED_BATCHES = 16


class Part(NamedTuple):
    """Neighbours within a batch.

    Parameters
    ----------
    start, stop : int
        Their places.
    rows : JsonRows or None
        None if they are to be parsed one by one.
    """

    start: int
    stop: int
    rows: JsonRows | None


class BatchParser:
    """Parses batches of rows that need no look of their own, in a third of the time that they take one by one.

    Parameters
    ----------
    key : str
        Column of the keys; empty: none.
    keep : tuple of str
        Columns that are stored beside the scores.

    Examples
    --------
    >>> import pyarrow as pa
    >>> parser = BatchParser("id", ())
    >>> rows = parser.parse([b'{"id": 7, "age": 31}'] * 20, pa.schema([("age", pa.float64())]))
    >>> rows.values("id")[:2], parser.parse([b"{", b"}"], pa.schema([]))
    ([7, 7], None)
    """

    def __init__(self, key: str, keep: tuple[str, ...]) -> None:
        self._key = key
        self._others = tuple(dict.fromkeys([*([key] if key else []), *keep]))
        self._n_distrusted = 0

    def parts(self, payloads: Sequence[Any], schema: pa.Schema | None) -> list[Part]:
        """Divide a batch until its parts can be parsed together, so that one odd row does not hold up a thousand.

        Parameters
        ----------
        payloads, schema
            As of `parse`.

        Returns
        -------
        parts : list of Part
            In order; they cover all of it.
        """
        whole = [Part(0, len(payloads), None)]
        if schema is None or self._n_distrusted:
            self._n_distrusted = max(0, self._n_distrusted - 1)
            return whole
        # A generator may yield bytes and other things by turns.
        if len(payloads) < FEWEST_ROWS or set(map(type, payloads)) != {bytes}:
            return whole
        wanted = self._with_others(schema, payloads) if self._others else schema
        # Whether a field is absent or null is not told: only the first is refused.
        needed = [field.name for field in schema if not field.nullable] + ([self._key] if self._key else [])
        parts = None if wanted is None else _divided(payloads, wanted, needed)
        if parts is None:
            # Such as a column that has become another type: no row of the next batches will be other.
            self._n_distrusted = _DISTRUSTED_BATCHES
            return whole
        return parts

    def parse(self, payloads: Sequence[Any], schema: pa.Schema | None) -> JsonRows | None:
        """Parse all payloads.

        Parameters
        ----------
        payloads : sequence
            Of a batch.
        schema : pyarrow.Schema or None
            Columns that the scorer looks at; None if it wants rows.

        Returns
        -------
        rows : JsonRows or None
            None if they are to be parsed one by one.
        """
        parts = self.parts(payloads, schema)
        return parts[0].rows if len(parts) == 1 else None

    def _with_others(self, schema: pa.Schema, payloads: Sequence[Any]) -> pa.Schema | None:
        """With keys and kept columns, as the first good row has them; None if they might not come out as written."""
        import pyarrow as pa

        types = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}
        known = dict(zip(schema.names, schema.types, strict=True))
        row = next(filter(None, map(_object, payloads[:FEWEST_ROWS])), None)
        if row is None:
            return None
        for name in self._others:
            if known.get(name) == pa.float64():
                return None  # where 3 and 3.0 are one
            if name not in known:
                found = types.get(type(row.get(name)))
                if found is None:
                    return None
                schema = schema.append(pa.field(name, found))
        return schema


def _object(payload: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(payload)
    except (ValueError, TypeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _divided(payloads: Sequence[Any], schema: pa.Schema, needed: Sequence[str]) -> list[Part] | None:
    """Parts between odd rows, which are parts by themselves; None if there are too many of these."""
    parts: list[Part] = []
    start = 0
    odd = [place for place, payload in enumerate(payloads) if len(payload) > MOST_BYTES]
    while start < len(payloads):
        if len(odd) > _MOST_ODD:
            return None
        stop = next((place for place in odd if place >= start), len(payloads))
        rows = JsonRows.attempt(payloads[start:stop], schema)
        if isinstance(rows, JsonRows):
            parts += _between(start, rows, needed)
        elif rows is not None:
            # What lies before it was read, but is not given: it is read again with nothing odd behind it, and may hold
            # another one, since not every kind of them is found in the order of the rows.
            insort(odd, start + rows)
            continue
        elif stop - start >= FEWEST_ROWS:
            return None
        elif stop > start:
            parts.append(Part(start, stop, None))
        if stop < len(payloads):
            parts.append(Part(stop, stop + 1, None))
        start = stop + 1
    return None if sum(part.rows is None for part in parts) > _MOST_ODD else _joined(parts)


def _between(start: int, rows: JsonRows, needed: Sequence[str]) -> list[Part]:
    """Rows that lack nothing they need, in parts, and those that do."""
    parts: list[Part] = []
    begin = 0
    for place in [*rows.places_missing(needed), len(rows)]:
        if place > begin:
            some = rows if (begin, place) == (0, len(rows)) else rows[begin:place]
            parts.append(Part(start + begin, start + place, some))
        if place < len(rows):
            parts.append(Part(start + place, start + place + 1, None))
        begin = place + 1
    return parts


def _joined(parts: list[Part]) -> list[Part]:
    """The same, neighbours that are parsed one by one as one part."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].rows is None and part.rows is None:
            joined[-1] = Part(joined[-1].start, part.stop, None)
        else:
            joined.append(part)
    return joined
