"""How far the score a run promises is from the one it has on rows that no part of it has seen.

Run: ``python tests/benchmarks/optimism.py [FOLDER]``. For each table: the loss by which the ensemble was chosen, its
nested one (on the board), that of the best single trial, and the loss on held-out rows, with the optimism of each: by
how many per cent the held-out loss is higher. Negative is pessimism: out of fold each trial predicts with one model,
held out with all of them. About a minute. A folder holds NAME.train.parquet, NAME.test.parquet and index.json, which
names the target of each.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

BUDGET = "12trials"
LEARNERS = ("linear", "lightgbm", "extra_trees", "naive_bayes")


def generated() -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
    """Name, target, training and held-out rows of tables drawn from a seed: chance, few rows, classes, numbers."""
    for name, n_rows, signal, n_classes in (
        ("chance, 2 classes", 500, 0.0, 2),
        ("few rows, 2 classes", 200, 1.0, 2),
        ("few rows, 5 classes", 300, 1.0, 5),
        ("many rows, 3 classes", 3_000, 1.0, 3),
        ("few rows, numbers", 200, 1.0, 0),
    ):
        random = np.random.default_rng(len(name))
        x = random.normal(size=(n_rows + 5_000, 10))
        y = signal * (x[:, 0] + x[:, 1] * x[:, 2]) + random.logistic(size=len(x)) / 2
        target = y if not n_classes else np.searchsorted(np.quantile(y, np.arange(1, n_classes) / n_classes), y)
        table = pd.DataFrame(x).add_prefix("x").assign(y=target)
        yield name, "y", table.iloc[:n_rows], table.iloc[n_rows:]


def stored(folder: Path) -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
    """The same of a folder of tables."""
    for name, told in json.loads((folder / "index.json").read_text()).items():
        train, test = (pd.read_parquet(folder / f"{name}.{part}.parquet") for part in ("train", "test"))
        yield name, told["target"], train, test


def measure(name: str, target: str, train: pd.DataFrame, test: pd.DataFrame) -> None:
    """Print the line of one table."""
    from lepton_jupyter import fit
    from lepton_jupyter.events.run_events import EnsembleUpdated, RunFinished, RunStarted, TrialFinished

    run = fit(train, target=target, test=test, budget=BUDGET, learners=LEARNERS, wait=False)
    run.wait()
    events = [each.event for each in run.events]
    started = next(each for each in events if isinstance(each, RunStarted))
    finished = next(each for each in reversed(events) if isinstance(each, RunFinished))
    ensembles = [each for each in events if isinstance(each, EnsembleUpdated)]
    sign = -1 if started.greater_is_better else 1
    single = min(sign * each.score for each in events if isinstance(each, TrialFinished))

    def loss(score: float | None) -> float:
        """Lower is better; 1 - AUC where greater is."""
        value = float("nan") if score is None else score
        return 1 - value if started.greater_is_better else value

    chosen = loss(ensembles[-1].contended_score if ensembles else finished.score)
    found = [chosen, loss(finished.score), loss(sign * single), loss(finished.test_score)]
    gaps = "  ".join(f"{100 * (found[3] / each - 1):+6.1f} %" for each in found[:3])
    print(f"{name:24s} {started.metric_label:10s}" + "".join(f"{each:10.4f}" for each in found) + f"   {gaps}")


def main() -> None:
    """Measure every table."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LEPTON_HOME": home, "LEPTON_CLUSTER": "off"}
        print(f"{'table':24s} {'metric':10s}    chosen    nested    single  held out   optimism of the three")
        for each in stored(Path(sys.argv[1])) if len(sys.argv) > 1 else generated():
            measure(*each)


if __name__ == "__main__":
    main()
