"""Whether this code already runs on somebody's worker, where it must not take more cores."""

from __future__ import annotations

import multiprocessing
import sys


def inside_worker() -> bool:
    """Whether the current thread runs a Dask task, or the process is a child of joblib or `multiprocessing`.

    There everything runs serially: who started the workers has given each its core.

    Returns
    -------
    inside : bool

    Examples
    --------
    >>> inside_worker()
    False
    """
    # loky, the default of joblib, names its processes by the same attribute.
    if multiprocessing.current_process().name != "MainProcess":
        return True
    module = sys.modules.get("distributed.worker")
    if module is None:
        return False
    try:
        module.get_worker()
    except ValueError:  # not in a task
        return False
    return True
