"""How a text file is written: its encoding, its dialect, and what it will take once it is read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from lepton_jupyter.data.arrow_frames import in_memory_bytes
from lepton_jupyter.data.arrow_text import TextForm, arrow_options, is_beyond_arrow
from lepton_jupyter.data.csv_dialect import SEPARATORS, CsvDialect, find_dialect
from lepton_jupyter.data.text_encoding import find_encoding
from lepton_jupyter.exceptions.source_errors import (
    EmptyFileError,
    FileFormatError,
    TextFormatError,
    TooManyColumnsError,
)

if TYPE_CHECKING:
    from lepton_jupyter.data.file_kinds import TableFile

#: How much of a file is looked at to find its dialect, and how long its first line may be.
_SAMPLE_BYTES = 1 << 20
_LONGEST_LINE_BYTES = 64 << 20
#: Columns beyond which no search makes sense and every reader takes minutes.
MOST_COLUMNS = 100_000


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

    if is_beyond_arrow(dialect):
        return 4.0
    try:
        from pyarrow import csv

        table = csv.read_csv(io.BytesIO(text.encode()), **arrow_options(dialect, "utf-8", newlines=True))
    except pa.ArrowInvalid:
        return 4.0  # a guess on the safe side; the lines are looked at when they are read
    return in_memory_bytes(table) / max(1, n_bytes)


def _is_noise(sample: bytes) -> bool:
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    return controls > 0.05 * len(sample)
