"""Tables in text files: CSV of any dialect, read by Arrow, or by pandas where Arrow cannot."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from lepton_jupyter.data.arrow_frames import from_frame, join_tables, to_frame
from lepton_jupyter.data.arrow_text import (
    TextForm,
    ends_within_quotes,
    holds_bytes,
    is_beyond_arrow,
    read_by_arrow,
    read_by_pandas,
    stream_by_arrow,
)
from lepton_jupyter.data.ragged_lines import explain_lines
from lepton_jupyter.data.text_encoding import is_utf8, likeliest_encoding
from lepton_jupyter.data.text_form import find_form
from lepton_jupyter.exceptions.source_errors import (
    DifferentFilesError,
    EmptyFileError,
    FileFormatError,
    TextFormatError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.file_kinds import TableFile

#: Rows of a chunk of pandas' parser.
_CHUNK_ROWS = 100_000
#: What unpacked text may take of its packed size: more is read as a stream, which needs no guess.
_UNPACKED = 20
_PIECE_BYTES = 1 << 20
#: Files that are told of by name.
_MOST_NOTES = 3


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

    @property
    def notes(self) -> tuple[str, ...]:
        """The dialect that was found, where it is not the plain one; of several files those that differ."""
        said: dict[tuple[str, ...], str] = {}
        for file, form in zip(self._files, self._forms, strict=True):
            said.setdefault(form.dialect.described(form.encoding), file.label)
        alone = len(said) == 1
        notes = [
            f"{self.label if alone else label} was read as {', '.join(words)}."
            for words, label in said.items()
            if words
        ]
        return tuple(notes[:_MOST_NOTES])

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
            if is_beyond_arrow(form.dialect):
                table = join_tables([from_frame(frame) for frame in read_by_pandas(file, form, chunk_rows=None)])
            else:
                table = read_by_arrow(file, form)
        except (pa.ArrowInvalid, UnicodeError, ValueError) as error:  # pandas' ParserError is a ValueError
            table = self._read_again(file, form, error)
        if holds_bytes(table):
            return self._read_file(file, self._other_encoding(file, form))
        if ends_within_quotes(table):
            explain_lines(file, form.encoding, form.dialect)
        if not table.num_rows:
            raise EmptyFileError.from_header(file.label, len(form.dialect.names))
        return table.select(self._forms[0].dialect.names)

    def _read_again(self, file: TableFile, form: TextForm, error: Exception) -> pa.Table:
        """Give pandas' parser a try, after what can be said better by looking at the lines."""
        explain_lines(file, form.encoding, form.dialect)
        try:
            return from_frame(next(iter(read_by_pandas(file, form, chunk_rows=None))))
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
        if is_beyond_arrow(form.dialect):
            try:
                for frame in read_by_pandas(file, form, chunk_rows=_CHUNK_ROWS):
                    yield from_frame(frame).select(self._forms[0].dialect.names)
            except ValueError as error:
                self._refuse(file, form, error)
            return
        yield from stream_by_arrow(file, form, self._forms[0].dialect.names, self._other_encoding)


def _bytes_beyond_utf8(file: TableFile) -> bytes:
    """The first part of a file that is not UTF-8."""
    with file.open() as stream:
        while piece := stream.read(_PIECE_BYTES):
            if not is_utf8(piece.lstrip(bytes(range(0x80, 0xC0)))):
                return piece
    return b""
