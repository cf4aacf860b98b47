"""Measure what one fold of each learner costs beside what it counts, on tables of several sizes.

Run it on a quiet machine: ``OMP_NUM_THREADS=1 python tests/benchmarks/calibrate_costs.py [learner ...]``. A ratio is
processor seconds over counted units; the constants in ``cost_units`` are right when it is near 1.
"""

from __future__ import annotations

import math
import statistics
import sys
import time

import numpy as np

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.registry import available_learners
from lepton_jupyter.learners.training_data import TrainingData

SIZES = ((1_000, 10), (4_000, 60), (20_000, 12), (20_000, 40))


def table(n_rows: int, n_columns: int, n_classes: int) -> TrainingData:
    random = np.random.default_rng(0)
    X = random.normal(size=(n_rows, n_columns)).astype(np.float32)
    signal = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + X[:, 3:8].sum(axis=1) / 3 + random.normal(size=n_rows)
    ranks = np.searchsorted(np.quantile(signal, np.arange(1, n_classes) / n_classes), signal) if n_classes else signal
    return TrainingData(
        views={"tree": X, "linear": X},
        categorical=(),
        y=ranks.astype(np.int64) if n_classes else signal,
        n_classes=n_classes,
        fold_of_row=(np.arange(n_rows) % 5).astype(np.int16),
        n_folds=5,
        metric={0: "neg_root_mean_squared_error", 2: "roc_auc"}.get(n_classes, "neg_log_loss"),
    )


def main(names: list[str]) -> None:
    learners = [each for name, each in available_learners().items() if name in names or not names]
    tables = [(size, n_classes, table(*size, n_classes)) for size in SIZES for n_classes in (0, 2, 6)]
    for learner in learners:
        ratios = []
        for (n_rows, n_columns), n_classes, data in tables:
            if not learner.supports(data.shape):
                continue
            for point in learner.starting_points(data.shape)[:2]:
                fold = data.fold(0, learner.view)
                started = time.process_time()
                model = learner.fit(fold, point, deadline=Deadline(math.inf), seed=0)
                model.predict(fold.X_validation)
                seconds, counted = time.process_time() - started, learner.cost_units(point, data.shape)
                ratios.append(seconds / counted)
                print(
                    f"{learner.name:14s} {n_rows:6d} × {n_columns:3d}, {n_classes} classes: {seconds:8.3f} s,"
                    f" counted {counted:8.3f}, ratio {ratios[-1]:6.2f}, {model.n_iterations} iterations",
                    flush=True,
                )
        if ratios:
            print(f"{learner.name:14s} median ratio {statistics.median(ratios):.2f}\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
