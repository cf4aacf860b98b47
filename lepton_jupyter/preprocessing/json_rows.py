"""Rows of a micro-batch that are still JSON: Arrow reads the columns that are wanted, for all of them at once."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

#: Fewer rows than this are parsed one by one: Arrow takes as long to begin.
FEWEST_ROWS = 16
#: How Arrow ends what it says of a row.
_IN_ROW = re.compile(r"in row (\d+)$")


class JsonRows(Sequence["Mapping[str, Any]"]):
    """Rows, of which a single one is parsed when it is asked for.

    Parameters
    ----------
    payloads : sequence of bytes
        Each one JSON object.
    table : pyarrow.Table
        Their columns that are wanted.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = JsonRows.parse([b'{"age": 31, "x": 1}'] * 20, pa.schema([("age", pa.float64())]))
    >>> len(rows), rows[0], rows.numbers("age")[:2]
    (20, {'age': 31, 'x': 1}, array([31., 31.]))
    """

    def __init__(self, payloads: Sequence[bytes], table: pa.Table) -> None:
        self._payloads, self._table = payloads, table

    @classmethod
    def parse(cls, payloads: Sequence[Any], schema: pa.Schema) -> JsonRows | None:
        """Read columns of all rows.

        Parameters
        ----------
        payloads : sequence of bytes
        schema : pyarrow.Schema
            Columns that are wanted; others are not looked at.

        Returns
        -------
        rows : JsonRows or None
            None if anything about any of them is to be looked at more closely: no bytes, no object, another type.
        """
        rows = cls.attempt(payloads, schema)
        return rows if isinstance(rows, JsonRows) else None

    @classmethod
    def attempt(cls, payloads: Sequence[Any], schema: pa.Schema) -> JsonRows | int | None:
        """The same; where a row is to be looked at more closely, the place of the first of them if it is known."""
        import pyarrow as pa
        from pyarrow import json as arrow_json

        if len(payloads) < FEWEST_ROWS:
            return None
        for place, payload in enumerate(payloads):
            # Each begins and ends an object, and a line ends after it: as many rows as payloads are then one of each.
            if type(payload) is not bytes or payload[:1] != b"{" or payload[-1:] != b"}":
                return place
        joined = b"\n".join(payloads)
        try:
            joined.decode()  # which Arrow does not check
            table = arrow_json.read_json(
                pa.BufferReader(joined),
                # One block: threads and joints would take longer than the parsing.
                read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(joined) + 1),
                parse_options=arrow_json.ParseOptions(
                    # Arrow would refuse a row that lacks a field; what that means is for the caller.
                    explicit_schema=pa.schema([field.with_nullable(True) for field in schema]),
                    unexpected_field_behavior="ignore",
                ),
            )
        except UnicodeDecodeError as error:
            return joined.count(b"\n", 0, error.start) if b"\n" not in payloads[0] else None
        except pa.ArrowInvalid as error:
            # Arrow counts rows, and a payload may hold more than one: then its place says nothing, and is tried.
            found = _IN_ROW.search(str(error))
            place = -1 if found is None else int(found[1])
            return place if 0 <= place < len(payloads) else None
        return cls(payloads, table) if table.num_rows == len(payloads) else None

    def __len__(self) -> int:
        return len(self._payloads)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            table = self._table.slice(start, max(0, stop - start)) if step == 1 else None
            some = self._payloads[place]
            return [json.loads(each) for each in some] if table is None else JsonRows(some, table)
        return json.loads(self._payloads[place])

    def column(self, name: str) -> pa.Array:
        """Values of a column."""
        return self._table.column(name).combine_chunks()

    def places_missing(self, names: Sequence[str]) -> list[int]:
        """Rows in which one of some columns is absent or null."""
        missing: set[int] = set()
        for name in names:
            if self.n_missing(name):
                missing.update(np.flatnonzero(self.column(name).is_null().to_numpy(zero_copy_only=False)).tolist())
        return sorted(missing)

    def n_missing(self, name: str) -> int:
        """Rows in which a column is absent or null."""
        return int(self._table.column(name).null_count)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Values of a column of numbers or truths, NaN where one is missing."""
        import pyarrow as pa

        column = self.column(name)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8()).cast(pa.float64())
        numbers: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
        return numbers

    def values(self, name: str) -> list[Any]:
        """Values of a column."""
        values: list[Any] = self.column(name).to_pylist()
        return values
