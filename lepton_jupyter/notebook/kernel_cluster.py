"""Who works for the runs of this kernel: its own threads, a local cluster, or a cluster of the person's.

Lifetimes: a local cluster is started by ``%load_ext`` or by ``%lepton cluster local`` and closed by ``%unload_ext``,
``%lepton cluster off`` or the end of the process. A cluster that somebody else made is never closed. Every run gets an
executor of its own, which it closes at its end; executors of several runs share the cluster's workers.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.crew import Crew, answers_at_once, when_warm

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.execution.cluster_handle import ClusterHandle
    from lepton_jupyter.execution.executor import Executor
    from lepton_jupyter.execution.local_cluster import LocalClusterHandle, LocalClusterStarter


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What works for the runs of this kernel; its text is what ``%lepton cluster`` shows.

    Examples
    --------
    >>> ClusterStatus("processes", 2)
    Cluster ready: 2 processes on this machine
    """

    kind: str  # "off" | "starting" | "processes" | "cluster"
    n_workers: int = 0
    address: str = ""

    def __repr__(self) -> str:
        if self.kind == "off":
            return "No cluster: runs use the threads of this kernel. Start one with: %lepton cluster local"
        if self.kind == "starting":
            return "A local cluster is starting; until it is ready, runs use the threads of this kernel"
        where = "processes on this machine" if self.kind == "processes" else f"workers at {self.address}"
        return f"Cluster ready: {self.n_workers} {where}"


class KernelCluster:
    """The cluster of one kernel, if any; safe to use from any thread.

    Parameters
    ----------
    home : Path
        Folder under which cores are leased, so that two kernels never take one core twice.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._handle: ClusterHandle | None = None
        self._starter: LocalClusterStarter | None = None

    @property
    def status(self) -> ClusterStatus:
        """What there is now."""
        handle = self._ready()
        if handle is not None:
            return ClusterStatus(handle.kind, handle.n_workers, handle.address)
        return ClusterStatus("off" if self._starting() is None else "starting")

    def start_local(self, n_workers: int | None = None) -> Future[LocalClusterHandle]:
        """Start processes on this machine in the background; the future tells when they are ready."""
        from lepton_jupyter.execution.local_cluster import LocalClusterStarter

        self.close()
        starter = LocalClusterStarter(n_workers, home=self._home)
        with self._lock:
            self._starter = starter
        return starter.start_in_background()

    def connect(self, address: str) -> None:
        """Use the cluster at `address` from now on.

        Raises
        ------
        ClusterUnreachableError
            If nobody answers there.
        """
        from lepton_jupyter.execution.user_cluster import connect

        handle = connect(address)
        self.close()
        with self._lock:
            self._handle = handle

    def close(self) -> None:
        """Close what was started here, let go of what was not. May be called twice."""
        with self._lock:
            handle, self._handle = self._handle, None
            starter, self._starter = self._starter, None
        if starter is not None:
            starter.close()
        if handle is not None:
            handle.close()

    def _starting(self) -> Future[LocalClusterHandle] | None:
        with self._lock:
            future = None if self._starter is None else self._starter.future
        return None if future is None or future.done() else future

    def _ready(self) -> ClusterHandle | None:
        with self._lock:
            handle, starter = self._handle, self._starter
        if handle is None and starter is not None:
            future = starter.future
            if future.done() and not future.cancelled() and future.exception() is None:
                handle = future.result()
        # A cluster that died is as good as none: the run goes on in threads.
        return handle if handle is not None and handle.alive else None

    def graph_client(self, *, for_dask_frame: bool = False) -> Any | None:
        """Dask client whose cluster computes graphs; None for threads of this process.

        Parameters
        ----------
        for_dask_frame : bool, default=False
            Whether the graph begins with a frame of the person's, whose parts may lie with the person's own client.
        """
        from lepton_jupyter.execution.inside_worker import inside_worker
        from lepton_jupyter.execution.user_cluster import active_client

        if inside_worker():
            return None
        handle = None if for_dask_frame and active_client() is not None else self._ready()
        return active_client() if handle is None else handle.client

    def smallest_worker_bytes(self) -> int | None:
        """Memory that the smallest worker of the person's own cluster may take; None where nothing limits it.

        Processes of this machine do not count: tables are mapped into them, and their memory is the kernel's.
        """
        from lepton_jupyter.execution.graph_runner import GraphRunner

        handle = self._ready()
        client = self.graph_client()
        if client is None or client.asynchronous or (handle is not None and handle.kind == "processes"):
            return None
        limits = [limit for _, limit in GraphRunner(client).worker_memory().values() if limit]
        return min(limits, default=None)

    def loops_client(self) -> Any | None:
        """Dask client whose workers may hold what lives long; waits for one that starts; None if there is none."""
        starting = self._starting()
        if starting is not None:
            starting.exception()
        return self.graph_client()

    def crew(self, n_workers: int | None = None) -> Crew:
        """Who works for one run: the cluster if it answers at once, the person's own client, or threads until then."""
        from lepton_jupyter.execution.inside_worker import inside_worker
        from lepton_jupyter.execution.serial_executor import SerialExecutor
        from lepton_jupyter.execution.thread_executor import ThreadExecutor
        from lepton_jupyter.execution.user_cluster import active_client

        if inside_worker():
            return Crew(SerialExecutor())
        starting = self._starting()
        if starting is not None:
            return Crew(ThreadExecutor(n_workers), _when_started(starting))
        handle = self._ready()
        if handle is not None:
            executor = handle.executor()
            if handle.kind != "processes":
                return Crew(executor)
            warm = when_warm(executor)
            return Crew(executor) if answers_at_once(warm) else Crew(ThreadExecutor(n_workers), warm)
        client = active_client()
        if client is not None:
            from lepton_jupyter.execution.dask_executor import DaskExecutor

            return Crew(DaskExecutor(client, kind="cluster", place_by="scatter"))
        return Crew(ThreadExecutor(n_workers))


def _when_started(starting: Future[LocalClusterHandle]) -> Future[Executor | None]:
    better: Future[Executor | None] = Future()

    def ask_around(future: Future[LocalClusterHandle]) -> None:
        if future.cancelled() or future.exception() is not None:
            better.set_result(None)
        else:
            when_warm(future.result().executor()).add_done_callback(lambda warm: better.set_result(warm.result()))

    starting.add_done_callback(ask_around)
    return better
