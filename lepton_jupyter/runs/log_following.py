"""Following a log that another process writes: what it appends there is heard here."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.runs.log_reading import read_line
from lepton_jupyter.runs.log_segments import full_segments

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.log_reading import LogContents
    from lepton_jupyter.runs.run_folder import RunFolder

_LOOK_SECONDS = 0.3
#: How often it is looked whether the writer is still there.
_ALIVE_SECONDS = 2.0


class LogFollower:
    """Reads what is new in the files of a log, on a thread, for as long as somebody writes the run.

    Parameters
    ----------
    folder : RunFolder
    log : EventLog
        Without a file; hears what comes after `contents`.
    contents : LogContents
        What `log` holds already.
    """

    def __init__(self, folder: RunFolder, log: EventLog, contents: LogContents) -> None:
        self._folder, self._log = folder, log
        self._lines = _NewLines(folder.events, contents.n_full, contents.n_bytes)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"lepton-follow-{folder.run_id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the run is written by somebody, as far as was looked."""
        return self._thread.is_alive() and not self._ended.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nobody writes it any more; False if that did not come within `timeout` seconds."""
        return self._ended.wait(timeout)

    def _follow(self) -> None:
        try:
            looked_at = float("-inf")
            while True:
                # Looked first: what was written before the writer went is then read below.
                alive = True
                if time.monotonic() >= looked_at + _ALIVE_SECONDS:
                    looked_at = time.monotonic()
                    alive = self._folder.is_running()
                self._take_new()
                if not alive:
                    return
                time.sleep(_LOOK_SECONDS)
        finally:
            self._ended.set()

    def _take_new(self) -> None:
        for line in self._lines.read():
            # Whoever opens the log says what is wrong with it.
            with suppress(DamagedRunError):
                logged = read_line(line, self._folder.events)
                if logged is not None:
                    self._log.receive(logged)


class _NewLines:
    """Whole lines that a log's files have got since they were read last.

    Parameters
    ----------
    path : Path
        Of the file that is written now.
    n_full, offset : int
        Full files, and bytes of the next, that are known.
    """

    def __init__(self, path: Path, n_full: int, offset: int) -> None:
        self._path, self._n_full, self._offset = path, n_full, offset

    def read(self) -> list[bytes]:
        full = full_segments(self._path)
        lines: list[bytes] = []
        for place in full[self._n_full :]:
            lines += self._rest(place)
            self._n_full, self._offset = self._n_full + 1, 0
        offset = self._offset
        newest = self._rest(self._path)
        if full_segments(self._path) != full:
            # It became full meanwhile, and what was read may be of the file after it.
            self._offset = offset
            return lines
        return lines + newest

    def _rest(self, place: Path) -> list[bytes]:
        try:
            with place.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        *lines, torn = data.split(b"\n")
        self._offset += len(data) - len(torn)
        return lines
