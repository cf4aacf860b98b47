"""A hold on a Dask cluster: its client, executors on it, and its end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal, Self

from lepton_jupyter.execution.dask_executor import DaskExecutor, pool_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType


class ClusterHandle:
    """A connection of the package's own to a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
        Client that belongs to the handle and is closed with it.
    kind : {"processes", "cluster"}
    place_by : {"memory_map", "scatter"}
    folder : Path, optional
        Where executors put files of placed values.
    import_path : sequence of str, optional
        Import path of the workers, for a cluster of this machine.

    Attributes
    ----------
    client : distributed.Client
    kind : str
    """

    def __init__(
        self,
        client: Any,
        *,
        kind: Literal["processes", "cluster"],
        place_by: Literal["memory_map", "scatter"],
        folder: Path | None = None,
        import_path: Sequence[str] | None = None,
    ) -> None:
        self.client = client
        self.kind: Literal["processes", "cluster"] = kind
        self._place_by = place_by
        self._placed_in = folder
        self._import_path = import_path
        self._pool = pool_of(client)
        self._closing = threading.Lock()
        self._closed = False

    @property
    def address(self) -> str:
        """Address of the scheduler."""
        return str(self.client.scheduler.address)

    @property
    def n_workers(self) -> int:
        """Workers there are now."""
        return self._pool.n_workers

    @property
    def alive(self) -> bool:
        """Whether the cluster still answers."""
        return not self._closed and self.client.status == "running"

    def executor(self) -> DaskExecutor:
        """Executor on the cluster. Each run has its own and closes it; they share the workers fairly."""
        return DaskExecutor(
            self.client,
            kind=self.kind,
            place_by=self._place_by,
            folder=self._placed_in,
            import_path=self._import_path,
        )

    def close(self) -> None:
        """Let go of the cluster; calls in flight fail. May be called twice, and from any thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._release()

    def _release(self) -> None:
        self._pool.close()
        self.client.close(timeout=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
