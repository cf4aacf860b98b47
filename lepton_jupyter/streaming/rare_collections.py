"""Python's search for cycles of garbage, made rarer while a stream lives."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Containers that may be made before the youngest are searched; Python's own number is below 10,000. A broker's reply
#: with a batch of rows is twice as many lists as rows. Where each such list is met by a search, it counts as one that
#: stays, and for these all objects of the process are searched: a third of a stream's time.
_MOST_YOUNG = 50_000


class _Collector:
    """The process's own, of which there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_within = 0
        self._before: tuple[int, int, int] | None = None

    @contextmanager
    def rarely(self) -> Iterator[None]:
        with self._lock:
            self._n_within += 1
            before = gc.get_threshold()
            if self._n_within == 1 and 0 < before[0] < _MOST_YOUNG:
                self._before = before
                gc.set_threshold(_MOST_YOUNG, *before[1:])
        try:
            yield
        finally:
            with self._lock:
                self._n_within -= 1
                # If it is another's by now, it stays as it was wished.
                if not self._n_within and self._before is not None:
                    if gc.get_threshold()[0] == _MOST_YOUNG:
                        gc.set_threshold(*self._before)
                    self._before = None


_COLLECTOR = _Collector()


@contextmanager
def rare_collections() -> Iterator[None]:
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
    with _COLLECTOR.rarely():
        yield
