"""Who may write a run: the process that holds an OS lock, which no crash can leave behind."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from lepton_jupyter.exceptions.run_errors import RunLockedError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_LOCK_NAME = ".lock"
_HOLDER_NAME = ".holder"


class RunLock:
    """The right to write one run, held from `acquire` to `release`; also a context manager.

    The system frees it when the process ends, however it ends. Two of them for one run exclude each other within a
    process as well.

    Parameters
    ----------
    folder : Path
        The run's folder; its name is the run's id.
    """

    def __init__(self, folder: Path) -> None:
        self._run_id = folder.name
        # The lock file is truncated by whoever asks, so the holder says who it is in another one.
        self._holder = folder / _HOLDER_NAME
        # A run is started on one thread and ended on another.
        self._lock = FileLock(folder / _LOCK_NAME, mode=0o600, thread_local=False)

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return bool(self._lock.is_locked)

    def acquire(self) -> Self:
        """Take the lock at once or not at all.

        Raises
        ------
        RunLockedError
            If another holds it; the message names the process, where it is known.
        """
        if self.held:
            return self
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise RunLockedError.from_holder(self._run_id, self._read_holder()) from None
        # Only a courtesy to whoever is refused: a full disk must not keep a run from being resumed.
        with suppress(OSError):
            # A new file of its own: a folder from elsewhere may hold a link of that name to a file of the person's.
            self._holder.unlink(missing_ok=True)
            with os.fdopen(os.open(self._holder, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(str(os.getpid()))
        return self

    def release(self) -> None:
        """Give the lock back; may be called twice."""
        if not self.held:
            return
        with suppress(OSError):
            self._holder.unlink(missing_ok=True)
        self._lock.release(force=True)

    def _read_holder(self) -> int | None:
        try:
            return int(self._holder.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()
