"""A file of JSON lines as a sink; that of the dead letters, where nobody names another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lepton_jupyter.streaming.row_encoding import encode_rows

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.streaming.stream_sink import Results


class JsonLinesFile:
    """Appends each row as one line of JSON.

    Parameters
    ----------
    path : Path
        Made with mode 0600 with its first row. A last line that a crash has torn is ended before others are added.

    Raises
    ------
    OSError
        If it cannot be written.
    """

    keyed = False
    gather_seconds = 0.2

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = str(path)
        self._descriptor: int | None = None
        self._lines: list[str] = []

    async def open(self) -> None:
        """Nothing yet: a stream without dead letters leaves no file of them."""

    async def write(self, results: Results) -> None:
        """Take rows."""
        self._lines += encode_rows(results)

    async def flush(self) -> None:
        """Append them and wait for the disk."""
        if not self._lines:
            return
        if self._descriptor is None:
            self._descriptor = self._opened()
        data = memoryview("".join(f"{line}\n" for line in self._lines).encode("utf-8", "backslashreplace"))
        while data:
            data = data[os.write(self._descriptor, data) :]
        os.fsync(self._descriptor)
        self._lines.clear()

    async def close(self) -> None:
        """Close the file."""
        self._lines.clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        torn = False
        if self._path.exists() and self._path.stat().st_size:
            with self._path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        if torn:
            os.write(descriptor, b"\n")
        return descriptor
