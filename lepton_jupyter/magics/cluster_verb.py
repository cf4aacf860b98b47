"""``%lepton cluster``: where trials run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.verb_options import Argument, Verb, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADDRESS = re.compile(r"[a-z+]+://\S+|[\w.\-\[\]:]+:\d{1,5}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterRequest(Request):
    """Say where trials run.

    Parameters
    ----------
    what : str or None
        "local", "off", an address, or None to be told what is in use.
    n_workers : int or None
        For a local cluster; None for the usable cores.
    """

    what: str | None = None
    n_workers: int | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Use a cluster, leave it, or say what is in use."""
        del names
        from lepton_jupyter.notebook.clusters import use_cluster

        return use_cluster(self.what, self.n_workers)


def cluster_request(*, what: str | None = None, n_workers: str | None = None) -> ClusterRequest:
    """Request of the verb ``cluster``, whose words depend on each other.

    Parameters
    ----------
    what, n_workers : str or None
        The two words as typed.

    Returns
    -------
    request : ClusterRequest

    Raises
    ------
    MagicUsageError
        If the first word is neither local, off nor an address, or a number does not belong there.

    Examples
    --------
    >>> cluster_request(what="local", n_workers="4")
    ClusterRequest(what='local', n_workers=4)
    """
    if what is not None and what not in {"local", "off"} and not _ADDRESS.fullmatch(what):
        raise MagicUsageError.from_cluster(what)
    if n_workers is None:
        return ClusterRequest(what=what)
    if what != "local":
        raise MagicUsageError.from_left_over("cluster", n_workers, None)
    return ClusterRequest(what="local", n_workers=whole_number(1)(n_workers, "cluster local"))


VERB = Verb(
    name="cluster",
    summary="where trials run: processes of this machine, a Dask cluster, or the kernel's own threads",
    request=cluster_request,
    arguments=(
        Argument(field="what", placeholder="local|ADDRESS|off", meaning="local, off or an address",
                 suggests="local off"),
        Argument(field="n_workers", placeholder="N", meaning="how many processes"),
    ),
    examples=("%lepton cluster", "%lepton cluster local 4", "%lepton cluster tcp://10.0.0.5:8786",
              "%lepton cluster off"),
)  # fmt: skip
