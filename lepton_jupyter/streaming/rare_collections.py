"""Python's search for cycles of garbage, made rarer while a stream lives."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from lepton_jupyter.streaming.lent_setting import LentSetting

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

#: Containers that may be made before the youngest are searched; Python's own number is below 10,000. A broker's reply
#: with a batch of rows is twice as many lists as rows. Where each such list is met by a search, it counts as one that
#: stays, and for these all objects of the process are searched: a third of a stream's time.
_MOST_YOUNG = 50_000

_YOUNG = LentSetting(
    lambda: gc.get_threshold()[0],
    lambda most: gc.set_threshold(most, *gc.get_threshold()[1:]),
    _MOST_YOUNG,
    lambda most: 0 < most < _MOST_YOUNG,
)


def rare_collections() -> AbstractContextManager[None]:
    """Let the collector search less often for as long as anybody is within; whoever turned it off finds it off.

    Examples
    --------
    >>> before = gc.get_threshold()
    >>> with rare_collections():
    ...     gc.get_threshold()[0]
    50000
    >>> gc.get_threshold() == before
    True
    """
    return _YOUNG.lent()
