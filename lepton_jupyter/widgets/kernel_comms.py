"""Where a kernel handles what a page sends while one of its cells is busy."""

from __future__ import annotations

from typing import Any


def answer_while_busy(comm: Any) -> bool:
    """Let messages of a page reach the kernel while a cell runs.

    JupyterLab sends a widget's messages over a subshell, which ipykernel serves on a thread of its own, so that a
    Stop button works during a long cell. ipykernel 7.4 takes that back for a comm that a background thread has
    written to: it pins all that comes in to the shell of the last message that went out, which for a background
    thread is the main shell, and Stop waits for the busy cell (measured: 27 s instead of 0.08 s). Here the pin is
    replaced by the shell that the page chose. The attribute is private, hence the guard: earlier and later kernels
    without it need nothing.

    Parameters
    ----------
    comm : comm.base_comm.BaseComm or None
        The comm of one widget; None where there is no kernel.

    Returns
    -------
    changed : bool
        Whether this kernel pinned the comm.

    Examples
    --------
    >>> answer_while_busy(None)
    False
    """
    if not hasattr(comm, "_reply_subshell_for"):
        return False
    comm._reply_subshell_for = _as_the_page_chose
    return True


def _as_the_page_chose(_data: object, chosen: Any) -> Any:
    return chosen
