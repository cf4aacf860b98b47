"""A folder of Parquet files as a sink: each file is whole or absent."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lepton_jupyter.runs.private_files import UNFINISHED

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.streaming.stream_sink import Results


class ParquetFolder:
    """Results as Parquet files, one for each second or for each 200,000 rows.

    Files come under their final names when they are whole and on disk. Their names are in the order of time. After a
    crash rows may be in two files: nothing is looked up here, and `keyed` says so.

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
                parquet.write_table(pa.table(columns), file)
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
