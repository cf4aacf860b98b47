"""The order in which candidates are best tried, whatever the time: most gain to the ensemble for each second first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.meta.kept_trials import KeptTrials
    from numpy.typing import NDArray

#: Shares of the next member in the blend that are looked at.
_SHARES = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 1.0])
_FIRST = "linear-start0"
#: How much a table of another size, or of another task, says: nearly every group has fewer tables than candidates.
_OTHER_SIZE, _OTHER_TASK = 0.4, 0.2


@dataclass(frozen=True)
class Chosen:
    """One entry of the order, and why it stands there.

    Parameters
    ----------
    key : str
        Of the candidate.
    gain : float
        Mean over the tables of what it takes off the ensemble's loss, where 1 is the distance from the candidate in the
        middle to the best loss seen.
    cost : float
        Mean over the tables of its seconds, where 1 is what the candidate in the middle takes.
    rank : float
        Mean over the tables of its place among all candidates, each alone; 1 is the best.
    """

    key: str
    gain: float
    cost: float
    rank: float


def weights_for(tables: Sequence[KeptTrials], task: str, size: str) -> NDArray[np.float64]:
    """How much each table says about tables of a task and a size: 1 for its own, less for others."""
    return np.array(
        [
            (1.0 if each.task == task else _OTHER_TASK) * (1.0 if each.size == size else _OTHER_SIZE)
            for each in tables
        ]
    )  # fmt: skip


def learn(walks: Sequence[Walk], weights: NDArray[np.float64], n_entries: int) -> tuple[Chosen, ...]:
    """Select greedily, after the linear model: each entry is the one whose mean gain for its mean cost is the largest.

    A candidate that a table does not take gains nothing there.

    Parameters
    ----------
    walks : sequence of Walk
        One for each table.
    weights : ndarray of shape (n_tables,)
        How much each table says.
    n_entries : int
        After so many entries, or when none gains any more, it ends.

    Returns
    -------
    order : tuple of Chosen
    """
    tables = [walk.table for walk in walks]
    keys = sorted({key for each in tables for key in each.keys})
    costs = _means([[_relative_cost(table, key) for key in keys] for table in tables], weights)
    ranks = _means([[_rank(table, key) for key in keys] for table in tables], weights)
    order: list[Chosen] = []
    while len(order) < n_entries:
        so_far = tuple(each.key for each in order)
        gains = weights @ np.array([walk.gains(so_far, keys) for walk in walks]) / weights.sum()
        # The linear model first: it is what all others are read against.
        worth = np.where(np.isin(keys, so_far), -np.inf, gains / costs) if order else np.equal(keys, _FIRST)
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        order.append(Chosen(keys[best], float(gains[best]), float(costs[best]), float(ranks[best])))
    return tuple(order)


def _means(found: list[list[float]], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted mean of each column, over the tables that have it."""
    return np.asarray(np.ma.average(np.ma.masked_invalid(found), axis=0, weights=weights))


def loss_within(table: KeptTrials, order: Sequence[str], seconds: float) -> float:
    """Relative loss of the ensemble of what is done, in this order, after so many seconds on one processor."""
    done, left = [], seconds
    for key in order:
        place = table.place(key)
        if place is not None:
            left -= table.seconds[place]
            if left < 0:
                break
            done.append(place)
    return float(table.relative(table.ensemble_loss(done)))


def leave_one_out(walks: Sequence[Walk], n_entries: int) -> Iterator[tuple[Walk, tuple[Chosen, ...]]]:
    """Each table with the order for its task and size that was learnt from all others."""
    for left_out in walks:
        others = [each for each in walks if each is not left_out]
        weights = weights_for([each.table for each in others], left_out.table.task, left_out.table.size)
        yield left_out, learn(others, weights, n_entries)


class Walk:
    """Blends on one table that grow by one candidate at a time, whichever order they are grown in.

    What is known of an order's beginning is kept: orders that are learnt from nearly the same tables begin alike.

    Parameters
    ----------
    table : KeptTrials
    """

    def __init__(self, table: KeptTrials) -> None:
        self.table = table
        start = _Blend(float(table.relative(table.constant)), (None, None))
        self._blends: dict[tuple[str, ...], _Blend] = {(): start}
        self._steps: dict[tuple[str, ...], tuple[NDArray[np.float64], tuple[NDArray[np.float64], ...]]] = {}

    def gains(self, order: tuple[str, ...], keys: Sequence[str]) -> NDArray[np.float64]:
        """What each candidate would take off the relative loss after those of `order`; 0 where the table has it not."""
        taken = tuple(key for key in order if self.table.place(key) is not None)
        losses, _ = self._step(taken)
        before = self._blend(taken).loss
        places = [self.table.place(key) for key in keys]
        return np.array([0.0 if place is None else before - losses[place] for place in places])

    def _blend(self, order: tuple[str, ...]) -> _Blend:
        if order not in self._blends:
            before, (losses, shares) = self._blend(order[:-1]), self._step(order[:-1])
            place = self.table.keys.index(order[-1])
            member = self.table.predictions[place]
            grown = tuple(
                member if blend is None else (1 - share[place]) * blend + share[place] * member
                for blend, share in zip(before.on_halves, shares, strict=True)
            )
            self._blends[order] = _Blend(float(losses[place]), grown)
        return self._blends[order]

    def _step(self, order: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[NDArray[np.float64], ...]]:
        """Relative loss with each candidate added, and its share in the blend of each half."""
        if order not in self._steps:
            on_halves = self._blend(order).on_halves
            first, second = (self._with_each(*each) for each in zip(on_halves, self.table.halves, strict=True))
            self._steps[order] = self.table.relative((first[0] + second[0]) / 2), (first[1], second[1])
        return self._steps[order]

    def _with_each(
        self, blend: NDArray[np.float64] | None, half: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Loss of the blend with each candidate on the rows that judge, and its share, chosen on the others."""
        chosen, judged = half
        members = self.table.predictions
        if blend is None:
            return self.table.losses(members[:, judged], judged), np.ones(len(members))
        mixed = (1 - _SHARES)[:, None] * blend[chosen] + _SHARES[:, None] * members[:, None, chosen]
        shares = _SHARES[np.argmin(self.table.losses(mixed, chosen), axis=1)]
        mixed_judged = (1 - shares)[:, None] * blend[judged] + shares[:, None] * members[:, judged]
        return self.table.losses(mixed_judged, judged), shares


@dataclass(frozen=True)
class _Blend:
    loss: float
    on_halves: tuple[NDArray[np.float64] | None, ...]


def _rank(table: KeptTrials, key: str) -> float:
    place = table.place(key)
    return np.nan if place is None else 1.0 + float(np.sum(table.single < table.single[place]))


def _relative_cost(table: KeptTrials, key: str) -> float:
    place = table.place(key)
    return np.nan if place is None else float(table.seconds[place] / np.median(table.seconds))
