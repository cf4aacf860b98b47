"""Cores shared out between kernels: one operating-system lock for each core, so that none is taken twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from lepton_jupyter.exceptions.execution_errors import InvalidWorkerCountError
from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType


class CoreLease:
    """Cores that belong to this process until it closes the lease or dies.

    Parameters
    ----------
    cores : sequence of int
        Numbers of the leased cores.
    locks : sequence of FileLock
        One held lock for each; none when the core is shared.
    shared : bool
        Whether every core was taken and one had to be shared with another kernel.

    Attributes
    ----------
    cores : tuple of int
    shared : bool
    """

    def __init__(self, cores: Sequence[int], locks: Sequence[FileLock], *, shared: bool) -> None:
        self.cores = tuple(cores)
        self.shared = shared
        self._locks = list(locks)

    def close(self) -> None:
        """Give the cores back. May be called twice."""
        while self._locks:
            self._locks.pop().release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def lease_cores(n_cores: int | None, home: Path, *, usable: Sequence[int] | None = None) -> CoreLease:
    """Take as many cores as are free, up to a number; share one if none is free.

    The locks are the operating system's: those of a kernel that dies are free at once, whatever it died of.

    Parameters
    ----------
    n_cores : int or None
        How many are wanted; None for all usable ones.
    home : Path
        Folder of the project's files; the locks are in its ``cores`` folder.
    usable : sequence of int, optional
        Numbers of the cores there are to take; those of this process by default.

    Returns
    -------
    lease : CoreLease

    Raises
    ------
    InvalidWorkerCountError
        If fewer than one is wanted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with lease_cores(2, Path(folder), usable=[0, 1, 2]) as first:
    ...         with lease_cores(2, Path(folder), usable=[0, 1, 2]) as second:
    ...             print(first.cores, second.cores)
    (0, 1) (2,)
    """
    if n_cores is not None and n_cores < 1:
        raise InvalidWorkerCountError.from_value(n_cores)
    candidates = list(usable_cores() if usable is None else usable)
    folder = home / "cores"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cores: list[int] = []
    locks: list[FileLock] = []
    for core in candidates:
        if len(cores) == (n_cores or len(candidates)):
            break
        # Not bound to the thread that took it: a lease is often opened in the background and closed by the kernel.
        lock = FileLock(folder / f"{core}.lock", timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            continue
        cores.append(core)
        locks.append(lock)
    if not cores:
        return CoreLease(candidates[:1], [], shared=True)
    return CoreLease(cores, locks, shared=False)
