"""Which clock tells how much of a core a call takes: that of its thread, or of its whole process."""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def own_cpu_clock() -> Callable[[], float]:
    """Clock of the CPU seconds that belong to the call on this thread.

    A worker process that makes one call at a time is asked as a whole, so that threads which a library starts within
    the call count too (k-NN's do: half of what it takes on two cores). Where calls share a process, such as the
    threads of a kernel, only the call's own thread can be told apart from the others.

    Returns
    -------
    clock : callable
        Gives CPU seconds, user and system; only differences mean something.

    Examples
    --------
    >>> clock = own_cpu_clock()
    >>> began = clock()
    >>> sum(range(100_000)) > 0 and clock() > began
    True
    """
    return time.process_time if _alone_in_its_process() else time.thread_time


def _alone_in_its_process() -> bool:
    # A Dask worker within the kernel's process or without a nanny may share it with anything.
    module = sys.modules.get("distributed.worker")
    if module is None or multiprocessing.current_process().name == "MainProcess":
        return False
    try:
        return bool(module.get_worker().state.nthreads == 1)
    except ValueError:  # not in a task
        return False
