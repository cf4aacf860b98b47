"""A setting of the whole process, changed for as long as anybody needs it, and then put back."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class LentSetting(Generic[T]):
    """Changes the setting when the first enters, and puts back what was when the last leaves.

    Parameters
    ----------
    read : callable
        Gives the setting in force.
    write : callable
        Sets it.
    wished : T
        What it is to be meanwhile.
    gives_way : callable
        Whether a setting is changed; one that somebody wished otherwise is left alone.

    Examples
    --------
    >>> found = [5]
    >>> quick = LentSetting(lambda: found[0], lambda value: found.__setitem__(0, value), 1, lambda value: value > 1)
    >>> with quick.lent():
    ...     found
    [1]
    >>> found
    [5]
    """

    def __init__(
        self, read: Callable[[], T], write: Callable[[T], None], wished: T, gives_way: Callable[[T], bool]
    ) -> None:
        self._read, self._write, self._wished, self._gives_way = read, write, wished, gives_way
        self._lock = threading.Lock()
        self._n_within = 0
        #: What was before, and what was read after the change; None: nothing was changed.
        self._lent: tuple[T, T] | None = None

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Keep it changed within."""
        with self._lock:
            self._n_within += 1
            before = self._read()
            if self._n_within == 1 and self._gives_way(before):
                self._write(self._wished)
                self._lent = (before, self._read())
        try:
            yield
        finally:
            with self._lock:
                self._n_within -= 1
                if not self._n_within and self._lent is not None:
                    before, changed = self._lent
                    # If it is another's by now, it stays as it was wished.
                    if self._read() == changed:
                        self._write(before)
                    self._lent = None
