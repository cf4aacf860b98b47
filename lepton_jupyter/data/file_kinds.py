"""What kind of table a file holds: told by how it begins, and only then by its name."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import (
    EmptyFileError,
    FileFormatError,
    UnreadableFileError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Endings of names, and the kind of table they promise.
ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".dat": "csv", ".psv": "csv",
    ".parquet": "parquet", ".pq": "parquet", ".parq": "parquet", ".feather": "feather", ".ftr": "feather",
    ".arrow": "feather", ".ipc": "feather", ".arrows": "feather", ".json": "json", ".jsonl": "json",
    ".ndjson": "json", ".xlsx": "excel", ".xlsm": "excel",
}  # fmt: skip
COMPRESSIONS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd", ".zip": "zip", ".bz2": "bz2",
                ".xz": "xz", ".lz4": "lz4"}  # fmt: skip
#: Formats of tables that others read and this package does not.
_NOT_READ = frozenset({
    ".xls", ".xlsb", ".ods", ".sas7bdat", ".sav", ".dta", ".orc", ".avro", ".h5", ".hdf5", ".hdf", ".db", ".sqlite",
    ".sqlite3", ".rds", ".rdata", ".mat", ".npz", ".npy", ".xml", ".html",
})  # fmt: skip
_HEAD_BYTES = 4096
_PICKLES = frozenset({".pkl", ".pickle", ".joblib"})
_MAGIC = (
    (b"PAR1", "parquet"), (b"ARROW1", "feather"), (b"FEA1", "feather"), (b"\xff\xff\xff\xff", "stream"),
    (b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x04\x22\x4d\x18", "lz4"), (b"\xd0\xcf\x11\xe0", "ole"),
)  # fmt: skip
_FOREIGN = (
    (b"SQLite format 3", "an SQLite database (read it by --sql and --connection sqlite:///…)"),
    (b"%PDF", "a PDF document"), (b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"), (b"\x89HDF", "an HDF5 file"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
    (b"\x93NUMPY", "a NumPy array"), (b"ORC", "an ORC file"), (b"Obj\x01", "an Avro file"),
    (b"version https://git-lfs", "a pointer to a file in Git LFS (fetch it with git lfs pull)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of this machine that holds a table.

    Parameters
    ----------
    path : Path
    label : str
        What it is called; an address may have been its origin.
    kind : {"csv", "parquet", "feather", "stream", "json", "excel"}
    compression : {"gzip", "zstd", "bz2", "xz", "lz4", "zip"} or None
    """

    path: Path
    label: str
    kind: str
    compression: str | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes of the file, unpacked.

        Raises
        ------
        UnreadableFileError, FileFormatError
        """
        with _translated(self.label, self.compression or self.kind), _unpacked(self.path, self.compression) as stream:
            yield stream

    def head(self, n_bytes: int) -> bytes:
        """The first bytes, unpacked."""
        with self.open() as stream:
            return _read_up_to(stream, n_bytes)


def look_into(path: Path, label: str) -> TableFile:
    """Find out what a file holds.

    Parameters
    ----------
    path : Path
    label : str

    Returns
    -------
    file : TableFile

    Raises
    ------
    UnreadableFileError
        If it is a folder or a device, or cannot be opened.
    EmptyFileError
        If it holds no byte.
    FileFormatError
        If it is no table, or of a kind that is not read.
    """
    head = _first_bytes(path, label)
    compression = None
    found = _by_magic(head)
    if found == "zip" and _is_workbook(path):
        return TableFile(path, label, "excel")
    if found in COMPRESSIONS.values():
        compression = found
        head = TableFile(path, label, "csv", compression).head(_HEAD_BYTES)
        found = _by_magic(head)
    if not head:
        raise EmptyFileError.from_nothing(label)
    if found == "ole":
        raise FileFormatError.from_locked(label)
    if found in COMPRESSIONS.values():
        raise FileFormatError.from_binary(label, "an archive in an archive")
    return TableFile(path, label, found or _text_kind(head, label), compression)


def ending_of(name: str) -> str:
    """Ending of a file's name in lower case, that of a compression left out.

    Examples
    --------
    >>> ending_of("data/Churn.CSV.gz"), ending_of("churn")
    ('.csv', '')
    """
    base = name.replace("\\", "/").rpartition("/")[2].lower()
    stem, dot, last = base.rpartition(".")
    if dot and f".{last}" in COMPRESSIONS:
        stem, dot, last = stem.rpartition(".")
    return f".{last}" if dot and stem else ""


def _by_magic(head: bytes) -> str | None:
    return next((kind for begin, kind in _MAGIC if head.startswith(begin)), None)


def _first_bytes(path: Path, label: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableFileError.from_folder(label)
        if not stat.S_ISREG(mode):
            raise UnreadableFileError.from_special(label)
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except UnreadableFileError:
        raise
    except OSError as error:
        raise UnreadableFileError.from_os_error(label, error) from None


def _text_kind(head: bytes, label: str) -> str:
    """The kind of a file that begins like none in particular: by its name, unless that cannot be."""
    what = next((what for begin, what in _FOREIGN if head.startswith(begin)), None)
    if what is not None:
        raise FileFormatError.from_binary(label, what)
    ending = ending_of(label)
    by_name = ENDINGS.get(ending)
    if ending in _PICKLES:
        raise FileFormatError.from_pickle(label)
    if ending in _NOT_READ:
        raise FileFormatError.from_ending(label, ending)
    if by_name in {"parquet", "feather", "excel"}:
        raise FileFormatError.from_cut(label, by_name.capitalize())
    if by_name is None and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return "json"
    return by_name or "csv"


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


@contextmanager
def _translated(label: str, kind: str) -> Iterator[None]:
    """Say in one sentence what the unpackers say in many ways."""
    import lzma
    import zipfile
    import zlib

    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise FileFormatError.from_damage(label, kind, error) from None
    except RuntimeError as error:  # zipfile, for a password
        if "encrypted" in str(error):
            raise FileFormatError.from_locked(label) from None
        raise
    except (UnreadableFileError, EmptyFileError, FileFormatError):
        raise
    except OSError as error:
        if error.errno is None:  # Arrow and gzip say by it that what they unpack is damaged
            raise FileFormatError.from_damage(label, kind, error) from None
        raise UnreadableFileError.from_os_error(label, error) from None


@contextmanager
def _unpacked(path: Path, compression: str | None) -> Iterator[IO[bytes]]:
    if compression is None:
        with path.open("rb") as plain:
            yield plain
    elif compression == "zip":
        import zipfile

        with zipfile.ZipFile(path) as archive:
            members = [
                each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX")
            ]
            if len(members) != 1:
                raise FileFormatError.from_archive(path.name, len(members))
            with archive.open(members[0]) as member:
                yield member
    elif compression == "gzip":
        import gzip

        with gzip.open(path) as stream:
            yield stream  # type: ignore[misc]  # a GzipFile reads bytes
    elif compression == "bz2":
        import bz2

        with bz2.open(path) as stream:
            yield stream
    elif compression == "xz":
        import lzma

        with lzma.open(path) as stream:
            yield stream
    else:
        import pyarrow as pa

        with pa.input_stream(str(path), compression=compression) as stream:
            yield stream


def _read_up_to(stream: Any, n_bytes: int) -> bytes:
    pieces: list[bytes] = []
    while n_bytes > 0 and (piece := stream.read(n_bytes)):
        pieces.append(piece)
        n_bytes -= len(piece)
    return b"".join(pieces)
