"""A Dask cluster on this machine's free cores, started in the background and gone with the kernel."""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import ClusterStartError
from lepton_jupyter.execution.cluster_handle import ClusterHandle
from lepton_jupyter.execution.cluster_process import BOOTSTRAP, WORKER_ENVIRONMENT
from lepton_jupyter.execution.core_leases import CoreLease, lease_cores
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.scratch_folder import ScratchFolder
from lepton_jupyter.execution.worker_warm_up import WARM_UP_MODULES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_START_SECONDS = 90.0
_END_SECONDS = 5.0
_LOG = "cluster.log"


class LocalClusterHandle(ClusterHandle):
    """A cluster that this kernel has started; closing the handle ends its processes at once.

    Parameters
    ----------
    client : distributed.Client
    process : subprocess.Popen
        The process that holds scheduler and nannies; see `cluster_process`.
    lease : CoreLease
    folder : ScratchFolder
    import_path : sequence of str

    Attributes
    ----------
    lease : CoreLease
        The cores that the workers may use; its `shared` says whether they are somebody else's too.
    """

    def __init__(
        self,
        client: Any,
        process: subprocess.Popen[bytes],
        lease: CoreLease,
        folder: ScratchFolder,
        import_path: Sequence[str],
    ) -> None:
        super().__init__(client, kind="processes", place_by="memory_map", folder=folder.path, import_path=import_path)
        self.lease = lease
        self._process = process
        self._folder = folder
        atexit.register(self.close)

    def _release(self) -> None:
        atexit.unregister(self.close)
        # The client first: left alone with a dead scheduler it would try to reconnect, and say so.
        super()._release()
        _end_process(self._process)
        self._folder.close()
        self.lease.close()


def start_local_cluster(
    n_workers: int | None = None,
    *,
    home: Path,
    memory_limit: int | str = "auto",
    warm_up: Sequence[str] = WARM_UP_MODULES,
) -> LocalClusterHandle:
    """Start a cluster on this machine, one process of one thread for each core that is free.

    Parameters
    ----------
    n_workers : int, optional
        How many workers at most; all usable cores by default. A core that another kernel's cluster has is left out,
        except that there is always one worker.
    home : Path
        Folder of the project's files, where cores are leased.
    memory_limit : int or "auto", default="auto"
        Bytes a worker may use before it is ended; by default its share of nine tenths of the free memory.
    warm_up : sequence of str
        Modules that workers import while they wait for their first call.

    Returns
    -------
    handle : LocalClusterHandle

    Raises
    ------
    ClusterStartError
        If the cluster does not come up; the message has its last words.
    InvalidWorkerCountError
        If fewer than one worker is asked for.
    """
    return _Start(n_workers, home, memory_limit, warm_up).run()


class LocalClusterStarter:
    """Starts a local cluster in the background; closing it at any time leaves nothing behind.

    Parameters
    ----------
    n_workers, home, memory_limit, warm_up
        As of `start_local_cluster`.
    """

    def __init__(
        self,
        n_workers: int | None = None,
        *,
        home: Path,
        memory_limit: int | str = "auto",
        warm_up: Sequence[str] = WARM_UP_MODULES,
    ) -> None:
        self._start = _Start(n_workers, home, memory_limit, warm_up)
        self._future: Future[LocalClusterHandle] = Future()
        self._lock = threading.Lock()
        self._started = False
        self._closed = False

    @property
    def future(self) -> Future[LocalClusterHandle]:
        """The handle, when the workers are up; the error of the start otherwise. Cancelled by an early `close`."""
        return self._future

    def start_in_background(self) -> Future[LocalClusterHandle]:
        """Begin, if that was not done before, and return at once."""
        with self._lock:
            if not self._started and not self._closed:
                self._started = True
                # A daemon, so that the end of the kernel does not wait for a cluster nobody will use.
                threading.Thread(target=self._run, name="lepton-cluster-start", daemon=True).start()
        return self._future

    def close(self) -> None:
        """Close the cluster, or give up its start. May be called twice."""
        with self._lock:
            self._closed = True
        self._future.cancel()
        self._start.give_up()
        if not self._future.cancelled() and self._future.exception() is None:
            self._future.result().close()

    def _run(self) -> None:
        try:
            handle = self._start.run()
        except BaseException as error:  # noqa: BLE001 -- whoever waits for the cluster has to hear of it
            if self._future.set_running_or_notify_cancel():
                self._future.set_exception(error)
            return
        with self._lock:
            wanted = not self._closed and self._future.set_running_or_notify_cancel()
            if wanted:
                self._future.set_result(handle)
        if not wanted:
            handle.close()


