"""Learn from a folder of tables which points a run had best try first, and in which order.

``PYTHONPATH=tests python -m benchmarks.learn_portfolio DATA KEPT --fill`` fits every candidate on every table, one
thread, until it is stopped; it goes on where it was. Without ``--fill`` it selects from what is there and holds the
order against that by hand on tables that it was not learnt from; ``--write FILE`` keeps it with its evidence.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import warnings
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["LEPTON_CLUSTER"] = "off"

import numpy as np
from benchmarks.meta.anytime_order import Chosen, Walk, learn, leave_one_out, loss_within, weights_for
from benchmarks.meta.candidate_points import candidates
from benchmarks.meta.hand_order import MANY_CLASSES, hand_order, mixed
from benchmarks.meta.kept_trials import KeptTrials
from benchmarks.meta.trial_matrix import fill

from lepton_jupyter.runs.run_store import RunStore

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Candidates that all tables see before any table sees the next ones.
_TURN = 9
#: Seconds of processor time: two workers in a run of five to thirty seconds.
BUDGETS = (5.0, 10.0, 20.0, 40.0)
TASKS, SIZES = ("regression", "binary", "multiclass"), ("small", "middle", "large")
N_ENTRIES = 14
#: Relative losses that are nearer than this are the same.
_SAME = 1e-3
#: A table of each size and task, for the order by hand.
_ROWS, _CLASSES = {"small": 400, "middle": 2_000, "large": 20_000}, {"regression": 0, "binary": 2, "multiclass": 3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of tables: index.json, NAME.train.parquet")
    parser.add_argument("kept", type=Path, help="folder that the trials are kept in")
    parser.add_argument("--fill", action="store_true", help="fit what is not there yet")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the orders to a JSON file")
    parser.add_argument("--without", nargs="*", default=[], metavar="TABLE", help="tables that are left out")
    options = parser.parse_args()
    names = sorted({*json.loads((options.data / "index.json").read_text("utf-8"))} - {*options.without})
    if options.fill:
        fill_in_turns(options.data, options.kept, names)
        return
    tables = [KeptTrials.open(options.kept / name) for name in names if (options.kept / name).exists()]
    walks = [Walk(each) for each in tables]
    learnt = learn_groups(walks)
    compare(walks)
    if options.write:
        options.write.write_text(as_text(learnt, tables), "utf-8")


def fill_in_turns(data: Path, kept: Path, names: list[str]) -> None:
    warnings.simplefilter("ignore")  # of learners at odd points of their spaces
    wanted = candidates()
    with tempfile.TemporaryDirectory() as home:
        store = RunStore(Path(home))
        for first in range(0, len(wanted), _TURN):
            for name in names:
                began, busy = time.perf_counter(), time.process_time()
                n_fitted = fill(data, kept, [name], wanted[first : first + _TURN], store)
                if n_fitted:
                    seconds, busy = time.perf_counter() - began, time.process_time() - busy
                    print(
                        f"{first:3d} {name:24s} {n_fitted:3d} fitted {seconds:7.1f} s, processor {busy:6.1f} s",
                        flush=True,
                    )


def compare(walks: Sequence[Walk]) -> None:
    """Print the relative loss within each budget by each order; one that is learnt has not seen the table."""
    tables = [walk.table for walk in walks]
    orders: dict[str, dict[str, tuple[str, ...]]] = {"hand": {}, "learnt": {}, "mixed": {}}
    for walk, learnt in leave_one_out(walks, N_ENTRIES):
        table = walk.table
        by_hand = hand_order(table.n_rows, table.n_classes)
        keys = tuple(each.key for each in learnt)
        # What is left of the other order follows, so that no order ends before the time does.
        found = (by_hand, (*keys, *(key for key in by_hand if key not in keys)), mixed(keys, by_hand))
        for name, order in zip(orders, found, strict=True):
            orders[name][table.name] = by_hand if table.n_classes > MANY_CLASSES else order
    losses = {
        name: np.array([[loss_within(table, of[table.name], budget) for budget in BUDGETS] for table in tables])
        for name, of in orders.items()
    }
    print("\nLoss of the ensemble, 0 the best seen and 1 the candidate in the middle; leave one table out.\n")
    print(f"{'processor seconds':28s}{'tables':>7s}" + "".join(f"{budget:>24g}" for budget in BUDGETS))
    print(f"{'':35s}" + "".join(f"{name:>8s}" for name in orders) * len(BUDGETS))
    groups = [f"{table.task}, {table.size}" for table in tables]
    for name in (*sorted(set(groups)), "all"):
        rows = [place for place, group in enumerate(groups) if name in {group, "all"}]
        means = np.stack([found[rows].mean(axis=0) for found in losses.values()], axis=1)
        print(f"{name:28s}{len(rows):7d}" + "".join(f"{mean:8.3f}" for mean in means.ravel()))
    print("\nMean gain over the order by hand ± its standard error; tables on which it is better, and worse.\n")
    print(f"{'processor seconds':28s}" + "".join(f"{budget:>24g}" for budget in BUDGETS))
    for name, task in product(("learnt", "mixed"), ("all", *TASKS)):
        rows = [place for place, table in enumerate(tables) if task in {"all", table.task}]
        gaps = losses["hand"][rows] - losses[name][rows]
        errors = gaps.std(axis=0, ddof=1) / np.sqrt(len(rows))
        counts = [f"{np.sum(each > _SAME)}, {np.sum(each < -_SAME)}" for each in gaps.T]
        cells = [f"{m:+.3f} ± {e:.3f} ({c})" for m, e, c in zip(gaps.mean(axis=0), errors, counts, strict=True)]
        print(f"{f'{name}, {task}':28s}" + "".join(f"{cell:>24s}" for cell in cells))


def learn_groups(walks: Sequence[Walk]) -> dict[tuple[str, str], tuple[Chosen, ...]]:
    """Learn and print the order of each group."""
    found = {}
    for task, size in product(TASKS, SIZES):
        weights = weights_for([walk.table for walk in walks], task, size)
        order = found[task, size] = learn(walks, weights, N_ENTRIES)
        print(f"\n{task}, {size}:")
        for each in order:
            print(f"  {each.key:44s} gain {each.gain:6.3f}  cost {each.cost:5.2f}  rank {each.rank:4.1f}", flush=True)
    return found


def as_text(learnt: dict[tuple[str, str], tuple[Chosen, ...]], tables: Sequence[KeptTrials]) -> str:
    """The orders as JSON: an entry a line, so that a change can be read."""
    groups = []
    for (task, size), order in learnt.items():
        evidence = {each.key: each for each in order}
        keys = mixed(tuple(evidence), hand_order(_ROWS[size], _CLASSES[task]))
        entries = ",\n".join(f"   {json.dumps(_entry(key, evidence.get(key), task, tables))}" for key in keys)
        groups.append(f'  {{"task": "{task}", "size": "{size}", "entries": [\n{entries}\n  ]}}')
    about = {
        "written_by": "tests/benchmarks/learn_portfolio.py",
        "meaning": "gain: mean fall of the ensemble's relative loss; cost: of the median candidate; rank: alone, mean",
        "tables": len(tables),
        "candidates": len({key for each in tables for key in each.keys}),
    }
    return f'{{"about": {json.dumps(about)},\n "groups": [\n' + ",\n".join(groups) + "\n ]}\n"


def _entry(key: str, chosen: Chosen | None, task: str, tables: Sequence[KeptTrials]) -> dict[str, Any]:
    learner, _, which = key.partition("-")
    evidence: dict[str, float] = {}
    if chosen is not None:
        evidence = {"gain": round(chosen.gain, 4), "cost": round(chosen.cost, 2), "rank": round(chosen.rank, 1)}
    if which.startswith("start"):
        return {"learner": learner, "start": int(which.removeprefix("start")), **evidence}
    # The widest point of the task's own tables: one with categories has a coordinate more.
    points = [t.points[place] for t in tables if t.task == task and (place := t.place(key)) is not None]
    # What is not searched follows the table, such as the number of trees.
    point = {name: value for name, value in max(points, key=len).items() if name != "n_estimators"}
    return {"learner": learner, "point": point, **evidence}


if __name__ == "__main__":
    main()
