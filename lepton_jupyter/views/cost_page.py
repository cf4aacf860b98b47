"""What a run took, as text and as a page in which nothing runs."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count, duration, number, seconds_cell, table_decimals
from lepton_jupyter.views.page_parts import header, panel, quiet, section, strong, table
from lepton_jupyter.views.plain_text import safe
from lepton_jupyter.views.text_table import text_table, wrapped

if TYPE_CHECKING:
    from lepton_jupyter.views.run_cost import RunCost

_MOST_TRIALS = 20
_ENDS = {"pending": "goes on", "finished": "", "interrupted": "cut off", "cancelled": "given up"}


def render_cost_text(cost: RunCost) -> str:
    """Write a cost in lines of at most 100 columns."""
    lines = wrapped(" · ".join(cost_phrases(cost)))
    for note in _notes(cost):
        lines += wrapped(note)
    heads, rows = _learner_table(cost)
    return "\n".join([*lines, "", *text_table(heads, rows)] if rows else lines)


def render_cost_html(cost: RunCost) -> str:
    """Draw a cost as a page without script; all text from data is escaped."""
    first, *others = cost_phrases(cost)
    heads, rows = _learner_table(cost)
    learners = table("Cost of each learner", heads, _escaped(rows), left=frozenset({0})) if rows else ""
    heads, rows = _trial_table(cost)
    trials = table("Cost of each trial", heads, _escaped(rows), left=frozenset({0, 2})) if rows else ""
    left = len(cost.trials) - len(rows)
    dearest = f"the dearest {count(len(rows))} of {count(len(cost.trials))}" if left else "the dearest first"
    parts = [
        header([strong(escape(first)), *(escape(each) for each in others)]),
        section("Learners", "", learners),
        section("Trials", dearest, trials, closed=True),
        section("How this was found", "", "".join(f"<div>{quiet(safe(each, 400))}</div>" for each in _notes(cost))),
    ]
    return panel(parts, name="cost")


def cost_phrases(cost: RunCost) -> tuple[str, ...]:
    """The cost in a few phrases, the money first where there is a price.

    Examples
    --------
    >>> from lepton_jupyter.views.run_cost import run_cost
    >>> cost_phrases(run_cost([]))
    ('0.00 CPU s in 0 s', '0.0 mWh')
    """
    used = f", {number(100 * cost.utilisation, 0)} % of the cores held" if math.isfinite(cost.utilisation) else ""
    phrases = [f"{seconds_cell(cost.cpu_seconds)} CPU s in {duration(cost.wall_seconds)}{used}"]
    phrases.append(_energy(cost.energy_watt_hours))
    if cost.money is not None:
        phrases.insert(0, str(cost.money))
    return tuple(phrases)


def _energy(watt_hours: float) -> str:
    if watt_hours < 1:
        return f"{number(1e3 * watt_hours, 1 if watt_hours < 0.1 else 0)} mWh"
    return f"{number(watt_hours, 1)} Wh"


def _notes(cost: RunCost) -> list[str]:
    notes = [cost.energy_method]
    if cost.core_hour_price is not None:
        notes.append(
            f"Money is for the cores held, used or not: {seconds_cell(cost.core_seconds)} core seconds at "
            f"{cost.core_hour_price} an hour; for a learner and a trial it is for the CPU they took."
        )
    if cost.dropped_seconds >= 0.005:
        notes.append(
            f"{seconds_cell(cost.dropped_seconds)} s went into folds that were broken off or failed; how much of their "
            "core they took is not known, and they count as a whole one until then."
        )
    return notes


def _learner_table(cost: RunCost) -> tuple[list[str], list[list[str]]]:
    rows = [(each.label, count(each.n_trials), each.cpu_seconds) for each in cost.learners]
    if cost.outside_seconds:
        rows.append(("Outside learners", "", cost.outside_seconds))
    heads = ["Learner", "Trials", "CPU, s", "Share"]
    cells = [
        [label, trials, seconds_cell(seconds), f"{number(100 * seconds / max(cost.cpu_seconds, 1e-9), 0)} %"]
        for label, trials, seconds in rows
    ]
    price = cost.core_hour_price
    if price is None:
        return heads, cells
    amounts = [price.amount * seconds / 3600.0 for _, _, seconds in rows]
    decimals = table_decimals(amounts)
    return [*heads, price.currency], [
        [*row, number(amount, decimals)] for row, amount in zip(cells, amounts, strict=True)
    ]


def _trial_table(cost: RunCost) -> tuple[list[str], list[list[str]]]:
    heads = ["Trial", "CPU, s", ""]
    dearest = sorted(cost.trials, key=lambda each: (-each.cpu_seconds, each.trial_id))[:_MOST_TRIALS]
    return heads, [
        [
            " ".join(part for part in (str(each.trial_id), each.label, each.description) if part),
            seconds_cell(each.cpu_seconds),
            _ENDS.get(each.outcome, each.outcome),
        ]
        for each in dearest
    ]


def _escaped(rows: list[list[str]]) -> list[list[str]]:
    return [[safe(cell, 120) for cell in row] for row in rows]
