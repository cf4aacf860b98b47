"""The statement of a cell that a magic line stands in.

IPython tells a magic nothing about it, but it keeps the source of each cell, in which the line has become a call.
"""

from __future__ import annotations

import inspect
import linecache
import re

_CALL = r"get_ipython\(\)\.run_line_magic\("
_ASSIGNED = re.compile(rf"(?P<name>[^\W\d]\w*)\s*=\s*{_CALL}")


def stands_alone() -> bool:
    """Whether the magic line is a whole statement, so that nothing but the display would take what it returns.

    ``board = %lepton leaderboard;`` must still give the board.
    """
    return re.match(_CALL, _calling_source()) is not None


def assigned_name() -> str | None:
    """The name that takes what the magic line returns; None where no single name does."""
    found = _ASSIGNED.match(_calling_source())
    return None if found is None else found["name"]


def _calling_source() -> str:
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "run_line_magic":
        frame = frame.f_back
    caller = frame.f_back if frame is not None else None
    if caller is None:
        return ""
    return linecache.getline(caller.f_code.co_filename, caller.f_lineno).lstrip()
