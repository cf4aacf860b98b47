"""What a process and all that it started take: processor time, and memory of which shared pages count once."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

_INTERVAL_SECONDS = 0.2


class ProcessTree(threading.Thread):
    """Looks at this process and its descendants five times a second, from the moment it is started.

    Linux only: it reads ``/proc``. The proportional set size is summed, since by the resident size what forked workers
    share would count once for each of them.

    Attributes
    ----------
    peak_bytes : int
        Largest sum of the proportional set sizes.
    members : set of int
        Processes seen at the last look, this one among them.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.members: set[int] = {os.getpid()}
        self._processor: dict[int, float] = {}
        self._ended = threading.Event()

    @property
    def processor_seconds(self) -> float:
        """Of all members there were; of one that has ended, as far as the last look saw."""
        return sum(self._processor.values())

    def run(self) -> None:
        """Look until `end`."""
        while not self._ended.wait(_INTERVAL_SECONDS):
            self.look()

    def end(self) -> None:
        """Look for the last time."""
        self._ended.set()
        self.look()

    def look(self) -> None:
        """Take note of the members and what they have taken."""
        parents, processor = _all_processes()
        self.members = descendants(os.getpid(), parents)
        for pid in self.members:
            self._processor[pid] = max(self._processor.get(pid, 0.0), processor.get(pid, 0.0))
        self.peak_bytes = max(self.peak_bytes, sum(map(_proportional_bytes, self.members)))


def descendants(root: int, parents: dict[int, int]) -> set[int]:
    """`root` and whatever it, or one of them, started.

    Examples
    --------
    >>> sorted(descendants(2, {2: 1, 3: 2, 4: 3, 5: 1}))
    [2, 3, 4]
    """
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _all_processes() -> tuple[dict[int, int], dict[int, float]]:
    ticks = os.sysconf("SC_CLK_TCK")
    parents, processor = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile
                # After the name, which may hold blanks and brackets: state, parent, …, user and system ticks.
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                parents[int(entry.name)] = int(fields[1])
                processor[int(entry.name)] = (int(fields[11]) + int(fields[12])) / ticks
    return parents, processor


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
