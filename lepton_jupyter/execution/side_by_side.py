"""The same call for several things at once, on threads of this process."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from lepton_jupyter.execution.usable_cores import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Thing = TypeVar("_Thing")
_Found = TypeVar("_Found")


def side_by_side(
    call: Callable[[_Thing], _Found], things: Sequence[_Thing], *, most_threads: int = sys.maxsize
) -> list[_Found]:
    """Call a function for each of several things, as many at once as there are cores.

    It pays where the call spends its time in native code, which leaves the interpreter to other threads.

    Parameters
    ----------
    call : callable
        Safe to be called from several threads.
    things : sequence
    most_threads : int, optional
        At once.

    Returns
    -------
    found : list
        What each call gave, in the order of `things`.

    Raises
    ------
    Exception
        The first that a call raised, in that order.

    Examples
    --------
    >>> side_by_side(len, ["a", "bc"])
    [1, 2]
    """
    n_threads = min(len(usable_cores()), len(things), most_threads)
    if n_threads < 2:
        return [call(each) for each in things]
    with ThreadPoolExecutor(n_threads) as threads:
        return list(threads.map(call, things))
