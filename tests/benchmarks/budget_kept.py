"""Whether a run ends when it said it would: wall time of whole calls, and what they spent beside learning.

Target: wall ≤ budget + max(0.3 s, 2 %). `busy` is the part of the workers' time that learners were given; the rest is
preparing, choosing, writing, combining and the reserve at the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import pandas as pd
from sklearn.datasets import load_breast_cancer, make_classification, make_regression

from lepton_jupyter import LeptonClassifier, LeptonRegressor
from lepton_jupyter.events.run_events import EnsembleUpdated, FoldScored, RunFinished, TrialFinished
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.library import show_run

if TYPE_CHECKING:
    import numpy as np

BUDGETS = (5, 10, 30)


def tables() -> dict[str, tuple[pd.DataFrame, np.ndarray, type]]:
    small = load_breast_cancer(as_frame=True)
    X, y = make_classification(10_000, 30, n_informative=12, n_classes=2, random_state=0)
    many, labels = make_classification(20_000, 40, n_informative=20, n_classes=6, random_state=0)
    values, amount = make_regression(100_000, 20, n_informative=10, noise=10.0, random_state=0)
    return {
        "569 × 30, 2 classes": (small.data, small.target.to_numpy(), LeptonClassifier),
        "10,000 × 30, 2 classes": (pd.DataFrame(X), y, LeptonClassifier),
        "20,000 × 40, 6 classes": (pd.DataFrame(many), labels, LeptonClassifier),
        "100,000 × 20, values": (pd.DataFrame(values), amount, LeptonRegressor),
    }


def main(budgets: tuple[int, ...]) -> None:
    n_workers = len(usable_cores())
    print(f"whole calls of fit, {n_workers} workers; wall ≤ budget + max(0.3 s, 2 %)\n")
    print(
        f"{'':26s}{'budget':>8s}{'wall':>8s}{'over':>8s}{'kept':>6s}{'busy':>7s}{'trials':>8s}{'combined':>10s}{'load':>7s}"
    )
    LeptonClassifier("2trials", verbose=0).fit([[0], [1]] * 20, [0, 1] * 20)
    for name, (X, y, kind) in tables().items():
        for budget in budgets:
            began = time.perf_counter()
            model = kind(budget, verbose=0).fit(X, y)
            wall = time.perf_counter() - began
            events = [logged.event for logged in show_run(model.run_).events]
            busy = sum(event.fit_seconds for event in events if isinstance(event, FoldScored))
            finished = sum(isinstance(event, TrialFinished) for event in events)
            combined = sum(isinstance(event, EnsembleUpdated) for event in events)
            reason = next(event.reason for event in events if isinstance(event, RunFinished))
            over = wall - budget
            kept = "yes" if over <= max(0.3, 0.02 * budget) else "NO"
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
            print(
                f"{name:26s}{budget:6d} s{wall:8.2f}{over:+8.2f}{kept:>6s}{busy / (n_workers * wall):7.0%}{finished:8d}"
                f"{combined:10d}{load:7.1f}{'' if reason == 'budget' else f'  ({reason})'}",
                flush=True,
            )


if __name__ == "__main__":
    main(tuple(int(each) for each in sys.argv[1:]) or BUDGETS)
