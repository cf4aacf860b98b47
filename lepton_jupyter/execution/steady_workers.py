"""Work that needs all its workers until it ends: that one is lost is noticed, and said at once.

Dask computes a task again whose worker is gone. Boosters that are trained by several workers together cannot do with
that: the others wait for the one that is gone, and the one that takes its place has another address.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from lepton_jupyter.exceptions.execution_errors import ClusterLostError, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: How often is looked whether all workers are there, in seconds.
_LOOK_SECONDS = 0.5


def with_steady_workers(client: Any, work: Callable[[Any], T], what: str) -> T:
    """Do something with a client, for as long as all workers of its cluster stay.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster; it is left alone.
    work : callable
        Called on a thread of its own with another client of the cluster, which is closed when a worker is lost: what
        was given to it is then cancelled.
    what : str
        What is done, for the sentence.

    Returns
    -------
    result : object
        What `work` returns.

    Raises
    ------
    WorkerLostError
        If a worker is gone before it has ended.
    ClusterLostError
        If the cluster is.
    """
    from distributed import Client

    beside = Client(client.scheduler.address, security=client.security, set_as_default=False, name="lepton-training")
    try:
        there = set(beside.nthreads())
        done: Future[T] = Future()
        threading.Thread(target=_settle, args=(done, work, beside), name="lepton-training", daemon=True).start()
        while wait([done], _LOOK_SECONDS).not_done:
            _look(beside, there, what)
        if done.exception() is not None:  # which may be how the library says that a worker is gone
            _look(beside, there, what)
        return done.result()
    finally:
        with suppress(Exception):  # whatever a client says whose cluster is gone
            beside.close(timeout=2)


def _settle(done: Future[T], work: Callable[[Any], T], client: Any) -> None:
    try:
        with client.as_current():  # a library waits by whatever client is current, and for ever by one of another loop
            done.set_result(work(client))
    except BaseException as error:  # noqa: BLE001  whoever waits hears of it
        done.set_exception(error)


def _look(client: Any, there: set[str], what: str) -> None:
    try:
        gone = there - set(client.nthreads())
    except (OSError, RuntimeError, TimeoutError):
        raise ClusterLostError.from_cluster(what) from None
    if gone or client.status != "running":
        raise WorkerLostError.from_training(what, sorted(gone)[0] if gone else "")
