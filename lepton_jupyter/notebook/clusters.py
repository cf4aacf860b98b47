"""Choosing who works for the runs of this kernel: what ``%lepton cluster`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.session import current_session

if TYPE_CHECKING:
    from lepton_jupyter.notebook.kernel_cluster import ClusterStatus


def use_cluster(what: str | None = None, n_workers: int | None = None) -> ClusterStatus:
    """Choose who works for the runs of this kernel.

    Parameters
    ----------
    what : str or None
        ``"local"`` starts processes on this machine, ``"off"`` closes them, an address such as
        ``"tcp://10.0.0.5:8786"`` uses a running Dask cluster; None only looks.
    n_workers : int, optional
        Processes of a local cluster; default: one for each usable core.

    Returns
    -------
    status : ClusterStatus
    """
    cluster = current_session().cluster
    if what == "local":
        error = cluster.start_local(n_workers).exception()
        if isinstance(error, LeptonError):
            raise error
    elif what == "off":
        cluster.close()
    elif what is not None:
        cluster.connect(what)
    return cluster.status
