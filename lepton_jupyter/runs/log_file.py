"""The file side of a log: one thread that writes lines, and makes them safe in batches."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.run_errors import LogWriteError
from lepton_jupyter.runs.log_segments import SEGMENT_BYTES, next_segment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Longest time that a written line may wait for the disk, in seconds.
SYNC_SECONDS = 0.5


class LogFile:
    """Appends lines to a file from a thread of its own, so that no caller ever waits for a disk.

    A line reaches the operating system at once (it survives the death of the kernel) and the disk within
    `sync_seconds` (it survives a power cut): one fsync for all lines of that time. The thread begins with the first
    line and ends with `close`. When a write fails, the error is kept, told once, and later lines are let go: a run goes
    on without its file. A file of 64 MiB is full and gets a number, see `log_segments`.

    Parameters
    ----------
    path : Path
        Made with mode 0600 if it does not exist.
    sync_seconds : float, default=0.5
    on_error : callable, optional
        Called once, on the writing thread, with the `LogWriteError`.
    segment_bytes : int
        Size at which a file is full.
    """

    def __init__(
        self,
        path: Path,
        *,
        sync_seconds: float = SYNC_SECONDS,
        on_error: Callable[[LogWriteError], object] | None = None,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._segment_bytes = segment_bytes
        self.path = path
        self.error: LogWriteError | None = None
        self._sync_seconds = sync_seconds
        self._on_error = on_error
        self._changed = threading.Condition()
        self._pending: list[bytes] = []
        self._n_given = 0
        self._n_safe = 0
        self._n_wanted = 0
        self._closing = False
        self._thread: threading.Thread | None = None

    def write(self, line: bytes) -> None:
        """Take one line, with its end; returns at once. Nothing is taken after `close` or an error."""
        with self._changed:
            if self._closing or self.error is not None:
                return
            self._pending.append(line)
            self._n_given += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lepton-log", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until every line taken so far is on disk; False after an error, or when time is up."""
        with self._changed:
            wanted = self._n_given
            self._n_wanted = max(self._n_wanted, wanted)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._n_safe >= wanted or self.error is not None, timeout)
            return self._n_safe >= wanted

    def close(self) -> None:
        """Bring everything to disk and end the thread; may be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        try:
            while not self._write_segment():
                self.path.rename(next_segment(self.path))
        except OSError as error:
            self._fail(LogWriteError.from_os_error(self.path, error))

    def _write_segment(self) -> bool:
        """Write one file, until it is full or the log is closed; whether that is so."""
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if is_new:
                # Whatever the umask took of it.
                self.path.chmod(0o600)
            return self._write_until_full(descriptor)
        finally:
            os.close(descriptor)

    def _write_until_full(self, descriptor: int) -> bool:
        last_sync = time.monotonic()
        n_written = self._n_safe
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._pending or self._closing or self._n_wanted > self._n_safe,
                    None if n_written == self._n_safe else max(0.0, last_sync + self._sync_seconds - time.monotonic()),
                )
                lines, self._pending = self._pending, []
                closing, wanted = self._closing, self._n_wanted
            _write_all(descriptor, b"".join(lines))
            n_written += len(lines)
            due = time.monotonic() >= last_sync + self._sync_seconds
            full = os.fstat(descriptor).st_size >= self._segment_bytes
            if n_written > self._n_safe and (closing or due or full or wanted > self._n_safe):
                os.fsync(descriptor)
                last_sync = time.monotonic()
                with self._changed:
                    self._n_safe = n_written
                    self._changed.notify_all()
            if closing and not self._pending:
                return True
            if full:
                return False

    def _fail(self, error: LogWriteError) -> None:
        with self._changed:
            self.error = error
            self._pending.clear()
            self._changed.notify_all()
        if self._on_error is not None:
            self._on_error(error)


def _write_all(descriptor: int, data: bytes) -> None:
    # A disk that fills up takes a part first and says so on the next call only.
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
