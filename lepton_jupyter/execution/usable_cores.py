"""The processor cores this process may use: its affinity and the quota of its control groups, not the machine's."""

from __future__ import annotations

import os

from lepton_jupyter.execution.control_groups import ControlGroups


def usable_cores(groups: ControlGroups | None = None) -> list[int]:
    """Numbers of the cores this process may use, lowest first; at least one.

    Under a quota of q processors only the first ``round(q)`` cores of the affinity are given, so that all processes
    of a container name the same ones and can share them out by number.

    Parameters
    ----------
    groups : ControlGroups, optional
        Where the quota is read; this process's own by default.

    Returns
    -------
    cores : list of int

    Examples
    --------
    >>> len(usable_cores()) >= 1
    True
    """
    cores = _affinity()
    quota = (groups or ControlGroups()).processor_quota()
    return cores if quota is None else cores[: max(1, round(quota))]


def _affinity() -> list[int]:
    import psutil

    # Linux and Windows; macOS has no affinity.
    if hasattr(psutil.Process, "cpu_affinity"):
        return sorted(psutil.Process().cpu_affinity()) or [0]
    return list(range(os.cpu_count() or 1))
