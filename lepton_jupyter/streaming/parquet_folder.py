"""A folder of Parquet files as a sink: each file is whole or absent."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lepton_jupyter.runs.private_files import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from lepton_jupyter.streaming.stream_sink import Results


class ParquetFolder:
    """Results as Parquet files, one for each second or for each 200,000 rows.

    Files come under their final names when they are whole and on disk. Their names are in the order of time. After a
    crash rows may be in two files: nothing is looked up here, and `keyed` says so. Kept values of a column that are not
    all of one kind become text, nested ones as JSON. A column is of the same type in all files of a stream as far as
    its values allow.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    """

    keyed = False
    gather_seconds = 1.0

    def __init__(self, path: Path, *, most_rows: int = 200_000) -> None:
        self._path = path
        self.label = f"{path}{os.sep}"
        self._most_rows = most_rows
        self._gathered: list[Results] = []
        self._n_gathered = 0
        self._types: dict[str, pa.DataType] = {}

    async def open(self) -> None:
        """Make the folder, and remove what an earlier stream left unfinished."""
        self._path.mkdir(parents=True, exist_ok=True)

    async def write(self, results: Results) -> None:
        """Gather rows."""
        self._gathered.append(results)
        self._n_gathered += len(results)
        if self._n_gathered >= self._most_rows:
            await self.flush()

    async def flush(self) -> None:
        """Write what was gathered as one file."""
        import pyarrow as pa
        from pyarrow import parquet

        if not self._gathered:
            return
        first = self._gathered[0]
        columns: dict[str, list[object]] = {name: [] for name in first.names}
        for each in self._gathered:
            columns[each.key_name].extend(each.keys)
            for name, values in each.columns.items():
                columns[name].extend(values)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}.parquet"
        place = self._path / f"{UNFINISHED}{name}"
        try:
            with place.open("wb") as file:
                parquet.write_table(pa.table({name: self._array(name, each) for name, each in columns.items()}), file)
                file.flush()
                os.fsync(file.fileno())
            place.replace(self._path / name)
        finally:
            place.unlink(missing_ok=True)
        self._gathered.clear()
        self._n_gathered = 0

    async def close(self) -> None:
        """Forget what was not flushed: it will be read again."""
        self._gathered.clear()
        self._n_gathered = 0

    def _array(self, name: str, values: Sequence[Any]) -> pa.Array:
        import pyarrow as pa

        array = _array_of(values)
        known = self._types.get(name)
        if known is not None and array.type != known and _goes_into(array.type, known):
            with suppress(pa.ArrowInvalid):  # such as a fraction where numbers were whole
                array = array.cast(known)
        if not pa.types.is_null(array.type):
            self._types[name] = array.type
        return array


def _array_of(values: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    try:
        array = pa.array(values)
        if not pa.types.is_struct(array.type):
            return array
    except (pa.ArrowException, ValueError, OverflowError):  # mixed, no Unicode, or too large
        pass
    return pa.array(list(map(_text, values)), pa.string())


def _goes_into(found: pa.DataType, known: pa.DataType) -> bool:
    """Whether values may take the type that earlier ones of their column had."""
    from pyarrow import types

    def is_number(each: pa.DataType) -> bool:
        return bool(types.is_integer(each) or types.is_floating(each))

    return bool(types.is_null(found) or types.is_string(known) or (is_number(found) and is_number(known)))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace").decode()
