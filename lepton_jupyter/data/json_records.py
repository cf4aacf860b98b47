"""Tables in JSON: one object a line, or a list of objects."""

from __future__ import annotations

import io
import json
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.arrow_frames import in_memory_bytes, join_tables, nested_columns, to_frame
from lepton_jupyter.data.columnar_files import nested_notes
from lepton_jupyter.data.text_encoding import find_encoding
from lepton_jupyter.exceptions.source_errors import EmptyFileError, FileFormatError, TextFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.file_kinds import TableFile

_SAMPLE_BYTES = 1 << 20
_BATCH_ROWS = 20_000
_UNPACKED = 20


class JsonRecords:
    """One or several files of JSON objects that hold one table.

    Parameters
    ----------
    files : sequence of TableFile
        At least one.
    label : str
    """

    def __init__(self, files: Sequence[TableFile], label: str) -> None:
        self.label = label
        self._files = tuple(files)
        self._nested: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns were nested."""
        return nested_notes(self.label, self._nested)

    def estimated_bytes(self) -> int:
        """Memory of all rows, by the size of the files; a list is read whole in any case."""
        total = 0.0
        for file in self._files:
            total += file.path.stat().st_size * (_UNPACKED if file.compression else 1) * self._growth
        return int(total)

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        table = join_tables([self._read_file(file) for file in self._files])
        self._nested = nested_columns(table.schema)
        return to_frame(table)

    def batches(self) -> Iterator[pa.Table]:
        """All rows, some ten thousand at a time."""
        for file in self._files:
            for table in self._stream_file(file):
                self._nested = tuple(dict.fromkeys((*self._nested, *nested_columns(table.schema))))
                yield table

    @cached_property
    def _growth(self) -> float:
        sample = self._files[0].head(_SAMPLE_BYTES)
        if _is_list(sample) or b"\n" not in sample.strip():
            return 2.0
        lines = sample[: sample.rfind(b"\n") + 1] or sample
        try:
            return in_memory_bytes(_arrow_table(io.BytesIO(lines))) / max(1, len(lines))
        except (ValueError, OSError):
            return 2.0

    def _read_file(self, file: TableFile) -> pa.Table:
        import pyarrow as pa

        head = file.head(_SAMPLE_BYTES)
        if not head.strip():
            raise EmptyFileError.from_nothing(file.label)
        # A single line may be a table by columns, of which Arrow would make one row of thousands of fields.
        if find_encoding(head) not in {"utf-8", "utf-8-sig"} or _is_list(head) or b"\n" not in head.strip():
            return _table_of(list(_records(file)), file.label)
        try:
            with file.open() as stream:
                table = _arrow_table(stream)
        except pa.ArrowException:
            # Values of mixed types, which Arrow refuses; or an error that Python's reader says better.
            table = None
        return table if table is not None and table.num_rows > 1 else _table_of(list(_records(file)), file.label)

    def _stream_file(self, file: TableFile) -> Iterator[pa.Table]:
        records = _records(file)
        while chunk := list(islice(records, _BATCH_ROWS)):
            yield _table_of(chunk, file.label)


def _is_list(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["


def _arrow_table(stream: Any) -> pa.Table:
    from pyarrow import json as arrow_json

    return arrow_json.read_json(stream, read_options=arrow_json.ReadOptions(block_size=16 << 20))


def _records(file: TableFile) -> Iterator[dict[str, Any]]:
    """Objects of a file, one after the other."""
    head = file.head(_SAMPLE_BYTES)
    encoding = find_encoding(head)
    if encoding is None:
        raise FileFormatError.from_binary(file.label, "binary data")
    with file.open() as stream:
        text = io.TextIOWrapper(stream, encoding=encoding)
        try:
            if _is_list(head.decode(encoding, "ignore").encode()):
                yield from _listed(json.load(text), file.label)
            else:
                yield from _lined(text, file.label)
        except UnicodeDecodeError:
            raise TextFormatError.from_encoding(file.label, encoding) from None
        except (json.JSONDecodeError, RecursionError) as error:
            raise TextFormatError.from_json(file.label, error) from None
        finally:
            text.detach()


def _lined(text: io.TextIOWrapper, label: str) -> Iterator[dict[str, Any]]:
    for place, line in enumerate(text):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            if place:
                raise
            value = json.loads(line + text.read())  # one object over several lines
        if place == 0 and _is_columns(value) and not text.readline().strip():
            yield from _rows_of(value)
            return
        if not isinstance(value, dict):
            raise TextFormatError.from_json_shape(label, _kind_of(value))
        yield value


def _is_columns(value: Any) -> bool:
    """Whether an object is a table by columns, as pandas writes one: the values of each by row, or in a list."""
    if not isinstance(value, dict) or not value:
        return False
    columns = list(value.values())
    if all(isinstance(column, dict) and column for column in columns):
        return all(column.keys() == columns[0].keys() for column in columns)
    return all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns)


def _rows_of(columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    values = [list(column.values()) if isinstance(column, dict) else column for column in columns.values()]
    for row in zip(*values, strict=True):
        yield dict(zip(columns, row, strict=True))


def _listed(values: Any, label: str) -> Iterator[dict[str, Any]]:
    for value in values:
        if not isinstance(value, dict):
            raise TextFormatError.from_json_shape(label, f"a list of {_kind_of(value)}")
        yield value


def _kind_of(value: Any) -> str:
    return {list: "lists", str: "texts", bool: "truth values", type(None): "nothing"}.get(type(value), "numbers")


def _table_of(records: list[dict[str, Any]], label: str) -> pa.Table:
    import pyarrow as pa

    if not records:
        raise EmptyFileError.from_nothing(label)
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = [_column([record.get(name) for record in records]) for name in names]
    return pa.table(columns, names=names)


def _column(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [
            value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for value in values
        ]
        return pa.array(texts, type=pa.string())
