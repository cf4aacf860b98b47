"""Tables in text files: CSV of any dialect, read by Arrow, or by pandas where Arrow cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from lepton_jupyter.data.arrow_frames import from_frame, in_memory_bytes, join_tables, to_frame
from lepton_jupyter.data.csv_dialect import SEPARATORS, CsvDialect, find_dialect
from lepton_jupyter.data.ragged_lines import explain_lines
from lepton_jupyter.data.text_encoding import find_encoding, is_utf8, likeliest_encoding
from lepton_jupyter.exceptions.source_errors import (
    DifferentFilesError,
    EmptyFileError,
    FileFormatError,
    TextFormatError,
    TooManyColumnsError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.file_kinds import TableFile

#: How much of a file is looked at to find its dialect, and how long its first line may be.
_SAMPLE_BYTES = 1 << 20
_LONGEST_LINE_BYTES = 64 << 20
#: Columns beyond which no search makes sense and every reader takes minutes.
MOST_COLUMNS = 100_000
#: A block of a stream; also what the types of its columns are guessed from.
_BLOCK_BYTES = 8 << 20
#: What Arrow says of text in another encoding.
_NOT_UTF8 = "invalid UTF8 data"
#: Rows of a chunk of pandas' parser.
_CHUNK_ROWS = 100_000
#: What unpacked text may take of its packed size: more is read as a stream, which needs no guess.
_UNPACKED = 20


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


class DelimitedText:
    """One or several text files that hold one table.

    Parameters
    ----------
    files : sequence of TableFile
        At least one.
    label : str
    """

    def __init__(self, files: Sequence[TableFile], label: str) -> None:
        self.label = label
        self._files = tuple(files)
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """The dialect that was found, where it is not the plain one."""
        form = self._forms[0]
        words = form.dialect.described(form.encoding)
        said = (f"{self.label} was read as {', '.join(words)}.",) if words else ()
        return (*said, *self._notes)

    def estimated_bytes(self) -> int:
        """Memory of all rows, by the size of the files and what the first of them take."""
        total = 0.0
        for file, form in zip(self._files, self._forms, strict=True):
            packed = _UNPACKED if file.compression else 1
            total += file.path.stat().st_size * packed * form.bytes_per_byte
        return int(total)

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        tables = [self._read_file(file, form) for file, form in zip(self._files, self._forms, strict=True)]
        return to_frame(join_tables(tables))

    def batches(self) -> Iterator[pa.Table]:
        """All rows, some megabytes at a time."""
        n_rows = 0
        for file, form in zip(self._files, self._forms, strict=True):
            for batch in self._stream_file(file, form):
                n_rows += batch.num_rows
                yield batch
        if not n_rows:
            raise EmptyFileError.from_header(self.label, len(self._forms[0].dialect.names))

    @cached_property
    def _forms(self) -> tuple[TextForm, ...]:
        forms = tuple(find_form(file) for file in self._files)
        names = forms[0].dialect.names
        for file, form in zip(self._files[1:], forms[1:], strict=True):
            if set(form.dialect.names) != set(names):
                missing = [name for name in names if name not in form.dialect.names]
                extra = [name for name in form.dialect.names if name not in names]
                raise DifferentFilesError.from_columns(self._files[0].label, file.label, missing, extra)
        return forms

    def _read_file(self, file: TableFile, form: TextForm) -> pa.Table:
        import pyarrow as pa

        try:
            if _beyond_arrow(form.dialect):
                table = join_tables([from_frame(frame) for frame in _pandas_chunks(file, form, chunk_rows=None)])
            else:
                table = _arrow_table(file, form)
        except (pa.ArrowInvalid, UnicodeError, ValueError) as error:  # pandas' ParserError is a ValueError
            table = self._read_again(file, form, error)
        if _holds_bytes(table):
            return self._read_file(file, self._other_encoding(file, form))
        if _ends_within_quotes(table):
            explain_lines(file, form.encoding, form.dialect)
        if not table.num_rows:
            raise EmptyFileError.from_header(file.label, len(form.dialect.names))
        return table.select(self._forms[0].dialect.names)

    def _read_again(self, file: TableFile, form: TextForm, error: Exception) -> pa.Table:
        """Give pandas' parser a try, after what can be said better by looking at the lines."""
        explain_lines(file, form.encoding, form.dialect)
        try:
            return from_frame(next(iter(_pandas_chunks(file, form, chunk_rows=None))))
        except ValueError as failure:
            self._refuse(file, form, error if isinstance(error, UnicodeError) else failure)

    def _refuse(self, file: TableFile, form: TextForm, error: Exception) -> NoReturn:
        explain_lines(file, form.encoding, form.dialect)
        if isinstance(error, UnicodeError):
            raise TextFormatError.from_encoding(file.label, form.encoding) from None
        raise FileFormatError.from_damage(file.label, "CSV", error) from None

    def _other_encoding(self, file: TableFile, form: TextForm) -> TextForm:
        """What a file is written in that begins like UTF-8 and is not."""
        encoding = likeliest_encoding(_bytes_beyond_utf8(file))
        if encoding == form.encoding:
            raise TextFormatError.from_encoding(file.label, form.encoding)
        found = replace(form, encoding=encoding)
        self._forms = tuple(
            found if each is file else known for each, known in zip(self._files, self._forms, strict=True)
        )
        return found

    def _stream_file(self, file: TableFile, form: TextForm) -> Iterator[pa.Table]:
        if _beyond_arrow(form.dialect):
            try:
                for frame in _pandas_chunks(file, form, chunk_rows=_CHUNK_ROWS):
                    yield from_frame(frame).select(self._forms[0].dialect.names)
            except ValueError as error:
                self._refuse(file, form, error)
            return
        yield from _arrow_stream(file, form, self._forms[0].dialect.names, self._other_encoding)


