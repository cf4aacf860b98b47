"""A file that grows, or a folder where files appear, as a source: CSV, JSON lines, Parquet."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import said_by
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_source import Payload

_LINES = (".jsonl", ".ndjson", ".csv", ".tsv")
#: Endings of the files that are read.
ENDINGS = (*_LINES, ".parquet")
#: Bytes of a file that are looked at in one read.
_CHUNK_BYTES = 1 << 20
#: A Parquet file that cannot be read and was changed so lately may not be whole yet.
_UNFINISHED_SECONDS = 5.0
#: Offset in a file that cannot be read.
_GIVEN_UP = -1


class GrowingFiles:
    """Rows of files, in the order of their names, and whatever is added to them.

    Offsets are bytes of a file of lines, and rows of a Parquet file, which is read when it is there under its final
    name, and refused as a whole where it cannot be. A last line without an end is not read yet, where more may come; at
    the end of a file that ends the stream it is a row as any other. A file that has become shorter was begun anew, and
    is read from its beginning. Names that begin with a dot or an underscore are not read.

    Parameters
    ----------
    path : Path
        A file, which may not be there yet, or a folder.
    until_end : bool, default=False
        Whether the stream ends when all that is there has been read.

    Raises
    ------
    StreamPlaceError
        If there is nothing, or a file of another kind.
    """

    replays = True
    keeps_offsets = False

    def __init__(self, path: Path, *, until_end: bool = False) -> None:
        self._path = path
        self.label = str(path)
        self._until_end = until_end
        self._offsets: dict[str, int] = {}
        self._headers: dict[str, list[str]] = {}
        self._current: list[tuple[str, Path]] = []
        self._group: tuple[str, int, Any] = ("", 0, ())
        if path.is_dir():
            return
        if path.suffix.lower() not in ENDINGS:
            raise StreamPlaceError.from_ending(str(path), "source", ENDINGS)
        if not path.parent.is_dir():
            raise StreamPlaceError.from_missing_path(str(path), str(path.parent))

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Begin after the bytes, or rows, that were stored."""
        self._offsets = {name: int(offset or 0) for name, offset in offsets.items()}
        self._headers.clear()
        self._current.clear()
        self._group = ("", 0, ())

    async def read(self, most_rows: int) -> Batch | None:
        """Rows of the first file that has new ones."""
        batch = self._rows_of_first(most_rows, at_end=False)
        if batch is None and self._until_end:
            return self._rows_of_first(most_rows, at_end=True)
        if batch is None:
            await asyncio.sleep(PATIENCE_SECONDS)
            return Batch([], [])
        return batch

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Nothing: the stream's checkpoint remembers the places."""

    async def lag(self) -> int | None:
        """Rows cannot be counted without reading them."""
        return None

    async def close(self) -> None:
        """Nothing is held open."""

    def _rows_of_first(self, most_rows: int, *, at_end: bool) -> Batch | None:
        """Rows of the first file that has new ones; where it is `at_end`, a last line needs no end."""
        # The file of the last rows before all others: a folder of thousands is not looked through for each batch.
        for name, file in [*self._current, *self._files()] if self._path.is_dir() else self._files():
            if file.suffix.lower() == ".parquet":
                batch = self._rows_of_table(name, file, most_rows)
            else:
                batch = self._rows_of_lines(name, file, most_rows, at_end=at_end)
            if batch is not None and len(batch):
                self._current = [(name, file)]
                return batch
        return None

    def _files(self) -> list[tuple[str, Path]]:
        if not self._path.is_dir():
            return [(self._path.name, self._path)] if self._path.exists() else []
        found = sorted(each for each in self._path.iterdir() if each.suffix.lower() in ENDINGS)
        return [(each.name, each) for each in found if not each.name.startswith((".", "_"))]

    def _rows_of_table(self, name: str, file: Path, most_rows: int) -> Batch | None:
        import pyarrow as pa

        start = self._offsets.get(name, 0)
        if start == _GIVEN_UP:
            return None
        try:
            first, table = self._row_group(name, file, start)
        except pa.ArrowException as error:
            if time.time() - file.stat().st_mtime < _UNFINISHED_SECONDS:
                return None  # somebody may be writing it, under its final name
            self._offsets[name] = _GIVEN_UP
            refusal = RowRefusal("unreadable file", f"{name} cannot be read as Parquet: {said_by(error)}.")
            return Batch([refusal], [f"{name}:0"], {name: _GIVEN_UP})
        if table is None:
            return None
        rows: list[Payload] = table.slice(start - first, most_rows).to_pylist()
        stop = self._offsets[name] = start + len(rows)
        return Batch(rows, [f"{name}:{place}" for place in range(start, stop)], {name: stop})

    def _row_group(self, name: str, file: Path, start: int) -> tuple[int, Any]:
        """The row group that holds a row, and its first row; None after the last one."""
        from pyarrow import parquet

        known, first, table = self._group
        if known == name and first <= start < first + len(table):
            return first, table
        with parquet.ParquetFile(file) as opened:
            first = 0
            for group in range(opened.num_row_groups):
                n_rows = opened.metadata.row_group(group).num_rows
                if first + n_rows > start:
                    # Kept, since it is given out in many batches.
                    self._group = (name, first, opened.read_row_group(group))
                    return first, self._group[2]
                first += n_rows
        return first, None

    def _rows_of_lines(self, name: str, file: Path, most_rows: int, *, at_end: bool) -> Batch | None:
        start = self._offsets.get(name, 0)
        size = file.stat().st_size
        if size < start:
            start = self._offsets[name] = 0
            self._headers.pop(name, None)
        if size == start:
            return None
        is_json = file.suffix.lower() in {".jsonl", ".ndjson"}
        with file.open("rb") as opened:
            header = [] if is_json else self._header(name, file, opened)
            if not is_json and not header:
                return None
            opened.seek(max(start, 0 if is_json else opened.tell()))
            separator = "\t" if file.suffix == ".tsv" else ","
            return self._next_lines(name, opened, header, most_rows, separator=separator, at_end=at_end)

    def _header(self, name: str, file: Path, opened: Any) -> list[str]:
        line = _whole_line(opened)
        if line is None:
            return []
        if name not in self._headers:
            text = line.decode("utf-8-sig", "replace")
            self._headers[name] = next(csv.reader([text], delimiter="\t" if file.suffix == ".tsv" else ","), [])
        return self._headers[name]

    def _next_lines(
        self, name: str, opened: Any, header: list[str], most_rows: int, *, separator: str, at_end: bool
    ) -> Batch | None:
        payloads: list[Payload] = []
        positions: list[str] = []
        began = stop = opened.tell()
        while len(payloads) < most_rows and stop - began < _CHUNK_BYTES:
            at = opened.tell()
            line = _whole_line(opened, quoted=bool(header), at_end=at_end)
            if line is None:
                break
            stop = opened.tell()
            if at == 0:
                line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                payloads.append(_csv_row(line, header, separator) if header else line)
                positions.append(f"{name}:{at}")
        if stop == began:
            return None
        self._offsets[name] = stop
        return Batch(payloads, positions, {name: stop})


def _whole_line(opened: Any, *, quoted: bool = True, at_end: bool = False) -> bytes | None:
    """The next line with its end, over several where quotes are open; None where that is missing and may still come."""
    line: bytes = opened.readline()
    while quoted and line.endswith(b"\n") and line.count(b'"') % 2:
        more = opened.readline()
        if not more:
            return line if at_end else None
        line += more
    return line if line.endswith(b"\n") or (at_end and line) else None


def _csv_row(line: bytes, header: list[str], separator: str) -> Payload:
    values = next(csv.reader(io.StringIO(line.decode("utf-8", "replace"), newline=""), delimiter=separator), [])
    if len(values) != len(header):
        return line  # no row of this table: whoever parses it as JSON will say that it is none
    return {name: value if value else None for name, value in zip(header, values, strict=True)}
