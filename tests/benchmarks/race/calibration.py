"""How quick a machine is: seconds of one fixed fit of LightGBM, the median of five."""

from __future__ import annotations

import statistics
import time

import numpy as np


def calibration_seconds() -> float:
    """Seconds on one core of this machine; half of them mean twice the work in the same budget.

    Results of other machines are stored with this figure beside them in ``calibration.txt``.
    """
    import lightgbm

    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 30))
    y = (X[:, :5].sum(axis=1) + random.normal(size=20_000) > 0).astype(int)
    seconds = []
    for _ in range(5):
        data = lightgbm.Dataset(X, y, params={"verbose": -1}).construct()
        began = time.perf_counter()
        settings = {"objective": "binary", "num_leaves": 31, "num_threads": 1, "verbose": -1, "seed": 0}
        lightgbm.train(settings, data, 100)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
