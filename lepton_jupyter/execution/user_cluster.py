"""The user's own Dask cluster: by its address, or through the client that is already active."""

from __future__ import annotations

import sys
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

    options = {} if security is None else {"security": security}
    try:
        # Not the default client, see `local_cluster`.
        client = Client(address, set_as_default=False, timeout=_CONNECT_SECONDS, name="lepton", **options)
    except (OSError, ValueError, TypeError) as error:  # a dead, a malformed and a meaningless address
        raise ClusterUnreachableError.from_address(address, _CONNECT_SECONDS) from error
    return ClusterHandle(client, kind="cluster", place_by="scatter")


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
    module = sys.modules.get("distributed.client")
    if module is None:
        return None
    try:
        client = module.default_client()
    except ValueError:  # there is none
        return None
    return client if client.status == "running" and client.scheduler is not None else None
