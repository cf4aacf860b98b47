"""A few files packed into one, whole or absent; and unpacked with no trust in what the packed file says of itself."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.export_errors import ExistingFileError, ExportWriteError, ModelFileError
from lepton_jupyter.runs.private_files import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Bytes that any packed file may unpack to, and how many times its own size beyond that: no model shrinks so much.
_ROOM_BYTES, _MOST_TIMES = 2**26, 100
#: A zip file dates its parts. The same model gives the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)

#: What `zipfile` raises about bytes that are not as they were written: encrypted ones and unknown packings included.
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, OSError)


def write_atomically(path: Path, write: Callable[[Path], object], *, overwrite: bool = False) -> None:
    """Let `write` make a file that becomes `path` when it is whole.

    Parameters
    ----------
    path : Path
    write : callable
        ``write(place)`` writes to another name in the same folder.
    overwrite : bool, default=False
        Whether a file that is there gives way.

    Raises
    ------
    ExistingFileError
        If there is one.
    ExportWriteError
        If it cannot be written; what was there is as it was.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.py")
    ...     write_atomically(path, lambda place: place.write_text("pass"))
    ...     path.read_text()
    'pass'
    """
    _refuse_existing(path, overwrite=overwrite)
    # Not by tempfile, whose files are their owner's alone: this one is made to be taken elsewhere.
    place = path.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        write(place)
        with place.open("rb+") as file:
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(path, place)
        # Once more: what somebody wrote meanwhile is not to be lost.
        _refuse_existing(path, overwrite=overwrite)
        place.replace(path)
    except OSError as error:
        if isinstance(error, ExistingFileError):
            raise
        raise ExportWriteError.from_os_error(str(path), error) from None
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _refuse_existing(path: Path, *, overwrite: bool) -> None:
    if not overwrite and os.path.lexists(path):
        raise ExistingFileError.from_name(str(path))


def pack_folder(folder: Path, place: Path, *, first: str) -> None:
    """Pack all files of a folder into one zip file.

    Parameters
    ----------
    folder : Path
    place : Path
    first : str
        Name of the file that stands first, where a person who looks into it finds it.
    """
    names = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    names.sort(key=lambda name: name != first)
    with zipfile.ZipFile(place, "w") as packed:
        for name in names:
            about = zipfile.ZipInfo(name, _NO_DATE)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            packed.writestr(about, (folder / name).read_bytes())


@contextmanager
def unpacking(path: Path) -> Iterator[tuple[frozenset[str], Callable[[str], bytes]]]:
    """Open a packed file: the names in it, and a function that reads the bytes of one.

    A name is no path until whoever opens the file has found it among those that it expects. No more is read of a part
    than the file says it holds, which is little enough.

    Parameters
    ----------
    path : Path

    Yields
    ------
    names : frozenset of str
    read : callable

    Raises
    ------
    ModelFileError
        If it is no zip file, is cut short or damaged, or would unpack to far more than it is.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
            if not zipfile.is_zipfile(file):
                if beginning == b"PK\x03\x04":  # the directory of a zip file stands at its end
                    raise ModelFileError.from_damage(path, "its end is missing")
                raise ModelFileError.from_foreign(path)
    except (OSError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError.from_missing(path) from None
    try:
        with zipfile.ZipFile(path) as packed:
            check_size(path, packed, path.stat().st_size)
            parts = packed.namelist()
            if len(set(parts)) < len(parts):
                raise ModelFileError.from_damage(path, "a name stands in it twice")
            yield frozenset(parts), packed.read
    except _DAMAGES:
        raise ModelFileError.from_damage(path, "it is cut short, or a part of it has changed") from None


def check_size(path: Path, packed: zipfile.ZipFile, n_bytes: int) -> None:
    """Refuse a packed file that would unpack to far more than it is.

    Parameters
    ----------
    path : Path
        The file that the error names.
    packed : ZipFile
        It, or one within it.
    n_bytes : int
        Size of `packed`.

    Raises
    ------
    ModelFileError
    """
    unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > _ROOM_BYTES + _MOST_TIMES * n_bytes:
        raise ModelFileError.from_size(path, unpacked)
