"""The memory that may still be taken: the machine's, or less where a control group says so."""

from __future__ import annotations

from lepton_jupyter.execution.control_groups import ControlGroups


def free_memory(groups: ControlGroups | None = None) -> int:
    """Bytes that can be taken now without swapping or being killed for it.

    Parameters
    ----------
    groups : ControlGroups, optional
        Where limits are read; this process's own by default.

    Returns
    -------
    n_bytes : int

    Examples
    --------
    >>> free_memory() > 0
    True
    """
    import psutil

    available = int(psutil.virtual_memory().available)
    left = (groups or ControlGroups()).memory_left()
    return available if left is None else min(available, left)
