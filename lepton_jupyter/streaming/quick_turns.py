"""How long a thread that computes keeps the interpreter to itself, made shorter while a stream lives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lepton_jupyter.streaming.lent_setting import LentSetting

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

#: Seconds after which a thread that computes in Python lets another one that waits have its turn; Python's own number
#: is .005. A micro-batch waits for its turn some hundred times, whenever a broker has answered: beside a cell that
#: computes all the time that was 2 s and more, and growing.
_TURN_SECONDS = 0.0005

_TURNS = LentSetting(
    sys.getswitchinterval, sys.setswitchinterval, _TURN_SECONDS, lambda seconds: seconds > _TURN_SECONDS
)


def quick_turns() -> AbstractContextManager[None]:
    """Let threads take turns more often for as long as anybody is within; whoever wished them quicker finds them so.

    Examples
    --------
    >>> before = sys.getswitchinterval()
    >>> with quick_turns():
    ...     round(sys.getswitchinterval(), 6)
    0.0005
    >>> sys.getswitchinterval() == before
    True
    """
    return _TURNS.lent()
