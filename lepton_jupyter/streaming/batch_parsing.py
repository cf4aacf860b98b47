"""Micro-batches of JSON parsed as columns, where nothing about them needs a closer look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lepton_jupyter.preprocessing.json_rows import FEWEST_ROWS, JsonRows
from lepton_jupyter.streaming.row_parsing import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


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
        if schema is None or len(payloads) < FEWEST_ROWS or type(payloads[0]) is not bytes:
            return None
        wanted = self._with_others(schema, payloads[0]) if self._others else schema
        if wanted is None:
            return None
        rows = JsonRows.parse(payloads, wanted)
        if rows is None or max(map(len, payloads)) > MOST_BYTES:
            return None
        return None if self._key and rows.n_missing(self._key) else rows

    def _with_others(self, schema: pa.Schema, first: bytes) -> pa.Schema | None:
        """With keys and kept columns, as the first row has them; None if they might not come out as written."""
        import pyarrow as pa

        types = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}
        known = dict(zip(schema.names, schema.types, strict=True))
        try:
            row = json.loads(first)
        except ValueError:
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
