"""Tables in Parquet, Feather and Arrow files, read by Arrow."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.arrow_frames import in_memory_bytes, nested_columns, to_frame
from lepton_jupyter.data.text_form import MOST_COLUMNS
from lepton_jupyter.exceptions.source_errors import (
    DifferentFilesError,
    EmptyFileError,
    FileFormatError,
    TooManyColumnsError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.file_kinds import TableFile

#: Rows of a batch of a stream; of wide tables fewer, so that one batch has about as many values.
_BATCH_ROWS = 65_536
_BATCH_VALUES = 4_000_000
#: Rows by which the memory of all is estimated.
_LOOKED_AT = 8_192
_BUFFER_BYTES = 1 << 20


class ColumnarFiles:
    """One or several Parquet, Feather or Arrow files that hold one table.

    Parameters
    ----------
    files : sequence of TableFile
        At least one.
    label : str
    row_groups : sequence of int, optional
        Of a Parquet file, those that `batches` gives; all by default.
    """

    def __init__(self, files: Sequence[TableFile], label: str, *, row_groups: Sequence[int] | None = None) -> None:
        self.label = label
        self._row_groups = row_groups
        self._files = tuple(files)
        self._kind = files[0].kind

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns were nested."""
        nested = nested_columns(self._schema)
        return nested_notes(self.label, nested)

    def estimated_bytes(self) -> int:
        """Memory of all rows: as many times that of the first as there are rows."""
        with self._translated():
            n_rows = self._dataset.count_rows()
            if not n_rows:
                raise EmptyFileError.from_header(self.label, len(self._schema))
            head = next(table for table in self._tables(min(self._batch_rows, _LOOKED_AT)) if table.num_rows)
            return int(in_memory_bytes(head) * n_rows / head.num_rows)

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        with self._translated():
            return to_frame(self._dataset.to_table())

    def batches(self) -> Iterator[pa.Table]:
        """All rows, some ten thousand at a time."""
        with self._translated():
            yield from self._tables(self._batch_rows)

    def _tables(self, n_rows: int) -> Iterator[pa.Table]:
        import pyarrow as pa
        from pyarrow import parquet

        names = self._schema.names
        if self._kind != "parquet" or self._packed:
            for batch in self._dataset.to_batches(batch_size=n_rows, batch_readahead=1, fragment_readahead=1):
                yield pa.Table.from_batches([batch])
            return
        # Not the dataset's scanner, which reads whole row groups ahead: a file may have but one.
        for file in self._files:
            with parquet.ParquetFile(file.path, pre_buffer=False, buffer_size=_BUFFER_BYTES) as opened:
                for batch in opened.iter_batches(n_rows, row_groups=self._row_groups):
                    yield pa.Table.from_batches([batch]).select(names)

    @property
    def _packed(self) -> bool:
        return any(file.compression for file in self._files)

    @property
    def _batch_rows(self) -> int:
        return max(1, min(_BATCH_ROWS, _BATCH_VALUES // max(1, len(self._schema))))

    @cached_property
    def _schema(self) -> pa.Schema:
        return self._dataset.schema

    @cached_property
    def _dataset(self) -> Any:
        import pyarrow as pa
        from pyarrow import dataset

        with self._translated():
            if self._kind == "stream" or self._packed:
                return dataset.dataset(pa.concat_tables([_unpacked_table(file) for file in self._files]))
            schemas = [self._one(dataset, [file]).schema for file in self._files]
            for file, schema in zip(self._files[1:], schemas[1:], strict=True):
                if set(schema.names) != set(schemas[0].names):
                    missing = [name for name in schemas[0].names if name not in schema.names]
                    extra = [name for name in schema.names if name not in schemas[0].names]
                    raise DifferentFilesError.from_columns(self._files[0].label, file.label, missing, extra)
            if len(schemas[0]) > MOST_COLUMNS:
                raise TooManyColumnsError.from_count(self.label, len(schemas[0]), MOST_COLUMNS)
            try:
                schema = pa.unify_schemas(schemas, promote_options="permissive")
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise DifferentFilesError.from_types(self.label, error) from None
            return self._one(dataset, self._files, schema)

    def _one(self, dataset: Any, files: Sequence[TableFile], schema: pa.Schema | None = None) -> Any:
        form = "parquet" if self._kind == "parquet" else "feather"
        return dataset.dataset([str(file.path) for file in files], format=form, schema=schema)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, FileFormatError | DifferentFilesError):
                raise
            name = "Parquet" if self._kind == "parquet" else "Arrow"
            said = str(error).lower()
            if "footer" in said or "magic bytes" in said or "truncated" in said or "not an arrow file" in said:
                raise FileFormatError.from_cut(self.label, name) from None
            raise FileFormatError.from_damage(self.label, name, error) from None


def nested_notes(label: str, nested: Sequence[str]) -> tuple[str, ...]:
    """A sentence on columns that held records or lists."""
    if not nested:
        return ()
    some = ", ".join(repr(name) for name in nested[:3]) + (", …" if len(nested) > 3 else "")
    return (
        f"{label} holds nested values ({some}): the fields of records became columns of their own, lists became text.",
    )


def _unpacked_table(file: TableFile) -> pa.Table:
    import pyarrow as pa
    from pyarrow import feather, ipc, parquet

    with file.open() as stream:
        if file.kind == "stream":
            return ipc.open_stream(stream).read_all()
        source = pa.BufferReader(stream.read())
        return parquet.read_table(source) if file.kind == "parquet" else feather.read_table(source)
