"""A private temporary folder that dies with its owner, or at the latest when the next one is made."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "lepton-scratch-"
_OWNER = "owner.lock"
# A folder this young may belong to a process that is about to lock it.
_SECONDS_TO_LOCK = 60.0


class ScratchFolder:
    """Folder only this user can enter (0700), for what workers share; removed by `close`.

    Its owner holds a lock in it, which the operating system frees when the owner dies. Folders whose lock is free were
    left by dead processes, and making a new one removes them.

    Parameters
    ----------
    parent : Path, optional
        Where it is made; the folder for temporary files by default (``TMPDIR``).

    Attributes
    ----------
    path : Path

    Examples
    --------
    >>> folder = ScratchFolder()
    >>> folder.path.is_dir()
    True
    >>> folder.close()
    >>> folder.path.exists()
    False
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        remove_abandoned_folders(parent)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        self._owner = FileLock(self.path / _OWNER, mode=0o600, thread_local=False)
        self._owner.acquire()

    def close(self) -> None:
        """Remove the folder and all in it. May be called twice."""
        self._owner.release()
        shutil.rmtree(self.path, ignore_errors=True)


def remove_abandoned_folders(parent: Path) -> None:
    """Remove this user's scratch folders whose owners are dead.

    Parameters
    ----------
    parent : Path
        Where scratch folders are made.
    """
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_ours_and_old(folder) and _is_abandoned(folder / _OWNER):
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours_and_old(folder: Path) -> bool:
    status = folder.lstat()
    ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return ours and time.time() - status.st_mtime > _SECONDS_TO_LOCK


def _is_abandoned(lock_file: Path) -> bool:
    if not lock_file.exists():
        return True
    try:
        with FileLock(lock_file, timeout=0, thread_local=False):
            return True
    except Timeout:
        return False
