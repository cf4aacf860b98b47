"""Memory that was freed, given back to the system: what a library freed the allocator may keep for later."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Least seconds between two calls: one walks over all that is free, which takes milliseconds.
_APART_SECONDS = 1.0

_lock = threading.Lock()
_last = -_APART_SECONDS


def return_memory() -> bool:
    """Give freed memory back to the system, where the C library can be asked for it and was not asked just now.

    Learners allocate and free much on several threads, of which glibc keeps an arena each; without this a search of a
    minute holds a third more than it uses [1]_.

    Returns
    -------
    asked : bool
        Whether the library was asked; never anywhere but on glibc.

    References
    ----------
    .. [1] GNU C Library, malloc_trim(3).

    Examples
    --------
    >>> return_memory() in {True, False}
    True
    """
    global _last  # noqa: PLW0603  one for the process, as the allocator is
    trim = _trim()
    if trim is None:
        return False
    with _lock:
        now = time.monotonic()
        if now - _last < _APART_SECONDS:
            return False
        _last = now
    trim(0)
    return True


@cache
def _trim() -> Callable[[int], int] | None:
    """``malloc_trim`` of the C library; None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl has none
        return None