class _Start:
    """One start of a local cluster: each thing it takes is given back if a later step fails."""

    def __init__(self, n_workers: int | None, home: Path, memory_limit: int | str, warm_up: Sequence[str]) -> None:
        self._n_workers = n_workers
        self._home = home
        self._memory_limit = memory_limit
        self._warm_up = warm_up
        self._process: subprocess.Popen[bytes] | None = None
        self._given_up = False

    def run(self) -> LocalClusterHandle:
        import_path = [str(folder) for folder in sys.path]
        lease = lease_cores(self._n_workers, self._home)
        try:
            folder = ScratchFolder()
            try:
                return self._run_process(lease, folder, import_path)
            except BaseException:
                folder.close()
                raise
        except BaseException:
            lease.close()
            raise

    def give_up(self) -> None:
        """End a start that is under way; `run` raises."""
        self._given_up = True
        if self._process is not None:
            self._process.kill()

    def _run_process(self, lease: CoreLease, folder: ScratchFolder, import_path: list[str]) -> LocalClusterHandle:
        process = self._process = _launch(folder, lease)
        alarm = threading.Timer(_START_SECONDS, process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            settings = {
                "n_workers": len(lease.cores),
                "memory_limit": self._memory_bytes(len(lease.cores)),
                "folder": str(folder.path),
                "warm_up": list(self._warm_up),
            }
            _send(process, import_path, settings)
            client = _connect_to(_receive(process, folder))
            try:
                _receive(process, folder)
                if self._given_up:
                    raise ClusterStartError.from_log("it was given up")
                return LocalClusterHandle(client, process, lease, folder, import_path)
            except BaseException:
                client.close(timeout=1)
                raise
        except BaseException:
            _end_process(process)
            raise
        finally:
            alarm.cancel()

    def _memory_bytes(self, n_workers: int) -> int:
        return int(free_memory() * 0.9 / n_workers) if self._memory_limit == "auto" else int(self._memory_limit)


def _launch(folder: ScratchFolder, lease: CoreLease) -> subprocess.Popen[bytes]:  # noqa: ARG001 -- the lease is taken first
    # A session of its own, so that the interrupts a notebook sends to its kernel's group do not reach the workers.
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    with (folder.path / _LOG).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", BOOTSTRAP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **WORKER_ENVIRONMENT},
            **options,
        )


def _send(process: subprocess.Popen[bytes], *messages: Any) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it has died, which the next answer will tell
        for message in messages:
            process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()


def _receive(process: subprocess.Popen[bytes], folder: ScratchFolder) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ClusterStartError.from_log(_last_line(folder.path / _LOG))
    answer: dict[str, Any] = json.loads(line)
    return answer


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip() if lines else ""


def _connect_to(answer: dict[str, Any]) -> Any:
    from distributed import Client, Security

    tls = answer["tls"]
    security = Security(
        require_encryption=True,
        tls_ca_file=tls["ca"],
        tls_client_cert=tls["certificate"],
        tls_client_key=tls["key"],
    )
    # Not the default client: Dask code of the user's own must not find its way onto these workers by accident.
    # On stderr it tells, at the level of information, of messages that were on their way when a client was closed.
    batched = logging.getLogger("distributed.batched")
    if batched.level == logging.NOTSET:
        batched.setLevel(logging.WARNING)
    return Client(
        answer["address"], security=security, set_as_default=False, direct_to_workers=True, name="lepton", timeout=30
    )


def _end_process(process: subprocess.Popen[bytes]) -> None:
    """End the process that holds the cluster, and with it its workers; closing its input is the sign."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # of what was not yet written to a dead process
                pipe.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
