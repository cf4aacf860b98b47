"""The race as Markdown: one table for each budget, what each system did, the goals, and how honest the board was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.race.race_goals import Verdict
    from benchmarks.race.race_results import Race, Standing

_WORDS = {True: "met", False: "not met", None: "not raced"}


def report(race: Race, verdicts: Iterable[Verdict]) -> str:
    """Everything, ready to be pasted into a page of results."""
    parts = [_budget_table(race, budget) for budget in race.budgets]
    return "\n\n".join([*parts, _systems_table(race), _goals_table(verdicts)])


def _budget_table(race: Race, budget: float) -> str:
    systems = race.systems(budget)
    rows = []
    for table in race.tables:
        found = race.at(table, budget)
        if not found:
            continue
        best = min(each.loss for each in found.values())
        own = found.get("lepton")
        optimism = "" if own is None or math.isnan(own.estimate) else f"{own.optimism:+.1%}"
        error = "" if own is None or math.isnan(own.loss_error) else f"{own.loss_error:.2g}"
        rows.append([table, *(_loss(found.get(system), best) for system in systems), error, optimism])
    heading = ["table", *systems, "error", "optimism"]
    note = (
        f"**{budget:g} s.** Held-out loss (1 − AUC, log loss, RMSE), median of the seeds, and how far it is above the "
        "best one (bold); – is a failure. Error: one bootstrap standard error of lepton's loss. Optimism: by how much "
        "of its held-out loss lepton's own out-of-fold estimate was too good."
    )
    return f"{note}\n\n{_markdown(heading, rows)}"


def _loss(standing: Standing | None, best: float) -> str:
    if standing is None:
        return ""
    if math.isinf(standing.loss):
        return "–"
    text = f"{standing.loss:.4g}"
    return f"**{text}**" if standing.loss == best else f"{text} ({standing.loss / best - 1:+.1%})" if best else text


def _systems_table(race: Race) -> str:
    rows = []
    for budget in race.budgets:
        for system in race.systems(budget):
            standings = {
                t: race.standings[system, t, budget] for t in race.tables if (system, t, budget) in race.standings
            }
            first = sum(each.loss == min(r.loss for r in race.at(t, budget).values()) for t, each in standings.items())
            over = [each.overshoot_seconds for each in standings.values() if not math.isnan(each.overshoot_seconds)]
            memory = [each.memory_mb for each in standings.values() if not math.isnan(each.memory_mb)]
            seeds = sorted({each.n_seeds for each in standings.values()})
            rows.append([
                system, f"{budget:g} s", "–".join(map(str, {seeds[0], seeds[-1]})), f"{first} of {len(standings)}",
                f"{max(over):+.1f} s" if over else "", f"{max(memory):.0f} MB" if memory else "",
                str(sum(each.n_failures for each in standings.values())),
            ])  # fmt: skip
    return _markdown(
        ["system", "budget", "seeds", "best on", "longest past the budget", "most memory", "failures"], rows
    )


def _goals_table(verdicts: Iterable[Verdict]) -> str:
    return _markdown(["goal", "", "found"], [[each.goal, _WORDS[each.met], each.found] for each in verdicts])


def _markdown(heading: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in (heading, *rows)) for place in range(len(heading))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (heading, *rows)
    ]
    # The first column holds names, the others figures.
    rule = "|" + "|".join("-" * (width + 1) + ("-" if not place else ":") for place, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
