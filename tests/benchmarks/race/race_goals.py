"""The goals of the race, each a verdict that a number stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.race.race_results import Race, Standing

_SHORT, _LONG = 10.0, 60.0
_MANY_TEST_ROWS = 1_000
_MOST_BEHIND = 0.03


@dataclass(frozen=True)
class Verdict:
    """One goal.

    Parameters
    ----------
    goal : str
        As it is set.
    met : bool or None
        None where nothing was raced that could tell.
    found : str
        The figures.
    """

    goal: str
    met: bool | None
    found: str


def judge(race: Race, short: float = _SHORT) -> tuple[Verdict, ...]:
    """All goals, by what was raced.

    Parameters
    ----------
    race : Race
    short : float, default=10.0
        Own seconds that are held against the peers' 60. Where these were measured on a faster machine, 10 times the
        ratio of the calibrations is as much work as 10 s there.

    Examples
    --------
    >>> from benchmarks.race.race_results import Race
    >>> lines = [
    ...     {"system": "lepton", "name": "t", "budget": 10, "loss": 0.1, "fit_s": 10.1, "seed": 0},
    ...     {"system": "ag", "name": "t", "budget": 60, "loss": 0.2, "fit_s": 61.0, "seed": 0}]
    >>> for verdict in judge(Race.of(lines))[:2]:
    ...     print(verdict.met, verdict.found)
    True 1 of 1
    None nothing to compare
    """
    return (
        *_each_peer(race, short),
        _best_of_all(race),
        _never_far_behind(race),
        _small_tables(race),
        _in_time(race),
        _no_failure(race),
        _memory(race),
    )


def time_allowed(budget: float) -> float:
    """Seconds past the budget that are still in time.

    Examples
    --------
    >>> time_allowed(10), time_allowed(60)
    (0.3, 1.2)
    """
    return max(0.3, 0.02 * budget)


def _each_peer(race: Race, short: float) -> Iterable[Verdict]:
    names = sorted({name for table in race.tables for name in race.peers(table, _LONG)})
    for name in names:
        pairs = [
            (own.loss, peers[name].loss)
            for table in race.tables
            if (own := race.own(table, short)) and name in (peers := race.peers(table, _LONG))
        ]
        goal = f"{short:g} s at least as good as {name}'s {_LONG:g} s on three tables in four"
        yield _counted(goal, [mine <= theirs for mine, theirs in pairs], 3 / 4)


def _pairs_at_end(race: Race) -> dict[str, tuple[Standing, float]]:
    """Own standing and the best peer's loss on each table, with the long budget."""
    return {
        table: (own, min(each.loss for each in peers.values()))
        for table in race.tables
        if (own := race.own(table, _LONG)) and (peers := race.peers(table, _LONG))
    }


def _best_of_all(race: Race) -> Verdict:
    pairs = _pairs_at_end(race).values()
    return _counted(
        f"{_LONG:g} s the best of all on two tables in three", [own.loss <= best for own, best in pairs], 2 / 3
    )


def _never_far_behind(race: Race) -> Verdict:
    behind = {
        table: own.loss / best - 1.0 if best else own.loss
        for table, (own, best) in _pairs_at_end(race).items()
        if race.test_rows.get(table, 0) >= _MANY_TEST_ROWS
    }
    goal = f"no table of ≥ {_MANY_TEST_ROWS:,} test rows more than {_MOST_BEHIND:.0%} worse than the best peer"
    return _worst(goal, behind, _MOST_BEHIND, "{:+.1%}")


def _small_tables(race: Race) -> Verdict:
    behind = {
        table: (own.loss - best) / own.loss_error if own.loss_error else float(own.loss > best)
        for table, (own, best) in _pairs_at_end(race).items()
        if race.test_rows.get(table, 0) < _MANY_TEST_ROWS
    }
    return _worst("no smaller table beyond one bootstrap standard error", behind, 1.0, "{:+.2f} errors")


def _in_time(race: Race) -> Verdict:
    late = {
        f"{each['name']}, {each['budget']:g} s, seed {each.get('seed', 0)}": each["fit_s"]
        - each["budget"]
        - time_allowed(each["budget"])
        for each in race.results
        if each["system"] == "lepton" and "fit_s" in each
    }
    return _worst("wall ≤ budget + max(.3 s, 2 %) on every run", late, 0.0, "{:+.2f} s beyond")


def _no_failure(race: Race) -> Verdict:
    own = [each for each in race.results if each["system"] == "lepton"]
    failed = [each["name"] for each in own if "loss" not in each]
    if not own:
        return Verdict("no failure", None, "nothing to compare")
    return Verdict(
        "no failure", not failed, f"{len(failed)} of {len(own)}" + (f": {', '.join(failed)}" if failed else "")
    )


def _memory(race: Race) -> Verdict:
    pairs = [
        (own.memory_mb, ag.memory_mb)
        for table in race.tables
        if (own := race.own(table, _LONG)) and (ag := race.peers(table, _LONG).get("ag"))
    ]
    return _counted(
        f"memory at {_LONG:g} s ≤ AutoGluon's on 9 tables in 12", [mine <= theirs for mine, theirs in pairs], 9 / 12
    )


def _counted(goal: str, won: list[bool], share: float) -> Verdict:
    if not won:
        return Verdict(goal, None, "nothing to compare")
    return Verdict(goal, sum(won) >= share * len(won), f"{sum(won)} of {len(won)}")


def _worst(goal: str, behind: dict[str, float], most: float, written: str) -> Verdict:
    if not behind:
        return Verdict(goal, None, "nothing to compare")
    worst = max(behind, key=lambda each: behind[each])
    beyond = [each for each, value in behind.items() if value > most]
    more = f"; beyond: {', '.join(beyond)}" if len(beyond) > 1 else ""
    return Verdict(goal, not beyond, f"{written.format(behind[worst])} at worst ({worst}){more}")
