"""How far a pass over partitions is: news of them become a few entries of the log a second."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.preparation_events import PassAdvanced, WorkerMemory

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.runs.event_log import EventLog

#: Time between two entries of the log, and two pictures of the cell.
_TOLD_EVERY_SECONDS = 0.25
#: Workers whose memory is told, those that use most.
_WORKERS_TOLD = 12


class PassProgress:
    """Turns news of partitions into entries of the log, a few a second however many partitions there are.

    Parameters
    ----------
    phase : str
    log : EventLog
    runner : GraphRunner
        Whose workers' memory is told.
    shown : callable
        Called after each entry.
    """

    def __init__(self, phase: str, log: EventLog, runner: GraphRunner, shown: Callable[[], None]) -> None:
        self.phase, self.log, self.runner, self.shown = phase, log, runner, shown
        self.done: set[str] = set()
        self.n_rows, self.last = 0, 0.0
        self.lock = threading.Lock()

    def hear(self, news: dict[str, Any]) -> None:
        """Take news of one partition; may be called from any thread."""
        with self.lock:
            if news["partition"] in self.done:  # done again, since the worker that did it died
                return
            self.done.add(news["partition"])
            self.n_rows += int(news["rows"])
            now = time.monotonic()
            if now - self.last < _TOLD_EVERY_SECONDS:
                return
            self.last = now
            n_done, n_rows = len(self.done), self.n_rows
        memory = [
            WorkerMemory(worker=name, used_bytes=used, limit_bytes=limit)
            for name, (used, limit) in self.runner.worker_memory().items()
        ]
        memory.sort(key=lambda each: -each.used_bytes)
        self.log.append(
            PassAdvanced(
                phase=self.phase, n_done=n_done, n_rows=n_rows,
                worker_bytes=memory[0].used_bytes if memory else 0, memory=tuple(memory[:_WORKERS_TOLD]),
            )
        )  # fmt: skip
        self.shown()
