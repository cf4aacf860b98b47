"""Text files by Arrow's reader, whole on all cores or as a stream, and by pandas' where Arrow's cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.ragged_lines import explain_lines
from lepton_jupyter.exceptions.source_errors import FileFormatError, TextFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.csv_dialect import CsvDialect
    from lepton_jupyter.data.file_kinds import TableFile

#: A block of a stream; also what the types of its columns are guessed from.
_BLOCK_BYTES = 8 << 20
#: What Arrow says of text in another encoding.
_NOT_UTF8 = "invalid UTF8 data"


@dataclass(frozen=True, slots=True)
class TextForm:
    """How one text file is written.

    Parameters
    ----------
    encoding : str
    dialect : CsvDialect
    bytes_per_byte : float
        Memory that a byte of the file takes once it is read.
    """

    encoding: str
    dialect: CsvDialect
    bytes_per_byte: float


def is_beyond_arrow(dialect: CsvDialect) -> bool:
    """Whether only pandas' parser knows the dialect: grouped digits, columns of blanks, blanks before quotes."""
    return bool(dialect.thousands) or dialect.separator == r"\s+" or dialect.spaced


def arrow_options(
    dialect: CsvDialect,
    encoding: str,
    *,
    newlines: bool,
    types: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Arguments of Arrow's readers for a dialect.

    Parameters
    ----------
    dialect : CsvDialect
    encoding : str
    newlines : bool
        Whether values may hold ends of lines, which keeps the reader from using all cores.
    types : dict, optional
        Types of columns by name; those of the others are guessed.
    """
    from pyarrow import csv

    return {
        "read_options": csv.ReadOptions(
            column_names=list(dialect.names),
            skip_rows=dialect.lines_before,
            encoding=encoding.replace("utf-8-sig", "utf-8"),
            block_size=_BLOCK_BYTES,
        ),
        "parse_options": csv.ParseOptions(
            delimiter=dialect.separator, quote_char=dialect.quote, newlines_in_values=newlines
        ),
        "convert_options": csv.ConvertOptions(
            decimal_point=dialect.decimal, strings_can_be_null=True, column_types=types or {}
        ),
    }


def read_by_arrow(file: TableFile, form: TextForm) -> pa.Table:
    """Arrow's reader: with cells of one line first, which it reads on all cores."""
    import pyarrow as pa
    from pyarrow import csv

    def read(*, newlines: bool) -> pa.Table:
        options = arrow_options(form.dialect, form.encoding, newlines=newlines)
        if file.compression is None:
            return csv.read_csv(str(file.path), **options)
        with file.open() as stream:
            return csv.read_csv(stream, **options)

    try:
        return read(newlines=False)
    except pa.ArrowInvalid:
        return read(newlines=True)


def stream_by_arrow(
    file: TableFile,
    form: TextForm,
    names: Sequence[str],
    other_encoding: Callable[[TableFile, TextForm], TextForm],
) -> Iterator[pa.Table]:
    """Batches of a text file, which is begun again, without giving a row twice, where it turns out otherwise.

    A column whose later values do not fit the type of its first is read as text from there on, and a file that begins
    like UTF-8 and is not, in another encoding.
    """
    import pyarrow as pa
    from pyarrow import csv

    types: dict[str, Any] = {}
    passed = 0
    last: pa.RecordBatch | None = None
    while True:
        options = arrow_options(form.dialect, form.encoding, newlines=True, types=types)
        try:
            with file.open() as stream, csv.open_csv(stream, **options) as reader:
                position = 0
                if holds_bytes(reader):
                    raise pa.ArrowInvalid(_NOT_UTF8)
                for batch in reader:
                    position += batch.num_rows
                    if position <= passed:
                        continue
                    fresh = batch.slice(max(0, batch.num_rows - (position - passed)))
                    passed = position
                    last = fresh
                    yield pa.Table.from_batches([fresh]).select(names)
            if last is not None and ends_within_quotes(last):
                explain_lines(file, form.encoding, form.dialect)
            return
        except UnicodeError:
            raise TextFormatError.from_encoding(file.label, form.encoding) from None
        except pa.ArrowInvalid as error:
            if _NOT_UTF8 in str(error):
                form = other_encoding(file, form)
                continue
            wider = _wider_type(error, form.dialect.names, types)
            if wider is None:
                explain_lines(file, form.encoding, form.dialect)
                raise FileFormatError.from_damage(file.label, "CSV", error) from None
            types |= wider


def _wider_type(error: Exception, names: Sequence[str], types: dict[str, Any]) -> dict[str, Any] | None:
    """The column that a conversion failed in, as numbers with fractions, or else as text."""
    import pyarrow as pa

    found = re.search(r"In CSV column #(\d+): .*conversion error to (\w+)", str(error))
    name = None if found is None else names[int(found[1])]
    if found is None or name is None or types.get(name) == pa.string():
        return None
    whole = found[2].startswith("int") and name not in types
    return {name: pa.float64() if whole else pa.string()}


def holds_bytes(table: Any) -> bool:
    """Whether Arrow found text that is not UTF-8, which it takes for bytes; a table, a batch or a reader."""
    import pyarrow as pa

    return any(pa.types.is_binary(field.type) for field in table.schema)


def ends_within_quotes(table: pa.Table | pa.RecordBatch) -> bool:
    """Whether a quote may have swallowed the end of the file: then a cell of the last row holds lines."""
    if not table.num_rows:
        return False
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    return any(isinstance(cell, str) and "\n" in cell for cell in last.values())


def read_by_pandas(file: TableFile, form: TextForm, *, chunk_rows: int | None) -> Iterator[pd.DataFrame]:
    """Rows of a text file by pandas' parser, `chunk_rows` at a time, or all at once if that is None."""
    import pandas as pd

    dialect = form.dialect
    with file.open() as stream:
        options: dict[str, Any] = {
            "sep": dialect.separator,
            "quotechar": dialect.quote,
            "decimal": dialect.decimal,
            "thousands": dialect.thousands or None,
            "names": list(dialect.names),
            "header": None,
            "index_col": False,
            "skiprows": dialect.lines_before,
            "skipinitialspace": dialect.spaced,
            "encoding": form.encoding,
        }
        if chunk_rows is None:
            yield pd.read_csv(stream, low_memory=False, **options)
            return
        with pd.read_csv(stream, chunksize=chunk_rows, **options) as reader:
            yield from reader
