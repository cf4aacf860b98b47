"""What races found: JSON lines, and the median over seeds of each system on each table within each budget."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Result = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """One system on one table within one budget, by the medians of its seeds.

    Parameters
    ----------
    loss : float
        Infinite where more than half of the seeds failed.
    loss_error : float
        Bootstrap standard error; NaN where it is not known.
    estimate : float
        What the system itself expected; NaN where it does not tell.
    overshoot_seconds : float
        Past the budget, the longest of the seeds.
    memory_mb : float
    n_seeds, n_failures : int
    """

    loss: float
    loss_error: float
    estimate: float
    overshoot_seconds: float
    memory_mb: float
    n_seeds: int
    n_failures: int

    @classmethod
    def of(cls, results: list[Result]) -> Standing:
        """Of all seeds of one system, table and budget."""
        return cls(
            loss=statistics.median(each.get("loss", float("inf")) for each in results),
            loss_error=_median(results, "loss_se"),
            estimate=_median(results, "estimate"),
            overshoot_seconds=max(
                (each["fit_s"] - each["budget"] for each in results if "fit_s" in each), default=float("nan")
            ),
            memory_mb=_median(results, "memory_mb"),
            n_seeds=len(results),
            n_failures=sum("loss" not in each for each in results),
        )

    @property
    def optimism(self) -> float:
        """By how much of the held-out loss the estimate was too good; negative where it was too careful."""
        return (self.loss - self.estimate) / self.loss if self.loss else 0.0


@dataclass(frozen=True)
class Race:
    """All standings.

    Parameters
    ----------
    standings : mapping of (system, table, budget) to Standing
    test_rows : mapping of str to int
        By table, as far as known.
    results : tuple of dict
        All lines.
    """

    standings: Mapping[tuple[str, str, float], Standing]
    test_rows: Mapping[str, int]
    results: tuple[Result, ...]

    @classmethod
    def of(cls, results: Iterable[Result]) -> Race:
        """Gather lines by system, table and budget."""
        gathered: dict[tuple[str, str, float], list[Result]] = {}
        kept = tuple(results)
        for each in kept:
            gathered.setdefault((each["system"], each["name"], float(each["budget"])), []).append(each)
        return cls(
            {key: Standing.of(group) for key, group in gathered.items()},
            {each["name"]: each["test_rows"] for each in kept if "test_rows" in each},
            kept,
        )

    @property
    def budgets(self) -> tuple[float, ...]:
        """All, the shortest first."""
        return tuple(sorted({budget for _, _, budget in self.standings}))

    @property
    def tables(self) -> tuple[str, ...]:
        """All, by name."""
        return tuple(sorted({table for _, table, _ in self.standings}))

    def systems(self, budget: float | None = None) -> tuple[str, ...]:
        """All that raced (within one budget), this project first."""
        found = {system for system, _, each in self.standings if budget in {None, each}}
        return tuple(sorted(found, key=lambda system: (system != "lepton", system)))

    def at(self, table: str, budget: float) -> dict[str, Standing]:
        """Standings on one table within one budget, by system."""
        return {
            system: standing
            for (system, name, seconds), standing in self.standings.items()
            if (name, seconds) == (table, budget)
        }

    def own(self, table: str, budget: float) -> Standing | None:
        """Of this project."""
        return self.standings.get(("lepton", table, budget))

    def peers(self, table: str, budget: float) -> dict[str, Standing]:
        """Of the others, presets of one system as one: the better of them. What has no search is no peer."""
        found: dict[str, Standing] = {}
        for system, standing in self.at(table, budget).items():
            name = system.split("-")[0]
            if name not in {"lepton", "sklearn"} and (name not in found or standing.loss < found[name].loss):
                found[name] = standing
        return found


def read_results(paths: Iterable[Path]) -> list[Result]:
    """Lines of files that exist, in their order."""
    lines = [line for path in paths if path.exists() for line in path.read_text("utf-8").splitlines()]
    return [each for line in lines if line.strip() and "system" in (each := json.loads(line))]


def _median(results: list[Result], name: str) -> float:
    found = [each[name] for each in results if each.get(name) is not None]
    return statistics.median(found) if found else float("nan")
