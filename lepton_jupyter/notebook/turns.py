"""Several runs in one kernel: who works now, who shares with whom, and who waits.

A run takes its place when it is launched and leaves it when it has ended, however it ended. Runs that work share the
workers equally; one that was started with ``--queue`` waits until all that were there before it have left.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.automl.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """A run that has begun and not ended, in the order in which they began.

    Parameters
    ----------
    run_id : str
    label : str
        What a person calls it: unlike all others that are there.
    queues : bool
        Whether it lets those before it end first.
    """

    run_id: str
    label: str
    queues: bool = False


def standings(places: Sequence[Place]) -> dict[str, Standing]:
    """Decide for runs in the order of their launch where each stands.

    Parameters
    ----------
    places : sequence of Place

    Returns
    -------
    standings : dict of str to Standing
        By run id.

    Examples
    --------
    >>> decided = standings([Place("1", "a"), Place("2", "b"), Place("3", "c", queues=True)])
    >>> decided["2"].shares_with, decided["3"].waits_for
    (('a',), ('a', 'b'))
    """
    working = [each for index, each in enumerate(places) if index == 0 or not each.queues]
    decided = {
        each.run_id: Standing(shares_with=tuple(other.label for other in working if other is not each), place=place)
        for place, each in enumerate(working)
    }
    for index, each in enumerate(places):
        if each.run_id not in decided:
            decided[each.run_id] = Standing(waits_for=tuple(other.label for other in places[:index]))
    return decided


class Turns:
    """The runs of one kernel that have begun and not ended; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: list[Place] = []
        self._tell: dict[str, Callable[[Standing], None]] = {}
        self._told: dict[str, Standing] = {}

    def join(self, run_id: str, name: str, tell: Callable[[Standing], None], *, queues: bool = False) -> None:
        """Take the last place; `tell` hears where the run stands, at once and whenever that changes.

        The others know it by its name, or by its id where one of them has that name already.
        """
        with self._lock:
            taken = {each.label for each in self._places}
            self._places.append(Place(run_id, run_id if name in taken else name, queues))
            self._tell[run_id] = tell
            self._tell_all()

    def leave(self, run_id: str) -> None:
        """Give the place up. May be called twice, or by a run that never had one."""
        with self._lock:
            self._places = [each for each in self._places if each.run_id != run_id]
            self._tell.pop(run_id, None)
            self._told.pop(run_id, None)
            self._tell_all()

    def _tell_all(self) -> None:
        # Under the lock, so that nobody hears an older decision after a newer one; whoever hears only takes a note.
        for run_id, standing in standings(self._places).items():
            if self._told.get(run_id) != standing:
                self._told[run_id] = standing
                self._tell[run_id](standing)
