"""Asking an end of a stream until it answers, and waiting that a wish ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.stream_events import ConnectionLost, ConnectionRegained
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import said_by

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lepton_jupyter.events.run_events import Event

_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 5.0
#: How long an end that does not answer may hold up a stream that is to stop.
STOP_SECONDS = 5.0


class GivenUpError(Exception):
    """A stream that is to stop waits no longer for one of its ends; what is not stored will be read again."""


class Patience:
    """Asks again and again, and says so once.

    Parameters
    ----------
    say : callable
        ``say(event)`` appends to the run's log.
    is_to_stop : callable
        Whether the stream is to stop: then it is asked for some seconds more.
    clock : callable

    Attributes
    ----------
    stop_by : float or None
        When it is given up.
    """

    def __init__(
        self, say: Callable[[Event], object], is_to_stop: Callable[[], object], clock: Callable[[], float]
    ) -> None:
        self._say, self._is_to_stop, self._clock = say, is_to_stop, clock
        self._moved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stop_by: float | None = None

    def begin(self) -> None:
        """Hear from here on, on the event loop, of `stir`."""
        self._loop = asyncio.get_running_loop()

    def stir(self) -> None:
        """Let nobody `rest` any longer; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._moved.set)

    async def insist(self, end: str, call: Callable[[], Awaitable[Any]], reopen: Callable[[], Awaitable[None]]) -> Any:
        """Ask until there is an answer; what is no matter of the connection is raised.

        Raises
        ------
        GivenUpError
            If the stream is to stop and there is still none.
        """
        lost_at: float | None = None
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                if lost_at is not None:
                    await reopen()
                answer = await call()
            except (OSError, asyncio.IncompleteReadError) as error:
                if lost_at is None:
                    lost_at = self._clock()
                    self._say(ConnectionLost(end=end, sentence=f"{told(error)} The stream waits for it."))
                if self._gives_up(lost_at):
                    raise GivenUpError from error
                await self.rest(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
                continue
            if lost_at is not None:
                self._say(ConnectionRegained(end=end, seconds=self._clock() - lost_at))
            return answer

    def _gives_up(self, lost_at: float) -> bool:
        if not self._is_to_stop():
            return False
        if self.stop_by is None:
            self.stop_by = max(lost_at, self._clock()) + STOP_SECONDS
        return self._clock() >= self.stop_by

    async def rest(self, seconds: float) -> None:
        """Sleep, but not through a wish."""
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), seconds)
        except TimeoutError:
            return


def told(error: BaseException) -> str:
    """What a person reads of an error.

    Examples
    --------
    >>> told(ValueError("no"))
    'ValueError: no.'
    """
    return str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {said_by(error)}."
