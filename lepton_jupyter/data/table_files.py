"""A path, a pattern or an address as a source of rows."""

from __future__ import annotations

import glob
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_jupyter.data.columnar_files import ColumnarFiles
from lepton_jupyter.data.delimited_text import DelimitedText
from lepton_jupyter.data.excel_files import ExcelFiles
from lepton_jupyter.data.file_kinds import look_into
from lepton_jupyter.data.json_records import JsonRecords
from lepton_jupyter.data.remote_files import fetched, is_address, short_address
from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest
from lepton_jupyter.exceptions.source_errors import DifferentFilesError, MissingFileError, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lepton_jupyter.data.file_kinds import TableFile
    from lepton_jupyter.data.table_source import TableSource

_READERS: dict[str, Callable[[Sequence[TableFile], str], TableSource]] = {
    "csv": DelimitedText,
    "parquet": ColumnarFiles,
    "feather": ColumnarFiles,
    "stream": ColumnarFiles,
    "json": JsonRecords,
    "excel": ExcelFiles,
}
_PATTERN = re.compile(r"[*?\[]")


@contextmanager
def table_files(text: str | os.PathLike[str]) -> Iterator[TableSource]:
    """The rows of the files that a path, a pattern or an address names, for as long as the block lasts.

    Parameters
    ----------
    text : str or path
        A path, absolute or from the working folder, ``~`` for the home; a pattern with ``*`` or ``?``; an address.

    Yields
    ------
    source : TableSource

    Raises
    ------
    MissingFileError
        If there is none; the nearest name is given.
    LeptonError
        What else is wrong with it, in one sentence.
    """
    typed = os.fspath(text)
    if is_address(typed):
        with fetched(typed) as (paths, labels):
            yield source_of([look_into(path, name) for path, name in zip(paths, labels, strict=True)],
                            short_address(typed))  # fmt: skip
        return
    paths = find_files(typed)
    yield source_of([look_into(path, path.name) for path in paths], label_of_path(typed))


def source_of(files: Sequence[TableFile], label: str) -> TableSource:
    """One source of files of one kind.

    Parameters
    ----------
    files : sequence of TableFile
        At least one.
    label : str

    Returns
    -------
    source : TableSource

    Raises
    ------
    DifferentFilesError
        If they are of different kinds.
    """
    first = files[0]
    for file in files[1:]:
        if file.kind != first.kind:
            raise DifferentFilesError.from_kinds(first.label, file.label)
    return _READERS[first.kind](files, label)


def find_files(typed: str) -> list[Path]:
    """Files that a path or a pattern names, in the order of their names.

    Parameters
    ----------
    typed : str

    Returns
    -------
    paths : list of Path
        At least one.

    Raises
    ------
    MissingFileError, UnreadableFileError
    """
    if not typed.strip():
        raise MissingFileError.from_path(typed, ".", [])
    path = Path(typed.removeprefix("file://")).expanduser()
    try:
        named = _named_files(path, typed)
    except OSError as error:
        if isinstance(error, LeptonError):
            raise
        raise UnreadableFileError.from_os_error(typed, error) from None
    except ValueError:  # a path with a null character
        raise MissingFileError.from_path(typed, ".", []) from None
    if named:
        return named
    if _PATTERN.search(typed):
        found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  Path.glob takes no absolute patterns
        files = [Path(each) for each in found if not Path(each).is_dir() and not Path(each).name.startswith((".", "_"))]
        if files:
            return files
        raise MissingFileError.from_pattern(typed, _near_pattern(path))
    folder = path.parent
    if not folder.is_dir():
        raise MissingFileError.from_folder(typed, str(folder))
    raise MissingFileError.from_path(typed, str(folder), names_in(folder))


def _named_files(path: Path, typed: str) -> list[Path]:
    """The file of a path, or the files of a folder that is called one; none if there is nothing."""
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file() and _counts(each.relative_to(path)))
        # What Dask, Spark and polars call a Parquet file may be a folder of them.
        if inside and all(each.suffix in {".parquet", ".parq", ".pq"} for each in inside):
            return inside
        raise UnreadableFileError.from_folder(typed)
    if not path.exists() and path.is_symlink():
        raise UnreadableFileError.from_link(typed)
    return [path] if path.exists() else []


def names_in(folder: Path, limit: int = 5_000) -> list[str]:
    """Names in a folder, hidden ones left out; none if it cannot be read.

    Parameters
    ----------
    folder : Path
    limit : int

    Returns
    -------
    names : list of str
    """
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    names.append(entry.name)
                    if len(names) >= limit:
                        break
    except OSError:
        return []
    return sorted(names)


def label_of_path(typed: str) -> str:
    r"""Short name of a path or pattern: its last part, and of a pattern the folder too.

    Examples
    --------
    >>> label_of_path("/home/ada/data/churn.csv"), label_of_path("/home/ada/data/*.csv"), label_of_path(r"C:\\x\\y.csv")
    ('churn.csv', 'data/*.csv', 'y.csv')
    """
    parts = [part for part in re.split(r"[\\/]+", typed.rstrip("/\\")) if part]
    if not parts:
        return typed
    return "/".join(parts[-2:]) if _PATTERN.search(typed) and len(parts) > 1 else parts[-1]


def _counts(inside: Path) -> bool:
    return not any(part.startswith((".", "_")) for part in inside.parts)


def _near_pattern(pattern: Path) -> str | None:
    names = names_in(pattern.parent) if not _PATTERN.search(str(pattern.parent)) else []
    match = nearest(_PATTERN.sub("", pattern.name), names)
    return str(pattern.parent / match) if match else None
