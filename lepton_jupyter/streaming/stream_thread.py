"""A thread with an event loop of its own, in which one stream lives: a busy cell does not hold it up."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.streaming.owner_lease import RENEW_SECONDS
from lepton_jupyter.streaming.quick_turns import quick_turns
from lepton_jupyter.streaming.rare_collections import rare_collections

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.streaming.owner_lease import OwnerLease


class LivingLoop(Protocol):
    """What lives in the thread."""

    async def open(self) -> None:
        """Open all ends, or raise."""
        ...

    async def run(self) -> None:
        """Go on to the end; raises nothing."""
        ...

    async def close(self) -> None:
        """Let go of all ends, where `run` is never called."""
        ...


class StreamThread:
    """Runs a stream's loop, and renews its lease for as long as this process lives, unless somebody else does.

    Parameters
    ----------
    loop : LivingLoop
    lease : OwnerLease
    name : str
        Of the thread.
    at_end : callable
        Called on the thread after everything is closed.
    holds_lease : bool, default=True
        False on a worker, where the stream's owner is another process.
    """

    def __init__(
        self,
        loop: LivingLoop,
        lease: OwnerLease,
        *,
        name: str,
        at_end: Callable[[], None],
        holds_lease: bool = True,
    ) -> None:
        self._loop = loop
        self._lease = lease
        self._at_end = at_end
        self._opened: Future[None] = Future()
        self._ended = threading.Event()
        # Daemons, as the threads of a search: the process may end, and `Session.close` waits for them before.
        self._holds_lease = holds_lease
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._renewing = threading.Thread(target=self._renew, name=f"{name}-lease", daemon=True)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive() and not self._ended.is_set()

    def start(self) -> None:
        """Open both ends and begin; returns when they are open.

        Raises
        ------
        LeptonError
            If one does not answer; then nothing has begun.
        """
        self._thread.start()
        try:
            self._opened.result()
        except BaseException:
            # Until everything is let go: whoever hears of this may remove the stream's folder.
            self._ended.wait()
            raise
        if self._holds_lease:
            self._renewing.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if it did not come within `timeout` seconds."""
        return self._ended.wait(timeout)

    def _run(self) -> None:
        try:
            with rare_collections(), quick_turns():
                asyncio.run(self._live())
        finally:
            try:
                self._at_end()
            finally:
                self._ended.set()

    async def _live(self) -> None:
        try:
            await self._loop.open()
        except BaseException as error:  # noqa: BLE001  whoever starts the stream is told
            await self._loop.close()
            self._opened.set_exception(
                StreamConnectionError.from_start(error) if isinstance(error, StreamConnectionError) else error
            )
            return
        self._opened.set_result(None)
        await self._loop.run()

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            self._lease.renew()
