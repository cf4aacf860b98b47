"""How far folds are from the truth: random ones against groups, time and copies, on new rows of the same source.

Run: ``python tests/benchmarks/honest_folds.py``. Each line shows the score on folds, the score of the same run's model
on rows from where it will be used, and the gap between the two. About a minute.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    Source = Callable[[np.random.Generator], tuple[pd.DataFrame, pd.DataFrame]]

SEEDS = range(2)
LEARNERS = ("linear", "lightgbm", "extra_trees")


def customers(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Eight rows of each customer, who can be known again by habits that do not vary; then rows of new customers."""

    def rows(n_customers: int, first: int) -> pd.DataFrame:
        customer = np.repeat(np.arange(n_customers), 8)
        habits = random.normal(size=(n_customers, 6))
        mood = random.normal(size=n_customers)
        x = random.normal(size=len(customer))
        table = pd.DataFrame(habits[customer], columns=[f"habit_{i}" for i in range(6)])
        likely = 0.8 * x + 2.0 * mood[customer] + random.logistic(size=len(customer))
        return table.assign(x=x, customer=first + customer, y=(likely > 0).astype(int))

    return rows(250, 0), rows(500, 1000)


def drift(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What tells the target wanders with time; then the time after that of the table."""
    n_rows, n_later = 1_500, 300
    day = np.arange(n_rows + n_later)
    x = random.normal(size=(len(day), 5))
    slopes = np.cumsum(random.normal(scale=0.06, size=(len(day), 5)), axis=0)
    level = np.cumsum(random.normal(scale=0.08, size=len(day)))
    y = (x * slopes).sum(axis=1) + level + random.normal(scale=0.5, size=len(day))
    table = pd.DataFrame(x, columns=list("abcde")).assign(day=day, y=y)
    return table.iloc[:n_rows], table.iloc[n_rows:]


def copies(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rare class copied four times, as is done to balance a table; then rows as they come."""

    def rows(n_rows: int) -> pd.DataFrame:
        x = random.normal(size=(n_rows, 8))
        likely = x[:, 0] + 0.5 * x[:, 1] - 2.2 + random.logistic(size=n_rows)
        return pd.DataFrame(x, columns=[f"x{i}" for i in range(8)]).assign(y=(likely > 0).astype(int))

    table = rows(1_200)
    rare = table[table["y"] == 1]
    return pd.concat([table, *[rare] * 4]).sample(frac=1.0, random_state=0).reset_index(drop=True), rows(4_000)


def scores(table: pd.DataFrame, later: pd.DataFrame, *, seed: int, **split: Any) -> tuple[float, float]:
    """Score on folds, and on rows that no fold has seen."""
    from lepton_jupyter import fit
    from lepton_jupyter.events.run_events import RunFinished

    run = fit(table, target="y", test=later, budget="6trials", learners=LEARNERS, seed=seed, wait=False, **split)
    run.wait()
    finished = next(each.event for each in reversed(run.events) if isinstance(each.event, RunFinished))
    return finished.score, float(finished.test_score or np.nan)


def without_copies_together() -> Any:
    """Folds as they would be if copies were dealt like all rows."""
    from unittest.mock import patch

    return patch("lepton_jupyter.automl.splits.duplicate_groups", lambda _: None)


def compare(name: str, source: Source, **split: Any) -> None:
    """Print the gap between folds and truth with random folds and with the split that is meant."""
    gaps: dict[str, list[tuple[float, float]]] = {"random folds": [], name: []}
    for seed in SEEDS:
        table, later = source(np.random.default_rng(seed))
        drop = {"drop": ("customer",)} if split.get("groups") else {}
        with without_copies_together():
            gaps["random folds"].append(scores(table, later, seed=seed, **drop))
        gaps[name].append(scores(table, later, seed=seed, **split))
    print(f"\n{source.__name__}: {(source.__doc__ or '').strip()}")
    for kind, found in gaps.items():
        on_folds, on_later = np.mean(found, axis=0)
        gap = np.mean([abs(a - b) for a, b in found])
        print(f"  {kind:24s} on folds {on_folds:6.3f}   on new rows {on_later:6.3f}   gap {gap:.3f}")


def main() -> None:
    """Run all three."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LEPTON_HOME": home, "LEPTON_CLUSTER": "off"}
        compare("--groups customer", customers, groups="customer")
        compare("--time day", drift, time="day")
        compare("copies share a fold", copies)


if __name__ == "__main__":
    main()
