"""What is wrong with the lines of a text file: looked for once its reader has refused it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.source_errors import TextFormatError

if TYPE_CHECKING:
    from lepton_jupyter.data.csv_dialect import CsvDialect
    from lepton_jupyter.data.file_kinds import TableFile


def explain_lines(file: TableFile, encoding: str, dialect: CsvDialect) -> None:
    """Raise an error that names the line, if one of them is what is wrong.

    Parameters
    ----------
    file : TableFile
    encoding : str
    dialect : CsvDialect

    Raises
    ------
    TextFormatError
        For the first line with more or fewer values than there are columns, or a quote that never closes.
    """
    if len(dialect.separator) != 1:
        return
    expected = len(dialect.names)
    with file.open() as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        for _ in range(dialect.lines_before):
            text.readline()
        reader = csv.reader(text, delimiter=dialect.separator, quotechar=dialect.quote, strict=True)
        began = dialect.lines_before + 1
        try:
            for cells in reader:
                if cells and len(cells) != expected:
                    raise TextFormatError.from_ragged(file.label, began, len(cells), expected)
                began = dialect.lines_before + reader.line_num + 1
        except csv.Error as error:
            if "unexpected end" in str(error) or "field limit" in str(error):
                raise TextFormatError.from_open_quote(file.label, began) from None
        finally:
            text.detach()
