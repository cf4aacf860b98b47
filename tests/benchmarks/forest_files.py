"""Size and speed of a saved forest: packed arrays against skops. Run: ``python tests/benchmarks/forest_files.py``."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import skops.io
from sklearn.ensemble import ExtraTreesRegressor

from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.extra_trees import ExtraTreesLearner
from lepton_jupyter.learners.training_data import TrainingData

if TYPE_CHECKING:
    from collections.abc import Callable


def timed(label: str, call: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = call()
    print(f"{label:32s} {time.process_time() - started:7.3f} s")
    return result


def main() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(10_000, 20)).astype(np.float32)
    y = X[:, 0] + X[:, 1] * X[:, 2] + 0.3 * random.normal(size=len(X))
    folds = (np.arange(len(X)) % 5).astype(np.int16)
    data = TrainingData(views={"tree": X}, categorical=(), y=y, n_classes=0, fold_of_row=folds, n_folds=5, metric="r2")
    learner, fold = ExtraTreesLearner(), data.fold(0, "tree")
    point = learner.starting_points(data.shape)[0]
    ours = timed("packed: fit", lambda: learner.fit(fold, point, deadline=Deadline(math.inf), seed=0))
    theirs = ExtraTreesRegressor(200, max_features=0.5, random_state=0)
    timed("scikit-learn: fit", lambda: theirs.fit(fold.X_train, fold.y_train))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        timed("packed: write", lambda: learner.save(ours, path))
        print(f"packed: size {path.stat().st_size / 1e6:.1f} MB")
        again = timed("packed: read", lambda: learner.load(path))
    blob = timed("skops: write", lambda: skops.io.dumps(theirs))
    print(f"skops: size {len(blob) / 1e6:.1f} MB")
    timed("skops: read", lambda: skops.io.loads(blob, trusted=skops.io.get_untrusted_types(data=blob)))
    timed("packed: predict 1,000 rows", lambda: again.predict(fold.X_validation[:1000]))
    timed("scikit-learn: predict 1,000 rows", lambda: theirs.predict(fold.X_validation[:1000]))


if __name__ == "__main__":
    main()