def find_form(file: TableFile) -> TextForm:
    """Find encoding and dialect of a text file.

    Parameters
    ----------
    file : TableFile

    Returns
    -------
    form : TextForm

    Raises
    ------
    FileFormatError
        If it is not text.
    EmptyFileError
        If it holds nothing but blanks.
    TextFormatError
        If its first line does not end.
    TooManyColumnsError
    """
    sample = file.head(_SAMPLE_BYTES)
    whole = len(sample) < _SAMPLE_BYTES
    while not whole and b"\n" not in sample and b"\r" not in sample:
        if len(sample) >= _LONGEST_LINE_BYTES:
            raise TextFormatError.from_too_long(file.label, _LONGEST_LINE_BYTES)
        wished = len(sample) * 4
        sample = file.head(wished)
        whole = len(sample) < wished
    encoding = find_encoding(sample)
    if encoding is None or (encoding == "utf-8" and _is_noise(sample)):
        raise FileFormatError.from_binary(file.label, "binary data")
    text = sample.decode(encoding, errors="replace" if whole else "ignore").removeprefix("\ufeff")
    if not whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    # Before anything splits it: a first line of a million cells would take many seconds to understand.
    first_line = text[: text.find("\n")] if "\n" in text else text
    most = 1 + max(first_line.count(separator) for separator in SEPARATORS)
    if most > MOST_COLUMNS:
        raise TooManyColumnsError.from_count(file.label, most, MOST_COLUMNS)
    dialect = find_dialect(text, tab_first=file.label.lower().endswith((".tsv", ".tab")))
    if dialect is None:
        raise EmptyFileError.from_nothing(file.label)
    return TextForm(encoding, dialect, _growth(text, dialect, len(sample)))


def _growth(text: str, dialect: CsvDialect, n_bytes: int) -> float:
    import pyarrow as pa

    if _beyond_arrow(dialect):
        return 4.0
    try:
        import io

        from pyarrow import csv

        table = csv.read_csv(io.BytesIO(text.encode()), **_arrow_options(dialect, "utf-8", newlines=True))
    except pa.ArrowInvalid:
        return 4.0  # a guess on the safe side; the lines are looked at when they are read
    return in_memory_bytes(table) / max(1, n_bytes)


def _is_noise(sample: bytes) -> bool:
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    return controls > 0.05 * len(sample)


def _beyond_arrow(dialect: CsvDialect) -> bool:
    return bool(dialect.thousands) or dialect.separator == r"\s+" or dialect.spaced


def _arrow_options(
    dialect: CsvDialect,
    encoding: str,
    *,
    newlines: bool,
    types: dict[str, Any] | None = None,
) -> dict[str, Any]:
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


def _arrow_table(file: TableFile, form: TextForm) -> pa.Table:
    """Arrow's reader: with cells of one line first, which it reads on all cores."""
    import pyarrow as pa
    from pyarrow import csv

    def read(*, newlines: bool) -> pa.Table:
        options = _arrow_options(form.dialect, form.encoding, newlines=newlines)
        if file.compression is None:
            return csv.read_csv(str(file.path), **options)
        with file.open() as stream:
            return csv.read_csv(stream, **options)

    try:
        return read(newlines=False)
    except pa.ArrowInvalid:
        return read(newlines=True)


def _arrow_stream(
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
        options = _arrow_options(form.dialect, form.encoding, newlines=True, types=types)
        try:
            with file.open() as stream, csv.open_csv(stream, **options) as reader:
                position = 0
                if _holds_bytes(reader):
                    raise pa.ArrowInvalid(_NOT_UTF8)
                for batch in reader:
                    position += batch.num_rows
                    if position <= passed:
                        continue
                    fresh = batch.slice(max(0, batch.num_rows - (position - passed)))
                    passed = position
                    last = fresh
                    yield pa.Table.from_batches([fresh]).select(names)
            if last is not None and _ends_within_quotes(last):
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


def _holds_bytes(table: Any) -> bool:
    import pyarrow as pa

    return any(pa.types.is_binary(field.type) for field in table.schema)


def _ends_within_quotes(table: pa.Table | pa.RecordBatch) -> bool:
    """Whether a quote may have swallowed the end of the file: then a cell of the last row holds lines."""
    if not table.num_rows:
        return False
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    return any(isinstance(cell, str) and "\n" in cell for cell in last.values())


def _bytes_beyond_utf8(file: TableFile) -> bytes:
    """The first part of a file that is not UTF-8."""
    with file.open() as stream:
        while piece := stream.read(_SAMPLE_BYTES):
            if not is_utf8(piece.lstrip(bytes(range(0x80, 0xC0)))):
                return piece
    return b""


def _pandas_chunks(file: TableFile, form: TextForm, *, chunk_rows: int | None) -> Iterator[pd.DataFrame]:
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
