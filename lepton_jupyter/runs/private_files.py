"""Files that only their owner may read, and that are whole or absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600

#: How names of unfinished files and folders begin; they are not part of a run.
UNFINISHED = ".unfinished-"


def make_private_folder(path: Path, *, exist_ok: bool = True) -> None:
    """Make a folder, and those above it, that only its owner may enter.

    Raises
    ------
    FileExistsError
        If it is there and `exist_ok` is False.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=_FOLDER_MODE, exist_ok=exist_ok)
    # mkdir's mode is cut by the umask, and may have met a folder that was more open.
    path.chmod(_FOLDER_MODE)


def make_private(folder: Path) -> None:
    """Take a folder and all in it from everybody but their owner, whoever wrote them with whatever mode."""
    folder.chmod(_FOLDER_MODE)
    for each in folder.rglob("*"):
        each.chmod(_FOLDER_MODE if each.is_dir() else _FILE_MODE)


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a file by `text` in UTF-8, so that whoever reads sees all of the old or all of the new.

    Parameters
    ----------
    path : Path
        Its folder exists.
    text : str

    Raises
    ------
    OSError
        If it cannot be written; the old file is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text_atomically(Path(folder, "recipe.json"), "{}")
    ...     Path(folder, "recipe.json").read_text()
    '{}'
    """
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp asks for 0600, of which the umask may have taken a part.
        Path(name).chmod(_FILE_MODE)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes `path` when the block ends well, and is removed when it does not.

    A folder that is there already is replaced.

    Parameters
    ----------
    path : Path
        Its parent exists.

    Yields
    ------
    place : Path
        Where to write.

    Raises
    ------
    OSError
        If the folder cannot be made or renamed.
    """
    place = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=path.parent))
    try:
        yield place
        make_private(place)
        if path.exists():
            # A folder cannot be replaced in one step. What is there was left by a run that died before it could tell
            # its log, so nobody counts on it.
            shutil.rmtree(path)
        place.replace(path)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what was being written in `folder` when an earlier process died. Only for the holder of the run's lock."""
    for each in folder.glob(f"{UNFINISHED}*"):
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
