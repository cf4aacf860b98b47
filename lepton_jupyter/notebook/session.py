"""What one process shares between its runs: the disk they are kept on, the cluster that works for them, the open ones.

The session begins with its first use and ends with the process or with ``%unload_ext``.
"""

from __future__ import annotations

import atexit
import threading
from functools import cache
from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.notebook.kernel_cluster import KernelCluster
from lepton_jupyter.notebook.turns import Turns
from lepton_jupyter.runs.run_store import RunStore, lepton_home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.runs_messages import RunLine
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_handle import Stream


class GoingPreparation(Protocol):
    """A preparation that goes on in a cell of this kernel."""

    @property
    def id(self) -> str:
        """Name of its folder."""
        ...

    def stop(self, source: str = "python") -> None:
        """End it, without a prepared table; returns at once, and may be called from any thread."""
        ...

    def line(self) -> RunLine:
        """What a list of runs shows of it now."""
        ...

    def formats(self) -> Mapping[str, object]:
        """What an output of it carries now, by MIME type."""
        ...


class Session:
    """The runs and the cluster of this process.

    Parameters
    ----------
    store : RunStore
    """

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.cluster = KernelCluster(store.home)
        self.turns = Turns()
        self._runs: dict[str, Run] = {}
        self._streams: dict[str, Stream] = {}
        self._preparations: list[GoingPreparation] = []
        self._lock = threading.Lock()

    def add(self, run: Run) -> None:
        """Remember a run that was started or opened here, as the last one."""
        with self._lock:
            self._runs.pop(run.id, None)
            self._runs[run.id] = run

    def ended(self, run_id: str) -> None:
        """Hear that a run has ended, which makes it the last one, unless it was removed."""
        with self._lock:
            run = self._runs.pop(run_id, None)
            if run is not None:
                self._runs[run_id] = run

    def forget(self, run_id: str) -> None:
        """Let go of a run that was removed."""
        with self._lock:
            self._runs.pop(run_id, None)
            self._streams.pop(run_id, None)

    def add_stream(self, stream: Stream) -> None:
        """Remember a stream that was started or opened here, as the last one."""
        with self._lock:
            self._streams.pop(stream.id, None)
            self._streams[stream.id] = stream

    def begin(self, preparation: GoingPreparation) -> None:
        """Hear that a preparation goes on in this kernel, until `end`."""
        with self._lock:
            self._preparations.append(preparation)

    def end(self, preparation: GoingPreparation) -> None:
        """Hear that a preparation has ended."""
        with self._lock:
            self._preparations.remove(preparation)

    @property
    def preparations(self) -> tuple[GoingPreparation, ...]:
        """Preparations that go on; last is the one that began last."""
        with self._lock:
            return tuple(self._preparations)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Streams of this kernel; last is the one that was started or opened last."""
        with self._lock:
            return tuple(self._streams.values())

    @property
    def runs(self) -> tuple[Run, ...]:
        """Runs of this kernel; last is the one that was started, opened or ended last."""
        with self._lock:
            return tuple(self._runs.values())

    def close(self) -> None:
        """Stop all that goes on, keep the best so far of each run, and close the local cluster."""
        going_on: tuple[Run | Stream, ...] = (*self.streams, *self.runs)
        # What goes on in another process, such as a detached stream, is not this kernel's to end.
        running = [run for run in going_on if run.running and run.begun_here]
        for preparation in self.preparations:
            preparation.stop("unload")
        for run in running:
            run.stop("unload")
        for run in running:
            run.settle(timeout=5.0)
        self.cluster.close()


@cache
def current_session() -> Session:
    """Return the session of this process."""
    session = Session(RunStore(lepton_home()))
    # Runs write on daemon threads: without this a script that ends early would leave a log without an end.
    atexit.register(session.close)
    return session
