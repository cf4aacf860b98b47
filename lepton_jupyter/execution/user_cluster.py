"""The user's own Dask cluster: by its address, or through the client that is already active."""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import Future
from typing import Any

from lepton_jupyter.exceptions.execution_errors import ClusterUnreachableError
from lepton_jupyter.execution.cluster_handle import ClusterHandle

_CONNECT_SECONDS = 4.0


def connect(address: str, *, security: Any = None) -> ClusterHandle:
    """Connect to a running cluster.

    Parameters
    ----------
    address : str
        Address of its scheduler, such as ``"tcp://10.0.0.7:8786"``.
    security : distributed.Security, optional
        Certificates; those of Dask's configuration by default.

    Returns
    -------
    handle : ClusterHandle
        Closing it closes the connection; the cluster goes on.

    Raises
    ------
    ClusterUnreachableError
        If no scheduler answers there within 4 s.
    """
    from distributed import Client

    try:
        _knock(address, security)
        options = {} if security is None else {"security": security}
        # Not the default client, see `local_cluster`.
        client = Client(address, set_as_default=False, timeout=_CONNECT_SECONDS, name="lepton", **options)
    # A dead, a silent, a malformed and a meaningless address; Dask's own class for a comm that closes is an OSError.
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ClusterUnreachableError.from_address(address, _CONNECT_SECONDS) from error
    return ClusterHandle(client, kind="cluster", place_by="scatter")


def _knock(address: str, security: Any) -> None:
    """See whether a scheduler answers.

    A client of Dask's waits without end where a port is open and silent, and logs at length where it is not. The
    knocking has a thread of its own because name servers may keep it longer than anyone wants to wait.
    """
    answer: Future[None] = Future()

    def knock() -> None:
        try:
            asyncio.run(asyncio.wait_for(_ask_who_is_there(address, security), _CONNECT_SECONDS))
        except BaseException as error:  # noqa: BLE001 -- whoever waits for the answer hears of it
            answer.set_exception(error)
        else:
            answer.set_result(None)

    threading.Thread(target=knock, name="lepton-knock", daemon=True).start()
    answer.result(timeout=_CONNECT_SECONDS + 0.5)


async def _ask_who_is_there(address: str, security: Any) -> None:
    from distributed import Security
    from distributed.core import rpc

    connection_args = (Security() if security is None else security).get_connection_args("client")
    async with rpc(address, connection_args=connection_args, timeout=_CONNECT_SECONDS) as scheduler:
        await scheduler.identity()


def connect_beside(client: Any) -> ClusterHandle:
    """Connect to the cluster of a client of the user's, beside it.

    The package uses a connection of its own: it subscribes to events, where each client hears only its last
    subscriber, and asynchronous clients cannot be used from other threads.

    Parameters
    ----------
    client : distributed.Client

    Returns
    -------
    handle : ClusterHandle
        Closing it leaves the user's client alone.
    """
    return connect(client.scheduler.address, security=client.security)


def active_client() -> Any | None:
    """Dask client that the user has made and that is still connected, or None.

    Does not import Dask: a user who has a client has imported it.

    Returns
    -------
    client : distributed.Client or None

    Examples
    --------
    >>> active_client() is None
    True
    """
    # Another thread may be importing it: then it is there without what it will have, and nobody has a client.
    default_client = getattr(sys.modules.get("distributed.client"), "default_client", None)
    if default_client is None:
        return None
    try:
        client = default_client()
    except ValueError:  # there is none
        return None
    return client if client.status == "running" and client.scheduler is not None else None
