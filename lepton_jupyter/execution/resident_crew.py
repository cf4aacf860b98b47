"""Long-lived objects on the workers of a Dask cluster: one in each, asked again and again, placed anew when one dies.

Not tasks: nothing of them waits in the scheduler's graph, takes a worker's thread, or is computed again. What is asked
of a resident and what it answers is small; the answer doubles as a sign of life.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: How long a worker may take to answer, and to take the payload of a new resident, in seconds: together less than
#: residents wait for their owner.
_ANSWER_SECONDS = 3.0
_PLACE_SECONDS = 5.0


class Resident(Protocol):
    """What lives on a worker; it is asked on the worker's own event loop, and must answer at once."""

    def hear(self, told: Any) -> Any:
        """Hear what its owner says, and answer."""
        ...

    def leave(self) -> None:
        """End soon; nobody asks any more."""
        ...


#: Residents of this process by crew and seat, or why there is none: workers that are threads share one process.
_residents: dict[tuple[str, int], Resident | _Unmade | Exception] = {}
_residents_lock = threading.Lock()

# None of these raises: Dask would log what a call was given, which may hold addresses with passwords.


class _Unmade:
    """Stands for a resident that is being made: a large model takes its time, and its worker has others to answer."""

    def __init__(self) -> None:
        self.unwanted = False


def _settle(crew: str, seat: int, payload: bytes) -> bool:
    unmade = _Unmade()
    with _residents_lock:
        before, _residents[crew, seat] = _residents.get((crew, seat)), unmade
    _end(before)
    making = threading.Thread(target=_make, args=(crew, seat, payload, unmade), name="lepton-settle", daemon=True)
    making.start()
    return True


def _make(crew: str, seat: int, payload: bytes, unmade: _Unmade) -> None:
    import cloudpickle

    made: Resident | Exception
    try:
        made = cloudpickle.loads(payload)(seat)
    except Exception as error:  # noqa: BLE001  the owner hears it in place of an answer
        made = error
    with _residents_lock:
        if not unmade.unwanted:
            _residents[crew, seat] = made
    if unmade.unwanted:
        _end(made)


def _ask(crew: str, seat: int, told: Any) -> tuple[str, Any]:
    with _residents_lock:
        resident = _residents.get((crew, seat))
    if resident is None:
        return "gone", None  # the process is another one by now
    if isinstance(resident, _Unmade):
        return "unmade", None
    if isinstance(resident, Exception):
        return "raised", resident
    try:
        return "said", resident.hear(told)
    except Exception as error:  # noqa: BLE001  whatever it is, its owner decides
        return "raised", error


def _dismiss(crew: str, seat: int) -> bool:
    with _residents_lock:
        resident = _residents.pop((crew, seat), None)
    _end(resident)
    return True


def _end(resident: Resident | _Unmade | Exception | None) -> None:
    if isinstance(resident, _Unmade):
        with _residents_lock:
            resident.unwanted = True
    elif resident is not None and not isinstance(resident, Exception):
        with suppress(Exception):
            resident.leave()


class ResidentCrew:
    """Keeps a resident in each of a number of seats, at most one on a worker.

    A seat whose worker has died is free until another worker is there. All is called from one thread, which is not that
    of the client's event loop.

    Parameters
    ----------
    client : distributed.Client
        A synchronous one.
    make : callable
        ``make(seat)`` makes a `Resident`, on a worker; travels there by cloudpickle. It should return at once.
    n_seats : int

    Attributes
    ----------
    places : dict of int to str
        Address of the worker of each seat that is taken.
    lost : dict of int to str
        Seats whose worker died, and which one that was, since `ask` was called last.
    placed : list of int
        Seats that were taken since then.
    """

    def __init__(self, client: Any, make: Callable[[int], Resident], n_seats: int) -> None:
        import cloudpickle

        self._client = client
        self._payload: bytes = cloudpickle.dumps(make, protocol=5)
        self._n_seats = n_seats
        self._id = uuid.uuid4().hex
        self.places: dict[int, str] = {}
        self.lost: dict[int, str] = {}
        self.placed: list[int] = []

    def workers(self) -> list[str]:
        """Addresses of the workers there are now; none where the scheduler does not answer."""
        return sorted(self._sync(self._cores, seconds=_ANSWER_SECONDS) or ())

    def ask(self, told: Callable[[int], Any]) -> Mapping[int, Any]:
        """Tell each resident something and hear its answer, then fill free seats.

        Parameters
        ----------
        told : callable
            ``told(seat)`` is what that resident hears.

        Returns
        -------
        answers : mapping of int to object
            By seat; an exception where the resident raised it. Who did not answer in time is missing, and asked again.
        """
        self.lost, self.placed = {}, []
        there = self.workers()
        if there:
            self._free(seat for seat, place in tuple(self.places.items()) if place not in there)
        answers: dict[int, Any] = {}
        if self.places:
            heard = self._sync(self._ask_all, {seat: told(seat) for seat in self.places}, seconds=2 * _ANSWER_SECONDS)
            for seat, answer in (heard or {}).items():
                if answer is None:
                    continue
                how, said = answer
                if how == "gone":
                    self._free([seat])
                elif how != "unmade":
                    answers[seat] = said
        # Last, so that no one else waits for a worker that does not take it.
        self._fill(there)
        return answers

    def replace(self, seat: int) -> None:
        """Let go of the resident of a seat, whose place is filled when `ask` is called next."""
        place = self.places.pop(seat, None)
        if place is not None:
            self._sync(self._run, place, _dismiss, seat, seconds=_ANSWER_SECONDS)

    def dismiss(self) -> None:
        """Let go of all residents; the cluster goes on."""
        for seat in tuple(self.places):
            self.replace(seat)

    def _free(self, seats: Iterable[int]) -> None:
        for seat in seats:
            self.lost[seat] = self.places.pop(seat)

    def _fill(self, there: list[str]) -> None:
        free_workers = [each for each in there if each not in self.places.values()]
        for seat in range(self._n_seats):
            if seat in self.places or not free_workers:
                continue
            place = free_workers.pop(0)
            said = self._sync(self._run, place, _settle, seat, self._payload, seconds=_PLACE_SECONDS)
            if said:
                self.places[seat] = place
                self.placed.append(seat)

    def _sync(self, call: Callable[..., Any], *args: Any, seconds: float) -> Any:
        """Wait for something on the client's event loop; None if there is none any more, or no answer in time."""
        if self._client.status != "running":
            return None
        try:
            return self._client.sync(call, *args, callback_timeout=seconds)
        except Exception:  # noqa: BLE001  whatever a connection that broke raises
            return None

    async def _cores(self) -> Mapping[str, int]:
        cores: Mapping[str, int] = await self._client.scheduler.ncores()
        return cores

    async def _ask_all(self, told: Mapping[int, Any]) -> dict[int, Any]:
        asked = (self._run(self.places[seat], _ask, seat, each) for seat, each in told.items())
        return dict(zip(told, await asyncio.gather(*asked), strict=True))

    async def _run(self, place: str, function: Callable[..., Any], seat: int, *args: Any) -> Any:
        """Call a function on a worker; None if it died, or is too busy."""
        call = self._client.run(function, self._id, seat, *args, workers=[place], on_error="ignore")
        try:
            return (await asyncio.wait_for(call, _PLACE_SECONDS if function is _settle else _ANSWER_SECONDS)).get(place)
        except Exception:  # noqa: BLE001  whatever a connection that broke raises
            return None
